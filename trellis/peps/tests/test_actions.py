"""A PEP from its opening to its signature: states, history, letters, who was first."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.refusals import Conflict, NotPermitted, Refused
from trellis.cycles.tests import world as cycles_world
from trellis.documents.models import Document
from trellis.history.models import Entry
from trellis.mail.models import Message
from trellis.peps import actions, queries
from trellis.peps.models import Pep, PepAddendum, PepReturn
from trellis.peps.tests import world as peps
from trellis.pupils import actions as pupils
from trellis.pupils.tests import world
from trellis.voices.models import View

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        yield world.ours()


@pytest.fixture
def pep(ours):
    """Started."""
    return actions.start_pep(peps.autumn(ours).pk, by=ours.sol)


def entries(pep):
    kind = pep._meta.label_lower
    return list(
        Entry.objects.filter(subject_kind=kind, subject_id=pep.pk).order_by("pk").values_list("sentence", "state")
    )


# --- opening -----------------------------------------------------------------------------------------------------


def test_a_long_looked_after_pupil_gets_the_terms_pep_by_the_policy(ours):
    pep = peps.autumn(ours)

    assert (pep.state, pep.because, pep.kept_by, pep.written_for) == (
        "NOT_STARTED", "term", ours.school, ours.virtual_school.organisation_ptr,
    )  # fmt: skip
    assert (pep.due_on, pep.start_by) == (date(2026, 11, 30), None)
    assert pep.due_because == "autumn term 2026, sample: the dates Coventry Virtual School published for 2023-24"
    assert len(queries.sections_of(pep)) == 7


def test_coming_into_care_opens_a_pep_with_the_clock_of_working_days(ours):
    amira = pupils.register_pupil(
        by=None, legal_first_name="Amira", legal_last_name="Ash", date_of_birth=date(2015, 1, 5)
    )
    pupils.start_care(amira.pk, by=None, authority=ours.virtual_school.authority, since=world.DAY, legal_status="V2")

    pep = Pep.objects.get(pupil=amira)
    assert (pep.because, pep.start_by, pep.due_on) == ("came into care", date(2026, 11, 16), date(2026, 11, 30))
    assert pep.due_because.startswith("20 working days after the pupil came into care on 2 November 2026")


@pytest.mark.parametrize("born", [date(2024, 6, 1), date(2010, 1, 1)])
def test_a_child_outside_the_age_of_peps_gets_none(ours, born):
    child = pupils.register_pupil(by=None, legal_first_name="Bo", legal_last_name="Ash", date_of_birth=born)
    pupils.start_care(child.pk, by=None, authority=ours.virtual_school.authority, since=world.DAY, legal_status="V2")

    assert not Pep.objects.filter(pupil=child).exists()


def test_open_peps_for_term_twice_opens_one(ours):
    term = peps.autumn(ours).term

    assert actions.open_peps_for_term(ours.virtual_school, term, by=ours.vic) == []
    assert Pep.objects.filter(pupil=ours.jordan).count() == 1


def test_a_move_in_mid_term_starts_the_clock_again_on_the_open_pep(ours, pep):
    pupils.start_school_place(ours.jordan.pk, by=ours.vic, school=ours.next_school, on=world.DAY)

    pep.refresh_from_db()
    assert (pep.start_by, pep.due_on) == (date(2026, 11, 16), date(2026, 11, 30))
    assert pep.due_because.startswith("20 working days after the pupil started at a new school on 2 November 2026")


def test_a_move_after_sign_off_opens_an_extra_pep(ours):
    peps.signed_off(ours)

    pupils.start_school_place(ours.jordan.pk, by=ours.vic, school=ours.next_school, on=world.DAY)

    extra = Pep.objects.get(pupil=ours.jordan, number=2)
    assert (extra.because, extra.kept_by, extra.state) == ("new school", ours.next_school, "NOT_STARTED")


def test_a_move_below_the_age_of_peps_opens_none(ours):
    peps.signed_off(ours)
    pupils.correct_particulars(ours.jordan.pk, by=ours.vic, date_of_birth=date(2025, 9, 2))

    pupils.start_school_place(ours.jordan.pk, by=ours.vic, school=ours.next_school, on=world.DAY)

    assert not Pep.objects.filter(pupil=ours.jordan, number=2).exists()


# --- writing -----------------------------------------------------------------------------------------------------


def test_write_section_keeps_words_author_and_steps_the_version(ours, pep):
    section = peps.write(pep, ours.dee, "education", **peps.EDUCATION)

    assert (section.words, section.written_by, section.version, section.on_behalf) == (
        peps.EDUCATION, ours.dee, 2, False,
    )  # fmt: skip
    assert entries(section) == [("Wrote “Education now, and progress” in the PEP.", "")]


def test_write_section_twice_with_the_same_words_changes_nothing(ours, pep):
    section = peps.write(pep, ours.dee, "education", **peps.EDUCATION)

    again = actions.write_section(section.pk, by=ours.dee, seen=1, **peps.EDUCATION)

    assert again.version == 2


def test_write_section_over_what_somebody_else_wrote_is_a_conflict(ours, pep):
    section = peps.write(pep, ours.dee, "send", need="One.")

    with pytest.raises(Conflict):
        actions.write_section(section.pk, by=ours.sam, seen=1, need="Two.")


def test_write_section_before_the_start_is_refused(ours):
    with pytest.raises(Refused, match="This PEP is not started"):
        peps.write(peps.autumn(ours), ours.dee, "education", now="x")


def test_designated_teacher_writes_the_social_workers_part_on_behalf(ours, pep):
    assert peps.write(pep, ours.dee, "social_worker", care_plan="x", who_decides="y").on_behalf is True
    assert peps.write(pep, ours.sol, "social_worker", care_plan="x", who_decides="z").on_behalf is False


def test_write_view_keeps_the_pupils_words_as_a_voice(ours, pep):
    section = actions.write_view(
        peps.section(pep, "pupil_view").pk, by=ours.dee, seen=None, given_on=world.DAY, **peps.SAID
    )

    view = View.objects.get()
    assert (section.view, view.words, view.whose) == (view, peps.SAID["said"], "pupil")


def test_write_view_twice_with_the_same_words_makes_one_voice(ours, pep):
    for _ in range(2):
        pk = peps.section(pep, "pupil_view").pk
        actions.write_view(pk, by=ours.dee, seen=None, given_on=world.DAY, acted_on="", **peps.SAID)

    assert View.objects.count() == 1


def test_write_view_may_say_that_the_pupil_did_not_want_to(ours, pep):
    section = actions.write_view(
        peps.section(pep, "pupil_view").pk, by=ours.dee, seen=None, answered="declined", told_to="Tia",
        given_on=world.DAY,
    )  # fmt: skip

    assert section.view.answered == "declined"
    assert queries.contents_of(pep).facts.has_pupils_view is True


def test_add_target_twice_with_one_key_makes_one(ours, pep):
    key = Key.fresh(ours.sam)

    made = [actions.add_target(pep.pk, by=ours.sam, key=key, **peps.TARGET) for _ in range(2)]

    assert made[0] == made[1]
    assert [target.number for target in queries.targets_of(pep)] == [1]


def test_drop_target_keeps_its_number_from_being_given_again(ours, pep):
    actions.drop_target(peps.add_target(pep, ours.sam).pk, by=ours.sam)

    assert peps.add_target(pep, ours.sam).number == 2


def test_change_target_into_the_past_is_refused(ours, pep):
    target = peps.add_target(pep, ours.sam)

    with pytest.raises(Refused, match="The date of a target lies in the future"):
        actions.change_target(target.pk, by=ours.sam, seen=None, **{**peps.TARGET, "by_when": world.DAY})


# --- handing in --------------------------------------------------------------------------------------------------


def test_submit_pep_of_a_pupil_with_sen_without_its_send_section_is_refused(ours, pep):
    peps.write_all(pep, ours.dee)
    peps.write(pep, ours.dee, "send", need="")

    with pytest.raises(Refused, match="Write the SEND section from the cycle, or say why there is none"):
        actions.submit_pep(pep.pk, by=ours.dee)


def test_submit_pep_with_a_reason_why_there_is_no_cycle_is_accepted(ours, pep):
    peps.write_all(pep, ours.dee, send=peps.NO_CYCLE)

    assert actions.submit_pep(pep.pk, by=ours.dee).state == "SUBMITTED"


def test_submit_pep_of_a_pupil_without_sen_needs_no_send_section(ours, pep):
    pupils.set_sen_status(ours.jordan.pk, by=ours.sam, status="N")
    peps.write_all(pep, ours.dee)
    peps.write(pep, ours.dee, "send", need="")

    assert actions.submit_pep(pep.pk, by=ours.dee).state == "SUBMITTED"


def test_submit_pep_tells_the_adviser_without_naming_the_child(ours):
    pep = peps.submitted(ours)

    message = Message.objects.get()
    assert (message.to, message.path) == (ours.ada, f"/peps/{pep.pk}/")
    assert "Jordan" not in message.subject + message.body
    assert entries(pep)[-1] == ("Submitted the PEP.", "SUBMITTED")


def test_submit_pep_twice_is_one_submission(ours):
    pep = peps.submitted(ours)

    actions.submit_pep(pep.pk, by=ours.dee)

    assert Message.objects.count() == 1


def test_a_submitted_pep_is_closed_for_writing(ours):
    with pytest.raises(Refused, match="This PEP is submitted"):
        peps.write(peps.submitted(ours), ours.dee, "education", now="x")


def test_return_pep_needs_reasons_and_tells_designated_teacher_and_senco(ours):
    pep = peps.submitted(ours)
    with pytest.raises(Refused, match="Say what is missing"):
        actions.return_pep(pep.pk, by=ours.ada, reasons=" ")

    actions.return_pep(pep.pk, by=ours.ada, reasons="Targets need a baseline.")

    pep.refresh_from_db()
    assert (pep.state, PepReturn.objects.get().reasons) == ("RETURNED", "Targets need a baseline.")
    came_back = Message.objects.filter(subject="A PEP came back to you")
    assert {message.to for message in came_back} == {ours.dee, ours.sam}


def test_resubmitted_pep_is_judged_again_where_it_was_rewritten(ours):
    pep = peps.submitted(ours)
    peps.grade_all(pep, ours.ada, "red")
    actions.return_pep(pep.pk, by=ours.ada, reasons="Say more.")

    peps.write(pep, ours.dee, "education", **{**peps.EDUCATION, "now": "Full time since Monday."})
    actions.submit_pep(pep.pk, by=ours.dee)

    assert peps.section(pep, "education").grade == ""
    assert peps.section(pep, "about").grade == "red"
    assert entries(pep)[-1] == ("Submitted the PEP again.", "SUBMITTED")


# --- quality and signature ---------------------------------------------------------------------------------------


def test_sign_off_pep_without_every_grade_is_refused(ours):
    pep = peps.submitted(ours)

    with pytest.raises(Refused, match="Grade every section first"):
        actions.sign_off_pep(pep.pk, by=ours.ada)


def test_sign_off_pep_with_a_red_section_is_refused(ours):
    pep = peps.submitted(ours)
    peps.grade_all(pep, ours.ada)
    actions.grade_section(peps.section(pep, "about").pk, by=ours.ada, seen=None, grade="red", sentence="Who came?")

    with pytest.raises(Refused, match="A section is red"):
        actions.sign_off_pep(pep.pk, by=ours.ada)


def test_grade_amber_without_a_sentence_is_refused(ours):
    pep = peps.submitted(ours)

    with pytest.raises(Refused, match="what would make it green"):
        actions.grade_section(peps.section(pep, "about").pk, by=ours.ada, seen=None, grade="amber")


def test_sign_off_pep_freezes_words_and_pdf_and_tells_both(ours):
    pep = peps.signed_off(ours)

    document = Document.objects.get()
    assert (pep.state, pep.document, document.kind, document.written_for) == (
        "SIGNED_OFF", document, "pep", ours.virtual_school.organisation_ptr,
    )  # fmt: skip
    assert document.snapshot["footer"] == (
        "Signed off by Ada Ours, 2 November 2026. For the designated teacher and social worker."
    )
    signed = Message.objects.filter(subject="A PEP is signed off")
    assert {message.to for message in signed} == {ours.dee, ours.sol}


def test_what_is_changed_afterwards_leaves_the_signed_words(ours):
    pep = peps.signed_off(ours)
    before = pep.document.snapshot

    pupils.set_sen_status(ours.jordan.pk, by=ours.sam, status="E", primary_need="SEMH", on=date(2026, 11, 9))
    with pytest.raises(Refused):
        peps.write(pep, ours.dee, "education", now="Otherwise.")

    assert Document.objects.get().snapshot == before


def test_sign_off_pep_twice_keeps_one_document(ours):
    pep = peps.signed_off(ours)

    actions.sign_off_pep(pep.pk, by=ours.vic)

    pep.refresh_from_db()
    assert (Document.objects.count(), pep.signed_off_by) == (1, ours.ada)


def test_add_addendum_is_dated_and_never_changed(ours):
    pep = peps.signed_off(ours)

    added = actions.add_addendum(pep.pk, by=ours.dee, key=Key.fresh(ours.dee), words="The date should be 21 October.")

    assert (added.at, added.by) == (clock.now(), ours.dee)
    with pytest.raises(DatabaseError), transaction.atomic():
        PepAddendum.objects.update(words="x")


def test_add_addendum_to_an_unsigned_pep_is_refused(ours, pep):
    with pytest.raises(Refused, match="not signed off yet"):
        actions.add_addendum(pep.pk, by=ours.dee, key=Key.fresh(ours.dee), words="x")


# --- late ----------------------------------------------------------------------------------------------------------


def test_a_pep_is_late_from_the_day_after_it_was_due_while_the_school_has_it(ours, pep):
    with clock.at(date(2026, 11, 30)):
        assert pep.is_late is False
    with clock.at(date(2026, 12, 1)):
        assert pep.is_late is True
    submitted = peps.submitted(ours)
    with clock.at(date(2026, 12, 1)):
        assert submitted.is_late is False


# --- moving --------------------------------------------------------------------------------------------------------


def test_hand_over_gives_the_draft_to_the_new_school_and_leaves_the_old_one_its_words(ours, pep):
    peps.write(pep, ours.dee, "education", **peps.EDUCATION)
    pupils.start_school_place(ours.jordan.pk, by=ours.vic, school=ours.next_school, on=world.DAY)

    actions.hand_over(pep.pk, ours.next_school, ours.vic)

    pep.refresh_from_db()
    left = Document.objects.visible_to(ours.sam).get()
    assert (pep.kept_by, left.written_for, left.title) == (
        ours.next_school, ours.school.organisation_ptr, "Personal Education Plan, autumn term 2026, draft",
    )  # fmt: skip
    assert "Full time in 4B" in str(left.snapshot)
    assert list(Pep.objects.visible_to(ours.sam)) == []
    assert list(Pep.objects.visible_to(ours.nia)) == [pep]


def test_hand_over_twice_does_it_once(ours, pep):
    for _ in range(2):
        actions.hand_over(pep.pk, ours.next_school, ours.vic)

    assert Document.objects.count() == 1


def test_after_the_move_the_old_school_writes_no_more(ours, pep):
    actions.hand_over(pep.pk, ours.next_school, ours.vic)

    with pytest.raises(NotPermitted):
        peps.write(pep, ours.dee, "education", now="x")


def test_last_summers_targets_are_judged_on_the_autumn_pep(ours):
    peps.last_summer(ours)
    pep = actions.start_pep(peps.autumn(ours).pk, by=ours.sol)
    (target,) = queries.last_targets(pep)
    assert queries.contents_of(pep).facts.last_targets_unjudged == 1

    actions.judge_target(target.pk, on_pep=pep, by=ours.sam, result="met", result_note="Three times a day.")

    assert queries.contents_of(pep).facts.last_targets_unjudged == 0


def test_take_cycles_words_without_a_cycle_is_refused(ours, pep):
    with pytest.raises(Refused, match="There is no cycle yet"):
        actions.take_cycles_words(peps.section(pep, "send").pk, by=ours.sam)


def test_take_cycles_words_keeps_what_was_edited_by_hand(ours, pep):
    cycles_world.add_rows(ours)
    section = actions.take_cycles_words(peps.section(pep, "send").pk, by=ours.sam)
    words = {name: section.words[name] for name in section.words} | {"need": "In our own words."}
    actions.write_section(section.pk, by=ours.sam, seen=None, **words)

    pupils.set_sen_status(ours.jordan.pk, by=ours.sam, status="K", primary_need="SLCN", on=date(2026, 11, 2))
    section = actions.take_cycles_words(section.pk, by=ours.sam)

    assert section.words["need"] == "In our own words."
    assert section.written_from["needs"] == "Speech, language and communication needs"

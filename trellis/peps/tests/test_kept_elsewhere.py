"""Of two Virtual Schools, 990 keeps its PEPs here and 991 in another system; only the SEND section is written here."""

from datetime import date

import pytest
from django.urls import reverse

from trellis.calendar.models import Term
from trellis.conduct import clock
from trellis.conduct.refusals import NotPermitted, Refused
from trellis.cycles.tests import world as cycles
from trellis.documents.actions import render_word
from trellis.people.actions import end_role
from trellis.people.models import Membership, User
from trellis.people.roles import Role
from trellis.peps import actions, queries
from trellis.peps.models import IssuedSection, Pep
from trellis.peps.tests import world as peps
from trellis.pupils import actions as pupils
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db
SPRING = date(2027, 2, 22)
TARGET = {
    "number": 1, "area": "semh", "statement": "Asks for help", "baseline": "", "target_value": "", "measure": "",
    "by_when": date(2027, 7, 1), "intervention": "", "dose": "", "owner": "", "result": "",
}  # fmt: skip


def in_spring(built) -> Pep:
    spring = Term.objects.get(organisation=built.virtual_school, name="spring")
    actions.open_peps_for_term(built.virtual_school, spring, by=None)
    return Pep.objects.get(pupil=built.jordan, term=spring)


@pytest.fixture
def theirs():
    with clock.at(world.DAY):
        built = world.twin()
        cycles.under_way(built, cycles.AGREED)
        actions.agree_pep_policy(
            virtual_school=built.virtual_school, since=date(2027, 1, 4), by=built.vic, agreed_by="Vic", source="test",
            kept_elsewhere="ePEP Online",
        )  # fmt: skip
    with clock.at(SPRING):
        yield built


@pytest.fixture
def pep(theirs):
    return in_spring(theirs)


def issued(pep, by):
    actions.take_cycles_words(peps.section(pep, "send").pk, by=by)
    return actions.issue_send_section(pep.pk, by=by)


def page(client, user, pep):
    client.force_login(user)
    return client.get(pep.get_absolute_url()).content.decode()


def week(client, user):
    client.force_login(user)
    return client.get(reverse("my_week")).content.decode()


def test_both_virtual_schools_side_by_side(client, theirs, pep):
    ours = world.ours()
    here = in_spring(ours)

    assert (here.kept_elsewhere, here.state) == ("", "NOT_STARTED")
    assert (pep.kept_elsewhere, pep.state) == ("ePEP Online", "IN_PROGRESS")
    assert "Start the PEP" in page(client, ours.dee, here)
    elsewhere = page(client, theirs.dee, pep)
    assert ("Start the PEP" in elsewhere, "Submit the PEP" in elsewhere) == (False, False)
    assert "The SEND section is not issued for this PEP yet" in elsewhere
    assert "Start the PEP" in week(client, ours.sol)
    assert "Start the PEP" not in week(client, theirs.sol)


def test_next_step_is_to_write_and_then_to_issue_the_send_section(client, theirs, pep):
    assert "Write the SEND section" in week(client, theirs.sam)
    actions.take_cycles_words(peps.section(pep, "send").pk, by=theirs.sam)
    assert "Issue the SEND section" in week(client, theirs.sam)
    actions.issue_send_section(pep.pk, by=theirs.sam)
    assert "the SEND section" not in week(client, theirs.sam)


def test_issue_freezes_the_section_stamped_with_its_cycle_and_version(client, theirs, pep):
    made = issued(pep, theirs.sam)
    pep.refresh_from_db()

    assert made.stamp == "Cycle 1 as it stood on 22 February 2027. Version 1, issued 22 February 2027."
    assert [section["name"] for section in made.document.snapshot["sections"]] == ["send"]
    assert bytes(made.document.renditions.get().bytes).startswith(b"%PDF")
    assert bytes(render_word(made.document).bytes).startswith(b"PK")
    assert (queries.state_in_words(pep), pep.is_late) == ("SEND section issued", False)
    shown = page(client, theirs.sam, pep)
    assert "WHAT THE PUPIL NEEDS" in shown
    assert "Outcome: Stays in class for the whole of a lesson" in shown
    assert (reverse("document", args=[made.document_id]) in shown, "/word/" in shown) == (True, True)


def test_state_reads_well_in_the_middle_of_a_sentence(theirs, pep):
    assert queries.state_in_a_sentence(pep) == "SEND section not issued"
    actions.take_in_pep(pep.pk, by=theirs.bea, held_on=None, grade="red", targets=[])
    pep.refresh_from_db()
    assert queries.state_in_a_sentence(pep) == "sent back in ePEP Online"


def test_issue_again_is_the_same_until_the_words_change(theirs, pep):
    first = issued(pep, theirs.sam)
    assert actions.issue_send_section(pep.pk, by=theirs.sam) == first
    words = dict(peps.section(pep, "send").words)
    peps.write(pep, theirs.sam, "send", **{**words, "need": "He asks with a card now."})
    assert queries.elsewhere_page(pep, theirs.sam, "K").is_issued_as_it_stands is False
    second = actions.issue_send_section(pep.pk, by=theirs.dee)

    assert (second.number, IssuedSection.objects.filter(pep=pep).count()) == (2, 2)
    assert "He asks with a card now." in queries.elsewhere_page(pep, theirs.sam, "K").text


def test_issue_of_an_empty_section_says_what_to_write(client, theirs, pep):
    client.force_login(theirs.sam)
    answer = client.post(reverse("issue_send_section", args=[pep.pk]))

    assert "Write the SEND section from the cycle, or say why there is none" in answer.content.decode()


def test_issue_for_a_pep_kept_here_is_refused():
    with clock.at(world.DAY):
        ours = world.ours()
        pep = actions.start_pep(peps.autumn(ours).pk, by=ours.dee)
        with pytest.raises(Refused, match="This PEP is kept here"):
            actions.issue_send_section(pep.pk, by=ours.sam)


@pytest.mark.parametrize("who", ["sol", "ada", "hana", "nia"])
def test_issue_is_for_those_who_write_the_section(theirs, pep, who):
    actions.take_cycles_words(peps.section(pep, "send").pk, by=theirs.sam)
    with pytest.raises(NotPermitted):
        actions.issue_send_section(pep.pk, by=theirs.people[who])


def test_everything_else_of_it_is_written_elsewhere(theirs, pep):
    for do in (
        lambda: actions.start_pep(Pep.objects.create(**_like(pep)).pk, by=theirs.dee),
        lambda: actions.submit_pep(pep.pk, by=theirs.dee),
        lambda: peps.write(pep, theirs.dee, "about", **peps.ABOUT),
        lambda: peps.add_target(pep, theirs.dee),
        lambda: actions.sign_off_pep(pep.pk, by=theirs.ada),
    ):
        with pytest.raises(Refused, match="kept in another system: only its SEND section is written here"):
            do()


def _like(pep):
    return {
        "pupil_id": pep.pupil_id, "written_for_id": pep.written_for_id, "term": pep.term, "number": 2,
        "kept_by": pep.kept_by, "opened_on": SPRING, "due_on": pep.due_on, "due_because": "test",
        "kept_elsewhere": "ePEP Online",
    }  # fmt: skip


def test_file_brings_day_quality_and_targets_and_the_same_again_changes_nothing(client, theirs, pep):
    for _ in range(2):
        actions.take_in_pep(
            pep.pk, by=theirs.bea, held_on=date(2027, 1, 8), grade="amber", targets=[TARGET]
        )  # fmt: skip
    pep.refresh_from_db()

    assert (pep.state, pep.grade_elsewhere, pep.targets.get().statement) == ("SIGNED_OFF", "amber", "Asks for help")
    assert queries.state_in_words(pep) == "Signed off in ePEP Online"
    shown = page(client, theirs.sam, pep)
    assert "Quality: amber." in shown
    assert "The SEND section is not issued for this PEP yet" in shown
    client.force_login(theirs.dee)
    assert "Signed off in ePEP Online" in client.get(reverse("peps")).content.decode()


def test_list_offers_the_states_that_it_says(client, theirs, pep):
    Pep.objects.filter(kept_elsewhere="").update(kept_elsewhere="ePEP Online")
    client.force_login(theirs.vic)
    shown = client.get(reverse("peps"), {"state": "IN_PROGRESS"})
    assert [label for _, label in shown.context["states"]] == [
        "All", "Late", "SEND section not issued", "SEND section issued", "Sent back", "Signed off"
    ]  # fmt: skip
    client.force_login(world.ours().vic)
    assert "In progress" in client.get(reverse("peps")).content.decode()


def test_red_by_file_is_sent_back_there(theirs, pep):
    back = actions.take_in_pep(pep.pk, by=theirs.bea, held_on=None, grade="red", targets=[])
    assert queries.state_in_words(back) == "Sent back in ePEP Online"


def test_file_is_the_business_officers_and_never_for_a_pep_kept_here(theirs, pep):
    with pytest.raises(NotPermitted):
        actions.take_in_pep(pep.pk, by=theirs.dee, held_on=None, grade="green", targets=[])
    ours = world.ours()
    here = in_spring(ours)
    with pytest.raises(Refused, match="written here"):
        actions.take_in_pep(here.pk, by=ours.bea, held_on=None, grade="green", targets=[])


def test_pupil_without_sen_has_nothing_to_issue_until_sen_is_recorded(client, theirs):
    pupils.set_sen_status(theirs.jordan.pk, by=None, status="N", on=SPRING)
    pep = in_spring(theirs)
    assert (pep.state, queries.state_in_words(pep)) == ("SUBMITTED", "Kept in ePEP Online")
    assert "no SEND section is needed" in page(client, theirs.sam, pep)
    pupils.set_sen_status(theirs.jordan.pk, by=None, status="K", primary_need="SLCN", on=SPRING)
    pep.refresh_from_db()

    assert (pep.state, queries.state_in_words(pep)) == ("IN_PROGRESS", "SEND section not issued")


def test_pep_of_a_pupil_whose_sen_has_ended_needs_no_section_and_is_not_late(client, theirs, pep):
    pupils.set_sen_status(theirs.jordan.pk, by=None, status="N", on=SPRING)
    pep.refresh_from_db()

    assert (pep.state, queries.state_in_words(pep)) == ("SUBMITTED", "Kept in ePEP Online")
    with clock.at(date(2027, 3, 25)):
        assert not queries.peps_to_look_at(theirs.vic, "LATE").exclude(term__name="autumn").exists()


@pytest.mark.parametrize("who", ["dee", "ada"])
def test_pep_sent_back_there_is_in_the_week_of_who_corrects_it(theirs, pep, who):
    issued(pep, theirs.sam)
    actions.take_in_pep(pep.pk, by=theirs.bea, held_on=None, grade="red", targets=[])
    if who == "ada":
        for role in Membership.objects.playing(Role.SENCO, Role.DESIGNATED_TEACHER).filter(organisation=theirs.school):
            end_role(role.pk, by=theirs.vic, on=SPRING)

    steps = {(step.verb, step.rest, step.detail) for step in _steps_of(User.objects.get(pk=theirs.people[who].pk))}

    assert ("Correct the PEP", "of Jordan in ePEP Online", "It was sent back there") in steps


def test_move_hands_it_over_with_the_section_alone(theirs, pep):
    actions.take_cycles_words(peps.section(pep, "send").pk, by=theirs.sam)
    actions.hand_over(pep.pk, theirs.next_school, by=theirs.vic)
    pep.refresh_from_db()

    assert pep.kept_by == theirs.next_school
    assert "Issue the SEND section" in {step.verb for step in _steps_of(theirs.nia)}


def _steps_of(user):
    from trellis.peps.shown import next_steps
    from trellis.pupils.models import Pupil

    return next_steps(user, Pupil.objects.all(), clock.today())

import threading
from datetime import date

import pytest
from django.db import connection

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.refusals import Conflict, NotPermitted, Refused
from trellis.cycles import actions as cycles
from trellis.cycles.models import Cycle
from trellis.ehc_requests import actions as ehc_requests
from trellis.history.models import Entry
from trellis.mail.models import Message
from trellis.merging import actions, queries
from trellis.merging.models import MergedRow, SameChild, SameChildState
from trellis.merging.tests.world import add_second, question_of
from trellis.moves.actions import move_school
from trellis.moves.models import SchoolMove
from trellis.people import actions as people
from trellis.people.models import Membership
from trellis.pupils import access
from trellis.pupils import actions as pupils
from trellis.pupils.models import Level, Pupil, SchoolPlace
from trellis.pupils.tests import world

UPN = "H331700713254"
MOVED_ON = date(2026, 10, 12)


@pytest.fixture
def ours(db):
    with clock.at(world.DAY):
        built = world.ours()
        pupils.replace_upn(built.jordan.pk, by=None, upn=UPN)
        built.jordan.refresh_from_db()
        yield built


def asked(ours, **says):
    """Nia's school added a pupil with Jordan's UPN."""
    second = add_second(ours, **{"upn": UPN} | says)
    return second, question_of(second)


def confirmed(ours, **says):
    second, question = asked(ours, **says)
    return second, actions.confirm(question.pk, by=ours.sam, seen=question.version, moved_on=MOVED_ON)


def together(ours, question, **says):
    told = {"by": ours.nia, "seen": None, "keep": ours.jordan.pk, "true": {}, "holds": {}, "why": "Sol said so"} | says
    return actions.put_together(question.pk, **told)


# --- asking ----------------------------------------------------------------------------------------------------------


def test_add_with_a_upn_that_is_known_asks_those_who_keep_it(ours):
    second, question = asked(ours)

    assert (second.upn, second.upn_in_question) == (UPN, True)
    assert (question.known, question.because, question.asked_for.pk) == (
        ours.jordan, "the same UPN", ours.next_school.pk
    )  # fmt: skip
    assert list(SameChild.objects.visible_to(ours.sam)) == [question]
    assert list(SameChild.objects.visible_to(ours.nia)) == []
    assert list(Pupil.objects.visible_to(ours.nia)) == [second]
    told = Message.objects.filter(subject__startswith="Is this the same child?").values_list("to", flat=True)
    assert set(told) == {ours.sam.pk, ours.dee.pk}
    assert Entry.objects.about_pupil(ours.jordan.pk).first().sentence == (
        "Rowan Primary 990 asked whether a child with the same UPN is this child."
    )
    assert access.differences(second) == ([], [])


def test_add_with_the_name_and_birthday_of_one_who_is_known_asks(ours):
    second = add_second(ours, legal_first_name="JORDAN", upn="")

    assert question_of(second).because == "the same name and date of birth"


def test_add_of_somebody_unknown_asks_nobody(ours):
    second = add_second(ours, legal_first_name="Rhys", preferred_first_name="", upn="")

    assert not SameChild.objects.exists()
    assert not second.upn_in_question


def test_replace_upn_by_one_that_is_known_asks_too(ours):
    second = add_second(ours, legal_first_name="Rhys", preferred_first_name="", upn="")

    pupils.replace_upn(second.pk, by=ours.nia, upn=UPN)

    second.refresh_from_db()
    assert (second.upn, second.upn_in_question, question_of(second).because) == (UPN, True, "the same UPN")


def test_ask_about_pair_that_was_asked_is_the_same_question(ours):
    second, question = asked(ours)
    pupils.start_care(
        second.pk, by=None, authority=ours.virtual_school.authority, since=MOVED_ON, legal_status="C2"
    )  # fmt: skip

    assert actions.ask_about_pair(ours.jordan.pk, second.pk, by=ours.vic) == question


# --- answering -------------------------------------------------------------------------------------------------------


def test_confirm_with_a_move_opens_the_record_to_the_school_that_asked(ours):
    second, question = confirmed(ours)

    assert (question.state, question.answered_by) == (SameChildState.SAME, ours.sam)
    assert SchoolMove.objects.get(pupil=ours.jordan).to_school == ours.next_school
    assert set(Pupil.objects.visible_to(ours.nia, Level.WHOLE)) == {ours.jordan, second}
    steps = queries.next_steps(ours.nia, Pupil.objects.visible_to(ours.nia), world.DAY)
    assert [step.verb for step in steps] == ["Put the two records together"]
    assert Message.objects.filter(to=ours.nia, subject="A pupil you added has a record already").count() == 1


def test_confirm_by_somebody_who_does_not_read_the_record_is_refused(ours):
    _, question = asked(ours)

    for who in (ours.nia, ours.tia, ours.bea, ours.sol):
        with pytest.raises(NotPermitted):
            actions.confirm(question.pk, by=who, seen=None)


def test_say_different_tells_the_asker_nothing(ours):
    _, question = asked(ours)

    actions.say_different(question.pk, by=ours.sam, seen=question.version)
    again = actions.say_different(question.pk, by=ours.dee, seen=None)

    assert (again.state, again.answered_by) == (SameChildState.DIFFERENT, ours.sam)
    assert not Message.objects.filter(to=ours.nia).exists()
    assert list(SameChild.objects.visible_to(ours.nia)) == []


def test_say_different_after_same_takes_it_back(ours):
    _, question = confirmed(ours)

    actions.say_different(question.pk, by=ours.vic, seen=question.version)

    with pytest.raises(Refused):
        together(ours, question)


def test_say_same_after_all_takes_another_child_back_and_tells_the_asker(ours):
    second, question = asked(ours)
    question = actions.say_different(question.pk, by=ours.sam, seen=question.version)

    for _ in range(2):
        actions.say_same_after_all(question.pk, by=ours.dee, seen=None)

    question.refresh_from_db()
    assert (question.state, question.answered_by) == (SameChildState.SAME, ours.dee)
    assert Message.objects.filter(to=ours.nia, subject="A pupil you added has a record already").count() == 1
    assert Entry.objects.about_pupil(ours.jordan.pk).first().sentence == (
        "Said that the child Rowan Primary 990 asked about is this child after all."
    )
    move_school(ours.jordan.pk, to=ours.next_school, on=MOVED_ON, by=ours.sam)
    assert together(ours, question_of(second)).state == SameChildState.TOGETHER


def test_say_same_after_all_by_somebody_who_does_not_keep_the_record_is_refused(ours):
    _, question = asked(ours)
    actions.say_different(question.pk, by=ours.sam, seen=None)

    for who in (ours.nia, ours.tia, ours.bea, ours.sol):
        with pytest.raises(NotPermitted):
            actions.say_same_after_all(question.pk, by=who, seen=None)


def test_say_same_after_all_while_the_pair_is_asked_about_again_leads_there(ours):
    second, question = asked(ours)
    actions.say_different(question.pk, by=ours.sam, seen=None)
    actions.ask(ours.jordan, asking=second, by=ours.nia, asked_for=ours.next_school, wrote={}, because="x")

    with pytest.raises(Refused, match="newer question"):
        actions.say_same_after_all(question.pk, by=ours.sam, seen=None)


# --- two authorities -------------------------------------------------------------------------------------------------


def test_two_authorities_are_put_together_only_once_the_other_has_confirmed(ours):
    twin = world.twin()
    second = pupils.add_pupil(
        by=twin.sam, school=twin.school, key=Key.fresh(twin.sam), upn=UPN, legal_first_name="Jordan",
        legal_last_name="Vale", date_of_birth=date(2018, 3, 3), started_on=MOVED_ON,
    )  # fmt: skip
    question = SameChild.objects.get(asking=second, known=ours.jordan)
    people.give_role(user=twin.sam, role="senco", organisation=ours.school, by=None, since=MOVED_ON)
    twin.sam.__dict__.pop("memberships_today", None)

    with pytest.raises(Refused, match="different authorities"):
        together(ours, question, by=twin.sam)
    actions.confirm(question.pk, by=ours.vic, seen=None)
    together(ours, question, by=twin.sam)

    assert set(ours.jordan.put_together.all()) == {second}


# --- putting together ------------------------------------------------------------------------------------------------


def test_put_together_makes_one_record_that_both_numbers_lead_to(ours):
    second, question = confirmed(ours)
    cycle = cycles.start_cycle(second.pk, by=ours.nia, key=Key.fresh(ours.nia))

    question = together(ours, question)

    second.refresh_from_db()
    cycle.refresh_from_db()
    assert (second.same_child_as, cycle.pupil) == (ours.jordan, ours.jordan)
    assert list(Pupil.objects.visible_to(ours.nia, Level.WHOLE)) == [ours.jordan]
    place = SchoolPlace.objects.get(pupil=ours.jordan, during__contains=world.DAY)
    assert place.school == ours.next_school
    assert access.differences(ours.jordan) == access.differences(second) == ([], [])
    moved = MergedRow.objects.get(same_child=question, kind="cycles.cycle")
    assert (moved.row_id, moved.was["pupil_id"], moved.became["pupil_id"]) == (cycle.pk, second.pk, ours.jordan.pk)
    assert Entry.objects.about_pupil(second.pk).first().sentence == "Two records of this child were put together."
    changes = Pupil.pgh_event_model.objects.filter(pgh_obj=second.pk)
    assert changes.latest("pgh_id").same_child_as_id == ours.jordan.pk


def test_put_together_takes_what_is_true_from_either(ours):
    second, question = confirmed(ours, first_language="Welsh", upn="A990000118001", legal_first_name="Jordan")
    other_upn = second.upn

    together(ours, question, true={"upn": second.pk, "first_language": second.pk})

    ours.jordan.refresh_from_db()
    second.refresh_from_db()
    assert (ours.jordan.upn, second.upn, ours.jordan.first_language) == (other_upn, UPN, "Welsh")
    assert (ours.jordan.upn_in_question, second.upn_in_question) == (False, False)


def test_put_together_with_two_open_cycles_lets_one_go_on_and_lays_the_other_aside(ours):
    theirs = cycles.start_cycle(ours.jordan.pk, by=ours.sam, key=Key.fresh(ours.sam))
    second, question = confirmed(ours)
    mine = cycles.start_cycle(second.pk, by=ours.nia, key=Key.fresh(ours.nia))

    question = together(ours, question, holds={"cycle": second.pk})

    open_cycles = Cycle.objects.open().filter(pupil=ours.jordan)
    assert list(open_cycles) == [mine]
    assert "Cycle 1, being assessed" in question.told["aside"]
    with pytest.raises(Refused, match="put together"):
        cycles.end_cycle(theirs.pk, by=ours.nia, seen=None, because="closed")


def test_put_together_cuts_periods_to_the_days_left_to_them(ours):
    second, question = confirmed(ours)
    pupils.set_sen_status(second.pk, by=None, status="K", primary_need="ASD", on=date(2026, 10, 20))

    together(ours, question, holds={"senstatus": second.pk})

    statuses = ours.jordan.sen_statuses.order_by("during").values_list("primary_need", "during")
    assert [(need, str(during.upper)) for need, during in statuses] == [("SEMH", "2026-10-12"), ("", "2026-10-20"),
        ("ASD", "None")]  # fmt: skip


def test_put_together_with_two_requests_under_the_statutory_clock_is_refused(ours):
    second, question = confirmed(ours)
    for pupil in (ours.jordan, second):
        ehc_requests.start_request(
            pupil.pk, by=ours.nia, key=Key.fresh(ours.nia), addressed_to=ours.virtual_school.authority
        )

    with pytest.raises(Refused, match="Both records have an open request for an EHC needs assessment"):
        together(ours, question)


def test_put_together_twice_is_once(ours):
    _, question = confirmed(ours)
    key = Key.fresh(ours.nia)

    first = together(ours, question, key=key, seen=question.version)

    assert together(ours, question, key=key, seen=question.version) == first
    with pytest.raises(Conflict):
        together(ours, question, seen=question.version)
    assert MergedRow.objects.filter(kind="pupils.pupil").count() == 2


def test_put_together_of_what_changed_since_it_was_shown_is_refused(ours):
    second, question = confirmed(ours)
    shown = queries.as_shown(queries.plan_for(SameChild.objects.with_names().get(pk=question.pk)))
    cycles.start_cycle(second.pk, by=ours.nia, key=Key.fresh(ours.nia))

    with pytest.raises(Refused, match="has changed since you looked"):
        together(ours, question, shown=shown)


def test_put_together_by_somebody_who_may_no_longer_read_both_is_refused(ours):
    _, question = confirmed(ours)
    role = Membership.objects.get(user=ours.nia)
    people.end_role(role.pk, by=None, on=world.DAY)
    ours.nia.__dict__.pop("memberships_today", None)

    with pytest.raises(NotPermitted):
        together(ours, question)


def test_put_together_by_somebody_who_reads_only_one_is_refused(ours):
    _, question = asked(ours)

    for who in (ours.sam, ours.nia, ours.vic):
        with pytest.raises(NotPermitted):
            together(ours, question, by=who)


def test_a_record_put_together_takes_those_before_it_along(ours):
    second, question = confirmed(ours)
    question = together(ours, question, keep=second.pk)
    third = pupils.add_pupil(
        by=ours.nia, school=ours.next_school, key=Key.fresh(ours.nia), legal_first_name="Jo", legal_last_name="Vale",
        date_of_birth=date(2018, 3, 3), started_on=MOVED_ON,
    )  # fmt: skip
    later = actions.ask_about_pair(third.pk, second.pk, by=ours.nia)
    later = together(ours, later, keep=third.pk)

    assert set(third.put_together.values_list("pk", flat=True)) == {second.pk, ours.jordan.pk}
    with pytest.raises(Refused, match="Take those two apart first"):
        actions.take_apart(question.pk, by=ours.nia, seen=None, why="Two children")
    actions.take_apart(later.pk, by=ours.nia, seen=None, why="Two children")
    assert set(second.put_together.all()) == {ours.jordan}


# --- taking apart ----------------------------------------------------------------------------------------------------


def test_take_apart_after_more_was_written_leaves_it_and_takes_parts_along(ours):
    second, question = confirmed(ours)
    cycle = cycles.start_cycle(second.pk, by=ours.nia, key=Key.fresh(ours.nia))
    question = together(ours, question)
    outcome = cycles.add_outcome(
        cycle.pk, by=ours.nia, key=Key.fresh(ours.nia), statement="Reads aloud", baseline="never", target="weekly"
    )
    person = pupils.add_person_around(
        ours.jordan.pk, by=ours.nia, key=Key.fresh(ours.nia), name="Cara", relationship="foster carer"
    )

    question = actions.take_apart(question.pk, by=ours.nia, seen=question.version, why="Two certificates")

    for row, pupil in ((cycle, second), (outcome, second), (person, ours.jordan)):
        row.refresh_from_db()
        assert row.pupil == pupil
    assert question.state == SameChildState.APART
    assert "1 person around" in question.told["stayed"]
    second.refresh_from_db()
    assert (second.same_child_as, second.upn, second.upn_in_question) == (None, UPN, True)
    assert access.differences(second) == access.differences(ours.jordan) == ([], [])


def test_take_apart_while_a_new_cycle_is_open_where_one_goes_back_says_what_to_do(ours):
    cycles.start_cycle(ours.jordan.pk, by=ours.sam, key=Key.fresh(ours.sam))
    second, question = confirmed(ours)
    mine = cycles.start_cycle(second.pk, by=ours.nia, key=Key.fresh(ours.nia))
    question = together(ours, question, holds={"cycle": second.pk})
    cycles.end_cycle(mine.pk, by=ours.nia, seen=None, because="ended")
    cycles.start_cycle(ours.jordan.pk, by=ours.nia, key=Key.fresh(ours.nia))

    with pytest.raises(Refused, match="Close it first"):
        actions.take_apart(question.pk, by=ours.nia, seen=None, why="Two certificates")

    second.refresh_from_db()
    assert second.same_child_as == ours.jordan


@pytest.mark.parametrize("verb", ["together", "apart"])
def test_two_at_once_do_it_once(own_database, verb):
    with clock.at(world.DAY):
        ours = world.ours()
        second, question = confirmed_for_real(ours)
        if verb == "apart":
            question = together(ours, question)
        outcomes = []

        def press():
            try:
                if verb == "together":
                    together(ours, question, seen=question.version)
                else:
                    actions.take_apart(question.pk, by=ours.nia, seen=question.version, why="Two")
                outcomes.append("done")
            except Conflict:
                outcomes.append("conflict")
            finally:
                connection.close()

        threads = [threading.Thread(target=press) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(outcomes) in (["conflict", "done"], ["done", "done"])
        question.refresh_from_db()
        assert question.state == (SameChildState.TOGETHER if verb == "together" else SameChildState.APART)
        assert access.differences(Pupil.objects.get(pk=second.pk)) == ([], [])


def confirmed_for_real(ours):
    pupils.replace_upn(ours.jordan.pk, by=None, upn=UPN)
    return confirmed(ours)

"""What actions leave behind: state, history, and nothing twice."""

import threading
import uuid
from datetime import date, timedelta

import pytest
from django.db import connection, connections

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.refusals import Conflict, KeyUsedForOther, NotPermitted, Refused
from trellis.cycles import actions, queries, slots
from trellis.cycles.models import Adjustment, AssessmentEntry, Cycle, Handover, Intervention, Outcome, WeekOfSessions
from trellis.cycles.tests import world as cycles_world
from trellis.history.models import Entry
from trellis.pupils import actions as pupils
from trellis.pupils.models import SenStatus
from trellis.pupils.tests import world
from trellis.voices import actions as voices

MONDAY = world.DAY
LAST_WEEK = MONDAY - timedelta(weeks=1)


@pytest.fixture
def ours(db):
    with clock.at(MONDAY):
        yield world.ours()


@pytest.fixture
def doing(ours):
    """A cycle under way since early October, with its parts."""
    cycle, outcome, intervention, *_ = cycles_world.under_way(ours, cycles_world.AGREED)
    ours.cycle, ours.outcome, ours.intervention = cycle, outcome, intervention
    return ours


def key(user):
    return Key.fresh(user)


def sentences():
    return list(Entry.objects.filter(subject_kind="cycles.cycle").order_by("pk").values_list("sentence", flat=True))


def test_cycle_runs_from_start_to_review_and_history_says_so(doing):
    with clock.at(date(2026, 12, 11)):
        cycles_world.review(doing, doing.cycle, {doing.outcome.pk: ("met", "4 lessons in 5")}, date(2026, 12, 11))

    doing.cycle.refresh_from_db()
    assert (doing.cycle.state, doing.cycle.closed_on) == ("REVIEWED", date(2026, 12, 11))
    assert sentences() == [
        "Started cycle 1.",
        "Finished the assessment of cycle 1.",
        "Added an outcome: Stays in class for the whole of a lesson.",
        "Planned Check-in with a key adult, 5 × 10 min a week.",
        "Added a reasonable adjustment: A way out and back.",
        "Set the review date: 11 December 2026.",
        "The plan was shown to Cara, foster carer on 9 October 2026, on paper.",
        "Agreed the plan of cycle 1.",
        "Reviewed cycle 1: change the plan.",
    ]


def test_start_is_refused_while_a_cycle_is_open(doing):
    with pytest.raises(Refused, match="Cycle 1 is still open"):
        actions.start_cycle(doing.jordan.pk, by=doing.sam, key=key(doing.sam))


def test_start_is_refused_without_a_school_place(ours):
    pupils.end_school_place(ours.jordan.pk, by=ours.sam, on=MONDAY)
    with pytest.raises(Refused, match="no school place"):
        actions.start_cycle(ours.jordan.pk, by=ours.sam, key=key(ours.sam))


def test_start_pressed_twice_makes_one_cycle(ours):
    once = key(ours.sam)

    made = [actions.start_cycle(ours.jordan.pk, by=ours.sam, key=once) for _ in range(2)]

    assert made == [Cycle.objects.get()] * 2


def test_next_cycle_follows_and_copies_only_what_is_chosen(doing):
    other = actions.add_outcome(doing.cycle.pk, by=doing.sam, key=key(doing.sam), statement="Asks for help")
    actions.add_adjustment(other.pk, by=doing.sam, key=key(doing.sam), what="A card on the desk")
    results = {doing.outcome.pk: ("some", "2 in 5"), other.pk: ("met", "3 a day")}
    cycles_world.review(doing, doing.cycle, results, MONDAY)

    following = actions.start_cycle(doing.jordan.pk, by=doing.sam, key=key(doing.sam), carry_on=[doing.outcome.pk])

    assert (following.number, following.follows, following.state) == (2, doing.cycle, "ASSESS")
    carried = Outcome.objects.get(cycle=following)
    assert (carried.carried_from, carried.baseline, carried.statement) == (doing.outcome, "2 in 5", str(doing.outcome))
    assert Intervention.objects.filter(outcome__cycle=following).count() == 0
    assert Adjustment.objects.filter(outcome__cycle=following).count() == 0


def test_next_cycle_copies_nothing_when_nothing_is_chosen(doing):
    cycles_world.review(doing, doing.cycle, {doing.outcome.pk: ("met", "4 in 5")}, MONDAY)

    following = actions.start_cycle(doing.jordan.pk, by=doing.sam, key=key(doing.sam))

    assert Outcome.objects.filter(cycle=following).count() == 0


def test_finish_is_refused_before_anybody_said_anything(ours):
    cycle = cycles_world.begin(ours, MONDAY)
    with pytest.raises(Refused, match="Nobody has said anything"):
        actions.finish_assessment(cycle.pk, by=ours.sam, seen=1, summary="a", barrier="b")


@pytest.mark.parametrize(("summary", "barrier", "field"), [("", "b", "summary"), ("a", " ", "barrier")])
def test_finish_is_refused_without_summary_or_barrier(ours, summary, barrier, field):
    cycle = cycles_world.begin(ours, MONDAY)
    cycles_world.assess(ours, cycle, MONDAY)
    with pytest.raises(Refused) as refused:
        actions.finish_assessment(cycle.pk, by=ours.sam, seen=None, summary=summary, barrier=barrier)
    assert refused.value.field == field


@pytest.mark.parametrize("causes", [None, {}, {"hearing": "part"}])
def test_semh_is_refused_until_what_else_was_looked_at_is_said(ours, causes):
    cycle = cycles_world.begin(ours, MONDAY)
    cycles_world.assess(ours, cycle, MONDAY)
    with pytest.raises(Refused, match="say what else was looked at") as refused:
        actions.finish_assessment(
            cycle.pk, by=ours.sam, seen=None, summary="a", barrier="b", areas=["semh"], other_causes=causes
        )
    assert refused.value.field == "areas"


def test_other_area_is_recorded_without_asking_for_causes(ours):
    cycle = cycles_world.begin(ours, MONDAY)
    cycles_world.assess(ours, cycle, MONDAY)

    cycle = actions.finish_assessment(
        cycle.pk, by=ours.sam, seen=None, summary="a", barrier="b", areas=["cognition"], strengths="Draws well."
    )

    assert (cycle.areas, cycle.other_causes, cycle.causes_in_words, cycle.strengths) == (
        ["cognition"], {}, [], "Draws well.",
    )  # fmt: skip


def test_causes_are_told_what_matters_most_first(ours):
    cycle = cycles_world.begin(ours, MONDAY)
    cycles_world.assess(ours, cycle, MONDAY)

    assert Cycle.objects.get(pk=cycle.pk).causes_in_words == [
        "May be part of it: language and understanding",
        "Not looked at yet: hearing",
        "Looked at, and does not explain it: missed schooling; sight; trauma, loss or attachment",
    ]


def test_finish_over_somebody_elses_words_is_a_conflict(ours):
    cycle = cycles_world.begin(ours, MONDAY)
    cycles_world.assess(ours, cycle, MONDAY)
    with pytest.raises(Conflict):
        actions.finish_assessment(cycle.pk, by=ours.dee, seen=1, summary="Other", barrier="words")


def test_view_is_brought_in_once_and_its_words_stay(ours):
    cycle = cycles_world.begin(ours, MONDAY)
    view = voices.write_down_view(
        ours.jordan.pk, by=ours.sam, key=key(ours.sam), whose="carer", told_to="Sam", given_on=MONDAY, words="Tired."
    )

    entry = actions.bring_in_view(cycle.pk, by=ours.sam, view_id=view.pk)
    actions.bring_in_view(cycle.pk, by=ours.dee, view_id=view.pk)

    assert (AssessmentEntry.objects.count(), entry.words, entry.who_said) == (1, "Tired.", "carer")
    with pytest.raises(Refused, match="own words"):
        actions.change_assessment_entry(entry.pk, by=ours.sam, seen=1, words="Lazy.")


def test_agree_is_refused_without_a_review_date(ours):
    cycle = cycles_world.begin(ours, MONDAY)
    cycles_world.assess(ours, cycle, MONDAY)
    outcome = actions.add_outcome(cycle.pk, by=ours.sam, key=key(ours.sam), statement="Reads")
    actions.add_adjustment(outcome.pk, by=ours.sam, key=key(ours.sam), what="Larger type")

    with pytest.raises(Refused, match="Set the review date"):
        actions.agree_plan(cycle.pk, by=ours.sam, seen=None)


def test_agree_of_a_plan_changed_meanwhile_is_a_conflict(ours):
    cycle = cycles_world.begin(ours, MONDAY)
    cycles_world.assess(ours, cycle, MONDAY)
    cycles_world.plan(ours, cycle, MONDAY)
    cycle.refresh_from_db()
    seen = cycle.version
    actions.add_outcome(cycle.pk, by=ours.dee, key=key(ours.dee), statement="One more")

    with pytest.raises(Conflict):
        actions.agree_plan(cycle.pk, by=ours.sam, seen=seen)


def test_review_date_in_the_past_is_refused(doing):
    with pytest.raises(Refused, match="in the past"):
        actions.set_review_date(doing.cycle.pk, by=doing.sam, review_on=LAST_WEEK)


def test_change_of_an_agreed_plan_is_dated(doing):
    actions.change_outcome(doing.outcome.pk, by=doing.sam, seen=1, target="5 lessons in 5")

    doing.cycle.refresh_from_db()
    assert (doing.cycle.plan_changed_on, doing.cycle.state) == (MONDAY, "DO")


def test_last_outcome_of_an_agreed_plan_stays(doing):
    with pytest.raises(Refused, match="last outcome"):
        actions.remove_outcome(doing.outcome.pk, by=doing.sam)


def test_intervention_with_sessions_is_not_taken_out_nor_moved_away_from_them(doing):
    cycles_world.hold_week(doing, doing.cycle, date(2026, 10, 12), {doing.intervention.pk: 5})

    with pytest.raises(Refused, match="Sessions are recorded"):
        actions.remove_intervention(doing.intervention.pk, by=doing.sam)
    with pytest.raises(Refused, match="outside these dates"):
        actions.change_intervention(doing.intervention.pk, by=doing.sam, seen=1, starts_on=date(2026, 11, 1))


def test_week_is_recorded_and_recorded_again(doing):
    one = doing.intervention.pk
    actions.record_week(doing.cycle.pk, by=doing.tia, week_of=LAST_WEEK, held={one: 5})
    actions.record_week(doing.cycle.pk, by=doing.osei, week_of=LAST_WEEK, held={one: 3}, reasons={one: "Trip"})

    week = WeekOfSessions.objects.get()
    assert (week.planned, week.held, week.missed, week.reason, week.recorded_by) == (5, 3, 2, "Trip", doing.osei)


@pytest.mark.parametrize(
    ("week_of", "held", "says"),
    [
        (MONDAY + timedelta(weeks=1), 5, "has not begun"),
        (date(2026, 9, 28), 5, "does not run in this week"),
        (MONDAY + timedelta(days=1), 5, "named by its Monday"),
        (LAST_WEEK, 3, "Say why"),
        (LAST_WEEK, 26, "at most 25"),
    ],
)
def test_week_is_refused(doing, week_of, held, says):
    with pytest.raises(Refused, match=says):
        actions.record_week(doing.cycle.pk, by=doing.tia, week_of=week_of, held={doing.intervention.pk: held})


def test_what_nobody_recorded_is_not_nought(doing):
    plan = queries.plan_of(Cycle.objects.get())

    assert {week.state for week in plan[0].interventions[0].weeks} == {"unrecorded", "planned"}
    assert (plan[0].delivery.held, plan[0].delivery.missed, plan[0].delivery.share) == (0, 0, None)


def test_done_pressed_twice_counts_once_and_can_be_undone(doing):
    once = key(doing.tia)
    for _ in range(2):
        week = actions.hold_session(doing.intervention.pk, by=doing.tia, key=once)
    week.refresh_from_db()
    assert (week.held, week.missed, week.planned) == (1, 0, 5)

    actions.miss_session(doing.intervention.pk, by=doing.tia, key=key(doing.tia), reason="Fire drill")
    week = actions.take_back_session(doing.intervention.pk, by=doing.tia, key=key(doing.tia))
    assert (week.held, week.missed, week.reason) == (0, 1, "Fire drill")
    with pytest.raises(Refused, match="nothing to take back"):
        actions.take_back_session(doing.intervention.pk, by=doing.tia, key=key(doing.tia))


def test_review_with_other_words_under_the_same_key_asks(doing):
    value = uuid.uuid4()
    first, other = Key(value, doing.sam.pk, "one"), Key(value, doing.sam.pk, "two")
    what = {"by": doing.sam, "seen": None, "held_on": MONDAY, "results": {doing.outcome.pk: ("met", "yes")}}
    actions.record_review(doing.cycle.pk, key=first, decisions=["continue"], **what)

    with pytest.raises(KeyUsedForOther):
        actions.record_review(doing.cycle.pk, key=other, decisions=["change"], **what)


def test_review_that_ends_support_ends_the_sen_status(doing):
    results = {doing.outcome.pk: ("exceeded", "5 lessons in 5")}
    cycles_world.review(doing, doing.cycle, results, MONDAY, decisions=["end support"])

    assert SenStatus.objects.get(pupil=doing.jordan, during__contains=MONDAY).status == "N"


def test_review_of_a_pupil_with_a_plan_asks_for_an_early_annual_review(doing):
    pupils.set_sen_status(doing.jordan.pk, by=doing.sam, status="E", primary_need="SEMH")

    results = {doing.outcome.pk: ("worse", "none")}
    review = cycles_world.review(doing, doing.cycle, results, MONDAY, decisions=["step up", "request ehc"])

    assert review.decisions_in_words == "step up the support, ask for an early annual review"


def test_reviewed_cycle_is_read_only(doing):
    cycles_world.review(doing, doing.cycle, {doing.outcome.pk: ("met", "4 in 5")}, MONDAY)

    attempts = [
        lambda: actions.change_outcome(doing.outcome.pk, by=doing.sam, seen=None, statement="Other"),
        lambda: actions.add_outcome(doing.cycle.pk, by=doing.sam, key=key(doing.sam), statement="More"),
        lambda: actions.hold_session(doing.intervention.pk, by=doing.tia, key=key(doing.tia)),
        lambda: actions.end_cycle(doing.cycle.pk, by=doing.sam, seen=None, because="no"),
        lambda: actions.add_assessment_entry(
            doing.cycle.pk, by=doing.sam, key=key(doing.sam), who_said="senco", words="x", said_on=MONDAY
        ),
    ]
    for attempt in attempts:
        with pytest.raises(Refused):
            attempt()


def test_teaching_assistant_does_not_plan(doing):
    with pytest.raises(NotPermitted, match="SENCO"):
        actions.add_outcome(doing.cycle.pk, by=doing.tia, key=key(doing.tia), statement="Mine")


def test_handed_over_cycle_goes_on_at_the_new_school_and_stands_still_for_the_old(doing):
    on = date(2026, 11, 9)
    with clock.at(on):
        pupils.start_school_place(doing.jordan.pk, by=doing.vic, school=doing.next_school, on=on)
        actions.hand_over(doing.cycle.pk, to_school=doing.next_school, by=doing.vic)
        later = actions.add_outcome(
            doing.cycle.pk, by=doing.nia, key=key(doing.nia), statement="Only for the new school"
        )

        assert Cycle.objects.get().kept_by == doing.next_school
        assert Outcome.objects.visible_to(doing.nia).count() == 2
        assert later not in Outcome.objects.visible_to(doing.sam)
        stood = Handover.objects.visible_to(doing.sam).get().as_it_stood
        assert [outcome["statement"] for outcome in stood["story"]["outcomes"]] == [str(doing.outcome)]
        assert len(stood["entries"]) == 3


def test_slot_follows_a_review(doing, monkeypatch):
    followed = []
    monkeypatch.setattr(slots.review_recorded, "follow", lambda review, by: followed.append((review.cycle_id, by)))

    cycles_world.review(doing, doing.cycle, {doing.outcome.pk: ("met", "4 in 5")}, MONDAY)

    assert followed == [(doing.cycle.pk, doing.sam)]


# --- two at once -----------------------------------------------------------------------------------------------------


def at_once(*verbs):
    """Each verb in a thread with its own connection; gives what came of each."""
    came, together = [], threading.Barrier(len(verbs))

    def run(verb):
        with clock.at(MONDAY):
            together.wait()
            try:
                came.append(verb())
            except Exception as refused:
                came.append(refused)
            finally:
                connections.close_all()

    threads = [threading.Thread(target=run, args=[verb]) for verb in verbs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return came


@pytest.fixture
def committed(own_database, django_db_blocker):
    with django_db_blocker.unblock(), clock.at(MONDAY):
        ours = world.ours()
        cycle, outcome, intervention, *_ = cycles_world.under_way(ours, cycles_world.AGREED)
        ours.cycle, ours.outcome, ours.intervention = cycle, outcome, intervention
        yield ours
        connection.close()


def test_two_people_tick_at_once_and_both_count(committed):
    def tick(user):
        return lambda: actions.hold_session(committed.intervention.pk, by=user, key=key(user))

    at_once(tick(committed.tia), tick(committed.osei), tick(committed.sam))

    assert WeekOfSessions.objects.get().held == 3


def test_button_pressed_twice_at_once_makes_one_outcome(committed):
    once = key(committed.sam)

    def press():
        return actions.add_outcome(committed.cycle.pk, by=committed.sam, key=once, statement="Asks for help")

    came = at_once(press, press)

    assert came[0] == came[1] == Outcome.objects.get(statement="Asks for help")


def test_two_sencos_change_one_outcome_and_the_second_is_told(committed):
    def write(user, words):
        return lambda: actions.change_outcome(committed.outcome.pk, by=user, seen=1, target=words)

    came = at_once(write(committed.sam, "mine"), write(committed.dee, "hers"))

    assert sorted(type(one).__name__ for one in came) == ["Conflict", "Outcome"]


def test_two_start_the_next_cycle_at_once_and_one_is_made(committed):
    cycles_world.review(committed, committed.cycle, {committed.outcome.pk: ("met", "4 in 5")}, MONDAY)

    def start(user):
        return lambda: actions.start_cycle(committed.jordan.pk, by=user, key=key(user))

    came = at_once(start(committed.sam), start(committed.dee))

    assert sorted(type(one).__name__ for one in came) == ["Cycle", "Refused"]
    assert Cycle.objects.count() == 2

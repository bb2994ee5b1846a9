import threading
from datetime import date, timedelta

import pytest
from django.db import connection

from trellis.advice import actions as advising
from trellis.advice.tests import world as advice
from trellis.alerts import actions, queries, shown, tasks
from trellis.alerts.models import Alert, AlertPolicy, AlertState
from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.periods import from_day
from trellis.conduct.refusals import Conflict, NotPermitted, Refused
from trellis.cycles.tests import world as cycles
from trellis.history.models import Entry
from trellis.mail.models import Message
from trellis.pupils import actions as pupils
from trellis.pupils.models import Pupil
from trellis.pupils.tests import world
from trellis.schooling import actions as schooling
from trellis.schooling.tests.world import part_time, suspend

RAISED = "A pupil’s school place is at risk"


@pytest.fixture
def ours(db):
    with clock.at(world.DAY):
        yield world.ours()


def in_doubt(ours, by=None):
    by = by or ours.sam
    return actions.say_in_doubt(ours.jordan.pk, by=by, key=Key.fresh(by), cannot="Nobody for the afternoons.")


def sentences(alert):
    return [reason.sentence for reason in alert.reasons.filter(ended_on=None).order_by("-happened_on", "-pk")]


def test_part_time_raises_an_alert_with_its_reason(ours):
    part_time(ours)

    alert = Alert.objects.get()
    assert (alert.state, alert.written_for_id) == (AlertState.OPEN, ours.school.pk)
    assert sentences(alert) == ["On a part-time timetable since 19 October 2026: 12½ hours a week of 23½ hours."]


def test_alert_is_mailed_once_to_those_who_can_help_and_names_no_child(ours):
    part_time(ours)
    in_doubt(ours)

    written = Message.objects.filter(subject=RAISED)
    assert sorted(str(message.to) for message in written) == ["Ada Ours", "Dee Ours", "Sam Ours", "Vic Ours"]
    assert not any(word in m.subject + m.body for m in written for word in ("Jordan", "Vale"))


def test_looking_again_changes_nothing_when_nothing_changed(ours):
    in_doubt(ours)
    before = Entry.objects.count()

    for _ in range(2):
        actions.look_again(ours.jordan, None)

    assert (Alert.objects.count(), Entry.objects.count()) == (1, before)
    assert Alert.objects.get().version == 1


def test_pupil_without_a_reason_has_no_alert(ours):
    suspend(ours, date(2026, 11, 3))

    assert Alert.objects.count() == 0


def test_alert_is_resolved_when_its_reasons_are_gone(ours):
    doubt = in_doubt(ours)

    actions.take_back_doubt(doubt.pk, by=ours.hana, seen=1, because="A key adult from Monday.")

    alert = Alert.objects.get()
    assert (alert.state, alert.closed_because) == (AlertState.RESOLVED, "None of its reasons is left.")


def test_one_reason_of_two_ends_and_the_alert_stays(ours):
    timetable = part_time(ours)
    in_doubt(ours)
    with clock.at(date(2026, 11, 9)):
        schooling.review_part_time(
            timetable.pk, by=ours.sam, seen=None, key=Key.fresh(ours.sam), held_on=date(2026, 11, 9), with_whom="Cara",
            words="Full time again.", decided="ended",
        )  # fmt: skip

    alert = Alert.objects.open().get()
    assert sentences(alert) == ["The school says it may not be able to keep the place: Nobody for the afternoons."]
    assert alert.reasons.get(kind="part-time").ended_on == date(2026, 11, 9)


def test_set_aside_says_why_and_comes_back_for_a_new_reason(ours):
    part_time(ours)
    alert = Alert.objects.get()
    actions.set_aside(alert.pk, by=ours.vic, seen=alert.version, because="Agreed with the hospital.")
    assert actions.look_again(ours.jordan, None) is None

    in_doubt(ours)

    back = Alert.objects.open().get()
    assert back.pk != alert.pk
    assert len(sentences(back)) == 2
    alert.refresh_from_db()
    assert (alert.state, alert.set_aside_by) == (AlertState.SET_ASIDE, ours.vic)
    assert Message.objects.filter(subject=RAISED, to=ours.sam).count() == 2


@pytest.mark.parametrize("who", ["sam", "hana", "vic", "ada", "otis"])
def test_these_set_an_alert_aside(ours, who):
    in_doubt(ours)
    alert = Alert.objects.get()

    assert actions.set_aside(alert.pk, by=ours.people[who], seen=None, because="Why.").state == AlertState.SET_ASIDE


@pytest.mark.parametrize("who", ["dee", "dina", "tia", "osei", "sol", "nia", "bea", "eve", "lee", "root"])
def test_others_do_not(ours, who):
    in_doubt(ours)
    with pytest.raises(NotPermitted):
        actions.set_aside(Alert.objects.get().pk, by=ours.people[who], seen=None, because="Why.")


def test_set_aside_without_a_word_is_refused(ours):
    in_doubt(ours)
    with pytest.raises(Refused) as refused:
        actions.set_aside(Alert.objects.get().pk, by=ours.vic, seen=None, because=" ")

    assert refused.value.field == "because"


def test_set_aside_over_a_reason_not_seen_is_a_conflict(ours):
    in_doubt(ours)
    part_time(ours)
    with pytest.raises(Conflict):
        actions.set_aside(Alert.objects.get().pk, by=ours.vic, seen=1, because="Why.")


def test_what_is_done_answers_until_a_new_reason(ours):
    in_doubt(ours)
    alert = Alert.objects.get()
    mine = Pupil.objects.all()
    assert [step.url for step in queries.next_steps(ours.sam, mine, world.DAY)] == [alert.get_absolute_url()]

    key = Key.fresh(ours.dee)
    for _ in range(2):
        actions.say_what_is_done(alert.pk, by=ours.dee, key=key, words="A meeting on Thursday.")
    assert (alert.notes.count(), queries.next_steps(ours.sam, mine, world.DAY)) == (1, [])

    part_time(ours)
    assert len(queries.next_steps(ours.ada, mine, world.DAY)) == 1
    assert queries.next_steps(ours.tia, mine, world.DAY) == []


def test_only_the_school_says_that_it_may_not_keep_the_place_and_once(ours):
    with pytest.raises(NotPermitted):
        in_doubt(ours, ours.vic)
    in_doubt(ours)
    with pytest.raises(Refused):
        in_doubt(ours, ours.hana)


def went_worse(ours, on=date(2026, 10, 23)):
    cycle, outcome, *_ = cycles.under_way(ours, until=on)
    return cycles.review(ours, cycle, {outcome.pk: ("worse", "0 lessons in 5")}, on=on)


def test_review_that_went_worse_is_worth_a_look_and_puts_no_place_at_risk(ours):
    went_worse(ours)

    alert = Alert.objects.get()
    assert sentences(alert) == [
        "The review of 23 October 2026 found this worse than before: “Stays in class for the whole of a lesson”."
    ]
    assert alert.is_only_a_sign
    assert list(Alert.objects.at_risk()) == []
    assert queries.next_steps(ours.sam, Pupil.objects.all(), world.DAY) == []
    assert shown.at_risk_tag(ours.jordan, ours.sam) is None
    assert not Message.objects.filter(subject=RAISED).exists()
    assert queries.counts_by_shelf(ours.sam) == {"OPEN": 0, "SIGNS": 1, "SET_ASIDE": 0, "RESOLVED": 0}


def test_sign_ends_after_the_weeks_of_the_policy(ours):
    went_worse(ours)

    with clock.at(date(2026, 12, 4)):
        assert tasks.look_at_places_again(0) == 1
    with clock.at(date(2026, 12, 5)):
        assert tasks.look_at_places_again(0) == 0
    assert Alert.objects.get().state == AlertState.RESOLVED


def test_sign_becomes_a_risk_with_a_reason_that_is_one_and_then_it_is_told(ours):
    went_worse(ours)
    alert = Alert.objects.get()
    actions.say_what_is_done(alert.pk, by=ours.dee, key=Key.fresh(ours.dee), words="Another try.")

    in_doubt(ours)

    alert.refresh_from_db()
    assert (alert.is_only_a_sign, alert.raised_on, alert.answered_on) == (False, world.DAY, None)
    assert [one[:26] for one in sentences(alert)] == ["The school says it may not", "The review of 23 October 2"]
    assert Message.objects.filter(subject=RAISED, to=ours.sam).count() == 1


def test_what_was_set_aside_does_not_come_back_for_a_mere_sign(ours):
    in_doubt(ours)
    actions.set_aside(Alert.objects.get().pk, by=ours.vic, seen=None, because="A key adult from Monday.")

    went_worse(ours)

    assert not Alert.objects.open().exists()


def test_review_of_support_not_delivered_is_worth_a_look(ours):
    cycle, outcome, intervention, *_ = cycles.under_way(ours, until=date(2026, 9, 18))
    for week in (date(2026, 9, 7), date(2026, 9, 14)):
        cycles.hold_week(ours, cycle, week, {intervention.pk: 1}, "Tia was away")

    cycles.review(ours, cycle, {outcome.pk: ("some", "2 lessons in 5")}, on=date(2026, 9, 25))

    assert sentences(Alert.objects.get()) == [
        "The review of 25 September 2026 found cycle 1 not delivered as planned: 2 of 10 sessions held."
    ]


def test_second_school_in_a_year_raises_an_alert_at_the_new_school(ours):
    third = world.organisations.list_school(urn="990077", name="Hazel Primary", authority_code="801")
    with clock.at(date(2026, 10, 1)):
        pupils.start_school_place(ours.jordan.pk, by=None, school=ours.next_school, on=date(2026, 10, 1))
    assert Alert.objects.count() == 0

    pupils.start_school_place(ours.jordan.pk, by=None, school=third, on=world.DAY)

    alert = Alert.objects.get()
    assert (alert.written_for_id, sentences(alert)) == (
        third.pk,
        ["2 moves in twelve months: to another school on 1 October 2026; to another school on 2 November 2026."],
    )


def test_alert_does_not_go_on_at_another_school_under_the_old_ones_name(ours):
    suspend(ours, date(2026, 10, 20))
    suspend(ours, date(2026, 10, 27))
    with clock.at(date(2026, 11, 9)):
        pupils.start_school_place(ours.jordan.pk, by=None, school=ours.next_school, on=date(2026, 11, 9))

    old, new = Alert.objects.order_by("pk")
    assert (old.state, old.closed_because) == (AlertState.RESOLVED, "The pupil moved to Rowan Primary 990.")
    assert (new.state, new.written_for_id, len(sentences(new))) == (AlertState.OPEN, ours.next_school.pk, 1)
    assert Message.objects.filter(subject=RAISED, to=ours.nia).count() == 1


def test_each_night_what_only_days_change_is_looked_at(ours):
    suspend(ours, date(2026, 11, 3))
    suspend(ours, date(2026, 11, 10))
    assert Alert.objects.open().count() == 1

    with clock.at(date(2027, 2, 1)):
        assert tasks.look_at_places_again(0) == 1
    with clock.at(date(2027, 2, 10)):
        assert tasks.look_at_places_again(0) == 0
    assert Alert.objects.get().state == AlertState.RESOLVED


def test_policy_of_the_virtual_school_counts(ours):
    AlertPolicy.objects.create(
        organisation=ours.virtual_school, during=from_day(date(2026, 9, 1)), primary_days=1, agreed_by="Vic",
        source="test",
    )  # fmt: skip
    suspend(ours, date(2026, 11, 3))

    assert Alert.objects.open().count() == 1


def test_two_looks_at_once_raise_one_alert(own_database):
    with clock.at(world.DAY):
        ours = world.ours()
        AlertPolicy.objects.create(
            organisation=ours.virtual_school, during=from_day(date(2026, 9, 1)), primary_days=9, agreed_by="Vic",
            source="test",
        )  # fmt: skip
        suspend(ours, date(2026, 11, 3), date(2026, 11, 10))
        AlertPolicy.objects.update(primary_days=5)
    start, told = threading.Barrier(2), []

    def look():
        try:
            with clock.at(date(2026, 11, 11)):
                start.wait(timeout=10)
                told.append(actions.look_again(ours.jordan, None).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=look) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert (len(told), len(set(told)), Alert.objects.count()) == (2, 1, 1)
    assert Message.objects.filter(subject=RAISED).count() == 4


def test_advice_that_does_not_come_is_a_reason_until_it_does(ours):
    with clock.at(date(2026, 10, 1)):
        request = advice.sent(ours)
    with clock.at(request.decide_by + timedelta(days=1)):
        tasks.look_at_places_again(0)
    assert sentences(Alert.objects.open().get()) == [
        "Advice was asked of Social, Emotional, Mental Health and Learning teachers on 1 October 2026; its answer was "
        f"due on {request.decide_by:%-d %B %Y} and has not come."
    ]

    with clock.at(request.decide_by + timedelta(days=2)):
        advising.decline_request(
            request.pk, by=ours.lee, seen=None, declined_kind="no capacity", declined_because="Not before March."
        )

    assert Alert.objects.get().state == AlertState.RESOLVED

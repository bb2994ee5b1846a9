import threading
from datetime import date, timedelta

import pytest
from django.db import connection

from trellis.calendar import actions as calendar
from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.periods import from_day
from trellis.conduct.refusals import NotPermitted, Refused
from trellis.history.models import Entry
from trellis.mail.models import Message
from trellis.organisations import actions as organisations
from trellis.pupils import actions as pupils
from trellis.pupils.tests import world
from trellis.schooling import actions, queries, rules, shown
from trellis.schooling.models import (
    PartTimePolicy,
    PartTimeState,
    Suspension,
    SuspensionState,
    Telling,
    TermCountPolicy,
)
from trellis.schooling.tests.world import at, part_time, suspend

TUESDAY = date(2026, 11, 3)


@pytest.fixture
def ours(db):
    with clock.at(world.DAY):
        yield world.ours()


def test_suspension_is_recorded_with_what_counts(ours):
    suspension = suspend(ours, TUESDAY, TUESDAY + timedelta(days=2), from_midday=True)

    assert (suspension.school, suspension.half_days, suspension.state) == (ours.school, 5, SuspensionState.STANDS)
    assert suspension.days == [date(2026, 11, 3), date(2026, 11, 4), date(2026, 11, 5)]
    assert Entry.objects.filter(subject_kind="schooling.suspension").get().sentence == (
        "Suspended for 2½ school days from 3 November 2026. Decided by Hana Ours, headteacher."
    )


def test_suspension_tells_those_with_an_account_and_lists_the_others(ours):
    suspension = suspend(ours, TUESDAY)

    told = {telling.who: (telling.name, telling.told_how) for telling in suspension.tellings.all()}
    assert told == {
        "carer": ("Canary Carer", ""),
        "social worker": ("Sol", "e-mail"),
        "virtual school head": ("Vic Ours", "e-mail"),
        "authority": ("", ""),
    }
    written = Message.objects.filter(path=suspension.get_absolute_url())
    assert {message.to for message in written} == {ours.sol, ours.vic}
    assert not any(word in m.subject + m.body for m in written for word in ("Jordan", "Vale", "JV"))


def test_social_worker_without_an_account_is_asked_to_ring_and_stays_on_the_list(ours):
    pupils.name_professional(
        ours.jordan.pk, by=None, authority=ours.virtual_school.authority, role="social worker", name="Agency Worker",
        email="agency@else.example", on=world.DAY,
    )  # fmt: skip

    suspension = suspend(ours, TUESDAY)

    telling = suspension.tellings.get(who="social worker")
    assert (telling.is_done, telling.mailed_at is not None) == (False, True)
    message = Message.objects.get(address="agency@else.example")
    assert (message.path, "ring the school today" in message.body) == ("", True)


@pytest.mark.parametrize(("contactable", "how"), [(True, rules.DIRECTLY), (False, rules.BY_SOCIAL_WORKER)])
def test_each_parent_with_responsibility_hears_as_is_safe_for_them(ours, contactable, how):
    pupils.add_person_around(
        ours.jordan.pk, by=ours.dee, key=Key.fresh(ours.dee), name="Mo Vale", relationship="mother",
        has_parental_responsibility=True, may_be_contacted=contactable,
    )  # fmt: skip

    telling = suspend(ours, TUESDAY).tellings.get(who="parent")

    assert (telling.name, telling.how, telling.is_done) == ("Mo Vale", how, False)


def test_the_same_form_twice_makes_one_suspension(ours):
    key = Key.fresh(ours.sam)

    assert suspend(ours, TUESDAY, key=key) == suspend(ours, TUESDAY, key=key)
    assert (Suspension.objects.count(), Telling.objects.count()) == (1, 4)


@pytest.mark.parametrize(
    ("says", "field"),
    [
        ({"decided_by": ""}, "decided_by"),
        ({"last_day": date(2026, 11, 2)}, "last_day"),
        ({"reasons": []}, "reasons"),
        ({"last_day": date(2029, 1, 1)}, "last_day"),
        ({"last_day": date(2027, 1, 29)}, "last_day"),
        ({"from_midday": True, "until_midday": True}, "last_day"),
    ],
)
def test_suspension_refused(ours, says, field):
    last_day = says.pop("last_day", TUESDAY)
    with pytest.raises(Refused) as refused:
        suspend(ours, TUESDAY, last_day, **says)

    assert refused.value.field == field
    assert Suspension.objects.count() == 0


def test_suspension_on_a_weekend_takes_no_school_day(ours):
    with pytest.raises(Refused) as refused:
        suspend(ours, date(2026, 11, 7), date(2026, 11, 8), decided_on=date(2026, 11, 6))

    assert refused.value.sentence == rules.suspension_takes_school_days.sentence


def test_second_suspension_on_the_same_day_is_refused(ours):
    suspend(ours, TUESDAY)
    with pytest.raises(Refused) as refused:
        suspend(ours, TUESDAY, TUESDAY + timedelta(days=1))

    assert refused.value.sentence == rules.suspension_takes_days_of_its_own.sentence


def test_forty_five_school_days_is_the_most_in_a_year(ours):
    suspend(ours, TUESDAY, date(2026, 12, 18))
    suspend(ours, date(2027, 1, 4), date(2027, 1, 15))
    assert queries.half_days_in_year(ours.jordan, date(2027, 1, 15)) == 88

    with pytest.raises(Refused):
        suspend(ours, date(2027, 1, 18), date(2027, 1, 19))
    suspend(ours, date(2027, 1, 18))
    assert queries.half_days_in_year(ours.jordan, date(2027, 1, 18)) == 90


@pytest.mark.parametrize("who", ["sam", "dee", "hana", "dina"])
def test_those_who_lead_in_the_school_enter_it(ours, who):
    assert suspend(ours, TUESDAY, by=ours.people[who]).recorded_by == ours.people[who]


@pytest.mark.parametrize("who", ["tia", "osei", "vic", "sol", "nia", "bea", "eve", "root", "ed"])
def test_others_do_not_enter_it(ours, who):
    with pytest.raises(NotPermitted):
        suspend(ours, TUESDAY, by=ours.people[who])


def test_consecutive_suspensions_add_up_for_the_sixth_day(ours):
    suspend(ours, TUESDAY, date(2026, 11, 6))

    second = suspend(ours, date(2026, 11, 9), date(2026, 11, 11))

    clocks = queries.clocks_of(second)
    assert clocks.provision_due_on == date(2026, 11, 10)
    assert [one.first_day for one in clocks.chain] == [TUESDAY, date(2026, 11, 9)]
    assert (clocks.half_days_in_term, clocks.duty.school_days, clocks.board_meets_by) == (14, 50, date(2027, 2, 1))


def test_suspension_after_a_school_day_does_not_follow(ours):
    suspend(ours, TUESDAY, date(2026, 11, 5))

    assert suspend(ours, date(2026, 11, 9)).follows is None


def test_permanent_exclusion_has_its_sixth_day_and_its_board(ours):
    suspension = suspend(ours, TUESDAY, kind="PERMANENT")

    clocks = queries.clocks_of(suspension)
    assert (suspension.last_day, suspension.half_days) == (None, 0)
    assert (clocks.provision_due_on, clocks.board_meets_by) == (date(2026, 11, 10), date(2026, 11, 24))
    assert "governing board" in {telling.who for telling in suspension.tellings.all()}


def test_half_term_does_not_count(ours):
    calendar.close_schools(
        organisation=ours.virtual_school, name="half term", starts_on=date(2026, 11, 9), ends_before=date(2026, 11, 14)
    )

    assert suspend(ours, date(2026, 11, 6), date(2026, 11, 17)).half_days == 6


def test_a_school_with_six_terms_counts_by_the_dates_of_the_regulations(ours):
    TermCountPolicy.objects.create(
        organisation=ours.school, during=from_day(date(2026, 9, 1)), counts_by="reference dates", agreed_by="Hana",
        source="test",
    )  # fmt: skip

    assert queries.last_three_terms(ours.school, TUESDAY) == [
        (date(2026, 1, 1), date(2026, 4, 6)), (date(2026, 4, 7), date(2026, 7, 31)),
        (date(2026, 8, 1), date(2026, 12, 31)),
    ]  # fmt: skip


def test_a_school_with_three_terms_counts_by_its_own(ours):
    spring = date(2027, 2, 2)

    assert queries.last_three_terms(ours.school, spring)[1:] == [
        (date(2026, 9, 1), date(2026, 12, 18)), (date(2027, 1, 4), date(2027, 3, 25)),
    ]  # fmt: skip


def test_tell_ticks_off_who_was_told_how_and_when(ours):
    suspension = suspend(ours, TUESDAY)
    carer = suspension.tellings.get(who="carer")
    with clock.at(at(TUESDAY, 12)):
        assert carer.hours_waiting == 3
        actions.tell(carer.pk, by=ours.sam, seen=1, told_how="telephone", told_at=at(TUESDAY, 11), name="Cara")

    carer.refresh_from_db()
    assert (carer.is_done, carer.told_by, carer.name, carer.hours_waiting) == (True, ours.sam, "Cara", 2)
    assert Entry.objects.filter(subject_kind="schooling.telling").get().sentence == "Told the carer by telephone."


@pytest.mark.parametrize(
    ("says", "field"),
    [
        ({"told_at": at(TUESDAY, 8)}, "told_at"),
        ({"told_at": at(TUESDAY, 15)}, "told_at"),
        ({"told_how": "not safe"}, "note"),
    ],
)
def test_tell_refused(ours, says, field):
    carer = suspend(ours, TUESDAY).tellings.get(who="carer")
    with clock.at(at(TUESDAY, 12)), pytest.raises(Refused) as refused:
        actions.tell(carer.pk, by=ours.sam, seen=None, **({"told_how": "telephone", "told_at": at(TUESDAY, 11)} | says))

    assert refused.value.field == field


def test_next_steps_ask_to_tell_until_all_are_told(ours):
    suspension = suspend(ours, TUESDAY)
    steps = shown.next_steps(ours.sam, ours.jordan.__class__.objects.all(), TUESDAY)
    assert [(step.verb, step.rest, step.url) for step in steps] == [
        ("Tell those who must hear", "of Jordan’s suspension of 3 November", suspension.get_absolute_url())
    ]

    with clock.at(at(TUESDAY, 12)):
        for telling in suspension.tellings.still_to_do():
            actions.tell(telling.pk, by=ours.hana, seen=None, told_how="telephone", told_at=at(TUESDAY, 11))
    assert shown.next_steps(ours.sam, ours.jordan.__class__.objects.all(), TUESDAY) == []


def test_cancel_takes_off_the_days_to_come(ours):
    suspension = suspend(ours, TUESDAY, date(2026, 11, 6))
    with clock.at(date(2026, 11, 4)):
        actions.cancel_suspension(suspension.pk, by=ours.hana, seen=1, because="New facts.")

    suspension.refresh_from_db()
    assert (suspension.state, suspension.half_days) == (SuspensionState.CANCELLED, 4)
    with pytest.raises(Refused), clock.at(date(2026, 11, 5)):
        actions.reinstate(suspension.pk, by=ours.hana, seen=None, because="Again.")


def test_board_day_invites_the_social_worker_and_the_virtual_school(ours):
    suspension = suspend(ours, TUESDAY, kind="PERMANENT")
    with clock.at(at(TUESDAY, 16)):
        actions.arrange(suspension.pk, by=ours.hana, seen=1, board_meets_on=date(2026, 11, 20))

    invited = Message.objects.filter(subject="A governing board meets about a suspension or exclusion")
    assert {message.to for message in invited} == {ours.vic, ours.sol}


def test_sent_home_is_written_down_as_a_risk(ours):
    sent = actions.record_sent_home(
        ours.jordan.pk, by=ours.sam, key=Key.fresh(ours.sam), happened_on=world.DAY, asked_by="Class teacher",
        what_happened="Cara was rung to fetch Jordan.",
    )  # fmt: skip

    assert Entry.objects.filter(subject_kind="schooling.senthome").get().sentence == (
        "Sent home on 2 November 2026 without a suspension."
    )
    assert sent.school == ours.school


def test_part_time_is_agreed_reviewed_extended_and_ended(ours):
    timetable = part_time(ours)
    assert (timetable.review_on, timetable.minutes_now) == (date(2026, 11, 2), 750)
    assert {t.who: t.told_how for t in timetable.tellings.all()} == {
        "social worker": "e-mail", "virtual school head": "e-mail", "authority": "",
    }  # fmt: skip

    def review(on, decided, **more):
        with clock.at(on):
            return actions.review_part_time(
                timetable.pk, by=ours.sam, seen=None, key=Key.fresh(ours.sam), held_on=on, with_whom="Jordan, Cara",
                words="Afternoons are getting easier.", decided=decided, **more,
            )  # fmt: skip

    review(date(2026, 11, 2), "extended", minutes_now=960, ends_on=date(2026, 11, 27))
    timetable.refresh_from_db()
    assert (timetable.minutes_now, timetable.ends_on, timetable.review_on) == (
        960, date(2026, 11, 27), date(2026, 11, 16),
    )  # fmt: skip
    with pytest.raises(Refused):
        review(date(2026, 11, 30), "goes on")
    review(date(2026, 11, 30), "ended")
    timetable.refresh_from_db()
    assert (timetable.state, timetable.ended_on) == (PartTimeState.ENDED, date(2026, 11, 30))
    with pytest.raises(Refused):
        review(date(2026, 12, 1), "ended")


def test_extension_is_as_short_as_the_policy_says(ours):
    PartTimePolicy.objects.create(
        organisation=ours.virtual_school, during=from_day(date(2026, 9, 1)), weeks_at_most=5, agreed_by="Vic",
        source="test",
    )  # fmt: skip
    timetable = part_time(ours)

    with pytest.raises(Refused) as refused, clock.at(date(2026, 11, 2)):
        actions.review_part_time(
            timetable.pk, by=ours.sam, seen=None, key=Key.fresh(ours.sam), held_on=date(2026, 11, 2), with_whom="Cara",
            words="More.", decided="extended", minutes_now=960, ends_on=date(2026, 12, 8),
        )  # fmt: skip
    assert refused.value.sentence == rules.timetable_is_short.sentence


def test_second_part_time_timetable_is_refused(ours):
    part_time(ours)
    with pytest.raises(Refused):
        part_time(ours)


def test_hand_over_ends_the_timetable_and_carries_the_count(ours):
    suspend(ours, date(2026, 10, 15), from_midday=True)
    timetable = part_time(ours)

    told = actions.hand_over(
        ours.jordan, from_school=ours.school, to_school=ours.next_school, on=world.DAY, by=ours.vic
    )

    timetable.refresh_from_db()
    assert timetable.state == PartTimeState.ENDED
    assert told == [
        "The part-time timetable at Larch Primary 990 ended with the place there: a new school starts full time, or "
        "agrees one of its own",
        "Suspended for half a school day this school year: the count goes on at the new school, up to 45 school days",
    ]


def test_the_virtual_school_enters_it_for_a_school_without_accounts(ours):
    school = organisations.list_school(urn="990055", name="No Accounts", authority_code="801")
    pupils.start_school_place(ours.jordan.pk, by=None, school=school, on=date(2026, 10, 1))

    assert suspend(ours, TUESDAY, by=ours.ada).school == school


def test_two_at_once_make_one_suspension(own_database):
    with clock.at(world.DAY):
        ours = world.ours()
    start, told = threading.Barrier(2), []

    def press():
        try:
            start.wait(timeout=10)
            told.append(suspend(ours, TUESDAY).pk)
        except Refused as refused:
            told.append(refused.sentence)
        finally:
            connection.close()

    threads = [threading.Thread(target=press) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert (len(told), Suspension.objects.count()) == (2, 1)
    assert rules.suspension_takes_days_of_its_own.sentence in told

import csv
from datetime import date, datetime
from pathlib import Path

import pytest

from trellis.conduct import clock
from trellis.conduct.rules import broken
from trellis.schooling import rules
from trellis.schooling.models import Who

CASES = list(csv.DictReader(Path(__file__).with_name("whom_to_tell.csv").open(encoding="utf-8")))
HEARS = {"directly": rules.DIRECTLY, "by social worker": rules.BY_SOCIAL_WORKER, "safely": rules.SAFELY}


@pytest.mark.parametrize("case", [pytest.param(case, id=case["case"]) for case in CASES])
def test_whom_to_tell_as_the_law_says(case):
    facts = rules.SuspensionFacts(
        is_permanent=bool(case["permanent"]),
        legal_status=case["legal_status"],
        parent_is_known=bool(case["parent_known"]),
        parent_may_be_contacted=bool(case["parent_contactable"]),
        social_worker_is_named=bool(case["social_worker"]),
        has_ehc_plan=bool(case["ehc_plan"]),
        half_days_in_term=int(case["half_days_in_term"]),
        misses_exam=bool(case["misses_exam"]),
        lives_in_another_authority=bool(case["lives_elsewhere"]),
    )

    notices = rules.whom_to_tell(facts)

    assert [notice.to for notice in notices] == case["told"].split("; ")
    assert [n.how for n in notices if n.to == Who.PARENT] == [HEARS[h] for h in case["parent_hears"].split("; ") if h]
    assert all(notice.by_when == rules.AT_ONCE and notice.source for notice in notices)
    assert case["source"]


def test_looked_after_without_social_worker_goes_to_the_duty_team():
    notices = {n.to: n.how for n in rules.whom_to_tell(rules.SuspensionFacts(legal_status="C2"))}

    assert notices[Who.SOCIAL_WORKER] == rules.TO_DUTY_TEAM


@pytest.mark.parametrize(
    ("permanent", "half_days", "exam", "school_days"),
    [
        (False, 10, False, None), (False, 11, False, 50), (False, 30, False, 50), (False, 31, False, 15),
        (False, 1, True, 15), (True, 0, False, 15),
    ],
)  # fmt: skip
def test_board_duty_by_the_days_of_the_term(permanent, half_days, exam, school_days):
    duty = rules.board_duty(is_permanent=permanent, half_days_in_term=half_days, misses_exam=exam)

    assert duty.school_days == school_days


@pytest.mark.parametrize(
    ("out", "half_days"),
    [
        (rules.Out([date(2027, 2, 1), date(2027, 2, 2)]), 4),
        (rules.Out([date(2027, 2, 1), date(2027, 2, 2)], from_midday=True), 3),
        (rules.Out([date(2027, 2, 1), date(2027, 2, 2)], from_midday=True, until_midday=True), 2),
        (rules.Out([date(2027, 2, 1)], from_midday=True), 1),
        (rules.Out([date(2027, 2, 1)], from_midday=True, until_midday=True), 0),
        (rules.Out([date(2027, 2, 1), date(2027, 2, 2), date(2027, 2, 3)], at_lunchtimes=True), 3),
        (rules.Out([]), 0),
    ],
)
def test_half_days_count_as_half(out, half_days):
    assert out.half_days == half_days


@pytest.mark.parametrize(
    ("day", "period"),
    [
        (date(2027, 1, 1), (date(2027, 1, 1), date(2027, 3, 29))),
        (date(2027, 3, 29), (date(2027, 1, 1), date(2027, 3, 29))),
        (date(2027, 3, 30), (date(2027, 3, 30), date(2027, 7, 31))),
        (date(2027, 8, 1), (date(2027, 8, 1), date(2027, 12, 31))),
        (date(2024, 4, 1), (date(2024, 1, 1), date(2024, 4, 1))),
    ],
)
def test_reference_period_ends_on_the_dates_of_the_regulations(day, period):
    assert rules.reference_period(day) == period


def test_sixth_day_is_counted_in_school_days_with_consecutive_ones_added():
    week = [date(2027, 2, n) for n in (1, 2, 3, 4, 5, 8, 9, 10)]

    assert rules.sixth_day(week[:5], week[0], week) is None
    assert rules.sixth_day(week[:7], week[0], week) == date(2027, 2, 8)
    assert rules.sixth_day([], week[0], week) == date(2027, 2, 8)
    assert rules.sixth_day([], week[0], week[:4]) is None


def to_suspend(**says):
    facts = {
        "kind": "SUSPENSION", "decided_by": "Hana", "decided_at": datetime(2027, 2, 1, 9, tzinfo=clock.LONDON),
        "first_day": date(2027, 2, 1), "last_day": date(2027, 2, 1), "out": rules.Out([date(2027, 2, 1)]),
        "reasons": ["DB"], "most_in_a_year": 2,
    }  # fmt: skip
    return rules.ToSuspend(**(facts | says))


@pytest.mark.parametrize(
    ("says", "told"),
    [
        ({}, []),
        ({"decided_by": " "}, [rules.headteacher_decides]),
        ({"most_in_a_year": 90}, []),
        ({"most_in_a_year": 91}, [rules.suspension_keeps_within_the_year]),
        ({"last_day": None}, [rules.suspension_has_its_last_day]),
        ({"last_day": None, "kind": "PERMANENT", "out": rules.Out([])}, []),
        ({"last_day": date(2027, 1, 29)}, [rules.suspension_has_its_last_day]),
        ({"out": rules.Out([])}, [rules.suspension_takes_school_days]),
        ({"taken_days": frozenset({date(2027, 2, 1)})}, [rules.suspension_takes_days_of_its_own]),
        ({"reasons": []}, [rules.suspension_has_one_to_three_reasons]),
        ({"reasons": ["DB", "DM", "TH", "PP"]}, [rules.suspension_has_one_to_three_reasons]),
        ({"first_day": date(2027, 1, 29)}, [rules.suspension_follows_its_decision]),
    ],
)
def test_suspension_is_held_against_the_law(says, told):
    facts = to_suspend(**says)
    findings = [
        rules.headteacher_decides(facts),
        rules.suspension_follows_its_decision(facts, date(2027, 2, 1)),
        rules.suspension_has_its_last_day(facts),
        rules.suspension_takes_school_days(facts),
        rules.suspension_takes_days_of_its_own(facts),
        rules.suspension_keeps_within_the_year(facts),
        rules.suspension_has_one_to_three_reasons(facts),
    ]

    assert [finding.rule for finding in broken(*findings)] == told


def test_decision_of_the_future_is_not_a_decision():
    assert not rules.decision_has_been_made(to_suspend(), datetime(2027, 2, 1, 8, 59, tzinfo=clock.LONDON))


def test_sent_home_to_cool_off_is_never_lawful():
    assert not rules.pupil_is_not_sent_home_to_cool_off(True)
    assert rules.pupil_is_not_sent_home_to_cool_off(False)


PART_TIME = {
    "because": "health", "minutes_now": 750, "minutes_full": 1410, "starts_on": date(2027, 1, 4),
    "ends_on": date(2027, 2, 15), "is_looked_after": True, "weeks_at_most": 6, "virtual_school_must_agree": True,
    "parent_agreed": "Sol", "social_worker_agreed": "Sol", "virtual_school_agreed": "Vic",
}  # fmt: skip


@pytest.mark.parametrize(
    ("says", "told"),
    [
        ({}, []),
        ({"because": "behaviour"}, [rules.timetable_is_not_for_behaviour]),
        ({"minutes_now": 1410}, [rules.part_time_is_less_than_full]),
        ({"ends_on": date(2027, 1, 4)}, [rules.timetable_ends_after_it_starts]),
        ({"ends_on": date(2027, 2, 16)}, [rules.timetable_is_short]),
        ({"parent_agreed": ""}, [rules.parent_agrees_to_timetable]),
        ({"social_worker_agreed": ""}, [rules.social_worker_agrees_to_timetable]),
        ({"virtual_school_agreed": ""}, [rules.virtual_school_agrees_to_timetable]),
        ({"virtual_school_agreed": "", "virtual_school_must_agree": False}, []),
        ({"virtual_school_agreed": "", "social_worker_agreed": "", "is_looked_after": False}, []),
    ],
)
def test_part_time_is_held_against_guidance_and_policy(says, told):
    facts = rules.ToGoPartTime(**(PART_TIME | says))
    findings = [
        rules.timetable_is_not_for_behaviour(facts),
        rules.part_time_is_less_than_full(facts),
        rules.timetable_ends_after_it_starts(facts),
        rules.timetable_is_short(facts),
        rules.parent_agrees_to_timetable(facts),
        rules.social_worker_agrees_to_timetable(facts),
        rules.virtual_school_agrees_to_timetable(facts),
    ]

    assert [finding.rule for finding in broken(*findings)] == told


def test_part_time_review_of_the_future_is_refused():
    assert not rules.part_time_review_was_held(date(2027, 1, 5), date(2027, 1, 4))


@pytest.mark.parametrize(
    ("looked_after", "social_worker", "told"),
    [
        (True, True, ["social worker", "virtual school head", "authority"]),
        (True, False, ["social worker", "virtual school head", "authority"]),
        (False, True, ["social worker", "authority"]),
        (False, False, ["authority"]),
    ],
)
def test_whom_to_tell_of_part_time(looked_after, social_worker, told):
    notices = rules.whom_to_tell_of_part_time(is_looked_after=looked_after, social_worker_is_named=social_worker)

    assert [notice.to for notice in notices] == told

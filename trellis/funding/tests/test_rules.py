"""For whom, for what, how much and in which year; without a database."""

from dataclasses import replace
from datetime import date

import pytest

from trellis.calendar.rules import financial_year, financial_year_ends, financial_year_in_words
from trellis.conduct.rules import RULEBOOK
from trellis.funding import rules
from trellis.funding.models import FundingPolicy
from trellis.funding.rules import AskFacts, PupilFacts

POLICY = FundingPolicy()
LOOSE = FundingPolicy(only_on_assured_pep=False, impact_first=False, excludes_independent_schools=False)
JORDAN = PupilFacts(is_looked_after=True, year_group=4, is_at_independent_school=False)
ASK = AskFacts(10_800, 0, "none", "The SEN budget is spent.", date(2026, 11, 1), date(2026, 12, 18))


@pytest.mark.parametrize(
    ("day", "year", "words"),
    [
        (date(2026, 3, 31), 2025, "2025-26"),
        (date(2026, 4, 1), 2026, "2026-27"),
        (date(2027, 3, 20), 2026, "2026-27"),
        (date(2099, 12, 31), 2099, "2099-00"),
    ],
)
def test_financial_year_runs_from_1_april_to_31_march(day, year, words):
    assert (financial_year(day), financial_year_in_words(year)) == (year, words)
    assert financial_year(financial_year_ends(year)) == year


@pytest.mark.parametrize(
    ("rule", "pupil", "policy", "kept"),
    [
        (rules.pupil_is_in_a_year_that_is_funded, replace(JORDAN, year_group=-1), POLICY, False),
        (rules.pupil_is_in_a_year_that_is_funded, replace(JORDAN, year_group=0), POLICY, True),
        (rules.pupil_is_in_a_year_that_is_funded, replace(JORDAN, year_group=11), POLICY, True),
        (rules.pupil_is_in_a_year_that_is_funded, replace(JORDAN, year_group=12), POLICY, False),
        (rules.school_is_one_that_is_funded, replace(JORDAN, is_at_independent_school=True), POLICY, False),
        (rules.school_is_one_that_is_funded, replace(JORDAN, is_at_independent_school=True), LOOSE, True),
        (rules.school_is_one_that_is_funded, JORDAN, POLICY, True),
    ],
)
def test_pp_plus_is_for_the_children_the_policy_says(rule, pupil, policy, kept):
    assert bool(rule(pupil, policy)) == kept


def test_pp_plus_is_for_looked_after_children():
    assert [bool(rules.pupil_is_looked_after(replace(JORDAN, is_looked_after=yes))) for yes in (True, False)] == [
        True, False
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("not_for", "stands_against"),
    [
        ("none", []),
        ("ehc plan", ["pp_plus_never_replaces_ehc_provision"]),
        ("statutory advice", ["pp_plus_never_pays_statutory_advice"]),
        ("everyday", ["pp_plus_is_not_for_what_every_pupil_gets"]),
    ],
)
def test_pp_plus_never_pays_what_others_owe(not_for, stands_against):
    three = (
        rules.pp_plus_never_replaces_ehc_provision,
        rules.pp_plus_never_pays_statutory_advice,
        rules.pp_plus_is_not_for_what_every_pupil_gets,
    )
    assert [rule.name for rule in three if not rule(not_for)] == stands_against


@pytest.mark.parametrize(
    ("rule", "ask", "kept"),
    [
        (rules.request_says_why_not_otherwise, ASK, True),
        (rules.request_says_why_not_otherwise, replace(ASK, why_not_otherwise=" "), False),
        (rules.request_ends_after_it_starts, ASK, True),
        (rules.request_ends_after_it_starts, replace(ASK, starts_on=None), True),
        (rules.request_ends_after_it_starts, replace(ASK, ends_on=date(2026, 10, 31)), False),
    ],
)
def test_request_is_asked_whole(rule, ask, kept):
    assert bool(rule(ask)) == kept


@pytest.mark.parametrize(("asked_before", "kept"), [(0, True), (49_200, True), (49_201, False)])
def test_cap_counts_what_the_pep_asked_already(asked_before, kept):
    assert bool(rules.request_keeps_within_the_policy(replace(ASK, asked_on_this_pep=asked_before), POLICY)) == kept


@pytest.mark.parametrize(
    ("owed", "policy", "kept"), [([], POLICY, True), ([1], POLICY, False), ([1], LOOSE, True), ([], LOOSE, True)]
)
def test_impact_first_is_a_switch(owed, policy, kept):
    assert bool(rules.last_money_has_its_impact(owed, policy)) == kept


@pytest.mark.parametrize(
    ("signed", "policy", "kept"), [(True, POLICY, True), (False, POLICY, False), (False, LOOSE, True)]
)
def test_quality_assured_is_a_switch(signed, policy, kept):
    assert bool(rules.pep_is_quality_assured(signed, policy)) == kept


@pytest.mark.parametrize(
    ("rule", "says", "kept"),
    [
        (rules.decision_says_why, ["Cheaper."], True),
        (rules.decision_says_why, [" "], False),
        (rules.refusal_names_the_next_route, ["ehc"], True),
        (rules.refusal_names_the_next_route, [""], False),
        (rules.agreed_is_no_more_than_asked, [100, 100], True),
        (rules.agreed_is_no_more_than_asked, [101, 100], False),
        (rules.agreed_is_no_more_than_asked, [0, 100], False),
        (rules.spent_is_no_more_than_is_left, [100, 100], True),
        (rules.spent_is_no_more_than_is_left, [101, 100], False),
        (rules.spent_is_no_more_than_is_left, [0, 100], False),
        (rules.impact_says_what_changed, ["Nothing."], True),
        (rules.impact_says_what_changed, [" "], False),
        (rules.money_is_paid_within_its_year, [2026, date(2027, 3, 31)], True),
        (rules.money_is_paid_within_its_year, [2026, date(2027, 4, 1)], False),
        (rules.year_is_over_before_it_is_closed, [2026, date(2027, 3, 31)], False),
        (rules.year_is_over_before_it_is_closed, [2026, date(2027, 4, 1)], True),
    ],
)
def test_decision_spend_and_year(rule, says, kept):
    assert bool(rule(*says)) == kept


@pytest.mark.parametrize(
    ("days", "alert"), [(61, None), (60, 60), (31, 60), (30, 30), (11, 30), (10, 10), (0, 10), (-1, None)]
)
def test_alerts_stand_60_30_and_10_days_before(days, alert):
    assert rules.alert_before(days) == alert


def test_answer_is_due_in_working_days():
    assert rules.answer_by(date(2026, 12, 18), 10) == date(2027, 1, 6)


def test_part_buys_its_share_of_minutes():
    assert [rules.minutes_for(agreed, 10_800, 90) for agreed in (10_800, 7_200, 7_199, 1)] == [90, 60, 59, 0]


def test_law_is_marked_as_law():
    assert sorted(rule.name for rule in RULEBOOK if rule.folder == "funding" and rule.is_law) == [
        "money_is_paid_within_its_year",
        "pp_plus_never_pays_statutory_advice",
        "pp_plus_never_replaces_ehc_provision",
        "year_is_over_before_it_is_closed",
    ]


@pytest.mark.parametrize(("first", "last", "holds"), [(0, 11, True), (4, 4, True), (7, 6, False)])
def test_policys_years_are_in_order(first, last, holds):
    assert bool(rules.policys_years_are_in_order(FundingPolicy(from_year_group=first, to_year_group=last))) == holds

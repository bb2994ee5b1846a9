from dataclasses import replace
from datetime import date

import pytest

from trellis.intervention_plans import rules
from trellis.intervention_plans.rules import PlanFacts
from trellis.intervention_plans.tests.world import STAGES, WORDS

DAY = date(2026, 11, 2)
WHOLE = PlanFacts({name: said for name, said in WORDS.items() if isinstance(said, str)}, STAGES, "high", "medium")


def without(word):
    return replace(WHOLE, words=WHOLE.words | {word: ""})


def test_whole_plan_is_ready():
    assert all(rules.readiness(WHOLE))


@pytest.mark.parametrize(
    ("rule", "plan"),
    [
        (rules.plan_knows_triggers_and_strengths, without("strengths")),
        (rules.plan_knows_triggers_and_strengths, without("triggers")),
        (rules.plan_tells_each_stage, replace(WHOLE, stages={**STAGES, "crisis": {"looks_like": "Running"}})),
        (rules.plan_tells_each_stage, replace(WHOLE, stages={})),
        (rules.plan_says_who_and_where, without("adult_roles")),
        (rules.plan_says_who_and_where, without("safe_place")),
        (rules.physical_response_names_its_training, replace(WHOLE, words={"physical_response": "Guide by the elbow"})),
        (rules.plan_rates_the_risk, replace(WHOLE, risk_after="")),
    ],
)
def test_plan_is_not_ready(rule, plan):
    assert not rule(plan)


@pytest.mark.parametrize("words", [{"physical_response": ""}, {"physical_response": "Guide", "training": "Team Teach"}])
def test_physical_response_is_none_or_names_its_training(words):
    assert rules.physical_response_names_its_training(replace(WHOLE, words=words))


@pytest.mark.parametrize(
    ("plan", "found"),
    [
        (WHOLE, []),
        (replace(WHOLE, words={"triggers": "Calls from the social worker"}), [("Known triggers", "social worker")]),
        (replace(WHOLE, stages={"calm": {"works": "After family time, quiet"}}), [("Calm", "family time")]),
    ],
)
def test_care_words_are_found(plan, found):
    assert rules.care_words_in(plan) == found


@pytest.mark.parametrize(("looked_through", "kept"), [(False, False), (True, True)])
def test_plan_leaves_care_out_unless_somebody_looked(looked_through, kept):
    told = replace(WHOLE, words={"triggers": "Foster"})

    assert bool(rules.plan_leaves_care_out(told, looked_through)) is kept


@pytest.mark.parametrize(("words", "fits"), [("x" * 160, True), ("x" * 161, False), ("a\nb\nc\nd", True),
                                             ("a\nb\nc\nd\ne", False)])  # fmt: skip
def test_words_fit_the_cell(words, fits):
    assert bool(rules.words_fit_the_cell(words)) is fits


@pytest.mark.parametrize(
    "rule", [rules.plan_was_agreed_by_today, rules.incident_has_happened, rules.plan_was_shared_by_today]
)
def test_what_is_told_has_happened(rule):
    assert rule(DAY, DAY)
    assert not rule(date(2026, 11, 3), DAY)


def test_plan_was_agreed_after_it_was_begun():
    assert rules.plan_was_agreed_after_it_was_begun(DAY, DAY)
    assert not rules.plan_was_agreed_after_it_was_begun(date(2026, 11, 1), DAY)


@pytest.mark.parametrize(
    ("review_on", "days", "due"),
    [
        (date(2026, 12, 14), range(2, 14), date(2026, 11, 7)),
        (date(2026, 11, 4), range(2, 14), date(2026, 11, 4)),
        (date(2026, 12, 14), range(2, 5), date(2026, 11, 9)),
    ],
)
def test_review_after_an_incident_is_five_school_days_later_or_sooner(review_on, days, due):
    assert rules.review_after_an_incident(review_on, DAY, [date(2026, 11, day) for day in days]) == due


def test_review_at_a_new_school_is_soon():
    assert rules.review_at_a_new_school(date(2026, 12, 18), DAY) == date(2026, 11, 16)

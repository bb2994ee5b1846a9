"""Tables of what is true on paper."""

from datetime import date

import pytest

from trellis.conduct.refusals import Refused
from trellis.conduct.rules import check
from trellis.cycles import rules
from trellis.cycles.models import Decision, OtherCause, Result
from trellis.cycles.rules import Delivery, OutcomeFacts, PlanFacts, ReviewFacts

TODAY = date(2026, 11, 2)
LATER = date(2026, 12, 10)
WHOLE = OutcomeFacts(1, "Stays in class", "1 in 5", "counted", "4 in 5", has_support=True)
BARE = OutcomeFacts(2, "Asks for help", has_support=True)


@pytest.mark.parametrize(
    ("plan", "stops", "prompts"),
    [
        (PlanFacts((WHOLE,), LATER, TODAY), [], []),
        (PlanFacts((WHOLE,), TODAY, TODAY), [], []),
        (PlanFacts((WHOLE,), None, TODAY), ["plan_names_a_review_date"], []),
        (PlanFacts((), LATER, TODAY), ["plan_has_an_outcome"], []),
        (PlanFacts((OutcomeFacts(1, "x", "a", "b", "c"),), LATER, TODAY), ["each_outcome_has_support"], []),
        (PlanFacts((WHOLE,), date(2026, 11, 1), TODAY), ["review_date_lies_ahead"], []),
        (
            PlanFacts((WHOLE, BARE), LATER, TODAY),
            [],
            ["outcome_has_a_baseline", "outcome_has_a_measure", "outcome_has_a_target"],
        ),
        (PlanFacts((WHOLE,), LATER), [], ["plan_was_shown_at_home"]),
        (PlanFacts((WHOLE,), LATER, TODAY, {"hearing": "not yet"}), [], ["every_cause_was_looked_at"]),
        (PlanFacts((WHOLE,), LATER, TODAY, {"hearing": "part"}), [], []),
        (
            PlanFacts(),
            ["plan_has_an_outcome", "plan_names_a_review_date"],
            ["plan_was_shown_at_home"],
        ),
    ],
)
def test_readiness_counts_down_what_is_missing(plan, stops, prompts):
    ready = rules.readiness(plan, TODAY)

    assert [finding.rule.name for finding in ready.stops] == stops
    assert [finding.rule.name for finding, _ in ready.prompts] == prompts
    assert ready.is_ready is not bool(stops)


ALL_LOOKED_AT = dict.fromkeys(OtherCause.values, "not it")


@pytest.mark.parametrize(
    ("areas", "causes", "holds"),
    [
        ([], {}, True),
        (["cognition", "communication"], {}, True),
        (["semh"], {}, False),
        (["cognition", "semh"], {}, False),
        (["semh"], ALL_LOOKED_AT, True),
        (["semh"], {cause: found for cause, found in ALL_LOOKED_AT.items() if cause != "vision"}, False),
        (["semh"], ALL_LOOKED_AT | {"vision": "not yet"}, True),
        (["semh"], ALL_LOOKED_AT | {"phase of the moon": "part"}, False),
    ],
)
def test_semh_is_recorded_only_when_each_other_cause_was_asked_about(areas, causes, holds):
    assert bool(rules.semh_has_another_look(areas, causes)) is holds


@pytest.mark.parametrize(
    ("delivery", "words"),
    [
        (Delivery(), "no sessions yet"),
        (Delivery(10), "10 sessions not recorded"),
        (Delivery(1), "1 session not recorded"),
        (Delivery(10, 9, 1), "9 of 10 sessions held"),
        (Delivery(10, 4, 4), "4 of 8 sessions held, 2 not recorded"),
        (Delivery(10, 0, 10), "0 of 10 sessions held"),
        (Delivery(2, 3, 0), "3 of 3 sessions held"),
    ],
)
def test_delivery_says_held_missed_and_not_recorded_apart(delivery, words):
    assert delivery.in_words == words


@pytest.mark.parametrize(
    ("delivery", "share", "well_recorded", "as_planned", "drifting"),
    [
        (Delivery(10), None, False, False, False),
        (Delivery(10, 8, 2), 80, True, True, False),
        (Delivery(10, 7, 3), 70, True, False, True),
        (Delivery(10, 2, 3), 40, True, False, True),
        (Delivery(10, 1, 3), 25, False, False, False),
        (Delivery(10, 4, 0), 100, False, True, False),
        (Delivery(10, 0, 10), 0, True, False, True),
    ],
)
def test_delivery_below_the_share_is_not_as_planned(delivery, share, well_recorded, as_planned, drifting):
    said = (delivery.share, delivery.is_well_recorded, delivery.is_as_planned, delivery.is_drifting)
    assert said == (share, well_recorded, as_planned, drifting)


KEPT, MISSED, UNKNOWN = Delivery(10, 9, 1), Delivery(10, 4, 6), Delivery(10, 1, 0)


@pytest.mark.parametrize(
    ("result", "as_planned", "not_as_planned", "not_recorded"),
    [
        ("exceeded", "did more than was hoped for", "something else may have helped", "too little was recorded"),
        ("met", "did what was hoped for", "something else may have helped", "too little was recorded"),
        ("some", "there is some progress", "it may do more when it happens", "too little was recorded"),
        ("same", "nothing changed: try something else", "says little about whether", "too little was recorded"),
        ("worse", "things are worse: try something else", "says little about whether", "too little was recorded"),
    ],
)
def test_what_it_says_never_blames_support_that_did_not_happen(result, as_planned, not_as_planned, not_recorded):
    assert as_planned in rules.what_it_says(result, KEPT)
    assert not_as_planned in rules.what_it_says(result, MISSED)
    assert not_recorded in rules.what_it_says(result, UNKNOWN)


def test_what_it_says_has_a_sentence_for_every_result():
    tables = (rules.AS_PLANNED_IN_WORDS, rules.NOT_AS_PLANNED_IN_WORDS, rules.NOT_RECORDED_IN_WORDS)

    assert [set(table) for table in tables] == [set(Result)] * 3
    assert len({sentence for table in tables for sentence in table.values()}) == 15
    assert rules.what_it_says("met", Delivery()) == "Met."


@pytest.mark.parametrize(
    ("delivery", "begins"),
    [
        (Delivery(), "No sessions were due yet"),
        (UNKNOWN, "Too little is recorded to say"),
        (Delivery(8), "Nothing is recorded yet"),
        (KEPT, "On the whole the support happens as planned"),
        (MISSED, "Not delivered as planned"),
    ],
)
def test_drift_is_said_in_a_sentence(delivery, begins):
    assert rules.drift_in_words(delivery).startswith(begins)


@pytest.mark.parametrize(("times", "days", "due"), [(5, 5, 5), (5, 1, 1), (2, 1, 1), (1, 3, 1), (5, 0, 0), (10, 2, 4)])
def test_sessions_due_in_a_short_week(times, days, due):
    assert rules.sessions_due(times, days) == due


def facts(**changed):
    usual = {
        "held_on": TODAY, "agreed_on": date(2026, 9, 7), "outcomes": frozenset({1, 2}), "rated": frozenset({1, 2}),
        "decisions": ("change",), "sen_status": "K",
    }  # fmt: skip
    return ReviewFacts(**(usual | changed))


@pytest.mark.parametrize(
    ("rule", "broken_by", "kept_by"),
    [
        (rules.review_follows_the_plan, {"held_on": date(2026, 9, 6)}, {"held_on": date(2026, 9, 7)}),
        (rules.review_looks_at_each_outcome, {"rated": frozenset({1})}, {}),
        (rules.review_decides_something, {"decisions": ()}, {}),
        (rules.decisions_agree_with_each_other, {"decisions": ("continue", "change")}, {"decisions": ("change",)}),
        (rules.decisions_agree_with_each_other, {"decisions": ("step up", "step down")}, {}),
        (
            rules.decisions_agree_with_each_other,
            {"decisions": ("end support", "add specialist")},
            {"decisions": ("step up", "add specialist", "request ehc")},
        ),
        (
            rules.ehc_plan_is_not_ended_by_a_review,
            {"decisions": ("end support",), "sen_status": "E"},
            {"decisions": ("end support",), "sen_status": "K"},
        ),
    ],
)
def test_review_rules(rule, broken_by, kept_by):
    assert (bool(rule(facts(**broken_by))), bool(rule(facts(**kept_by)))) == (False, True)


def test_review_is_not_held_in_the_future():
    with pytest.raises(Refused, match="in the future"):
        check(rules.review_was_held_by_today(facts(held_on=LATER), TODAY))


def test_ending_support_stands_alone():
    for decision in Decision:
        pair = tuple({Decision.END_SUPPORT, decision})
        assert bool(rules.decisions_agree_with_each_other(facts(decisions=pair))) is (decision == Decision.END_SUPPORT)


@pytest.mark.parametrize(
    ("week_of", "lies_in"),
    [
        (date(2026, 10, 5), True),
        (date(2026, 9, 28), False),
        (date(2026, 12, 7), True),
        (date(2026, 12, 14), False),
    ],
)
def test_week_lies_in_the_intervention(week_of, lies_in):
    kept = rules.week_lies_in_the_intervention(week_of, date(2026, 10, 9), date(2026, 12, 11))
    assert bool(kept) is lies_in


MONDAY, TUESDAY = date(2026, 11, 2), date(2026, 11, 3)
TWO = rules.PlanFacts((rules.OutcomeFacts(1, "one"), rules.OutcomeFacts(2, "two")))


@pytest.mark.parametrize(
    ("finding", "kept"),
    [
        (rules.assessment_has_a_summary("Thinks aloud well."), True),
        (rules.assessment_has_a_summary(" \n"), False),
        (rules.assessment_names_the_barrier("Change without warning."), True),
        (rules.assessment_names_the_barrier(""), False),
        (rules.assessment_rests_on_something(1), True),
        (rules.assessment_rests_on_something(0), False),
        (rules.was_said_by_today(MONDAY, MONDAY), True),
        (rules.was_said_by_today(TUESDAY, MONDAY), False),
        (rules.plan_was_shown_by_today(MONDAY, TUESDAY), True),
        (rules.plan_was_shown_by_today(TUESDAY, MONDAY), False),
        (rules.intervention_ends_after_it_starts(MONDAY, MONDAY), True),
        (rules.intervention_ends_after_it_starts(TUESDAY, MONDAY), False),
        (rules.recorded_weeks_stay_inside(TUESDAY, date(2026, 11, 20), [MONDAY, date(2026, 11, 16)]), True),
        (rules.recorded_weeks_stay_inside(TUESDAY, date(2026, 11, 6), [MONDAY, date(2026, 11, 16)]), False),
        (rules.agreed_plan_keeps_an_outcome(TWO), True),
        (rules.agreed_plan_keeps_an_outcome(rules.PlanFacts(TWO.outcomes[:1])), False),
        (rules.week_begins_on_monday(MONDAY), True),
        (rules.week_begins_on_monday(TUESDAY), False),
        (rules.week_has_begun(MONDAY, MONDAY), True),
        (rules.week_has_begun(date(2026, 11, 9), TUESDAY), False),
        (rules.missed_sessions_have_a_reason(5, 5, ""), True),
        (rules.missed_sessions_have_a_reason(5, 4, "School trip."), True),
        (rules.missed_sessions_have_a_reason(5, 4, " "), False),
        (rules.held_is_possible(25), True),
        (rules.held_is_possible(26), False),
        (rules.held_is_possible(-1), False),
    ],
)
def test_small_rules_of_each_stage(finding, kept):
    assert bool(finding) is kept

"""The clock on dates, the reasons the law knows, and what a request needs: without a database."""

import csv
from datetime import date
from pathlib import Path

import pytest

from trellis.conduct.refusals import Refused
from trellis.ehc_requests import rules
from trellis.ehc_requests.models import EhcRequest, RequestState, Step
from trellis.ehc_requests.rules import EHC_REQUEST, ClockFacts, ExceptionFacts

HERE = Path(__file__).parent


def table(name):
    with (HERE / name).open() as file:
        return [pytest.param(row, id=row["case"]) for row in csv.DictReader(file)]


def day(text):
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize("row", table("clock.csv"))
def test_clock_counts_calendar_weeks_and_days(row):
    assert rules.CLOCKS[row["step"]](day(row["from"])) == day(row["due"])
    assert row["source"]


@pytest.mark.parametrize("row", table("exceptions.csv"))
def test_exception_stands_only_for_the_reasons_the_law_knows(row):
    claimed = ExceptionFacts(
        row["reason"], "As its letter says.", day(row["asked_on"]), day(row["since"]), day(row["until"])
    )
    stands = rules.advice_was_asked_around_a_closure(claimed) and rules.absence_lasts_four_weeks(claimed)

    assert bool(stands) is (row["stands"] == "yes")


def test_exception_needs_evidence():
    assert not rules.exception_has_its_evidence(ExceptionFacts("personal", "  "))
    assert rules.exception_has_its_evidence(ExceptionFacts("personal", "Letter of 3 March."))


def test_every_clock_and_every_reason_has_its_rows():
    steps = {row.values[0]["step"] for row in table("clock.csv")}
    reasons = {row.values[0]["reason"] for row in table("exceptions.csv")}

    assert steps == set(rules.CLOCKS)
    assert reasons == {"school closed", "early years closed", "personal", "away"}


@pytest.mark.parametrize(
    ("year", "highest_age", "by"),
    [
        (6, None, date(2027, 2, 15)),
        (6, 11, date(2027, 2, 15)),
        (6, 13, None),  # a middle school goes on
        (8, 13, date(2027, 2, 15)),
        (4, 9, date(2027, 2, 15)),  # a first school
        (2, 7, date(2027, 2, 15)),  # an infant school
        (2, 11, None),
        (-1, None, date(2027, 2, 15)),  # starts in Reception
        (4, None, None),
        (10, 16, None),
        (11, 16, date(2027, 3, 31)),
        (11, 18, date(2027, 3, 31)),
        (13, 18, None),
    ],
)
def test_plan_names_the_next_place_in_a_year_of_phase_transfer(year, highest_age, by):
    assert rules.phase_transfer_by(year, highest_age, date(2026, 11, 2)) == by


def test_phase_transfer_is_in_the_spring_of_the_same_school_year():
    assert rules.phase_transfer_by(6, None, date(2027, 1, 11)) == date(2027, 2, 15)
    assert rules.phase_transfer_by(6, None, date(2027, 9, 1)) == date(2028, 2, 15)


RECEIVED = date(2026, 10, 15)


def late_steps(facts, today):
    return [due.step for due in rules.clock_of(facts) if due.is_late(today)]


@pytest.mark.parametrize(
    ("facts", "today", "late"),
    [
        (ClockFacts(RECEIVED), date(2026, 11, 26), []),
        (ClockFacts(RECEIVED), date(2026, 11, 27), [Step.DECIDE]),
        (ClockFacts(RECEIVED, decided_on=date(2026, 11, 26)), date(2027, 2, 4), []),
        (ClockFacts(RECEIVED, decided_on=date(2026, 11, 27)), date(2026, 12, 1), [Step.DECIDE]),
        (ClockFacts(RECEIVED, decided_on=date(2026, 11, 26)), date(2027, 2, 5), [Step.DECIDE_ON_PLAN]),
        (
            ClockFacts(RECEIVED, date(2026, 11, 26), date(2027, 2, 20), will_issue=True),
            date(2027, 3, 4),
            [],  # the sixteen weeks bind only a refusal
        ),
        (
            ClockFacts(RECEIVED, date(2026, 11, 26), date(2027, 2, 20), will_issue=True),
            date(2027, 3, 5),
            [Step.FINISH],
        ),
    ],
)
def test_a_step_is_late_the_day_after_its_date(facts, today, late):
    assert late_steps(facts, today) == late


def test_a_request_that_ended_keeps_only_the_steps_it_came_to():
    steps = rules.clock_of(ClockFacts(RECEIVED, decided_on=date(2026, 11, 20), is_over=True))

    assert [due.step for due in steps] == [Step.DECIDE]


@pytest.mark.parametrize(
    ("finding", "kept"),
    [
        (rules.pupil_has_no_plan_yet("K"), True),
        (rules.pupil_has_no_plan_yet("N"), True),  # who may have SEN may be asked for
        (rules.pupil_has_no_plan_yet("E"), False),
        (rules.request_says_to_whom(None), False),
        (rules.request_says_to_whom(object()), True),
        (rules.no_other_request_is_open(True), False),
        (rules.no_other_request_is_open(False), True),
        (rules.pack_says_why(" \n"), False),
        (rules.pack_says_why("We are worried."), True),
        (rules.day_has_come(date(2026, 11, 3), date(2026, 11, 3)), True),
        (rules.day_has_come(date(2026, 11, 4), date(2026, 11, 3)), False),
        (rules.days_are_in_order(date(2026, 11, 3), None), True),
        (rules.days_are_in_order(date(2026, 11, 3), date(2026, 11, 3)), True),
        (rules.days_are_in_order(date(2026, 11, 2), date(2026, 11, 3)), False),
        (rules.refusal_says_why(""), False),
        (rules.refusal_says_why("Needs are met."), True),
        (rules.refusal_tells_of_appeal(None), False),
        (rules.refusal_tells_of_appeal(date(2026, 11, 3)), True),
        (rules.draft_had_its_fifteen_days(date(2027, 2, 16), date(2027, 2, 1), False), True),
        (rules.draft_had_its_fifteen_days(date(2027, 2, 15), date(2027, 2, 1), False), False),
        (rules.draft_had_its_fifteen_days(date(2027, 2, 2), date(2027, 2, 1), True), True),
        (rules.withdrawal_says_why(""), False),
        (rules.withdrawal_says_why("The family moved away."), True),
    ],
)
def test_rules_keep_and_break(finding, kept):
    assert bool(finding) is kept


@pytest.mark.parametrize(
    ("state", "verb", "sentence"),
    [
        (RequestState.GATHERING, "received",
         "This EHC request is being put together, so it cannot be received now."),
        (RequestState.SENT, "taken to assessment",
         "This EHC request is sent to the authority, so it cannot be taken to assessment now."),
        (RequestState.RECEIVED, "finished with a plan",
         "This EHC request is with the authority, so it cannot be finished with a plan now."),
        (RequestState.ISSUED, "withdrawn", "This EHC request is finished with a plan, so it cannot be withdrawn now."),
    ],
)  # fmt: skip
def test_decisions_out_of_order_are_refused_in_words(state, verb, sentence):
    with pytest.raises(Refused, match=sentence):
        EHC_REQUEST.require(verb, EhcRequest(state=state))


def test_no_rule_of_asking_counts_cycles_or_evidence():
    """The law's test is low: nothing that is asked of a request knows how much was tried."""
    asked = [
        rules.pupil_has_no_plan_yet,
        rules.request_says_to_whom,
        rules.no_other_request_is_open,
        rules.pack_says_why,
    ]

    assert all("cycle" not in one.sentence for one in asked)


# --- what may tell of care -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Reads well. Left when the care placement changed. Likes maths.", ["Left when the care placement changed."]),
        ("He lives with foster carers\nHe reads.", ["He lives with foster carers"]),
        ("A Care Order was made!", ["A Care Order was made!"]),
        ("He has been in care since May.", ["He has been in care since May."]),
        ("He asks for his birth mother.", ["He asks for his birth mother."]),
        ("Mornings after family time are hardest.", ["Mornings after family time are hardest."]),
        ("Works in careful steps. He takes care of the garden. The carer reads with him.", []),
        ("", []),
    ],
)
def test_sentences_of_care_are_pointed_at(text, found):
    assert rules.sentences_of_care(text) == found

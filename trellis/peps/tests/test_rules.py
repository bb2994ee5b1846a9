"""Dates, ages and what must be there; without a database."""

from datetime import date
from types import SimpleNamespace

import pytest

from trellis.peps import rules
from trellis.peps.models import PepPolicy
from trellis.peps.rules import PepFacts

POLICY = PepPolicy()
COMPLETE = PepFacts(
    sen_status="K", missing={"about": 0, "education": 0, "send": 0, "pupil_view": 0}, has_pupils_view=True, targets=1,
    last_targets_unjudged=0,
)  # fmt: skip


def term(name, year):
    return SimpleNamespace(name=name, in_words=f"{name} term {year}", during=SimpleNamespace(lower=date(year, 1, 4)))


@pytest.mark.parametrize(
    ("name", "year", "year_group", "due"),
    [
        ("autumn", 2026, 0, date(2026, 10, 31)),
        ("autumn", 2026, 7, date(2026, 10, 31)),
        ("autumn", 2026, 11, date(2026, 10, 31)),
        ("autumn", 2026, 4, date(2026, 11, 30)),
        ("autumn", 2026, -1, date(2026, 11, 30)),
        ("spring", 2027, 7, date(2027, 3, 14)),
        ("summer", 2027, 11, date(2027, 6, 14)),
    ],
)
def test_due_for_term_follows_the_published_dates(name, year, year_group, due):
    assert rules.due_for_term(POLICY, term(name, year), year_group, "source").on == due


@pytest.mark.parametrize(
    ("born", "on", "has"),
    [
        (date(2023, 9, 2), date(2026, 9, 1), False),  # two years old
        (date(2023, 9, 1), date(2026, 9, 1), True),  # three today
        (date(2010, 9, 1), date(2026, 9, 1), True),  # Year 11
        (date(2010, 8, 31), date(2026, 9, 1), False),  # Year 12
    ],
)
def test_is_of_pep_age_from_three_to_the_end_of_year_eleven(born, on, has):
    assert rules.is_of_pep_age(born, on, POLICY) is has


def test_due_after_counts_working_days_through_holidays():
    due = rules.due_after(date(2026, 12, 14), "came into care")

    assert (due.start_by, due.on) == (date(2026, 12, 30), date(2027, 1, 14))


def test_iro_needs_the_pep_three_working_days_before():
    assert rules.due_to_iro(date(2026, 11, 30), 3) == date(2026, 11, 25)


def test_pep_was_started_in_time_on_the_tenth_working_day():
    start_by = rules.due_after(date(2026, 11, 2), "came into care").start_by

    assert bool(rules.pep_was_started_in_time(start_by, date(2026, 11, 16))) is True
    assert bool(rules.pep_was_started_in_time(start_by, date(2026, 11, 17))) is False


def test_pep_was_ready_on_the_twentieth_working_day():
    ready_by = rules.due_after(date(2026, 11, 2), "came into care").on

    assert bool(rules.pep_was_ready_for_the_first_review(ready_by, date(2026, 11, 30))) is True
    assert bool(rules.pep_was_ready_for_the_first_review(ready_by, date(2026, 12, 1))) is False


def broken(**facts):
    pep = PepFacts(**{**COMPLETE.__dict__, **facts})
    return [needed.name for needed in rules.NEEDED_TO_SUBMIT if not needed(pep)]


def lacking(name):
    return {"missing": {**COMPLETE.missing, name: 1}}


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        (lacking("about"), ["pep_says_who_came"]),
        (lacking("education"), ["pep_says_how_education_is"]),
        (lacking("send"), ["pep_of_a_pupil_with_sen_has_its_send_section"]),
        ({**lacking("send"), "sen_status": "E"}, ["pep_of_a_pupil_with_sen_has_its_send_section"]),
        ({**lacking("send"), "sen_status": "N"}, []),
        ({"has_pupils_view": False}, ["pep_has_the_pupils_view"]),
        ({"last_targets_unjudged": 1}, ["last_targets_are_judged"]),
        ({"targets": 0}, ["pep_has_a_target"]),
        ({}, []),
    ],
)
def test_what_is_needed_to_submit(facts, rule):
    assert broken(**facts) == rule


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        ({}, ["need", "next_steps"]),
        ({"need": "x", "next_steps": "y"}, []),
        ({"no_cycle_because": "x"}, ["first_assessment_on", "first_assessment_by"]),
        ({"no_cycle_because": "x", "first_assessment_on": "2026-12-01", "first_assessment_by": "Sam"}, []),
    ],
)
def test_send_section_is_written_from_the_cycle_or_says_why_not(words, missing):
    assert [answer.name for answer in rules.missing_answers(rules.SECTION["send"], words)] == missing


@pytest.mark.parametrize(("grade", "sentence", "kept"), [("green", "", True), ("amber", "", False), ("red", "x", True)])
def test_amber_and_red_say_what_to_mend(grade, sentence, kept):
    assert bool(rules.amber_and_red_say_what_to_mend(grade, sentence)) is kept


@pytest.mark.parametrize(
    ("finding", "kept"),
    [
        (rules.return_says_why("Say by whom."), True),
        (rules.return_says_why(" "), False),
        (rules.every_section_has_a_grade(["green", "amber"]), True),
        (rules.every_section_has_a_grade(["green", ""]), False),
        (rules.no_section_is_red(["green", "amber"]), True),
        (rules.no_section_is_red(["green", "red"]), False),
        (rules.target_ends_after_it_is_set(date(2027, 3, 26), date(2026, 11, 2)), True),
        (rules.target_ends_after_it_is_set(date(2026, 11, 2), date(2026, 11, 2)), False),
        (rules.addendum_says_something("The date was the 3rd."), True),
        (rules.addendum_says_something(""), False),
    ],
)
def test_rules_of_quality_and_corrections(finding, kept):
    assert bool(finding) is kept

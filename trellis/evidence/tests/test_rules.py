"""What counts as shown, without a database; and that nothing here ever stops a request."""

from dataclasses import fields, replace
from datetime import date

import pytest

from trellis.conduct.rules import RULEBOOK
from trellis.evidence import rules
from trellis.evidence.rules import WHAT_A_READER_LOOKS_FOR, EvidenceFacts, Found

ONE = (Found("Something"),)
READING = (Found("Salford reading test: 6 years 2 months"),)
FULL = EvidenceFacts(**{field.name: ONE for field in fields(EvidenceFacts)} | {"measures": READING})


@pytest.mark.parametrize(
    ("rule", "lost"),
    [
        (rules.attainment_is_known, ["measures", "attainment"]),
        (rules.reading_is_measured, ["measures"]),
        (rules.progress_is_shown_over_time, ["progress"]),
        (rules.need_is_named, ["needs"]),
        (rules.need_is_described, ["described"]),
        (rules.need_is_seen_in_more_than_one_place, ["at_home"]),
        (rules.need_is_seen_in_more_than_one_place, ["in_class"]),
        (rules.action_is_written_down, ["support"]),
        (rules.results_are_written_down, ["results"]),
        (rules.amount_of_help_is_known, ["amount"]),
        (rules.delivery_is_recorded, ["well_recorded"]),
        (rules.emotional_and_social_development_is_told, ["emotional"]),
        (rules.physical_development_and_health_are_told, ["physical"]),
        (rules.pupils_view_is_there, ["pupils_views"]),
        (rules.carers_view_is_there, ["carers_views"]),
        (rules.parents_view_is_there, ["parents_views"]),
        (rules.specialist_advice_is_there, ["advice"]),
    ],
)
def test_rule_is_kept_by_what_it_asks_for_and_by_nothing_else(rule, lost):
    emptied = replace(FULL, **dict.fromkeys(lost, ()))

    assert rule(FULL)
    assert not rule(emptied)


def test_every_rule_of_the_folder_is_looked_for_once():
    looked_for = [rule.name for one in WHAT_A_READER_LOOKS_FOR for rule in one.rules]

    assert sorted(looked_for) == sorted(rule.name for rule in RULEBOOK if rule.folder == "evidence")


def test_everything_known_is_shown_somewhere():
    shown = {name for one in WHAT_A_READER_LOOKS_FOR for name in one.shown_by}

    assert {field.name for field in fields(EvidenceFacts)} - shown == {"well_recorded"}


@pytest.mark.parametrize("words", ["Phonics check, 14 of 40", "NGRT READING age 6:02", "Reads aloud at 2.1"])
def test_reading_is_found_by_its_words(words):
    assert rules.reading_is_measured(EvidenceFacts(attainment=(Found(words),)))


def test_what_is_shown_twice_is_listed_once_newest_first():
    old, new = Found("A", on=date(2026, 1, 1)), Found("B", on=date(2026, 9, 1))
    facts = EvidenceFacts(measures=(old, new), progress=(new, Found("C")))

    assert facts.showing("measures", "progress") == [new, old, Found("C")]


def test_the_page_says_that_one_may_ask_now():
    assert rules.YOU_CAN_ASK_NOW.startswith("You can ask now.")
    assert "No number of cycles is needed first" in rules.YOU_CAN_ASK_NOW

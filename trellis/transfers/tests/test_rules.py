"""The clocks, row by row: holidays, the end of a term, a move within the year, the first day of a term."""

import csv
from datetime import date
from pathlib import Path

import pytest

from trellis.calendar import actions as calendar
from trellis.conduct import clock
from trellis.pupils.tests import world
from trellis.transfers import queries, rules

CLOCKS = list(csv.DictReader((Path(__file__).parent / "clocks.csv").read_text().splitlines()))


@pytest.fixture
def offices(db):
    """Two areas: theirs begins the year two days later."""
    with clock.at(world.DAY):
        ours, twin = world.ours(), world.twin()
        calendar.close_schools(
            organisation=ours.virtual_school, name="Half term", starts_on=date(2026, 10, 26),
            ends_before=date(2026, 10, 31),
        )  # fmt: skip
        calendar.close_schools(
            organisation=twin.virtual_school, name="Training days", starts_on=date(2026, 9, 1),
            ends_before=date(2026, 9, 3),
        )  # fmt: skip
        yield ours.virtual_school, twin.virtual_school


@pytest.mark.parametrize("row", CLOCKS, ids=lambda row: f"{row['what']} {row['left_on']} {row['calendar']}")
def test_file_is_due(offices, row):
    left_on = date.fromisoformat(row["left_on"])
    ours, theirs = (queries.calendar_of(office, left_on) for office in offices)
    old = rules.SchoolCalendar() if row["calendar"] == "none" else ours
    new = {"same": ours, "other": theirs, "none": rules.SchoolCalendar()}[row["calendar"]]

    due = rules.due(row["what"], left_on, old, new)

    assert due.on == date.fromisoformat(row["due_on"]), row["why"]
    assert row["source"] in due.because


@pytest.mark.parametrize(("sent_on", "kept"), [(date(2026, 11, 9), True), (date(2026, 11, 10), False)])
@pytest.mark.parametrize(
    "rule",
    [rules.record_is_sent_in_time, rules.child_protection_file_is_sent_in_time, rules.sen_record_is_sent_in_time],
)
def test_sent_in_time(rule, sent_on, kept):
    assert bool(rule(date(2026, 11, 9), sent_on)) is kept


@pytest.mark.parametrize(
    ("finding", "kept"),
    [
        (rules.new_school_is_known(None), False),
        (rules.new_school_is_known(3), True),
        (rules.only_a_child_protection_file_may_not_exist("sen"), False),
        (rules.only_a_child_protection_file_may_not_exist("child protection"), True),
        (rules.was_not_chased_today(None, world.DAY), True),
        (rules.was_not_chased_today(world.DAY, world.DAY), False),
    ],
)
def test_rule(finding, kept):
    assert bool(finding) is kept

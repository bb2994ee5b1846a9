import json
import os
from datetime import date
from pathlib import Path

import pytest

from trellis.calendar import rules


@pytest.mark.parametrize(
    ("start", "days", "lands_on"),
    [
        (date(2026, 11, 2), 10, date(2026, 11, 16)),
        (date(2026, 10, 30), 1, date(2026, 11, 2)),  # over a weekend
        (date(2026, 12, 23), 3, date(2026, 12, 30)),  # Christmas Day, and Boxing Day's substitute on Monday 28th
        (date(2026, 3, 31), 10, date(2026, 4, 16)),  # Easter; school holidays count
        (date(2026, 11, 16), -3, date(2026, 11, 11)),
        (date(2026, 11, 1), 0, date(2026, 11, 1)),
    ],
)
def test_working_days(start, days, lands_on):
    assert rules.add_working_days(start, days) == lands_on


def test_school_days_count_only_days_schools_are_open():
    open_days = [date(2026, 10, 22), date(2026, 10, 23), date(2026, 11, 2), date(2026, 11, 3)]

    assert rules.add_school_days(date(2026, 10, 22), 2, open_days) == date(2026, 11, 2)
    assert rules.add_school_days(date(2026, 10, 22), 9, open_days) is None


def test_weeks_are_calendar_weeks():
    assert rules.add_weeks(date(2026, 7, 20), 6) == date(2026, 8, 31)


@pytest.mark.parametrize(
    ("born", "on", "year"),
    [
        (date(2018, 3, 3), date(2026, 11, 2), 4),
        (date(2017, 9, 1), date(2026, 11, 2), 4),
        (date(2017, 8, 31), date(2026, 11, 2), 5),
        (date(2017, 8, 31), date(2026, 8, 31), 4),
        (date(2022, 8, 31), date(2026, 9, 1), 0),
        (date(2022, 9, 1), date(2026, 9, 1), -1),
    ],
)
def test_year_group_by_age(born, on, year):
    assert rules.year_group(born, on) == year


def published_bank_holidays():
    samples = os.environ.get("TRELLIS_SAMPLES")
    if not samples:
        return {"2026-12-28", "2026-04-03", "2027-03-29"}
    published = json.loads((Path(samples) / "calendar" / "bank-holidays.json").read_text())
    return {event["date"] for event in published["england-and-wales"]["events"]}


def test_bank_holidays_are_the_published_ones():
    for day in published_bank_holidays():
        assert date.fromisoformat(day) in rules.bank_holidays(int(day[:4])), day

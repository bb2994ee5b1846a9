"""Three clocks that are never mixed: working days, school days, calendar weeks. Source: domain, head note."""

from collections.abc import Collection
from datetime import date, timedelta
from functools import lru_cache

import holidays


@lru_cache(maxsize=64)
def bank_holidays(year: int) -> frozenset[date]:
    """The bank holidays of England in a year."""
    return frozenset(holidays.country_holidays("GB", subdiv="ENG", years=year))


def is_working_day(day: date) -> bool:
    """Monday to Friday, less bank holidays. School holidays count."""
    return day.weekday() < 5 and day not in bank_holidays(day.year)


def add_working_days(start: date, days: int) -> date:
    """The working day that lies so many working days after ``start``; negative counts back. ``start`` itself is 0."""
    step = timedelta(days=1 if days >= 0 else -1)
    day, left = start, abs(days)
    while left:
        day += step
        left -= is_working_day(day)
    return day


def add_school_days(start: date, days: int, school_days: Collection[date]) -> date | None:
    """The school day so many school days after ``start``, or None when the calendar known does not reach so far."""
    later = sorted(day for day in school_days if day > start)
    return later[days - 1] if 0 < days <= len(later) else (start if days == 0 else None)


def add_weeks(start: date, weeks: int) -> date:
    """Calendar weeks, holidays and all: the clock of statutory assessment."""
    return start + timedelta(weeks=weeks)


def academic_year(day: date) -> int:
    """The year in which the academic year of a day began: 1 September starts it."""
    return day.year if day.month >= 9 else day.year - 1


def academic_year_ends(year: int) -> date:
    """31 August: the last day of the academic year that began in ``year``."""
    return date(year + 1, 8, 31)


def financial_year(day: date) -> int:
    """The year in which the financial year of a day began: 1 April starts it."""
    return day.year if day.month >= 4 else day.year - 1


def financial_year_ends(year: int) -> date:
    """The last day of the financial year that begins in ``year``: 31 March."""
    return date(year + 1, 3, 31)


def financial_year_in_words(year: int) -> str:
    """ "2026-27"."""
    return f"{year}-{(year + 1) % 100:02}"


def year_group(date_of_birth: date, on: date) -> int:
    """The National Curriculum year by age: 0 is Reception, 1 to 13, below 0 before school."""
    start_of_school_age = academic_year(date_of_birth) + 5
    return academic_year(on) - start_of_school_age


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())

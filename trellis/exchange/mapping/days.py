"""Dates as people write them in lists, read as one kind of date; which order, and which century, is never guessed
in silence."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

DAY_FIRST, MONTH_FIRST = "day first", "month first"
NUMBERS = re.compile(r"^(\d{1,2})[/.\- ](\d{1,2})[/.\- ](\d{4}|\d{2})$", re.ASCII)
NAMED = re.compile(r"^(\d{1,2})[ \-/.]?([a-z]{3})[a-z]*\.?[ \-/.,]*(\d{4}|\d{2})$", re.ASCII | re.IGNORECASE)
WITH_TIME = re.compile(r"^(\d{4}-\d{2}-\d{2})[T ]\d{2}:\d{2}(:\d{2})?(\.\d+)?$", re.ASCII)
NUMBERS_WITH_TIME = re.compile(r"^(\d{1,2}[/.\-]\d{1,2}[/.\-]\d{4}) 0{1,2}:00(:00)?$", re.ASCII)
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


@dataclass(frozen=True)
class Day:
    """A date of a list as ISO text; ``placed`` when the list gave two figures of the year and we put the century."""

    text: str
    placed: bool = False


def order_in(cells: Iterable[str]) -> tuple[str, bool]:
    """In which order the numbers of these dates stand, where one of them tells; and whether any of them needs to be
    told. One that fits only one way speaks for all."""
    needs = False
    for cell in cells:
        if not (found := NUMBERS.match(_without_time(cell.strip()))):
            continue
        first, second = int(found[1]), int(found[2])
        if first > 12 >= second:
            return DAY_FIRST, True
        if second > 12 >= first:
            return MONTH_FIRST, True
        needs = needs or first != second
    return "", needs


def _without_time(text: str) -> str:
    for pattern in (WITH_TIME, NUMBERS_WITH_TIME):
        if found := pattern.match(text):
            return found[1]
    return text


def day_of(text: str, order: str, today: date) -> Day:
    """A date as it is meant; what is none stays as it is, to be told by who reads it."""
    text = _without_time(text.strip())
    if found := NUMBERS.match(text):
        first, second, year = int(found[1]), int(found[2]), found[3]
        day, month = (second, first) if order == MONTH_FIRST else (first, second)
    elif (found := NAMED.match(text)) and found[2].lower() in MONTHS:
        day, month, year = int(found[1]), MONTHS.index(found[2].lower()) + 1, found[3]
    else:
        return Day(text)
    placed = len(year) == 2
    whole = _with_century(int(year), today) if placed else int(year)
    return Day(f"{whole:04d}-{month:02d}-{day:02d}", placed)


def _with_century(year: int, today: date) -> int:
    """The latest year that a child's date can be of: no birth and no care lies in years to come."""
    return 2000 + year if 2000 + year <= today.year else 1900 + year

"""Attendance given by code, made the sums that we read: a column a code with how often it stands, or a column a session
(or a day, with one mark or two) with the mark itself. Every other column stays as it is."""

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date

from trellis.exchange.cells import Wrong, real_day
from trellis.exchange.reading import Brought, Unreadable, sheets_of
from trellis.exchange.reading.sheets import Row
from trellis.schooling.attendance_codes import Sessions, counts_as, sums_of

FEWEST = 4  # headings that are codes or days: with fewer it is another table
LOOKED_THROUGH = 20  # lines from the top, for the headings
SUMS = ("possible", "attended", "authorised", "unauthorised")
DAYS = ("starts_on", "ends_on")
DAY_OF_SESSION = re.compile(
    r"^\W*(?:[a-z]{3,9}\W+)?([\d/.\-]{8,10})(?: 00:00:00)?\W*(?:AM|PM|S1|S2|[12])?\W*$", re.IGNORECASE
)
MARK = re.compile(r"C[12]|J1|Y[1-7]|[/\\#A-Za-z]")
NO_CODE, NO_NUMBER = "is no attendance code", "is no number of sessions"
NO_MARK = {"", "-", "*"}  # nobody wrote a mark: no session is counted


def with_sums(files: Sequence[Brought]) -> Sequence[Brought]:
    """One file whose table gives attendance by code, under our headings for the sums; any other as it is."""
    if len(files) != 1:
        return files
    try:
        rows = sheets_of(files[0])[0].rows
    except (Unreadable, IndexError):
        return files
    for place, row in enumerate(rows[:LOOKED_THROUGH]):
        if columns := _code_columns(row.cells):
            return [_written(files[0].name, rows, place, columns, lambda cells: _counted(cells, columns))]
        if days := _day_columns(row.cells):
            return [_written(files[0].name, rows, place, [*days], lambda cells: _marked(cells, days), days)]
    return files


def _code_columns(headings: list[str]) -> dict[int, str]:
    codes = {place: text.strip().upper() for place, text in enumerate(headings) if text.strip() and counts_as(text)}
    is_one = len(codes) >= FEWEST and len(set(codes.values())) == len(codes) and {"/", "\\"} & set(codes.values())
    return codes if is_one else {}


def _day_columns(headings: list[str]) -> dict[int, date]:
    days = {place: day for place, text in enumerate(headings) if (day := _day_of(text))}
    return days if len(days) >= FEWEST else {}


def _day_of(heading: str) -> date | None:
    found = DAY_OF_SESSION.match(heading.strip())
    try:
        return real_day(found[1]) if found else None
    except Wrong:
        return None


def _counted(cells: dict[int, str], columns: dict[int, str]) -> Sessions | None:
    said = {columns[place]: text.removesuffix(".0") for place, text in cells.items() if text not in NO_MARK}
    for code, text in said.items():
        if not (text.isascii() and text.isdigit() and len(text) < 9):
            raise Wrong(f"Under {code} stands “{text[:20]}”, which {NO_NUMBER}.")
    return sums_of({code: int(text) for code, text in said.items()}) if said else None


def _marked(cells: dict[int, str], days: dict[int, date]) -> Sessions | None:
    marks: Counter[str] = Counter()
    for place, text in cells.items():
        if text not in NO_MARK:
            marks.update(_marks_in(text, days[place]))
    return sums_of(marks) if marks else None


def _marks_in(text: str, day: date) -> list[str]:
    """The marks of one session or of both of a day."""
    tight = re.sub(r"[\s\-*,;|]", "", text.upper())
    found = MARK.findall(tight)
    if "".join(found) != tight or len(found) > 2 or not all(counts_as(mark) for mark in found):
        raise Wrong(f"On {day:%d.%m.%Y} stands “{text[:20]}”, which {NO_CODE}.")
    return found


def _written(
    name: str, rows: list[Row], headings_at: int, columns: Sequence[int] | dict[int, str],
    sums: Callable[[dict[int, str]], Sessions | None], days: dict[int, date] | None = None,
) -> Brought:  # fmt: skip
    """The same lines, by the same numbers, with the sums in place of the codes."""
    told = [min(days.values()).isoformat(), max(days.values()).isoformat()] if days else []
    text, at = io.StringIO(), 1
    writer = csv.writer(text)
    for place, row in enumerate(rows):
        for _ in range(at, row.number):
            writer.writerow([])
        at = row.number + 1
        cells = {n: row.cells[n].strip() if n < len(row.cells) else "" for n in columns}
        rest = [cell for n, cell in enumerate(row.cells) if n not in columns]
        if place < headings_at:
            writer.writerow(row.cells)
            continue
        if place == headings_at:
            width = len(rest)
            writer.writerow([*rest, *SUMS, *(DAYS if days else [])])
            continue
        rest += [""] * (width - len(rest))
        writer.writerow([*rest, *_sums_said(cells, sums), *told])
    return Brought(name, text.getvalue().encode())


def _sums_said(cells: dict[int, str], sums: Callable[[dict[int, str]], Sessions | None]) -> list[str]:
    """What is wrong stands where the sum would: whoever reads the line says it, if it is of a pupil of theirs."""
    try:
        told = sums(cells)
    except Wrong as wrong:
        return [str(wrong), "", "", ""]
    return ["" if told is None else str(getattr(told, name)) for name in SUMS]

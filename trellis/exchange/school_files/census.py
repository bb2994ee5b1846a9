"""The school census as tables that belong together by their numbers: joined, they are one list of a kind we read.

The table of pupils on roll says who; the tables of needs, of sessions missed and of suspensions hold no name. Each is
brought with the first. Of the other tables nothing is needed.
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from trellis.exchange.reading import Brought, Unreadable, sheets_of
from trellis.schooling.attendance_codes import CountsAs, counts_as
from trellis.schooling.rules import easter_monday

Cells = dict[str, str]
Key = tuple[str, str]  # the school's number and the pupil's, which hold within one census
NUMBER = "pupilonrolltableid"
WHO = {NUMBER, "surname", "forename", "dob"}
TERM = re.compile(r"(20\d\d)[ _-]*(spring|summer|autumn)", re.IGNORECASE)
MISSED = {CountsAs.AUTHORISED, CountsAs.UNAUTHORISED}
CATEGORIES = {"FIXD": "SUSP"}  # as it was called until 2021
MOST_TABLES = 12
NOT_ALONE = "is a table of the school census that names nobody. Bring it with the table of pupils on roll."


@dataclass(frozen=True)
class Joined:
    """One list made of the census: which other table it needs, by a heading that only that one has, and its lines."""

    needs: str
    called: str
    headings: tuple[str, ...]
    lines: Callable[[dict[Key, Cells], list[Cells], str], Iterator[list[str]]]  # (pupils, rows, name of the files)


def joined(files: Sequence[Brought], to: Joined) -> Sequence[Brought]:
    """The census tables as one list under our own headings; any other file as it is. Raises Unreadable where a table is
    missing, and where several files are none of the census."""
    tables = [(file, rows) for file in files if (rows := _census_rows(file)) is not None]
    if not tables:
        if len(files) > 1:
            raise Unreadable("Bring one file at a time; several only of the school census.")
        return files
    on_roll = [rows for _, rows in tables if rows and rows[0].keys() >= WHO]
    theirs = [rows for _, rows in tables if rows and to.needs in rows[0]]
    if not on_roll:
        raise Unreadable(f"{tables[0][0].name} {NOT_ALONE}")
    if not theirs:
        raise Unreadable(f"The school census has this in its table of {to.called}. Bring it with the pupils on roll.")
    pupils = {_key(cells): cells for cells in on_roll[0]}
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(to.headings)
    writer.writerows(to.lines(pupils, theirs[0], " ".join(file.name for file in files)))
    return [Brought(tables[0][0].name, text.getvalue().encode())]


def _census_rows(file: Brought) -> list[Cells] | None:
    """The lines of a census table by its headings; None of any other file, which is read as what it is."""
    try:
        sheets = sheets_of(file)
    except Unreadable:
        return None
    rows = sheets[0].rows
    headings = [cell.strip().lower() for cell in rows[0].cells] if rows else []
    if NUMBER not in headings and "pupilnolongeronrolltableid" not in headings:
        return None
    return [dict(zip(headings, (cell.strip() for cell in row.cells), strict=False)) for row in rows[1:]]


def _key(cells: Cells) -> Key:
    return cells.get("nativeid", ""), cells.get(NUMBER, "")


def _day(text: str) -> str:
    """2025-Mar-02 00:00:00 as 2025-03-02; what is written otherwise as it is."""
    try:
        return datetime.strptime(text.split(" ")[0], "%Y-%b-%d").date().isoformat()  # noqa: DTZ007
    except ValueError:
        return text


def _who(pupil: Cells) -> list[str]:
    return [pupil.get("upn", ""), pupil.get("forename", ""), pupil.get("surname", ""), _day(pupil.get("dob", ""))]


WHO_HEADINGS = ("upn", "first_name", "last_name", "date_of_birth")


# --- the lists ----------------------------------------------------------------------------------------------------


def _attendance(pupils: dict[Key, Cells], rows: list[Cells], name: str) -> Iterator[list[str]]:
    missed: dict[Key, dict[str, int]] = defaultdict(lambda: {"authorised": 0, "unauthorised": 0})
    for row in rows:
        part = counts_as(row.get("attendancereason", ""))
        if part in MISSED:
            missed[_key(row)][part] += _whole(row.get("sessions", ""))
    starts_on, ends_on = days_told_of(name)
    for key, pupil in pupils.items():
        counted = missed[key]
        possible = pupil.get("termlysessionspossible", "")
        yield [
            *_who(pupil), starts_on, ends_on, possible, "", str(counted["authorised"]), str(counted["unauthorised"]),
        ]  # fmt: skip


def days_told_of(name: str) -> tuple[str, str]:
    """The days whose attendance a census asks, by its term as the file's name says it; ("", "") where it does not.
    Each asks of the term before: autumn of summer, spring of autumn, summer of spring (DfE, school census guide)."""
    said = TERM.search(name)
    if not said:
        return "", ""
    year = int(said[1])
    starts_on, ends_on = {
        "spring": (date(year - 1, 8, 1), date(year - 1, 12, 31)),
        "summer": (date(year, 1, 1), easter_monday(year) - timedelta(days=1)),
        "autumn": (easter_monday(year), date(year, 7, 31)),
    }[said[2].lower()]
    return starts_on.isoformat(), ends_on.isoformat()


def _whole(text: str) -> int:
    whole = text.removesuffix(".0")
    return int(whole) if whole.isascii() and whole.isdigit() and len(whole) < 5 else 0


def _sen_register(pupils: dict[Key, Cells], rows: list[Cells], name: str) -> Iterator[list[str]]:
    needs: dict[Key, dict[str, str]] = defaultdict(dict)
    for row in rows:
        needs[_key(row)][row.get("sentyperank", "").removesuffix(".0")] = row.get("sentype", "")
    for key, pupil in pupils.items():
        theirs = needs[key]
        yield [*_who(pupil), pupil.get("senprovision", ""), theirs.get("1", ""), theirs.get("2", ""), ""]


def _suspensions(pupils: dict[Key, Cells], rows: list[Cells], name: str) -> Iterator[list[str]]:
    for row in rows:
        category = row.get("category", "")
        yield [
            *_who(pupils.get(_key(row), {})), _day(row.get("startdate", "")), "", row.get("sessions", ""),
            CATEGORIES.get(category, category), *(row.get(f"reason{number}", "") for number in (1, 2, 3)), "", "",
        ]  # fmt: skip


ATTENDANCE = Joined(
    "attendancereason", "sessions missed",
    (*WHO_HEADINGS, "starts_on", "ends_on", "possible", "attended", "authorised", "unauthorised"), _attendance,
)  # fmt: skip
SEN_REGISTER = Joined(
    "sentyperank", "types of need", (*WHO_HEADINGS, "sen_status", "primary_need", "secondary_need", "since"),
    _sen_register,
)  # fmt: skip
SUSPENSIONS = Joined(
    "category", "suspensions and exclusions",
    (*WHO_HEADINGS, "first_day", "last_day", "sessions", "category", "reason1", "reason2", "reason3", "decided_by",
     "what_happened"),
    _suspensions,
)  # fmt: skip

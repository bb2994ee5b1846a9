"""Attendance as a school's own system gives it out: sessions possible and attended, for the days the file names."""

from collections.abc import Collection, Iterator
from datetime import date
from typing import Any

from django.db.models import F

from trellis.conduct import clock
from trellis.exchange.cells import Reader, Wrong
from trellis.exchange.mapping.columns import Column
from trellis.exchange.mapping.period_above import FROM_ABOVE, TO_ABOVE
from trellis.exchange.school_files import census
from trellis.exchange.school_files.facts import Change, SchoolFacts, kind_of
from trellis.exchange.school_files.marks import NO_CODE, NO_NUMBER, with_sums
from trellis.exchange.school_files.who import Row, iso_day
from trellis.schooling import actions, rules
from trellis.schooling.models import Attendance

NO_PERIOD = (
    "The file does not say which days this tells of. Add two columns, From and To, or write both dates above the table."
)


def sessions(*, needed: bool = False) -> Reader:
    """A whole number of half days; 120.0 is one too, as workbooks write it."""

    def read(text: str) -> int | None:
        if NO_CODE in text or NO_NUMBER in text:
            raise Wrong(text)
        whole = text.removesuffix(".0")
        if not whole and not needed:
            return None
        if not (whole.isascii() and whole.isdigit() and len(whole) < 5):
            raise Wrong("Write sessions as a whole number of half days.")
        return int(whole)

    return read


COLUMNS = {
    "starts_on": Column(
        "First day of the period", iso_day,
        ("From", "Date from", "Start date", "Period start", "Start", FROM_ABOVE), is_day=True,
    ),
    "ends_on": Column(
        "Last day of the period", iso_day, ("To", "Date to", "End date", "Period end", "End", TO_ABOVE), is_day=True
    ),
    "possible": Column(
        "Sessions possible", sessions(needed=True),
        ("Possible", "Possible sessions", "Possible marks", "Total possible", "Poss", "Poss sessions", "Total sessions",
         "Possible attendances", "Sessions"),
        needed=True,
    ),
    "attended": Column(
        "Sessions attended", sessions(),
        ("Attended", "Attendances", "Present", "Present sessions", "Actual", "Sessions present", "Present marks",
         "Attended sessions", "Total attendances", "Attend"),
    ),
    "authorised": Column(
        "Authorised absences", sessions(),
        ("Authorised", "Authorised absence", "Auth absence", "Auth absences", "Auth", "Auth. abs"),
    ),
    "unauthorised": Column(
        "Unauthorised absences", sessions(),
        ("Unauthorised", "Unauthorised absence", "Unauth absence", "Unauth absences", "Unauth", "Unauth. abs"),
    ),
}  # fmt: skip


def about_line(row: Row) -> Iterator[tuple[str, str]]:
    if not row["starts_on"] or not row["ends_on"]:
        yield "starts_on", NO_PERIOD
        return
    if _attended(row) is None:
        yield "attended", "Say how many sessions were attended, or both kinds of absence."
        return
    facts = rules.ToTellAttendance(**_says(row))
    for finding in (
        rules.attendance_is_of_days_past(facts, clock.today()),
        rules.sessions_fit_their_period(facts),
        rules.sessions_add_up(facts),
    ):
        if not finding:
            yield finding.rule.field or "", finding.sentence


def _attended(row: Row) -> int | None:
    """As given; else what the absences leave of the sessions possible, where both kinds are given."""
    if row["attended"] is not None or None in (row["authorised"], row["unauthorised"]):
        return row["attended"]  # type: ignore[no-any-return]
    return max(0, row["possible"] - row["authorised"] - row["unauthorised"])


def _says(row: Row) -> dict[str, Any]:
    return {
        "starts_on": date.fromisoformat(row["starts_on"]), "ends_on": date.fromisoformat(row["ends_on"]),
        "possible": row["possible"], "attended": _attended(row), "authorised": row["authorised"],
        "unauthorised": row["unauthorised"],
    }  # fmt: skip


def held(pupil_ids: Collection[int]) -> dict[tuple[Any, ...], Attendance]:
    """By pupil and period, what stands of the schools where they are today."""
    there = Attendance.objects.standing().filter(
        pupil__in=pupil_ids,
        pupil__school_places__during__contains=clock.today(),
        school=F("pupil__school_places__school"),
    )
    return {(one.pupil_id, one.starts_on.isoformat(), one.ends_on.isoformat()): one for one in there}


def change(row: Row, held: dict[tuple[Any, ...], Attendance]) -> Change | None:
    says = Attendance(**_says(row))
    before = held.get((row["pupil_id"], row["starts_on"], row["ends_on"]))
    if before and all(getattr(before, name) == value for name, value in _says(row).items()):
        return None
    return Change(f"attendance, {says.period_in_words}", _in_words(before) if before else "", _in_words(says))


def _in_words(told: Attendance) -> str:
    return "; ".join(part for part in (told.in_words, told.absences_in_words, told.absence_in_words) if part)


def land(pupil_id: int, row: Row, *, by: Any, source: str) -> None:
    actions.tell_attendance(pupil_id, by=by, source=source, **_says(row))


ATTENDANCE = kind_of(
    SchoolFacts(
        name="Attendance",
        columns=COLUMNS,
        about_line=about_line,
        thing=lambda row: (row["starts_on"], row["ends_on"]),
        held=held,
        change=change,
        land=land,
        census=census.ATTENDANCE,
        rewritten=with_sums,
    )
)

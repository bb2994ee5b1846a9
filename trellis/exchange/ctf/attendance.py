"""Sessions of school years before, as the file tells them. It names a year by one figure and does not say whether the
school year begins or ends in it: that is taken only where the file itself leaves no doubt."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from trellis.exchange.ctf.told import Told, ToldAttendance
from trellis.organisations.models import School
from trellis.schooling.models import Attendance

BEGINS, ENDS = "begins", "ends"  # the school year, in the year that is named
NO_DOUBT = "Which school year is meant cannot be told: one that begins or one that ends in this year. Not entered."
NO_SCHOOL = "The school with this number is not known here, so its attendance is not entered."


@dataclass(frozen=True)
class YearAtSchool:
    """A school year that may land: where, which days, and the figures."""

    school: School
    starts_on: date
    ends_on: date
    possible: int
    authorised: int
    unauthorised: int

    @property
    def attended(self) -> int:
        return self.possible - self.authorised - self.unauthorised

    @property
    def says(self) -> dict[str, Any]:
        return {
            "starts_on": self.starts_on, "ends_on": self.ends_on, "possible": self.possible,
            "attended": self.attended, "authorised": self.authorised, "unauthorised": self.unauthorised,
        }  # fmt: skip

    @property
    def in_words(self) -> str:
        told = Attendance(**self.says)
        return f"{told.in_words}; {told.absences_in_words}"

    @property
    def what(self) -> str:
        return f"attendance at {self.school}, {Attendance(**self.says).period_in_words}"


def days_of(year: int, way: str, known_until: date) -> tuple[date, date]:
    """The first and the last day of a school year that are told of."""
    begins = year if way == BEGINS else year - 1
    return date(begins, 9, 1), min(date(begins + 1, 8, 31), known_until)


def is_possible(told: ToldAttendance, way: str, known_until: date) -> bool:
    """Whether there were so many sessions on the weekdays of that school year, up to the day of the file."""
    if not 2000 <= told.year <= 2100:
        return False
    since, until = days_of(told.year, way, known_until)
    days = (until - since).days + 1
    weekdays = sum((since + timedelta(days=n)).weekday() < 5 for n in range(max(days, 0)))
    return 0 < told.possible <= 2 * weekdays


def way_of(told: Told, today: date) -> str:
    """How this file names school years: the one way in which all that it tells is possible; empty when both are."""
    known_until = min(told.made_on or today, today)
    years = [year for pupil in told.pupils for year in pupil.attendance]
    ways = [way for way in (BEGINS, ENDS) if all(is_possible(year, way, known_until) for year in years)]
    return ways[0] if len(ways) == 1 else ""


def schools_named(years: Iterable[ToldAttendance]) -> dict[tuple[str, str], School]:
    """By the Department's number; of several with one number the one that is open."""
    numbers = {(year.area, year.establishment) for year in years}
    found = School.objects.filter(
        authority_code__in={area for area, _ in numbers}, establishment_number__in={number for _, number in numbers}
    ).order_by("closed_on")
    by_number: dict[tuple[str, str], School] = {}
    for school in found:
        if school.closed_on is None or (school.authority_code, school.establishment_number) not in by_number:
            by_number[school.authority_code, school.establishment_number] = school
    return by_number


def read_year(
    told: ToldAttendance, way: str, known_until: date, schools: dict[tuple[str, str], School]
) -> YearAtSchool | str:
    """The year as it may land, or the sentence why it does not."""
    if not way:
        return NO_DOUBT
    school = schools.get((told.area, told.establishment))
    if school is None:
        return NO_SCHOOL
    since, until = days_of(told.year, way, known_until)
    return YearAtSchool(school, since, until, told.possible, told.authorised, told.unauthorised)


def standing(pupil_ids: Iterable[int]) -> dict[tuple[int, int, date, date], Attendance]:
    """What stands of these pupils, by pupil, school and period."""
    told = Attendance.objects.standing().filter(pupil__in=list(pupil_ids))
    return {(one.pupil_id, one.school_id, one.starts_on, one.ends_on): one for one in told}

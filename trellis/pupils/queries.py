"""What pages show of pupils: who one is, as much of it as the reader may know, for one pupil or for a list."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date

from trellis.calendar.rules import academic_year
from trellis.conduct import clock
from trellis.people.models import User
from trellis.people.roles import READ_RECORDS
from trellis.pupils.models import Access, CareEpisode, Level, Pupil, SchoolPlace, SenStatus


@dataclass(frozen=True)
class Reading:
    """How much of one pupil a reader has open today. ``ended_on`` and ``school`` speak of a place that ended."""

    levels: frozenset[str]
    knows_care: bool = False
    school: str = ""
    ended_on: date | None = None

    @property
    def is_whole(self) -> bool:
        return Level.WHOLE in self.levels

    @property
    def is_class(self) -> bool:
        return Level.CLASS in self.levels and not self.is_whole

    @property
    def is_written_only(self) -> bool:
        return self.levels == {Level.WRITTEN}


def reading_of(user: User, pupil: Pupil) -> Reading:
    """What the access table opens of this pupil to this person. One query."""
    rows = list(
        Access.objects.open_to(user, Level.WHOLE, Level.CLASS, Level.WRITTEN)
        .filter(pupil=pupil)
        .select_related("organisation")
        .order_by("-during")
    )
    levels = frozenset(row.level for row in rows)
    written = next((row for row in rows if row.level == Level.WRITTEN), None)
    return Reading(
        levels=levels,
        knows_care=Level.WHOLE in levels and user.plays(READ_RECORDS),
        school=str(written.organisation) if written else "",
        ended_on=written.since if written else None,
    )


@dataclass(frozen=True)
class Standing:
    """Where a pupil stands today: school and year, SEN status and, for those who may know, in whose care."""

    place: SchoolPlace | None = None
    sen: SenStatus | None = None
    care: CareEpisode | None = None
    year: int = 0

    @property
    def year_in_words(self) -> str:
        return year_in_words(self.year)

    @property
    def needs(self) -> list[str]:
        return [need for need in (self.sen.primary_need, self.sen.secondary_need) if need] if self.sen else []


def standings_of(pupils: Collection[Pupil], *, with_care: Collection[int]) -> dict[int, Standing]:
    """Where each pupil stands today; care only of those whose numbers are in ``with_care``. Three queries."""
    today, numbers = clock.today(), [pupil.pk for pupil in pupils]
    places = _one_each(SchoolPlace.objects.filter(pupil__in=numbers, during__contains=today).select_related("school"))
    needs = _one_each(SenStatus.objects.filter(pupil__in=numbers, during__contains=today))
    care = _one_each(
        CareEpisode.objects.filter(pupil__in=list(with_care), during__contains=today).select_related("authority")
    )
    return {
        pupil.pk: Standing(
            places.get(pupil.pk), needs.get(pupil.pk), care.get(pupil.pk), year_of(pupil, places.get(pupil.pk))
        )
        for pupil in pupils
    }


def year_of(pupil: Pupil, place: SchoolPlace | None) -> int:
    """The year the pupil is taught in: the one the place began in and the Septembers since, else the one by age."""
    if place is None or place.year_group is None:
        return pupil.year_by_age
    return place.year_group + academic_year(clock.today()) - academic_year(place.since)


def year_in_words(year: int) -> str:
    """ "Year 4", "Reception", "Nursery"."""
    if year == 0:
        return "Reception"
    return f"Year {year}" if year > 0 else "Nursery"


@dataclass(frozen=True)
class Identity:
    """The strip under the navigation: who this is about."""

    name: str
    facts: list[str] = field(default_factory=list)
    tags: list[dict[str, str]] = field(default_factory=list)


def _one_each(rows: Iterable) -> dict:
    return {row.pupil_id: row for row in rows}

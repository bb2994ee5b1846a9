"""What pages show of pupils: who one is, as much of it as the reader may know, for one pupil or for a list."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db.models import Case, Count, F, Model, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce, ExtractYear

from trellis.calendar.rules import academic_year
from trellis.conduct import clock
from trellis.conduct.periods import from_day
from trellis.organisations.models import LocalAuthority, School
from trellis.people.models import Membership, User
from trellis.people.roles import AUTHORITY_OFFICERS, READ_RECORDS, SCHOOL_STAFF
from trellis.pupils.folding import fold
from trellis.pupils.models import (
    CareEpisode,
    Level,
    Pupil,
    PupilAuthority,
    PupilQuerySet,
    SchoolPlace,
    SenStatus,
    TeachingGroup,
)
from trellis.pupils.opening import KnownToday
from trellis.pupils.permissions import KEEPERS

RECORD_LEVELS = (Level.WHOLE, Level.CLASS, Level.WRITTEN)


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


@dataclass(frozen=True)
class PlaceToday:
    """The school place that holds today; ``school`` is its name."""

    school: str
    school_id: int
    since: date


@dataclass(frozen=True)
class CareToday:
    """The care that holds today; ``authority`` is its name."""

    authority: str
    since: date


@dataclass(frozen=True)
class Standing:
    """Where a pupil stands today: school and year, SEN status and, for those who may know, in whose care."""

    year: int
    place: PlaceToday | None = None
    sen: SenStatus | None = None
    care: CareToday | None = None

    @property
    def year_in_words(self) -> str:
        return year_in_words(self.year)

    @property
    def needs(self) -> str:
        """ "SEMH, SLCN"."""
        return ", ".join(filter(None, [self.sen.primary_need, self.sen.secondary_need])) if self.sen else ""


def year_in_words(year: int) -> str:
    """ "Year 4", "Reception", "Nursery"."""
    if year == 0:
        return "Reception"
    return f"Year {year}" if year > 0 else "Nursery"


# --- what a page says of each pupil, in one query ----------------------------------------------------------------


def as_known_to(user: User, pupils: PupilQuerySet) -> PupilQuerySet:
    """The pupils, each with what its reader has open and where it stands today, for ``reading_of``, ``standing_of``."""
    return pupils.annotate(known_today=KnownToday(user, RECORD_LEVELS, "pk"))


def with_known_pupil(user: User, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Rows about a pupil, each with what ``as_known_to`` gives of the pupil, for ``pupil_as_known``."""
    return rows.annotate(known_today=KnownToday(user, RECORD_LEVELS, "pupil"))


def pupil_as_known(row: Any) -> Pupil:
    """The pupil of a row that came through ``with_known_pupil``; ``known_to`` then asks nothing."""
    pupil: Any = row.pupil
    pupil.known_today = row.known_today
    return pupil  # type: ignore[no-any-return]


def known_to(user: User, pupil: Pupil) -> Pupil:
    """The pupil as ``as_known_to`` gives it; itself when it came that way already."""
    return pupil if hasattr(pupil, "known_today") else as_known_to(user, Pupil.objects.filter(pk=pupil.pk)).get()


def with_year(pupils: PupilQuerySet) -> PupilQuerySet:
    """The pupils with ``year_now``: the year that the school says they are taught in, or the one by age."""
    taught = _true_today(SchoolPlace).values("year_group")[:1]
    by_age = academic_year(clock.today()) - 5 - _academic_year("date_of_birth")
    return pupils.annotate(year_now=Coalesce(Subquery(taught), by_age))


def reading_of(user: User, pupil: Pupil) -> Reading:
    """What this person has open of a pupil that came through ``as_known_to``."""
    rows: list[dict[str, Any]] = pupil.known_today["open"]  # type: ignore[attr-defined]
    levels = frozenset(row["level"] for row in rows)
    written = next((row for row in rows if row["level"] == Level.WRITTEN), None)
    return Reading(
        levels=levels,
        knows_care=Level.WHOLE in levels and user.plays(READ_RECORDS),
        school=written["school"] if written else "",
        ended_on=date.fromisoformat(written["since"]) if written else None,
    )


def standing_of(pupil: Pupil, reading: Reading) -> Standing:
    """Where a pupil that came through ``as_known_to`` stands today, as much of it as the reader may know."""
    known: dict[str, Any] = pupil.known_today  # type: ignore[attr-defined]
    place, sen, care = known["place"], known["sen"], known["care"] if reading.knows_care else None
    taught_in = place["year"] if place else None
    return Standing(
        pupil.year_by_age if taught_in is None else taught_in,
        place and PlaceToday(place["name"], place["school"], _since(place)),
        sen and SenStatus(
            status=sen["status"], primary_need=sen["primary"], secondary_need=sen["secondary"],
            during=from_day(_since(sen)),
        ),
        care and CareToday(care["name"], _since(care)),
    )  # fmt: skip


def _true_today(facts: type[Model]) -> QuerySet[Any]:
    return facts._default_manager.filter(pupil=OuterRef("pk"), during__contains=clock.today())


def _academic_year(day: str) -> CombinedExpression:
    """The year in which the academic year of a day began, as PostgreSQL counts it."""
    begun_before = Case(When(**{f"{day}__month__lt": 9}, then=1), default=0)
    return ExtractYear(F(day)) - begun_before


def _since(fact: dict[str, Any]) -> date:
    return date.fromisoformat(fact["since"])


# --- the strip above a record ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Identity:
    """The strip under the navigation: who this is about."""

    name: str
    facts: list[str] = field(default_factory=list)
    tags: list[dict[str, str]] = field(default_factory=list)


# --- the authority's officers -------------------------------------------------------------------------------------


def officers_for(pupil: Pupil) -> QuerySet[Membership]:
    """The social workers, reviewing officers and EHC coordinators who work for an authority that has to do with this
    pupil today: it looks after them, they live there, it keeps their plan, or their school is in its area."""
    today = clock.today()
    authorities = LocalAuthority.objects.filter(
        Q(pk__in=CareEpisode.objects.filter(pupil=pupil, during__contains=today).values("authority"))
        | Q(pk__in=PupilAuthority.objects.filter(pupil=pupil, during__contains=today).values("authority"))
        | Q(code__in=SchoolPlace.objects.filter(pupil=pupil, during__contains=today).values("school__authority_code"))
    )
    officers = Membership.objects.on(today).playing(*AUTHORITY_OFFICERS).filter(organisation__in=authorities)
    return officers.select_related("user", "organisation").order_by("role", "user__first_name", "pk")


# --- schools, classes and groups ---------------------------------------------------------------------------------


def schools_kept_by(user: User) -> QuerySet[School]:
    """The schools for which this person adds pupils and keeps classes and groups."""
    mine = {m.organisation_id for m in user.memberships_today if m.role in KEEPERS}
    return School.objects.filter(pk__in=mine).order_by("name")


def possible_twins(user: User, *, last_name: str, first_names: Collection[str], date_of_birth: date) -> list[Pupil]:
    """Pupils this person may see who were born that day and bear one of the first names or the last name."""
    names = {fold(name) for name in first_names if name}
    born_then = Pupil.objects.visible_to(user, Level.WHOLE, Level.WRITTEN).filter(date_of_birth=date_of_birth)
    return [
        pupil
        for pupil in born_then.by_name()
        if fold(pupil.legal_last_name) == fold(last_name)
        or names & {fold(pupil.legal_first_name), fold(pupil.preferred_first_name)}
    ]


def seen_with_upn(user: User, upn: str) -> list[Pupil]:
    """Pupils this person may see who have this UPN. Whom they may not see, they learn nothing of."""
    seen = Pupil.objects.visible_to(user, Level.WHOLE, Level.WRITTEN)
    return list(seen.filter(upn=upn).by_name()) if upn else []


def candidates_for(group: TeachingGroup) -> PupilQuerySet:
    """The school's own pupils who are not in the group."""
    members = group.members.filter(during__contains=clock.today()).values("pupil")
    return Pupil.objects.at_school_on(group.school, clock.today()).exclude(pk__in=members).by_name()


def staff_candidates_for(group: TeachingGroup) -> QuerySet[User]:
    """The school's own people who are not staff of the group."""
    today = clock.today()
    theirs = Membership.objects.on(today).playing(*SCHOOL_STAFF).filter(organisation=group.school_id).values("user")
    staff = group.staff.filter(during__contains=today).values("user")
    return User.objects.filter(pk__in=theirs).exclude(pk__in=staff).order_by("first_name", "last_name")


def groups_kept_by(user: User) -> QuerySet[TeachingGroup]:
    """The classes and groups of this person's school, with how many pupils and staff each has today."""
    today = Q(members__during__contains=clock.today())
    staff_today = Q(staff__during__contains=clock.today())
    return (
        TeachingGroup.objects.filter(school__in=schools_kept_by(user))
        .select_related("school")
        .annotate(
            pupil_count=Count("members__pupil", filter=today, distinct=True),
            staff_count=Count("staff__user", filter=staff_today, distinct=True),
        )
        .order_by("school__name", "name")
    )


def pupils_in(group: TeachingGroup) -> PupilQuerySet:
    """The pupils of a class or group who are at its school today; who left is in no group there."""
    members = group.members.filter(during__contains=clock.today()).values("pupil")
    return Pupil.objects.at_school_on(group.school, clock.today()).filter(pk__in=members).by_name()


def staff_of(group: TeachingGroup) -> QuerySet[User]:
    staff = group.staff.filter(during__contains=clock.today()).values("user")
    return User.objects.filter(pk__in=staff).order_by("first_name", "last_name")


def not_the_first(places: Sequence[SchoolPlace]) -> list[SchoolPlace]:
    """Those of these places whose pupil has had, or will have, another one."""
    theirs = SchoolPlace.objects.filter(pupil__in=[place.pupil_id for place in places])
    elsewhere = set(theirs.exclude(pk__in=[place.pk for place in places]).values_list("pupil", flat=True))
    return [place for place in places if place.pupil_id in elsewhere]

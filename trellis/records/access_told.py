"""Who may open a record and why, in words: for one pupil, and for one person. It reads the access table."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet

from trellis.conduct import clock
from trellis.conduct.periods import DateRange
from trellis.history.models import Look
from trellis.links.models import PersonalLink
from trellis.organisations.models import Organisation
from trellis.people.models import Membership, User
from trellis.people.roles import READ_WHOLE_ORGANISATION, Role
from trellis.pupils.models import Access, GroupMember, Level, NamedProfessional, Pupil
from trellis.records.queries import roles_of
from trellis.teams.queries import Colleague

A_PAGE = 30
LOOKED_LATELY = 10  # people


@dataclass(frozen=True)
class Days:
    """A period as people say it: its first day and its last, if it has one."""

    since: date
    last_day: date | None

    @classmethod
    def of(cls, *periods: DateRange) -> "Days | None":
        """The days that all these have in common; None if there are none."""
        since = max(period.lower for period in periods)
        ends = [period.upper for period in periods if period.upper is not None]
        if ends and min(ends) <= since:
            return None
        return cls(since, min(ends) - timedelta(days=1) if ends else None)

    @property
    def is_over(self) -> bool:
        return self.last_day is not None and self.last_day < clock.today()

    @property
    def is_to_come(self) -> bool:
        return self.since > clock.today()


@dataclass(frozen=True)
class Reader:
    """Somebody who may open the record: by their work, or named themselves."""

    name: str
    role: str
    days: Days
    standing_in_for: str = ""


@dataclass(frozen=True)
class Opening:
    """One fact that opens the record: to whom, how much, why, for how long."""

    holder: str
    because: str
    level: str
    days: Days
    is_person: bool = False
    readers: list[Reader] = field(default_factory=list)


@dataclass(frozen=True)
class Before:
    """Somebody who could open the record once, and no longer."""

    name: str
    role: str
    opening: Opening
    days: Days


@dataclass(frozen=True)
class LookedLately:
    name: str
    role: str
    at: datetime


@dataclass(frozen=True)
class AccessPage:
    openings: list[Opening]
    people: int  # each counted once
    before: Page[Before]
    links: list[PersonalLink]
    looks: list[LookedLately]


def access_page(pupil: Pupil, number: Any) -> AccessPage:
    """Who can open the pupil's record today, who could before, which links are open, who looked. Six queries."""
    rows = list(Access.objects.filter(pupil=pupil, during__isempty=False).select_related("organisation", "user"))
    members = _readers_in({row.organisation_id for row in rows if row.organisation_id})
    roles = roles_of({row.user_id for row in rows if row.user_id})
    openings: list[Opening] = []
    before: list[Before] = []
    people: set[int] = set()
    for row in sorted(rows, key=lambda row: (row.level != Level.WHOLE, row.user_id is not None, row.during.lower)):
        days = Days.of(row.during)
        if days is None:
            continue
        opening = Opening(
            str(row.organisation or row.user), row.because, str(row.get_level_display()), days, row.user_id is not None
        )
        now = []
        for user_id, reader in _readers_by(row, members, roles):
            if reader.days.is_over:
                before.append(Before(reader.name, reader.role, opening, reader.days))
            else:
                now.append(reader)
                if not reader.days.is_to_come:
                    people.add(user_id)
        told = replace(opening, readers=now)
        if not days.is_over and told not in openings:  # two roles of one person may open the same
            openings.append(told)
    before.sort(key=lambda one: (one.days.last_day, one.name), reverse=True)
    return AccessPage(
        openings=openings,
        people=len(people),
        before=Paginator(before, A_PAGE).get_page(number),
        links=list(PersonalLink.objects.open().filter(pupil_id=pupil.pk).select_related("issued_by").order_by("pk")),
        looks=_looked_lately(pupil),
    )


def _readers_in(organisation_ids: set[int]) -> dict[int, list[Membership]]:
    """Whose work in these organisations opens what opens to them, whenever that was."""
    found = Membership.objects.filter(organisation__in=organisation_ids, during__isempty=False)
    members: dict[int, list[Membership]] = {}
    for one in found.playing(*READ_WHOLE_ORGANISATION).select_related("user", "standing_in_for").order_by("pk"):
        members.setdefault(one.organisation_id, []).append(one)
    return members


def _readers_by(
    row: Access, members: dict[int, list[Membership]], roles: dict[int, str]
) -> Iterable[tuple[int, Reader]]:  # fmt: skip
    """Each person to whom this row opens or opened the record, with the days of it."""
    if row.user is not None:
        if days := Days.of(row.during):
            yield row.user.pk, Reader(str(row.user), roles.get(row.user.pk, ""), days)
        return
    for one in members.get(row.organisation_id or 0, []):
        if days := Days.of(row.during, one.during):
            covers = str(one.standing_in_for) if one.standing_in_for else ""
            yield one.user_id, Reader(str(one.user), Role(one.role).label, days, covers)


def _looked_lately(pupil: Pupil) -> list[LookedLately]:
    """The last look of each of those who looked last."""
    looks = Look.objects.filter(pupil_ids__contains=[pupil.pk], by__isnull=False)
    last = list(looks.values("by").annotate(last=Max("at")).order_by("-last")[:LOOKED_LATELY])
    people = {user.pk: user for user in User.objects.filter(pk__in=[one["by"] for one in last])}
    roles = roles_of(people)
    return [LookedLately(str(people[one["by"]]), roles.get(one["by"], ""), one["last"]) for one in last]


# --- of one person ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Seen:
    """One line of what somebody can see: a pupil, how much, and why."""

    pupil: Pupil
    name: str  # initials where no more is open
    has_page: bool  # whether the record itself opens
    level: str
    because: str
    organisation: str
    days: Days


@dataclass(frozen=True)
class Tally:
    level: str
    because: str
    pupils: int


@dataclass(frozen=True)
class PersonPage:
    tallies: list[Tally]
    pupils: int  # each counted once
    hidden: int  # counted, but not for this reader to see by name
    seen: Page[Any]
    lines: list[Seen]

    @property
    def shown_ids(self) -> set[int]:
        return {line.pupil.pk for line in self.lines}


def what_one_sees(user: User, number: Any) -> PersonPage:
    """What somebody can open today, by which reason, for themselves to read. Constant queries."""
    every = [level.value for level in Level]
    return _page(Access.objects.open_to(user, *every), None, number)


def what_a_colleague_sees(colleague: Colleague, reader: User, number: Any) -> PersonPage:
    """What somebody's work in one organisation opens to them today: counted for whoever keeps their account, by name
    only of pupils whose whole record is open to that reader. Their work elsewhere is not told."""
    organisation, user, today = colleague.organisation, colleague.user, clock.today()
    reads_all = any(post.membership.role in READ_WHOLE_ORGANISATION and not post.is_planned for post in colleague.posts)
    named = NamedProfessional.objects.filter(authority=organisation.pk, during__contains=today)
    taught = GroupMember.objects.filter(
        group__school=organisation.pk, group__staff__user=user.pk, during__contains=today
    )
    own = Q(user=user.pk) & (
        Q(source_kind="professional", pupil__in=named.values("pupil"))
        | Q(source_kind="group place", pupil__in=taught.values("pupil"))
    )
    whose = own | Q(organisation=organisation.pk) if reads_all else own
    rows = Access.objects.filter(whose, during__contains=today)
    return _page(rows, reader, number)


def _page(rows: QuerySet[Access], reader: User | None, number: Any) -> PersonPage:
    counted = rows.values("level", "because", "organisation").annotate(pupils=Count("pupil", distinct=True))
    tallies = _tallies(counted.order_by("level", "because"))
    shown = rows
    if reader is not None:
        theirs = Access.objects.open_to(reader, Level.WHOLE).filter(pupil=OuterRef("pupil"))
        shown = rows.filter(Exists(theirs))
    everybody = rows.aggregate(pupils=Count("pupil", distinct=True))["pupils"]
    by_name = shown.aggregate(pupils=Count("pupil", distinct=True))["pupils"] if reader is not None else everybody
    ordered = shown.select_related("pupil", "organisation").order_by("pupil__folded_name", "pupil", "level", "pk")
    page = Paginator(ordered, A_PAGE).get_page(number)
    lines = [line for row in page.object_list if (line := _seen(row))]
    return PersonPage(tallies, everybody, everybody - by_name, page, lines)


def _seen(row: Access) -> Seen | None:
    days = Days.of(row.during)
    if days is None:
        return None
    return Seen(
        pupil=row.pupil,
        name=row.pupil.initials if row.level == Level.INITIALS else row.pupil.name,
        has_page=row.level in {Level.WHOLE, Level.CLASS, Level.WRITTEN},
        level=str(row.get_level_display()),
        because=row.because,
        organisation=str(row.organisation or ""),
        days=days,
    )


def _tallies(counted: Iterable[Any]) -> list[Tally]:
    """Counts by reason, whatever day it ended on: "school place, until 1 May" and "until 2 May" are one."""
    sums: dict[tuple[str, str], int] = {}
    for one in counted:
        key = (str(Level(one["level"]).label), one["because"].partition(", until ")[0])
        sums[key] = sums.get(key, 0) + one["pupils"]
    return [Tally(level, because, pupils) for (level, because), pupils in sums.items()]


def memberships_of(user: User) -> list[tuple[Membership, str, Days]]:
    """What somebody is today, and what it opens, in words."""
    told = []
    for one in Membership.objects.on(clock.today()).filter(user=user.pk).select_related(
        "organisation", "standing_in_for"
    ):  # fmt: skip
        days = Days.of(one.during)
        if days is not None:
            told.append((one, opens_in_words(one.role, one.organisation), days))
    return told


def opens_in_words(role: str, organisation: Organisation) -> str:
    if role in READ_WHOLE_ORGANISATION:
        return f"Opens what is open to {organisation}."
    if role == Role.SYSTEM_ADMINISTRATOR:
        return "Opens no pupil’s record: accounts and organisations only."
    if role == Role.BUSINESS_OFFICER:
        return "Opens no pupil’s record: lists, money and returns only."
    if role in {Role.CLASS_TEACHER, Role.TEACHING_ASSISTANT}:
        return "Opens the pupils of your classes and groups."
    return "Opens the pupils for whom you are named."

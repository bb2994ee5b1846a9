"""Access is a table, opened and closed by facts. The facts say what it should hold; ``bring_up_to_date`` makes it so.

Every action that creates or ends such a fact calls ``bring_up_to_date`` in its own transaction. A nightly job and a
test compare the whole table with the facts and must find no difference.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import product
from typing import Any

from django.db.models import Q

from trellis.conduct.copying import copy_in
from trellis.conduct.periods import DateRange, from_day
from trellis.design.in_words import full_date
from trellis.organisations.models import VirtualSchool
from trellis.people.models import Membership
from trellis.people.roles import AUTHORITY_OFFICERS, SCHOOL_STAFF
from trellis.pupils import slots
from trellis.pupils.models import (
    Access,
    AccessPolicy,
    CareEpisode,
    GroupMember,
    GroupStaff,
    Level,
    NamedProfessional,
    Pupil,
    SchoolPlace,
)

Identity = tuple[Any, ...]


@dataclass(frozen=True)
class AccessFact:
    """A fact that gives access to a pupil: to an organisation or a user, at a level, for a period."""

    pupil_id: int
    level: str
    because: str
    source_kind: str
    source_id: int
    during: DateRange
    organisation_id: int | None = None
    user_id: int | None = None

    @property
    def identity(self) -> Identity:
        return (self.pupil_id, self.organisation_id, self.user_id, self.level, self.source_kind, self.source_id)


def facts_about(*pupils: Pupil) -> list[AccessFact]:
    """Every fact that gives access to these pupils, ours and those of later folders, in as many queries for many as for
    one. A record that was put together with another is read by those who read that one."""
    read_as = {pupil.pk: pupil.same_child_as_id or pupil.pk for pupil in pupils}
    facts = defaultdict(list)
    for fact in _facts_of(set(read_as.values())):
        facts[fact.pupil_id].append(fact)
    return [replace(fact, pupil_id=pk) for pk, going_on in read_as.items() for fact in facts[going_on]]


def _facts_of(pupils: set[int]) -> Iterator[AccessFact]:
    places = list(SchoolPlace.objects.filter(pupil__in=pupils, during__isempty=False).order_by("pk"))
    reading_back = _ReadingBack()
    yield from reading_back.after(_school_places(places))
    yield from reading_back.after(_care(pupils))
    yield from _professionals(pupils)
    yield from _classes(pupils, places)
    for more in slots.access_facts.ask(pupils):
        yield from more


def differences(*pupils: Pupil) -> tuple[list[AccessFact], list[Access]]:
    """What the table lacks, and what it holds without a fact. Both empty when it is true."""
    return _differences(pupils, _rows_of(pupils))


def _differences(pupils: Iterable[Pupil], held: dict[Identity, Access]) -> tuple[list[AccessFact], list[Access]]:
    facts = {fact.identity: fact for fact in facts_about(*pupils)}
    missing = [fact for fact in facts.values() if not _is_held(fact, held)]
    unfounded = [row for identity, row in held.items() if identity not in facts]
    return missing, [row for row in unfounded if not row.during.isempty]  # an empty period is closed already


def _is_held(fact: AccessFact, held: dict[Identity, Access]) -> bool:
    row = held.get(fact.identity)
    return row is not None and row.during == fact.during and row.because == fact.because


def bring_up_to_date(*pupils: Pupil) -> None:
    """Open, move and close the pupils' access rows as the facts say. A row without its fact is closed, not deleted."""
    if not pupils:
        return
    held = _rows_of(pupils)
    missing, unfounded = _differences(pupils, held)
    copy_in(_row_of(fact) for fact in missing if fact.identity not in held)
    for row, fact in [(held[fact.identity], fact) for fact in missing if fact.identity in held]:
        row.during, row.because = fact.during, fact.because
        row.save(update_fields=["during", "because"])
    for row in unfounded:
        row.during = DateRange(empty=True)
        row.save(update_fields=["during"])
    bring_up_to_date(*Pupil.objects.filter(same_child_as__in=pupils).order_by("pk"))


def _rows_of(pupils: Iterable[Pupil]) -> dict[Identity, Access]:
    return {_identity(row): row for row in Access.objects.filter(pupil__in=pupils)}


def _identity(row: Access) -> Identity:
    return (row.pupil_id, row.organisation_id, row.user_id, row.level, row.source_kind, row.source_id)


def _row_of(fact: AccessFact) -> Access:
    return Access(**vars(fact))


class _ReadingBack:
    """After a period of whole access ends, the organisation goes on reading what it wrote, as long as policy says."""

    def __init__(self) -> None:
        self._days: dict[date, int] = {}

    def after(self, facts: Iterable[AccessFact]) -> Iterator[AccessFact]:
        for fact in facts:
            yield fact
            ended: date | None = fact.during.upper
            if ended is not None:
                yield replace(
                    fact,
                    level=Level.WRITTEN,
                    because=f"{fact.because}, until {full_date(ended)}",
                    during=from_day(ended, ended + timedelta(days=self._days_after(ended))),
                )

    def _days_after(self, ended: date) -> int:
        if ended not in self._days:
            self._days[ended] = AccessPolicy.objects.days_read_back(ended)
        return self._days[ended]


def _school_places(places: Iterable[SchoolPlace]) -> Iterator[AccessFact]:
    for place in places:
        yield AccessFact(
            place.pupil_id, Level.WHOLE, "school place", "school place", place.pk, place.during, place.school_id
        )


def _care(pupils: set[int]) -> Iterator[AccessFact]:
    episodes = list(CareEpisode.objects.filter(pupil__in=pupils, during__isempty=False).order_by("pk"))
    virtual_schools = dict(
        VirtualSchool.objects.filter(authority__in={e.authority_id for e in episodes}).values_list("authority", "pk")
    )
    for episode in episodes:
        if episode.authority_id in virtual_schools:
            yield AccessFact(
                episode.pupil_id, Level.WHOLE, "looked after", "care episode", episode.pk, episode.during,
                virtual_schools[episode.authority_id],
            )  # fmt: skip


def _professionals(pupils: set[int]) -> Iterator[AccessFact]:
    """Whoever is named sees a pupil while they work for the authority; so does who stands in for them there."""
    rows = NamedProfessional.objects.filter(pupil__in=pupils, user__isnull=False, during__isempty=False)
    named = list(rows.order_by("pk"))
    officers = _roles_of({one.user_id for one in named}, {one.authority_id for one in named}, AUTHORITY_OFFICERS)
    for one in named:
        theirs = [role for role in officers if role.organisation_id == one.authority_id]
        own = [role for role in theirs if role.user_id == one.user_id]
        covers = [role for role in theirs if role.standing_in_for_id == one.user_id and role.role == one.role]
        for role in own + covers:
            if shared := _shared(one.during, role.during):
                yield AccessFact(
                    one.pupil_id, Level.WHOLE, f"named {one.get_role_display()}", "professional",
                    one.pk if role in own[:1] else _pair(one.pk, role.pk), shared, user_id=role.user_id,
                )  # fmt: skip


def _classes(pupils: set[int], places: list[SchoolPlace]) -> Iterator[AccessFact]:
    """Class staff see a pupil while both are in the group, the pupil is on the school's roll and they work there."""
    members = GroupMember.objects.filter(pupil__in=pupils, during__isempty=False).select_related("group")
    groups = {member.group_id: member.group for member in members}
    staff = list(GroupStaff.objects.filter(group__in=groups, during__isempty=False).order_by("pk"))
    roles = _roles_of({one.user_id for one in staff}, {group.school_id for group in groups.values()}, SCHOOL_STAFF)
    for member in members:
        here = [
            place for place in places if (place.pupil_id, place.school_id) == (member.pupil_id, member.group.school_id)
        ]
        for one in [one for one in staff if one.group_id == member.group_id]:
            theirs = [role for role in roles if one.user_id in (role.user_id, role.standing_in_for_id)]
            there = [role for role in theirs if role.organisation_id == member.group.school_id]
            for role, place in product(there, here):
                if shared := _shared(member.during, one.during, place.during, role.during):
                    yield AccessFact(
                        member.pupil_id, Level.CLASS, f"class staff of {member.group.name}", "group place",
                        _pair(member.pk, one.pk, place.pk, role.pk), shared, user_id=role.user_id,
                    )  # fmt: skip


def _roles_of(users: set[int | None], places: set[int], roles: Collection[str]) -> list[Membership]:
    """What these people are in these places, and what those are who stand in for them there."""
    if not users:
        return []
    theirs = Membership.objects.filter(Q(user__in=users) | Q(standing_in_for__in=users), organisation__in=places)
    return list(theirs.filter(during__isempty=False).playing(*roles).order_by("pk"))


def _pair(*numbers: int) -> int:
    """One number for a fact that rests on several rows."""
    result = 0
    for number in numbers:
        result = result * 1_000_003 + number
    return result % 2**62


def _shared(*periods: DateRange) -> DateRange | None:
    """The days common to all periods, or None."""
    start = max(period.lower for period in periods)
    ends = [period.upper for period in periods if period.upper is not None]
    end = min(ends) if ends else None
    return None if end is not None and end <= start else from_day(start, end)

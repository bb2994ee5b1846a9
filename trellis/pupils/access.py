"""Access is a table, opened and closed by facts. The facts say what it should hold; ``bring_up_to_date`` makes it so.

Every action that creates or ends such a fact calls ``bring_up_to_date`` in its own transaction. A nightly job and a
test compare the whole table with the facts and must find no difference.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import product
from typing import Any

from django.db.models import Q

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


@dataclass(frozen=True)
class AccessFact:
    """A fact that gives access: to an organisation or a user, at a level, for a period."""

    level: str
    because: str
    source_kind: str
    source_id: int
    during: DateRange
    organisation_id: int | None = None
    user_id: int | None = None

    @property
    def identity(self) -> tuple[Any, ...]:
        return (self.organisation_id, self.user_id, self.level, self.source_kind, self.source_id)


def facts_about(pupil: Pupil) -> list[AccessFact]:
    """Every fact that gives access to this pupil, ours and those of later folders. A record that was put together with
    another is read by those who read that one."""
    if pupil.same_child_as is not None:
        return facts_about(pupil.same_child_as)
    facts = [*_school_places(pupil), *_care(pupil), *_professionals(pupil), *_classes(pupil)]
    for more in slots.access_facts.ask(pupil):
        facts.extend(more)
    return facts


def differences(pupil: Pupil) -> tuple[list[AccessFact], list[Access]]:
    """What the table lacks, and what it holds without a fact. Both empty when it is true."""
    rows = {_identity(row): row for row in Access.objects.filter(pupil=pupil)}
    missing = []
    for fact in facts_about(pupil):
        row = rows.get(fact.identity)
        if row is not None and row.during == fact.during and row.because == fact.because:
            del rows[fact.identity]
        else:
            missing.append(fact)
    wanted = {fact.identity for fact in missing}
    unfounded = [row for identity, row in rows.items() if identity not in wanted]
    return missing, [row for row in unfounded if not row.during.isempty]  # an empty period is closed already


def bring_up_to_date(pupil: Pupil) -> None:
    """Open, move and close the pupil's access rows as the facts say. A row without its fact is closed, not deleted."""
    missing, unfounded = differences(pupil)
    for fact in missing:
        Access.objects.update_or_create(  # type: ignore[misc]  # a holder may be None
            pupil=pupil,
            organisation_id=fact.organisation_id,
            user_id=fact.user_id,
            level=fact.level,
            source_kind=fact.source_kind,
            source_id=fact.source_id,
            defaults={"during": fact.during, "because": fact.because},
        )
    for row in unfounded:
        row.during = DateRange(empty=True)
        row.save(update_fields=["during"])
    for other in pupil.put_together.all():
        bring_up_to_date(other)


def _identity(row: Access) -> tuple[Any, ...]:
    return (row.organisation_id, row.user_id, row.level, row.source_kind, row.source_id)


def _reading_back(fact: AccessFact) -> Iterator[AccessFact]:
    """After a period of whole access ends, the organisation goes on reading what it wrote, as long as policy says."""
    yield fact
    ended: date | None = fact.during.upper
    if ended is not None:
        days = AccessPolicy.objects.days_read_back(ended)
        yield replace(
            fact,
            level=Level.WRITTEN,
            because=f"{fact.because}, until {full_date(ended)}",
            during=from_day(ended, ended + timedelta(days=days)),
        )


def _school_places(pupil: Pupil) -> Iterator[AccessFact]:
    for place in SchoolPlace.objects.filter(pupil=pupil, during__isempty=False):
        yield from _reading_back(
            AccessFact(Level.WHOLE, "school place", "school place", place.pk, place.during, place.school_id)
        )


def _care(pupil: Pupil) -> Iterator[AccessFact]:
    episodes = CareEpisode.objects.filter(pupil=pupil, during__isempty=False)
    virtual_schools = dict(
        VirtualSchool.objects.filter(authority__in={e.authority_id for e in episodes}).values_list("authority", "pk")
    )
    for episode in episodes:
        if episode.authority_id in virtual_schools:
            fact = AccessFact(
                Level.WHOLE, "looked after", "care episode", episode.pk, episode.during,
                virtual_schools[episode.authority_id],
            )  # fmt: skip
            yield from _reading_back(fact)


def _professionals(pupil: Pupil) -> Iterator[AccessFact]:
    """Whoever is named sees a pupil while they work for the authority; so does who stands in for them there."""
    named = list(NamedProfessional.objects.filter(pupil=pupil, user__isnull=False, during__isempty=False))
    officers = _roles_of({one.user_id for one in named}, {one.authority_id for one in named}, AUTHORITY_OFFICERS)
    for one in named:
        theirs = [role for role in officers if role.organisation_id == one.authority_id]
        own = [role for role in theirs if role.user_id == one.user_id]
        covers = [role for role in theirs if role.standing_in_for_id == one.user_id and role.role == one.role]
        for role in own + covers:
            if shared := _shared(one.during, role.during):
                yield AccessFact(
                    Level.WHOLE, f"named {one.get_role_display()}", "professional",
                    one.pk if role in own[:1] else _pair(one.pk, role.pk), shared, user_id=role.user_id,
                )  # fmt: skip


def _classes(pupil: Pupil) -> Iterator[AccessFact]:
    """Class staff see a pupil while both are in the group, the pupil is on the school's roll and they work there."""
    places = list(SchoolPlace.objects.filter(pupil=pupil, during__isempty=False))
    for member in GroupMember.objects.filter(pupil=pupil, during__isempty=False).select_related("group"):
        for staff in GroupStaff.objects.filter(group=member.group_id, during__isempty=False):
            roles = _roles_of({staff.user_id}, {member.group.school_id}, SCHOOL_STAFF)
            for role, place in product(roles, places):
                shared = _shared(member.during, staff.during, place.during, role.during)
                if place.school_id == member.group.school_id and shared:
                    yield AccessFact(
                        Level.CLASS, f"class staff of {member.group.name}", "group place",
                        _pair(member.pk, staff.pk, place.pk, role.pk), shared, user_id=role.user_id,
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

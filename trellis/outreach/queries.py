"""What people look at in emergency outreach."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from trellis.conduct import clock
from trellis.outreach.models import (
    OutcomeLook,
    OutreachCase,
    OutreachCaseQuerySet,
    OutreachContact,
    OutreachState,
)
from trellis.people.models import User
from trellis.people.roles import VIRTUAL_SCHOOL_TEACHERS
from trellis.pupils.models import Pupil, SchoolPlace

TAB = "school place"


def open_outreach(pupil: Pupil) -> OutreachCase | None:
    """The outreach that is asked or under way for this pupil: at most one."""
    return OutreachCase.objects.filter(pupil=pupil).open().with_names().first()


def place_today(pupil: Pupil) -> SchoolPlace | None:
    return SchoolPlace.objects.filter(pupil=pupil, during__contains=clock.today()).select_related("school").first()


def virtual_schools_of(user: User) -> set[int]:
    return {m.organisation_id for m in user.memberships_today if m.role in VIRTUAL_SCHOOL_TEACHERS}


def cases_of(user: User) -> OutreachCaseQuerySet:
    """Every case of the Virtual School this person works for, the newest first."""
    mine = OutreachCase.objects.filter(virtual_school__in=virtual_schools_of(user)).visible_to(user)
    return mine.with_names().order_by("-raised_at", "-pk")


def looks_to_come(user: User) -> list[OutcomeLook]:
    """Looks at what became of closed cases, not looked at yet, the earliest first."""
    looks = OutcomeLook.objects.filter(case__virtual_school__in=virtual_schools_of(user), looked_on__isnull=True)
    return list(looks.visible_to(user).select_related("pupil", "case__kept_by").order_by("due_on", "pk"))


@dataclass
class Group:
    """Cases that wait for the same thing."""

    title: str
    states: tuple[str, ...]
    cases: list[OutreachCase] = field(default_factory=list)


def grouped(cases: Iterable[OutreachCase]) -> list[Group]:
    groups = [
        Group("To answer today", (OutreachState.RAISED,)),
        Group("First contact to be made", (OutreachState.ACCEPTED,)),
        Group("Under way", (OutreachState.CONTACTED, OutreachState.ACTIVE, OutreachState.STEPPED_DOWN)),
        Group("Over", (OutreachState.CLOSED, OutreachState.REDIRECTED, OutreachState.WITHDRAWN)),
    ]
    for case in cases:
        next(group for group in groups if case.state in group.states).cases.append(case)
    for group in groups[:3]:
        group.cases.sort(key=lambda case: (case.due_on or clock.today(), case.pk))
    return [group for group in groups if group.cases]


@dataclass(frozen=True)
class Time:
    """The minutes that outreach has taken, and how many of them an award pays for."""

    taken: int
    covered: int

    @property
    def not_covered(self) -> int:
        return self.taken - self.covered


def contacts_of(case: OutreachCase) -> list[OutreachContact]:
    """Every contact; one that was struck out carries ``struck``."""
    contacts = OutreachContact.objects.filter(case=case).select_related("kept_by", "struck")
    return list(contacts.with_covered())


def time_of(contacts: Iterable[OutreachContact]) -> Time:
    counting = [contact for contact in contacts if not contact.is_struck]
    both = [(contact.minutes, contact.minutes - contact.minutes_not_covered) for contact in counting]
    return Time(sum(taken for taken, _ in both), sum(covered for _, covered in both))


def with_open_cases(pupils: Sequence[Pupil]) -> list[Pupil]:
    """Those of these pupils about whom there is an open case."""
    theirs = set(OutreachCase.objects.filter(pupil__in=pupils).open().values_list("pupil", flat=True))
    return [pupil for pupil in pupils if pupil.pk in theirs]

"""What somebody has by name in an organisation, and the verb of each folder by which a colleague takes it over. What
belongs to a role (a SENCO's, an adviser's) is nobody's by name: whoever has the role has all of it."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from trellis.advice import actions as advice
from trellis.advice.models import AdviceRequest, AdviceState
from trellis.conduct import clock
from trellis.design.in_words import full_date
from trellis.hours import actions as hours
from trellis.hours.models import Visit
from trellis.organisations.models import Kind, Organisation
from trellis.outreach import actions as outreach
from trellis.outreach.models import OPEN_STATES, OutreachCase
from trellis.people.models import User
from trellis.people.roles import SCHOOL_STAFF, SERVICE_STAFF, VIRTUAL_SCHOOL_TEACHERS
from trellis.pupils import actions as pupils
from trellis.pupils.models import GroupStaff, Level, NamedProfessional, Pupil

NAMED_AT = (Level.WHOLE, Level.CLASS, Level.ADVICE)  # how much must be open to read a name here


@dataclass
class Held:
    """One thing that is somebody's by name. ``words`` say it without the child; ``needs`` are the roles of whoever
    may take it over; ``whose`` is the child as the reader may know them."""

    kind: "HeldKind"
    number: int
    words: str
    needs: Collection[str]
    pupil: Pupil | None = None
    whose: str = ""

    @property
    def key(self) -> str:
        return f"{self.kind.name}:{self.number}"

    @property
    def pupil_id(self) -> int | None:
        return self.pupil.pk if self.pupil else None


@dataclass(frozen=True)
class HeldKind:
    """A kind of thing: its heading, at which organisations, how to find it, and the verb that passes it on."""

    name: str
    heading: str
    at: str
    find: Callable[["HeldKind", Organisation, int], list[Held]]
    pass_on: Callable[[int, User, Any], object]


def _named(kind: HeldKind, organisation: Organisation, user_id: int) -> list[Held]:
    named = NamedProfessional.objects.filter(authority=organisation.pk, user=user_id, during__contains=clock.today())
    return [
        Held(kind, one.pk, f"{one.get_role_display()} since {full_date(one.since)}", {one.role}, one.pupil)
        for one in named.select_related("pupil").order_by("pupil__folded_name", "pk")
    ]


def _name_instead(number: int, to: User, by: Any) -> object:
    one = NamedProfessional.objects.select_related("authority").get(pk=number)
    return pupils.name_professional(
        one.pupil_id, by=by, authority=one.authority, role=one.role, name=str(to), email=to.email
    )


def _groups(kind: HeldKind, organisation: Organisation, user_id: int) -> list[Held]:
    places = GroupStaff.objects.filter(group__school=organisation.pk, user=user_id, during__contains=clock.today())
    return [
        Held(kind, place.pk, f"Class or group {place.group}", SCHOOL_STAFF)
        for place in places.select_related("group").order_by("group__name", "pk")
    ]


def _requests(kind: HeldKind, organisation: Organisation, user_id: int) -> list[Held]:
    taken = AdviceRequest.objects.filter(service=organisation.pk, taken_by=user_id, state=AdviceState.ACCEPTED)
    return [
        Held(kind, one.pk, f"{one.kept_by}: report by {full_date(one.report_by)}", SERVICE_STAFF, one.pupil)
        for one in taken.select_related("pupil", "kept_by").order_by("report_by", "pk")
    ]


def _visits(kind: HeldKind, organisation: Organisation, user_id: int) -> list[Held]:
    visits = Visit.objects.filter(service=organisation.pk, specialist=user_id).open().as_a_calendar()
    return [
        Held(
            kind, one.pk, f"{one.get_work_display()} at {one.school}, {full_date(one.on) if one.on else 'no day yet'}",
            SERVICE_STAFF, one.pupil,
        )
        for one in visits.select_related("pupil", "school")
    ]  # fmt: skip


def _outreach(kind: HeldKind, organisation: Organisation, user_id: int) -> list[Held]:
    cases = OutreachCase.objects.filter(virtual_school=organisation.pk, taken_by=user_id, state__in=OPEN_STATES)
    return [
        Held(kind, one.pk, f"{one.kept_by}: {one.get_state_display().lower()}", VIRTUAL_SCHOOL_TEACHERS, one.pupil)
        for one in cases.select_related("pupil", "kept_by").order_by("pk")
    ]


KINDS = [
    HeldKind("named", "Children they are named for", Kind.AUTHORITY, _named, _name_instead),
    HeldKind(
        "group", "Classes and groups", Kind.SCHOOL, _groups, lambda n, to, by: pupils.take_over_group(n, by=by, user=to)
    ),
    HeldKind(
        "request", "Requests for advice", Kind.SERVICE, _requests,
        lambda n, to, by: advice.take_over_request(n, by=by, taken_by=to),
    ),
    HeldKind(
        "visit", "Visits", Kind.SERVICE, _visits, lambda n, to, by: hours.take_over_visit(n, by=by, specialist=to)
    ),
    HeldKind(
        "outreach", "Emergency outreach", Kind.VIRTUAL_SCHOOL, _outreach,
        lambda n, to, by: outreach.take_over_outreach(n, by=by, taken_by=to),
    ),
]  # fmt: skip


def held_by(organisation: Organisation, user_id: int) -> list[Held]:
    """All that is theirs by name here, in a constant number of queries."""
    return [one for kind in KINDS if kind.at == organisation.kind for one in kind.find(kind, organisation, user_id)]


def as_known_to(reader: User, things: list[Held]) -> list[Held]:
    """Each with the child by name where the reader has the child's record open, else by initials."""
    about = {one.pupil_id for one in things if one.pupil_id}
    if about:
        known = set(Pupil.objects.visible_to(reader, *NAMED_AT).filter(pk__in=about).values_list("pk", flat=True))
        for one in things:
            if one.pupil is not None:
                one.whose = one.pupil.name if one.pupil.pk in known else one.pupil.initials
    return things


def counted(things: list[Held]) -> list[tuple[str, int]]:
    """How many of each kind: ("Visits", 3)."""
    return [(kind.heading, n) for kind in KINDS if (n := sum(one.kind is kind for one in things))]

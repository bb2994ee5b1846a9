"""Requests as pages, lists and other folders look at them."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Prefetch, Q, QuerySet

from trellis.advice.models import AdviceRequest, AdviceState
from trellis.conduct import clock
from trellis.conduct.refusals import Answer
from trellis.cycles.queries import sen_status_on
from trellis.design.in_words import days_left, long_date
from trellis.ehc_requests import permissions, rules
from trellis.ehc_requests.models import (
    ADVISED_BY_EVERYONE,
    AdviceSought,
    Adviser,
    ClockException,
    EhcPack,
    EhcRequest,
    RequestState,
)
from trellis.ehc_requests.rules import EHC_REQUEST, ClockFacts, Due
from trellis.organisations.models import LocalAuthority, School
from trellis.people.models import User
from trellis.pupils.models import (
    AuthorityDuty,
    NamedProfessional,
    ProfessionalRole,
    Pupil,
    PupilAuthority,
    SchoolPlace,
)
from trellis.pupils.permissions import can_keep_record

# --- who ----


def may_say_through_whom(user: User, request: EhcRequest) -> Answer:
    """Say which request to a service carries the authority's asking: who enters what it did, or the school that asked
    the service."""
    return permissions.can_enter_decision(user, request) or permissions.can_prepare(user, request)


# --- about the pupil -------------------------------------------------------------------------------------------------


def school_of(pupil: Pupil) -> School | None:
    place = SchoolPlace.objects.filter(pupil=pupil, during__contains=clock.today()).select_related("school").first()
    return place.school if place else None


def resident_authority(pupil: Pupil) -> LocalAuthority | None:
    """In whose area the child lives, when that is recorded. Never guessed from who cares for the child."""
    return _authority(pupil, AuthorityDuty.RESIDENT)


def maintaining_authority(pupil: Pupil) -> LocalAuthority | None:
    return _authority(pupil, AuthorityDuty.PLAN_MAINTAINING)


def _authority(pupil: Pupil, duty: str) -> LocalAuthority | None:
    duties = PupilAuthority.objects.filter(pupil=pupil, duty=duty, during__contains=clock.today())
    found = duties.select_related("authority").first()
    return found.authority if found else None


def being_put_together(pupil: Pupil) -> EhcRequest | None:
    return EhcRequest.objects.filter(pupil=pupil, state=RequestState.GATHERING).first()


def phase_transfer_of(pupil: Pupil, year_group: int) -> date | None:
    school = school_of(pupil)
    return rules.phase_transfer_by(year_group, school.highest_age if school else None, clock.today())


# --- the tab of the pupil's record -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class EhcTab:
    """What the EHC tab says of a pupil besides the strength of evidence."""

    open_request: EhcRequest | None
    earlier: list[EhcRequest]
    has_plan: bool
    maintained_by: LocalAuthority | None
    six_months_until: date | None
    may_ask: bool
    may_record_letter: bool


def ehc_tab(pupil: Pupil, user: User) -> EhcTab:
    requests = list(EhcRequest.objects.visible_to(user).filter(pupil=pupil).with_names().newest_first())
    open_request = next((one for one in requests if one.is_open), None)
    has_plan = sen_status_on(pupil, clock.today()) == "E"
    return EhcTab(
        open_request=open_request,
        earlier=[one for one in requests if one is not open_request],
        has_plan=has_plan,
        maintained_by=maintaining_authority(pupil) if has_plan else None,
        six_months_until=_six_months_until(requests),
        may_ask=open_request is None and not has_plan and bool(permissions.can_ask(user, pupil)),
        may_record_letter=not has_plan
        and (open_request is None or not open_request.is_running)
        and bool(permissions.can_record_letter(user, pupil)),
    )


def _six_months_until(requests: Collection[EhcRequest]) -> date | None:
    """Until when an assessment of the last six months lies too near, for information only."""
    ended = [one.final_on or one.issue_decided_on for one in requests if not one.is_open and one.issue_decided_on]
    days = [rules.six_months_after(day) for day in ended if day]
    latest = max(days, default=None)
    return latest if latest and latest > clock.today() else None


# --- the page of one request -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StepShown:
    """A step of the clock as the page shows it."""

    due: Due
    today: date
    exceptions: list[ClockException]

    @property
    def name(self) -> str:
        return str(self.due.step.label)

    @property
    def by(self) -> date:
        return self.due.by

    @property
    def is_late(self) -> bool:
        return self.due.is_late(self.today)

    @property
    def in_words(self) -> str:
        """ "in 4 days", "3 days late", "done on Thursday 14 January"."""
        if self.due.done_on:
            late = ", late" if self.is_late else ""
            return f"done on {long_date(self.due.done_on, self.today)}{late}"
        return days_left(self.by, self.today)

    @property
    def tone(self) -> str:
        return "late" if self.is_late else "ok" if self.due.done_on else "quiet"

    @property
    def who_is_late(self) -> str:
        """Said only while it is late and not done."""
        return rules.WHO_IS_LATE[self.due.step] if self.is_late and not self.due.done_on else ""


@dataclass(frozen=True)
class AdviceShown:
    advice: AdviceSought
    due: date
    today: date

    @property
    def is_late(self) -> bool:
        return (self.advice.came_on or self.today) > self.due

    @property
    def in_words(self) -> str:
        if self.advice.came_on:
            return f"Came {long_date(self.advice.came_on, self.today)}"
        return days_left(self.due, self.today)

    @property
    def tone(self) -> str:
        return "ok" if self.advice.came_on and not self.is_late else "late" if self.is_late else "quiet"


@dataclass(frozen=True)
class Deed:
    """Something this person may do next on the page."""

    text: str
    url_name: str
    is_main: bool = True


@dataclass(frozen=True)
class RequestPage:
    """Everything one person sees of a request."""

    request: EhcRequest
    steps: list[StepShown]
    if_received_when_sent: date | None  # when nobody has said yet when it was received
    advice: list[AdviceShown]
    not_yet_asked: list[str]
    comments_by: date | None
    packs: list[EhcPack]
    deeds: list[Deed] = field(default_factory=list)
    may_decide: bool = False
    may_prepare: bool = False
    may_withdraw: bool = False
    authority_is_here: bool = True
    may_link: bool = False
    may_name_coordinator: bool = False

    @property
    def pack(self) -> EhcPack | None:
        """The one being put together."""
        return next((one for one in self.packs if not one.is_sent), None)

    @property
    def sent_packs(self) -> list[EhcPack]:
        return [one for one in self.packs if one.is_sent]


def request_page(request: EhcRequest, user: User) -> RequestPage:
    today = clock.today()
    exceptions = list(ClockException.objects.filter(request=request).select_related("by"))
    sought = list(AdviceSought.objects.filter(request=request).select_related("asked_through__service"))
    may_decide = bool(permissions.can_enter_decision(user, request))
    is_here = not permissions.authority_has_nobody_here(request)
    asked = {one.adviser for one in sought}
    return RequestPage(
        request=request,
        steps=[
            StepShown(due, today, [one for one in exceptions if one.step == due.step]) for due in clock_steps(request)
        ],
        if_received_when_sent=rules.decide_by(request.sent_on)
        if request.state == RequestState.SENT and request.sent_on
        else None,
        advice=[AdviceShown(one, rules.advice_by(one.asked_on), today) for one in sought],
        not_yet_asked=[str(Adviser(one).label) for one in ADVISED_BY_EVERYONE if one not in asked]
        if request.state == RequestState.ASSESSING
        else [],
        comments_by=rules.comments_by(request.draft_sent_on)
        if request.state == RequestState.DRAFT_SENT and request.draft_sent_on
        else None,
        packs=list(EhcPack.objects.filter(request=request).select_related("document", "sent_by").order_by("number")),
        deeds=deeds_of(request) if may_decide else [],
        may_decide=may_decide,
        may_prepare=request.is_open and bool(permissions.can_prepare(user, request)),
        may_withdraw=EHC_REQUEST.may("withdrawn", request) and bool(permissions.can_withdraw(user, request)),
        authority_is_here=is_here,
        may_link=bool(may_say_through_whom(user, request)),
        may_name_coordinator=request.is_open and not is_here and bool(can_keep_record(user, request.pupil)),
    )


def clock_steps(request: EhcRequest) -> list[Due]:
    """The clock of a request; none before it was received."""
    if request.received_on is None:
        return []
    facts = ClockFacts(
        request.received_on, request.decided_on, request.issue_decided_on, request.will_get_a_plan, request.final_on,
        is_over=not request.is_open,
    )  # fmt: skip
    return rules.clock_of(facts)


DEEDS = [
    ("received", Deed("Enter the day it was received", "record_ehc_receipt")),
    ("taken to assessment", Deed("Record: the needs will be assessed", "decide_to_assess")),
    ("turned down", Deed("Record: no assessment", "decide_not_to_assess", is_main=False)),
    ("taken to a draft plan", Deed("Record: a plan will be issued", "decide_to_issue")),
    ("ended without a plan", Deed("Record: no plan will be issued", "decide_not_to_issue", is_main=False)),
    ("sent out as a draft", Deed("Record: the draft was sent", "send_ehc_draft")),
    ("finished with a plan", Deed("Record: the final plan was issued", "issue_final_plan")),
]


def deeds_of(request: EhcRequest) -> list[Deed]:
    return [deed for verb, deed in DEEDS if EHC_REQUEST.may(verb, request)]


def drafts_to_services(pupil: Pupil, user: User) -> QuerySet[AdviceRequest]:
    """The requests for specialist advice that this person may say are for an assessment: not sent yet."""
    drafts = AdviceRequest.objects.visible_to(user).filter(pupil=pupil, state=AdviceState.DRAFT)
    return drafts.with_names().order_by("-pk")


def is_statutory(request: AdviceRequest) -> bool | None:
    """Whether somebody has said that this request carries advice asked for in an assessment. True, or None."""
    return AdviceSought.objects.filter(asked_through=request.pk).exists() or None


# --- lists -----------------------------------------------------------------------------------------------------------


def requests_to_look_at(user: User) -> QuerySet[EhcRequest]:
    """The running requests this person may see, and those that ended in the last half year; the oldest clock first."""
    lately = clock.today() - timedelta(weeks=26)
    requests = EhcRequest.objects.visible_to(user).filter(Q(closed_on__isnull=True) | Q(closed_on__gte=lately))
    return requests.exclude(state=RequestState.GATHERING).with_names().order_by("closed_on", "received_on", "pk")  # type: ignore[no-any-return]


def open_requests_of(pupils: QuerySet[Pupil]) -> list[EhcRequest]:
    """The open requests of some pupils with their advice, in two queries."""
    requests = EhcRequest.objects.filter(pupil__in=pupils).open().with_names()
    return list(requests.prefetch_related(Prefetch("advice", AdviceSought.objects.filter(came_on__isnull=True))))


def next_due(request: EhcRequest) -> Due | None:
    """The next step of the clock that is not done."""
    return next((due for due in clock_steps(request) if not due.done_on), None)


def coordinators_of(request: EhcRequest) -> list[str]:
    """Who of the authority that was asked hears by e-mail: its coordinators for this child who have an account."""
    named = NamedProfessional.objects.filter(
        pupil=request.pupil_id, role=ProfessionalRole.EHC_COORDINATOR, authority=request.addressed_to_id,
        during__contains=clock.today(), user__isnull=False,
    )  # fmt: skip
    return [one.name for one in named]


@dataclass(frozen=True)
class LineShown:
    """A request in a list: what is due next, and whether it is late."""

    request: EhcRequest

    @property
    def due(self) -> Due | None:
        return next_due(self.request) if self.request.is_open else None

    @property
    def is_late(self) -> bool:
        return self.due is not None and self.due.is_late(clock.today())

    @property
    def tone(self) -> str:
        return "late" if self.is_late else "quiet"

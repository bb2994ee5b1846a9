"""The facts behind the ladder of one request, gathered on the day, and the split in words."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from trellis.advice.models import WITH_THE_SERVICE, AdviceRequest, AdviceState
from trellis.calendar.rules import academic_year
from trellis.conduct import clock
from trellis.design import in_words
from trellis.design.in_words import full_date
from trellis.funding import queries as funding
from trellis.funding.models import FundingPolicy, FundingRequest, NextRoute, RequestState
from trellis.hours import queries as hours
from trellis.hours.models import HoursAccount, PaidFrom, ServicePrice, Visit, VisitState, year_in_words
from trellis.hv import queries as hv
from trellis.hv.models import HvCase
from trellis.ledgers.models import Account
from trellis.organisations.models import VirtualSchool
from trellis.outreach.models import OutreachCase
from trellis.people.roles import Role
from trellis.peps.models import PepState, PepTarget
from trellis.pupils.models import Pupil, Sen, SenStatus
from trellis.who_pays import rules, slots
from trellis.who_pays.models import PaymentPart, PaymentPlan
from trellis.who_pays.rules import Budget, Facts, HighlyVulnerable, Override, OwnHours, PupilPremium, Rung


def plan_of(request: AdviceRequest) -> PaymentPlan:
    """What the school has said so far; an empty plan, not kept yet, where it has said nothing."""
    found = PaymentPlan.objects.filter(request=request).select_related("target__pep__term", "first_by").first()
    return found or PaymentPlan(request=request, pupil_id=request.pupil_id, written_for_id=request.written_for_id)


@dataclass(frozen=True)
class Purses:
    """The ledger accounts that may pay, where there are any; and the pupil's open case, whether or not it pays this."""

    own: HoursAccount | None
    framework: HvCase | None
    case: HvCase | None

    @property
    def accounts(self) -> list[Account]:
        found = [self.own.account if self.own else None, self.framework.hours_account if self.framework else None]
        return [account for account in found if account is not None]


def purses_of(request: AdviceRequest) -> Purses:
    """The school's hours of the service this year, and an award of the framework of the same service."""
    case, today = hv.open_case(request.pupil), clock.today()
    stands = case is not None and case.is_awarded and case.awarded_until is not None and case.awarded_until >= today
    pays = stands and case.hours_account_id is not None and case.service_id == request.service_id  # type: ignore[union-attr]
    return Purses(hours.own_hours(request.kept_by, request.service, today), case if pays else None, case)


# --- what a sent request still lacks ---------------------------------------------------------------------------------


def parts_of(plan: PaymentPlan) -> list[PaymentPart]:
    """Every rung that was sent, round by round."""
    return list(plan.parts.select_related("funding").order_by("round", "pk")) if plan.pk else []


def rest_of(request: AdviceRequest, parts: Iterable[PaymentPart]) -> int:
    """Minutes of a sent request that nobody pays, because money that was asked for did not come."""
    return max(0, request.minutes_needed - sum(part.came for part in parts))


def to_be_said(request: AdviceRequest, plan: PaymentPlan) -> int:
    """Minutes for which the school may say who pays: all of a draft; once sent, what money was asked for in vain."""
    if not plan.is_sent:
        return request.minutes_needed
    return rest_of(request, parts_of(plan)) if request.state in WITH_THE_SERVICE else 0


def refused(parts: Iterable[PaymentPart]) -> list[FundingRequest]:
    """Requests for money that were not agreed, or not in full; the latest first."""
    asked = [part.funding for part in reversed(list(parts)) if part.funding is not None]
    return [one for one in asked if one.state == RequestState.DECLINED or one.is_agreed_in_part]


@dataclass(frozen=True)
class Standing:
    """How a request stands today: the facts, the ladder they give, and what the school may choose from."""

    facts: Facts
    targets: list[PepTarget]
    has_ehc_plan: bool

    @cached_property
    def ladder(self) -> list[Rung]:
        return rules.rungs(self.facts)

    @property
    def unpaid(self) -> int:
        """Minutes that nobody pays; none where the authority pays for all."""
        return 0 if self.facts.is_statutory_advice else max(0, self.facts.minutes_needed - rules.paid(self.ladder))


def standing_of(request: AdviceRequest, plan: PaymentPlan) -> Standing:
    """All that decides who pays, today, gathered once for a page or an action: for all of a draft, for the rest of what
    was sent."""
    asked_before = refused(parts_of(plan))
    tried = {one.target_id for one in asked_before}
    targets = [one for one in funding.targets_that_may_ask(request.pupil) if one.pk not in tried]
    has_plan = has_ehc_plan(request.pupil)
    return Standing(_facts(request, plan, targets, has_plan, asked_before), targets, has_plan)


def _facts(
    request: AdviceRequest, plan: PaymentPlan, targets: list[PepTarget], has_plan: bool, refused: list[FundingRequest]
) -> Facts:
    today = clock.today()
    purses = purses_of(request)
    return Facts(
        name=request.pupil.first_name,
        service=request.service.abbreviation,
        minutes_needed=to_be_said(request, plan),
        price=hours.price_per_hour(request.service, today),
        today=today,
        own=_own(purses.own),
        own_at_most=plan.own_at_most,
        budget=Budget(plan.budget_minutes, plan.budget_why_not),
        premium=_premium(request.pupil, plan, targets, has_plan, refused),
        framework=_framework(request, purses),
        is_statutory_advice=any(slots.statutory_advice.ask(request)),
        override=_override(plan),
    )


def price_of(request: AdviceRequest) -> ServicePrice:
    return ServicePrice.objects.counting(request.service, clock.today())


def _own(account: HoursAccount | None) -> OwnHours:
    year = year_in_words(academic_year(clock.today()))
    if account is None:
        return OwnHours(year=year)
    (tally,) = hours.tallies([account])
    return OwnHours(tally.whole, tally.left, year)


def _premium(
    pupil: Pupil, plan: PaymentPlan, targets: list[PepTarget], has_plan: bool, refused: list[FundingRequest]
) -> PupilPremium:
    """Of the Virtual School whose authority looks after the child today."""
    virtual_school = hv.virtual_school_for(pupil, clock.today())
    if virtual_school is None:
        return PupilPremium(is_looked_after_here=False)
    policy = FundingPolicy.objects.counting(virtual_school, clock.today())
    target = next((target for target in targets if target.pk == plan.target_id), None)  # while it may still ask
    return PupilPremium(
        is_looked_after_here=True,
        year_group=funding.facts_of(pupil, virtual_school.pk).year_group,
        is_owed_by_plan=plan.is_owed_by_plan and has_plan,
        target=target_in_words(target) if target else "",
        not_agreed=refused[0].reason if refused and target is None else "",
        why_no_target=funding.why_not_now(target) if target else "",
        left=funding.money_left(virtual_school, clock.today()),
        still_allowed=max(0, policy.cap_per_pep_pence - funding.asked_on_pep(target.pep)) if target else None,
        who_agrees=_who_agrees(virtual_school),
        once=_once(target, policy),
        source=policy.source,
    )


def _who_agrees(virtual_school: VirtualSchool) -> str:
    return f"An adviser at {virtual_school}"


def _once(target: PepTarget | None, policy: FundingPolicy) -> str:
    """What the agreement waits for beside the adviser."""
    waits = target is not None and policy.only_on_assured_pep and target.pep.state != PepState.SIGNED_OFF
    return "once this PEP is signed off" if waits else ""


def target_in_words(target: PepTarget) -> str:
    """ "target 2 of the PEP for autumn term 2026, “asks for help in words”"."""
    statement = target.statement.strip().rstrip(".")
    return f"target {target.number} of the PEP for {target.pep.term.in_words}, “{statement}”"


def has_ehc_plan(pupil: Pupil) -> bool:
    return SenStatus.objects.filter(pupil=pupil, during__contains=clock.today(), status=Sen.PLAN).exists()


def _framework(request: AdviceRequest, purses: Purses) -> HighlyVulnerable:
    case, award = purses.case, purses.framework
    if case is None:
        return HighlyVulnerable(has_outreach=OutreachCase.objects.filter(pupil=request.pupil).open().exists())
    if award is None:
        of_another = case.is_awarded and case.hours_account_id is not None and case.service_id != request.service_id
        return HighlyVulnerable(has_open_case=True, whose=case.whose_hours if of_another else "")
    until = f"{full_date(award.awarded_until)}" if award.awarded_until else ""
    left = award.hours_account.balance if award.hours_account else 0
    return HighlyVulnerable(has_open_case=True, left=left, until=until)


def _override(plan: PaymentPlan) -> Override | None:
    if not plan.first:
        return None
    return Override(plan.first, plan.first_because, f"{plan.first_by}, {Role(plan.first_by_role).label}")


def in_one_line(split: list[list[object]]) -> str:
    """A split as a form carries it, to tell whether it is still what was shown."""
    return "; ".join(" ".join(str(said) for said in rung) for rung in split)


def words_of(split: list[list[Any]]) -> str:
    """ "1½ hours (£108): the school’s own budget."; nothing for an empty split."""
    return " ".join(_line(PaidFrom(code), minutes, pence) for code, minutes, pence in split if minutes)


def paid_in_quarters(request: AdviceRequest, rest: int) -> int:
    """The minutes of a request that somebody pays, in whole quarters of an hour."""
    return (request.minutes_needed - rest) // rules.QUARTER * rules.QUARTER


def split_of(ladder: list[Rung]) -> list[list[object]]:
    """The split as it is kept and compared: whoever pays, how much time and money."""
    return [[rung.code, rung.minutes, rung.pence] for rung in ladder if rung.minutes]


# --- in words --------------------------------------------------------------------------------------------------------


def who_pays_words(request: AdviceRequest) -> str | None:
    """ "1½ hours: the school’s own hours. 1½ hours (£108): Pupil Premium Plus, agreed." None where no hours of the
    service are kept here and nothing was said."""
    if any(slots.statutory_advice.ask(request)):
        return rules.statutory_advice_climbs_no_ladder.sentence
    plan = PaymentPlan.objects.filter(request=request).first()
    if plan is None or not plan.is_sent:
        return _words_of_draft(request, plan) if request.state == AdviceState.DRAFT else None
    parts = parts_of(plan)
    rest = to_be_said(request, plan)
    words = [_line(PaidFrom(one.rung), one.minutes, one.pence, one.funding, rest) for one in parts if one.minutes]
    if rest:
        words.append(f"Nobody pays for {in_words.hours(rest)} yet.")
    return " ".join(words) or "No funding is taken for this advice."


def _words_of_draft(request: AdviceRequest, plan: PaymentPlan | None) -> str | None:
    """What the school has seen so far; before it looked, what its own hours cover."""
    if plan is not None:
        seen = [(PaidFrom(code), minutes, pence) for code, minutes, pence in plan.seen]
    else:
        own = hours.own_hours(request.kept_by, request.service, clock.today())
        if own is None:
            return None
        seen = [(PaidFrom.OWN, min(own.account.balance, request.minutes_needed), 0)]
    words = [_line(code, minutes, pence) for code, minutes, pence in seen if minutes]
    unpaid = request.minutes_needed - sum(minutes for _, minutes, _ in seen)
    if unpaid > 0:
        words.append(f"Nobody pays for {in_words.hours(unpaid)} yet: open this page.")
    return " ".join(words)


def _line(code: PaidFrom, minutes: int, pence: int, asked: FundingRequest | None = None, rest: int = 0) -> str:
    money = f" ({in_words.pounds(pence)})" if pence else ""
    came = f", {what_came_of(asked, with_route=bool(rest))}" if asked else ""
    return f"{in_words.hours(minutes)}{money}: {code.label}{came}."


def what_came_of(asked: FundingRequest, *, with_route: bool = True) -> str:
    """What the Virtual School answered, in half a sentence; a refusal names the next route while one is needed."""
    match asked.state:
        case RequestState.ASKED:
            return "asked of the Virtual School"
        case RequestState.DECLINED:
            route = NextRoute(asked.next_route).label if asked.next_route and with_route else ""
            return f"not agreed. Next: {route}" if route else "not agreed"
        case RequestState.WITHDRAWN:
            return "withdrawn"
    if asked.is_agreed_in_part:
        return f"agreed for {in_words.hours(asked.minutes_bought)}"
    return "agreed"


def payment_missing(request: AdviceRequest) -> str | None:
    """What a draft still has to say of who pays, in a sentence; nothing where no hours of the service are kept here.
    Fills ``advice.payment_missing``."""
    plan = plan_of(request)
    if request.state != AdviceState.DRAFT or (plan.pk is None and purses_of(request).own is None):
        return None
    standing = standing_of(request, plan)
    if standing.unpaid:
        return f"Nobody pays for {in_words.hours(standing.unpaid)} yet: open “Who pays” and say who does."
    if plan.pk is not None and plan.seen != split_of(standing.ladder):
        return "What this costs or what is left has changed: open “Who pays” and look at the new split."
    return None


def visit_of(request: AdviceRequest) -> Visit | None:
    """The visit that is kept for the request and has not ended: at most one."""
    return Visit.objects.filter(request=request).open().order_by("pk").first()


def has_been_visited(request: AdviceRequest) -> bool:
    """Whether a visit for it has taken place, while it is with the service."""
    return request.state in WITH_THE_SERVICE and request.visits.filter(state=VisitState.DELIVERED).exists()

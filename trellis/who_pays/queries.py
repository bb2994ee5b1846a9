"""The facts behind the ladder of one request, gathered on the day, and the split in words."""

from dataclasses import dataclass
from functools import cached_property

from trellis.advice.models import AdviceRequest, AdviceState
from trellis.calendar.rules import academic_year
from trellis.conduct import clock
from trellis.design import in_words
from trellis.design.in_words import full_date
from trellis.funding import queries as funding
from trellis.funding.models import FundingPolicy, FundingRequest, NextRoute, RequestState
from trellis.hours import queries as hours
from trellis.hours.models import HoursAccount, PaidFrom, ServicePrice, Visit, year_in_words
from trellis.hv import queries as hv
from trellis.hv.models import HvCase
from trellis.ledgers.models import Account
from trellis.organisations.models import VirtualSchool
from trellis.people.roles import Role
from trellis.peps.models import PepState, PepTarget
from trellis.pupils.models import Pupil, Sen, SenStatus
from trellis.who_pays import rules, slots
from trellis.who_pays.models import PaymentPlan
from trellis.who_pays.rules import Budget, Facts, HighlyVulnerable, Override, OwnHours, PupilPremium, Rung


def plan_of(request: AdviceRequest) -> PaymentPlan:
    """What the school has said so far; an empty plan, not kept yet, where it has said nothing."""
    found = PaymentPlan.objects.filter(request=request).select_related("target__pep__term", "first_by").first()
    return found or PaymentPlan(request=request, pupil_id=request.pupil_id, written_for_id=request.written_for_id)


@dataclass(frozen=True)
class Purses:
    """The ledger accounts that may pay, where there are any."""

    own: HoursAccount | None
    framework: HvCase | None

    @property
    def accounts(self) -> list[Account]:
        found = [self.own.account if self.own else None, self.framework.hours_account if self.framework else None]
        return [account for account in found if account is not None]


def purses_of(request: AdviceRequest) -> Purses:
    """The school's hours of the service this year, and an award of the framework of the same service."""
    case = hv.standing_award(request.pupil)
    same = case is not None and case.hours_account_id is not None and case.service_id == request.service_id
    return Purses(hours.own_hours(request.kept_by, request.service, clock.today()), case if same else None)


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
    """All that decides who pays, today, gathered once for a page or an action."""
    targets, has_plan = funding.targets_that_may_ask(request.pupil), has_ehc_plan(request.pupil)
    return Standing(_facts(request, plan, targets, has_plan), targets, has_plan)


def _facts(request: AdviceRequest, plan: PaymentPlan, targets: list[PepTarget], has_plan: bool) -> Facts:
    today = clock.today()
    purses = purses_of(request)
    return Facts(
        name=request.pupil.first_name,
        service=request.service.abbreviation,
        minutes_needed=request.minutes_needed,
        price=hours.price_per_hour(request.service, today),
        today=today,
        own=_own(purses.own),
        own_at_most=plan.own_at_most,
        budget=Budget(plan.budget_minutes, plan.budget_why_not),
        premium=_premium(request.pupil, plan, targets, has_plan),
        framework=_framework(request, purses.framework),
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


def _premium(pupil: Pupil, plan: PaymentPlan, targets: list[PepTarget], has_plan: bool) -> PupilPremium:
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


def _framework(request: AdviceRequest, award: HvCase | None) -> HighlyVulnerable:
    case = hv.open_case(request.pupil)
    if case is None:
        return HighlyVulnerable()
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


def split_of(ladder: list[Rung]) -> list[list[object]]:
    """The split as it is kept and compared: whoever pays, how much time and money."""
    return [[rung.code, rung.minutes, rung.pence] for rung in ladder if rung.minutes]


# --- in words --------------------------------------------------------------------------------------------------------


def who_pays_words(request: AdviceRequest) -> str | None:
    """ "1½ hours: the school’s own hours. 1½ hours (£108): Pupil Premium Plus, agreed." None where no hours of the
    service are kept here and nothing was said."""
    plan = PaymentPlan.objects.filter(request=request).first()
    if plan is None or not plan.is_sent:
        return _words_of_draft(request, plan) if request.state == AdviceState.DRAFT else None
    parts = [part for part in plan.parts.select_related("funding") if part.minutes]
    words = [_line(PaidFrom(part.rung), part.minutes, part.pence, part.funding) for part in parts]
    return " ".join(words) or "No funding is taken for this advice."


def _words_of_draft(request: AdviceRequest, plan: PaymentPlan | None) -> str | None:
    """What the school has seen so far; before it looked, what its own hours cover."""
    if any(slots.statutory_advice.ask(request)):
        return rules.statutory_advice_climbs_no_ladder.sentence
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


def _line(code: PaidFrom, minutes: int, pence: int, asked: FundingRequest | None = None) -> str:
    money = f" ({in_words.pounds(pence)})" if pence else ""
    came = f", {what_came_of(asked)}" if asked else ""
    return f"{in_words.hours(minutes)}{money}: {code.label}{came}."


def what_came_of(asked: FundingRequest) -> str:
    """What the Virtual School answered, in half a sentence; a refusal names the next route."""
    match asked.state:
        case RequestState.ASKED:
            return "asked of the Virtual School"
        case RequestState.DECLINED:
            route = NextRoute(asked.next_route).label if asked.next_route else ""
            return f"not agreed. Next: {route}" if route else "not agreed"
        case RequestState.WITHDRAWN:
            return "withdrawn"
    if asked.is_agreed_in_part:
        return f"agreed for {in_words.hours(asked.minutes_bought)}"
    return "agreed"


def visit_of(request: AdviceRequest) -> Visit | None:
    """The visit that is kept for the request and has not ended."""
    return Visit.objects.filter(request=request).open().order_by("pk").first()

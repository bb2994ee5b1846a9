"""What people do about who pays: say what their budget can do, change the order, send the request with its split.

Sending is one transaction, whichever button was pressed: the request goes out, the school's own minutes are kept, and
Pupil Premium Plus is asked for its part; or none of it happens.
"""

from typing import Any

from django.db import transaction

from trellis.advice import actions as advice
from trellis.advice.models import AdviceRequest, AdviceState
from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.locks import change, lock, unchanged
from trellis.conduct.refusals import Refused, require
from trellis.conduct.rules import check
from trellis.design import in_words
from trellis.funding import actions as funding
from trellis.funding.models import FundingRequest
from trellis.funding.rules import NotFor
from trellis.history import actions as history
from trellis.hours import actions as hours
from trellis.hours.actions import Share
from trellis.hours.models import PaidFrom, Visit
from trellis.hours.queries import own_hours
from trellis.ledgers import actions as ledgers
from trellis.people.models import User
from trellis.peps.models import PepTarget
from trellis.who_pays import permissions, queries, rules
from trellis.who_pays.models import PaymentPart, PaymentPlan
from trellis.who_pays.queries import Purses
from trellis.who_pays.rules import Rung

CHANGED_REST = "What is left has changed since you looked. See below who would pay now, and press again."
SENT_ALREADY = "This request was sent: who pays stays as it was sent."
CHANGED = (
    "What this costs or what is left has changed since you looked. Open “Who pays” again, see the new split, and send."
)


@transaction.atomic
def say_who_pays(
    request_id: int, *, by: User, seen: int | None, own_at_most: int | None = None, budget_minutes: int | None = None,
    budget_why_not: str = "", target: PepTarget | None = None, is_owed_by_plan: bool = False,
) -> PaymentPlan:  # fmt: skip
    """Say what the school's own budget pays or why not, and which target the advice serves. What the ladder then shows
    is kept, so that sending can tell whether it is still so."""
    request, plan = _locked(request_id)
    unchanged(request, seen)
    require(permissions.can_say_who_pays(by, request))
    _still_to_be_said(request, plan)
    said = {
        "own_at_most": own_at_most, "budget_minutes": budget_minutes, "budget_why_not": budget_why_not,
        "target": target, "is_owed_by_plan": is_owed_by_plan,
    }  # fmt: skip
    _write(plan, **said)
    _keep_what_is_shown(request, plan)
    words = queries.who_pays_words(request) if not plan.is_sent else queries.words_of(plan.seen)
    history.record(plan, by, f"Said who pays{' the rest' if plan.is_sent else ''}: {words or 'nobody yet.'}")
    return plan


@transaction.atomic
def change_order(request_id: int, *, by: User, seen: int | None, first: str, because: str) -> PaymentPlan:
    """Take one rung first, with a reason that everybody reads; an empty ``first`` puts the order back."""
    request, plan = _locked(request_id)
    unchanged(request, seen)
    require(permissions.can_change_order(by, request))
    _still_to_be_said(request, plan)
    check(rules.override_says_why(because))
    role = next(m.role for m in by.memberships_today if m.role in permissions.ORDER_CHANGERS)
    _write(plan, first=first, first_because=because, first_by=by, first_by_role=role, first_at=clock.now())
    _keep_what_is_shown(request, plan)
    what = f"takes {PaidFrom(first).label} first" if first else "puts the order of funding back"
    history.record(plan, by, f"{by} {what}: {because}")
    return plan


def _locked(request_id: int) -> tuple[AdviceRequest, PaymentPlan]:
    lock(AdviceRequest, request_id)
    request = AdviceRequest.objects.with_names().get(pk=request_id)
    return request, queries.plan_of(request)


def _still_to_be_said(request: AdviceRequest, plan: PaymentPlan) -> None:
    if request.state != AdviceState.DRAFT and not (plan.is_sent and queries.to_be_said(request, plan)):
        raise Refused(SENT_ALREADY)


def _write(plan: PaymentPlan, **fields: Any) -> None:
    if plan.pk is None:
        plan.save()
    change(plan, **fields)


def _keep_what_is_shown(request: AdviceRequest, plan: PaymentPlan) -> None:
    """Sending compares with this. The version of a draft steps too: who sends it has seen this split."""
    if request.state == AdviceState.DRAFT:
        change(request)
    change(plan, seen=queries.split_of(queries.standing_of(request, plan).ladder))


# --- sending ---------------------------------------------------------------------------------------------------------


def split_when_sent(request: AdviceRequest, by: Any) -> None:
    """A request is sent: its split goes with it, at the day's price. Refused where nobody pays for a part, or where the
    split is no longer what the school saw. Follows ``advice.request_sent``."""
    request = AdviceRequest.objects.with_names().get(pk=request.pk)
    plan = queries.plan_of(request)
    if plan.is_sent:
        return
    purses = queries.purses_of(request)
    if plan.pk is None and purses.own is None:
        return  # no hours of this service are kept here: school and service agree it between them
    ledgers.lock_accounts(purses.accounts)  # from here on nobody else uses what we count
    standing = queries.standing_of(request, plan)
    ladder = standing.ladder
    check(rules.request_is_paid_in_full(standing.unpaid))
    if plan.pk is not None and plan.seen != queries.split_of(ladder):
        raise Refused(CHANGED)
    price = queries.price_of(request)
    _write(plan, sent_at=clock.now(), price_pence=price.pence_per_hour, price_source=price.source)
    history.record(plan, by, "Sent with its split.")
    parts = [_part(plan, rung, by) for rung in ladder]
    hours.keep_for_request(request, _shares(request, parts, queries.purses_of(request), by), by=by)


def _part(plan: PaymentPlan, rung: Rung, by: User, **later: Any) -> PaymentPart:
    """The rung in the words it was shown in; Pupil Premium Plus is asked for its part. ``later``: of a later round."""
    asked = _ask_funding(plan, rung, by) if rung.code == PaidFrom.PUPIL_PREMIUM and rung.offered else None
    return PaymentPart.objects.create(
        plan=plan, pupil_id=plan.pupil_id, written_for_id=plan.request.kept_by_id, rung=rung.code, name=rung.name,
        offered=rung.offered, minutes=rung.minutes, pence=rung.pence, reason=rung.reason, source=rung.source[:300],
        funding=asked, **later,
    )  # fmt: skip


def _ask_funding(plan: PaymentPlan, rung: Rung, by: User) -> FundingRequest:
    assert plan.target_id is not None
    request = plan.request
    return funding.ask_funding(
        plan.target_id, by=by, key=Key.fresh(by), amount_pence=rung.pence, buys_minutes=rung.minutes, advice=request,
        what_for=f"{in_words.hours(rung.minutes)} of advice by {request.service}", supplier=str(request.service),
        why_not_otherwise=plan.budget_why_not or "The school’s own hours and budget pay the rest.",
        not_for=NotFor.EHC_PLAN if plan.is_owed_by_plan else NotFor.NONE,
    )  # fmt: skip


def _shares(request: AdviceRequest, parts: list[PaymentPart], purses: Purses, by: User) -> list[Share]:
    """What is kept at once: own hours, what the school's budget buys, and hours of the framework. Pupil Premium Plus
    follows when it is agreed."""
    shares = []
    for part in parts:
        if part.rung == PaidFrom.OWN and part.minutes and purses.own:
            shares.append(Share(part.rung, part.minutes, purses.own.account))
        elif part.rung == PaidFrom.BUDGET and part.minutes:
            bought = hours.buy_minutes(
                request.kept_by, request.service, part.minutes, cause=part, by=by, pupil_id=request.pupil_id,
                note="Bought from the school’s own budget",
            )  # fmt: skip
            shares.append(Share(part.rung, part.minutes, bought.account))
        elif part.rung == PaidFrom.HIGHLY_VULNERABLE and part.minutes and purses.framework:
            account = purses.framework.hours_account
            assert account is not None
            shares.append(Share(part.rung, part.minutes, account))
    return shares


def plan_goes_along(request: AdviceRequest, from_school: Any, by: Any) -> None:
    """The pupil moved: what the old school said of its own hours and budget does not bind the new one, which says it
    anew. What was sent stays as it was sent. Follows ``advice.request_handed_over``."""
    plan = PaymentPlan.objects.filter(request=request, sent_at__isnull=True).first()
    if plan is not None and plan.written_for_id != request.written_for_id:
        change(
            plan, written_for=request.written_for, own_at_most=None, budget_minutes=None, budget_why_not="", seen=[],
            first="", first_because="", first_by=None, first_by_role="", first_at=None,
        )  # fmt: skip
        history.record(plan, by, "Who pays is to be said anew: the pupil moved to another school.")


# --- the rest of what was sent ---------------------------------------------------------------------------------------


@transaction.atomic
def pay_the_rest(request_id: int, *, by: User, seen: int | None, shown: str) -> PaymentPlan:
    """Money that was asked for did not come: what was shown (``queries.in_one_line``) pays its minutes, as a round of
    its own beside those before. Where there is nothing left to pay, nothing happens."""
    request, plan = _locked(request_id)
    require(permissions.can_say_who_pays(by, request))
    if plan.is_sent and not queries.rest_of(request, queries.parts_of(plan)):
        return plan
    unchanged(request, seen)
    if not plan.is_sent or not queries.to_be_said(request, plan):
        raise Refused("The request is not with the service any more, so nothing is left to be paid.")
    visit = queries.visit_of(request)
    if visit is not None:
        lock(Visit, visit.pk)
    purses = queries.purses_of(request)
    ledgers.lock_accounts(purses.accounts)
    standing = queries.standing_of(request, plan)
    check(rules.request_is_paid_in_full(standing.unpaid))
    split = queries.split_of(standing.ladder)
    if shown != queries.in_one_line(split):
        raise Refused(CHANGED_REST)
    round_before = max(part.round for part in queries.parts_of(plan))
    history.record(plan, by, f"The rest is paid another way: {queries.words_of(split)}")
    parts = [_part(plan, rung, by, round=round_before + 1, said_at=clock.now()) for rung in standing.ladder]
    _keep_rest(request, visit, _shares(request, parts, queries.purses_of(request), by), by)
    return plan


def _keep_rest(request: AdviceRequest, visit: Visit | None, shares: list[Share], by: User) -> None:
    """For the visit that is still to come; else for another one."""
    if visit is not None:
        for share in shares:
            hours.add_to_visit(visit.pk, share, by=by)
    elif shares:
        hours.keep_for_request(request, shares, by=by)


@transaction.atomic
def ask_for_less(request_id: int, *, by: User, seen: int | None) -> PaymentPlan:
    """Ask the service for no more time than is paid for. Where all is paid, nothing happens."""
    request, plan = _locked(request_id)
    require(permissions.can_say_who_pays(by, request))
    rest = queries.to_be_said(request, plan) if plan.is_sent else 0
    if not rest:
        return plan
    unchanged(request, seen)
    paid = queries.paid_in_quarters(request, rest)
    if not paid:
        raise Refused("Nobody pays any of it: say who pays, or take the request back.")
    advice.shorten_request(request.pk, by=by, minutes=paid)
    history.record(plan, by, f"Asks for {in_words.hours(paid)} only: nobody pays for {in_words.hours(rest)}.")
    return plan


# --- Pupil Premium Plus answers --------------------------------------------------------------------------------------


def minutes_when_agreed(asked: FundingRequest, by: Any) -> None:
    """Money that buys a service's time was agreed, and its minutes are in the school's hours: they are kept for the
    visit they were asked for; for another one where that has taken place. Follows ``funding.agreed``."""
    if asked.advice is None or not asked.minutes_bought:
        return
    visit = queries.visit_of(asked.advice)
    bought = own_hours(asked.school, asked.advice.service, clock.today())
    if bought is not None:
        share = Share(PaidFrom.PUPIL_PREMIUM, asked.minutes_bought, bought.account, asked.target_id)
        if visit is not None:
            hours.add_to_visit(visit.pk, share, by=by)
        elif queries.has_been_visited(asked.advice):
            hours.keep_for_request(asked.advice, [share], by=by)
    if asked.is_agreed_in_part:
        _open_again(asked, by)


def open_when_declined(asked: FundingRequest, by: Any) -> None:
    """Money for advice was not agreed: who pays that part is to be said again. Follows ``funding.declined``."""
    if asked.advice is not None:
        _open_again(asked, by)


def _open_again(asked: FundingRequest, by: Any) -> None:
    """What the school said before led to the money that did not come, so it is asked again. What was sent stays."""
    plan = PaymentPlan.objects.select_related("request").filter(request=asked.advice, sent_at__isnull=False).first()
    rest = queries.to_be_said(plan.request, plan) if plan is not None else 0
    if plan is None or not rest:
        return
    change(
        plan, own_at_most=None, budget_minutes=None, budget_why_not="", target=None, seen=[], first="",
        first_because="", first_by=None, first_by_role="", first_at=None,
    )  # fmt: skip
    part = "all of it" if asked.is_agreed_in_part else "it"
    history.record(
        plan, by, f"Nobody pays for {in_words.hours(rest)} now: the Virtual School did not agree {part}, because "
        f"“{asked.reason}”",
    )  # fmt: skip

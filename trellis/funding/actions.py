"""What people do with PP+: enter it, ask, agree or say why not, pay, spend, give back, say what it changed."""

from datetime import date
from typing import Any

from django.db import transaction

from trellis.advice.models import AdviceRequest
from trellis.calendar.rules import financial_year, financial_year_in_words
from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.locks import change, lock, unchanged
from trellis.conduct.refusals import Refused, require
from trellis.conduct.rules import check
from trellis.design.in_words import hours as hours_in_words
from trellis.design.in_words import pounds
from trellis.funding import letters, permissions, queries, rules, slots
from trellis.funding.models import (
    BatchState,
    FundingBatch,
    FundingInstalment,
    FundingPolicy,
    FundingPot,
    FundingRequest,
    FundingReturn,
    FundingSpend,
    RequestState,
)
from trellis.funding.rules import BATCH, REQUEST, AskFacts, NotFor
from trellis.history import actions as history
from trellis.hours.actions import buy_minutes
from trellis.ledgers import actions as ledgers
from trellis.ledgers.models import EntryKind, Unit
from trellis.organisations.models import School, SpecialistService, VirtualSchool
from trellis.people.models import User
from trellis.peps.models import Pep, PepState, PepTarget
from trellis.pupils.models import CareEpisode, Pupil, virtual_school_of

# --- the pot -------------------------------------------------------------------------------------------------------


@transaction.atomic
def enter_money(
    virtual_school_id: int, *, by: User, key: Key, amount_pence: int, source: str, year: int | None = None
) -> FundingInstalment:
    """Enter what came into the pot of a financial year (this one, unless said), and from where. Opens the pot."""
    virtual_school = VirtualSchool.objects.select_for_update(of=("self",)).get(pk=virtual_school_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    require(permissions.can_keep_pot(by, virtual_school.pk))
    year = financial_year(clock.today()) if year is None else year
    check(rules.money_is_paid_within_its_year(year, clock.today()))
    if amount_pence <= 0:
        raise Refused("Enter how much came.", field="amount_pence")
    pot = FundingPot.objects.filter(virtual_school=virtual_school, year=year).first() or _open_pot(virtual_school, year)
    instalment = FundingInstalment.objects.create(
        pot=pot, amount_pence=amount_pence, source=source, at=clock.now(), by=by
    )
    words = f"Entered {pounds(amount_pence)} of Pupil Premium Plus for {pot.year_in_words}: {source}."
    history.record(instalment, by, words, written_for=virtual_school)
    key.made(instalment)
    ledgers.post(pot.account, EntryKind.ALLOCATED, amount_pence, cause=instalment, by=by, note=source)
    return instalment


def _open_pot(virtual_school: VirtualSchool, year: int) -> FundingPot:
    name = f"Pupil Premium Plus {financial_year_in_words(year)}, {virtual_school}"
    account = ledgers.open_account(organisation=virtual_school, unit=Unit.PENCE, name=name)
    return FundingPot.objects.create(virtual_school=virtual_school, year=year, account=account)


# --- asking --------------------------------------------------------------------------------------------------------


@transaction.atomic
def ask_funding(
    target_id: int, *, by: User, key: Key, amount_pence: int, what_for: str, why_not_otherwise: str,
    advice: AdviceRequest | None = None, buys_minutes: int = 0, service: SpecialistService | None = None,
    supplier: str = "", starts_on: date | None = None, ends_on: date | None = None, expected_impact: str = "",
    not_for: str = NotFor.NONE,
) -> FundingRequest:  # fmt: skip
    """A PEP target asks for PP+: the school says what for, and why nothing else pays it. ``buys_minutes`` of a
    ``service`` are bought when it is agreed; ``advice`` is the request for advice that they are for."""
    target = lock(PepTarget, target_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    pep = Pep.objects.select_related("written_for").get(pk=target.pep_id)
    school = queries.school_now(target.pupil)
    require(permissions.can_ask_funding(by, target.pupil, school, pep.written_for_id))
    if school is None:
        raise Refused("There is no school place now, so there is no school to pay. Record the school place first.")
    _check_target(target)
    policy = FundingPolicy.objects.counting(pep.written_for, clock.today())
    _check_pupil(target, pep, policy)
    service = advice.service if advice else service
    if advice is not None and advice.pupil_id != target.pupil_id:
        raise Refused("This request for advice is about another pupil.")
    if buys_minutes and service is None:
        raise Refused("Say whose time this money buys.", field="service")
    ask = AskFacts(amount_pence, queries.asked_on_pep(pep), not_for, why_not_otherwise, starts_on, ends_on)
    check(
        rules.pp_plus_never_replaces_ehc_provision(not_for),
        rules.pp_plus_never_pays_statutory_advice(not_for),
        rules.pp_plus_is_not_for_what_every_pupil_gets(not_for),
        rules.request_says_why_not_otherwise(ask),
        rules.request_ends_after_it_starts(ask),
        rules.request_keeps_within_the_policy(ask, policy),
        rules.last_money_has_its_impact(queries.impact_owed_before(target), policy),
    )
    request = FundingRequest.objects.create(
        pupil_id=target.pupil_id, written_for=school, target=target, virtual_school_id=pep.written_for_id,
        school=school, amount_pence=amount_pence, what_for=what_for, supplier=supplier, starts_on=starts_on,
        ends_on=ends_on, expected_impact=expected_impact, why_not_otherwise=why_not_otherwise,
        advice=advice, buys_minutes=buys_minutes, service=service, asked_at=clock.now(), asked_by=by,
    )  # fmt: skip
    history.record(request, by, f"Asked for {pounds(amount_pence)} of Pupil Premium Plus for target {target.number}.")
    letters.tell_of_request(request)
    key.made(request)
    return request


def _check_target(target: PepTarget) -> None:
    if target.dropped or target.pk not in {one.pk for one in queries.targets_that_may_ask(target.pupil)}:
        why = queries.why_pupil_has_none(target.pupil, target.pep)
        raise Refused(why or "Ask from a target of the pupil’s present PEP that is not reached yet.")


def _check_pupil(target: PepTarget, pep: Pep, policy: FundingPolicy) -> None:
    facts = queries.facts_of(target.pupil, pep.written_for_id)
    check(
        rules.pupil_is_looked_after(facts),
        rules.pupil_is_in_a_year_that_is_funded(facts, policy),
        rules.school_is_one_that_is_funded(facts, policy),
    )


@transaction.atomic
def withdraw_funding(request_id: int, *, by: User, because: str, seen: int | None = None) -> FundingRequest:
    """Take a request back before it is paid; money promised to it is free again."""
    request = lock(FundingRequest, request_id)
    if request.state == RequestState.WITHDRAWN:
        return request
    unchanged(request, seen)
    require(permissions.can_withdraw_funding(by, request))
    was_agreed = request.state == RequestState.AGREED
    REQUEST.move("withdrawn", request, withdrawn_because=because, batch=None)
    history.record(request, by, f"Withdrew the request for Pupil Premium Plus: {because}")
    if was_agreed:
        _release(request, by)
    return request


def withdraw_with_advice(advice: AdviceRequest, by: Any) -> None:
    """What follows when advice is not given after all: money that still waits for its answer is not needed."""
    waiting = FundingRequest.objects.filter(advice=advice).waiting()
    for request in [lock(FundingRequest, pk) for pk in queries.ids_by_pupil(waiting)]:
        because = f"The request for advice is {advice.get_state_display().lower()}."
        REQUEST.move("withdrawn", request, withdrawn_because=because)
        history.record(request, by, f"Withdrew the request for Pupil Premium Plus: {because}")


@transaction.atomic
def withdraw_when_care_ended(pupil: Pupil, by: Any) -> None:
    """What follows a change of care: money still asked of a Virtual School that no longer looks after the child's
    education cannot be agreed any more. What was agreed is paid and accounted for as it was."""
    asked = FundingRequest.objects.filter(pupil=pupil).waiting()
    if not asked.exists():
        return
    care = CareEpisode.objects.filter(pupil=pupil, during__contains=clock.today()).first()
    caring = virtual_school_of(care.authority_id) if care else None
    others = asked.exclude(virtual_school=caring.pk if caring else None)
    for request in [lock(FundingRequest, pk) for pk in queries.ids_by_pupil(others)]:
        because = f"{request.virtual_school} no longer looks after the pupil’s education."
        REQUEST.move("withdrawn", request, withdrawn_because=because)
        history.record(request, by, f"Withdrew the request for Pupil Premium Plus: {because}")


# --- the decision --------------------------------------------------------------------------------------------------


@transaction.atomic
def agree_funding(
    request_id: int, *, by: User, seen: int | None, agreed_pence: int | None = None, reason: str = ""
) -> FundingRequest:
    """Agree in full, or in part with a reason; never what one asked for oneself. The money is promised in the pot of
    this financial year; where it buys a service's minutes, it is spent on them at once."""
    request = lock(FundingRequest, request_id)
    agreed = request.amount_pence if agreed_pence is None else agreed_pence
    if request.state in (RequestState.AGREED, RequestState.PAID) and request.agreed_pence == agreed:
        return request
    unchanged(request, seen)
    require(permissions.can_decide_funding(by, request))
    REQUEST.require("agreed", request)
    if why_not := queries.why_not_agreed_by(by, request):
        raise Refused(why_not)
    pot = _check_agreeing(request, agreed, reason)
    REQUEST.move("agreed", request, agreed_pence=agreed, reason=reason, decided_at=clock.now(), decided_by=by, pot=pot)
    part = f" of {pounds(request.amount_pence)}" if request.is_agreed_in_part else ""
    history.record(
        request, by, f"Agreed {pounds(agreed)}{part} of Pupil Premium Plus for target {request.target.number}."
    )
    letters.tell_of_agreement(request)
    _promise(request, by)
    if request.buys_minutes:
        _buy_minutes(request, by)
    slots.funding_agreed.follow(request, by)
    return request


def _check_agreeing(request: FundingRequest, agreed: int, reason: str) -> FundingPot:
    """The pot that pays, once nothing stands against agreeing."""
    pep = request.target.pep
    policy = FundingPolicy.objects.counting(pep.written_for, clock.today())
    check(
        rules.pep_is_quality_assured(pep.state == PepState.SIGNED_OFF, policy),
        rules.agreed_is_no_more_than_asked(agreed, request.amount_pence),
    )
    if agreed < request.amount_pence:
        check(rules.decision_says_why(reason))
    pot = queries.pot_of(request.virtual_school, clock.today())
    if pot is None:
        year = financial_year_in_words(financial_year(clock.today()))
        raise Refused(f"No money is entered for {year} yet. The business officer enters it first.")
    return pot


def _promise(request: FundingRequest, by: User) -> None:
    pot, agreed = request.pot, request.agreed_pence
    assert pot is not None
    assert agreed is not None
    account = ledgers.lock_accounts([pot.account])[pot.account_id]
    ledgers.post(
        account, EntryKind.RESERVED, agreed, cause=request, by=by, pupil_id=request.pupil_id,
        target_id=request.target_id, note=request.reference,
        overdrawn=f"The pot of {pot.year_in_words} has {pounds(account.balance)} left, and this is {pounds(agreed)}. "
        "Agree a part, or say what else could pay.",
    )  # fmt: skip


def _release(request: FundingRequest, by: Any) -> None:
    """What was promised is free again."""
    assert request.pot is not None
    ledgers.post(
        request.pot.account, EntryKind.RELEASED, request.agreed_pence or 0, cause=request, by=by,
        pupil_id=request.pupil_id, target_id=request.target_id, note=request.reference,
    )  # fmt: skip


def _pay(request: FundingRequest, by: User) -> None:
    """What was promised is spent: released whole and spent, with one cause."""
    assert request.pot is not None
    _release(request, by)
    ledgers.post(
        request.pot.account, EntryKind.SPENT, request.agreed_pence or 0, cause=request, by=by,
        pupil_id=request.pupil_id, target_id=request.target_id, note=request.reference,
    )  # fmt: skip


@transaction.atomic
def decline_funding(
    request_id: int, *, by: User, seen: int | None, reason: str, next_route: str
) -> FundingRequest:  # fmt: skip
    """Say why not, and where the school turns next."""
    request = lock(FundingRequest, request_id)
    if request.state == RequestState.DECLINED:
        return request
    unchanged(request, seen)
    require(permissions.can_decide_funding(by, request))
    check(rules.decision_says_why(reason), rules.refusal_names_the_next_route(next_route))
    REQUEST.move(
        "declined", request, reason=reason, next_route=next_route, decided_at=clock.now(), decided_by=by
    )  # fmt: skip
    history.record(request, by, f"Did not agree Pupil Premium Plus for target {request.target.number}, with reasons.")
    letters.tell_of_refusal(request)
    slots.funding_declined.follow(request, by)
    return request


def _buy_minutes(request: FundingRequest, by: User) -> None:
    """The money becomes a service's minutes for the school, with this request as cause of both entries."""
    minutes = rules.minutes_for(request.agreed_pence or 0, request.amount_pence, request.buys_minutes)
    if not minutes or request.service is None:
        raise Refused("This part buys less than a minute of the service’s time. Agree more, or say why not.")
    REQUEST.move("paid", request, paid_on=clock.today(), minutes_bought=minutes)
    history.record(
        request, by, f"Bought {hours_in_words(minutes)} of {request.service.abbreviation} for {request.school}."
    )
    _pay(request, by)
    buy_minutes(
        request.school, request.service, minutes, cause=request, by=by, pupil_id=request.pupil_id,
        target_id=request.target_id, note=f"Bought with Pupil Premium Plus, {request.reference}",
    )  # fmt: skip


# --- paying --------------------------------------------------------------------------------------------------------


@transaction.atomic
def make_batch(virtual_school_id: int, *, by: User) -> FundingBatch:
    """Put every agreed request that is not paid yet into a batch. While one waits to be exported, it is that one, with
    what was agreed since added."""
    virtual_school = VirtualSchool.objects.select_for_update(of=("self",)).get(pk=virtual_school_id)
    require(permissions.can_keep_pot(by, virtual_school.pk))
    pot = queries.pot_of(virtual_school, clock.today())
    waiting = FundingRequest.objects.to_be_paid().filter(pot=pot, batch__isnull=True) if pot else None
    open_ones = FundingBatch.objects.select_for_update().filter(virtual_school=virtual_school, state=BatchState.MADE)
    batch = open_ones.first()  # locked: one that is exported meanwhile takes no more requests
    if batch is not None and pot is not None and batch.pot_id != pot.pk:
        _begin_for_this_year(batch, pot, by)
    if batch is None:
        if pot is None or not waiting:
            raise Refused("No agreed request waits to be paid.")
        batch = FundingBatch.objects.create(virtual_school=virtual_school, pot=pot, made_at=clock.now(), made_by=by)
        history.record(batch, by, f"Made {batch}.", written_for=virtual_school)
    for request_id in queries.ids_by_pupil(waiting) if waiting else []:
        change(lock(FundingRequest, request_id), batch=batch)
    return batch


def _begin_for_this_year(batch: FundingBatch, pot: FundingPot, by: User) -> None:
    """A batch that was not exported before its year ended can never be paid: it lets go of what it held, which closing
    that year asks again, and serves this year."""
    for request_id in queries.ids_by_pupil(batch.requests.to_be_paid()):  # type: ignore[attr-defined]
        change(lock(FundingRequest, request_id), batch=None)
    change(batch, pot=pot)
    history.record(batch, by, f"{batch} is for {pot.year_in_words} from now on.", written_for=batch.virtual_school)


@transaction.atomic
def export_batch(batch_id: int, *, by: User, seen: int | None = None) -> FundingBatch:
    """Pay everything in the batch and keep the rows of its file. Pressed again, it is the same file and no payment."""
    batch = FundingBatch.objects.select_for_update().get(pk=batch_id)
    if batch.is_exported:
        return batch
    unchanged(batch, seen)
    require(permissions.can_keep_pot(by, batch.virtual_school_id))
    check(rules.money_is_paid_within_its_year(batch.pot.year, clock.today()))
    requests = [lock(FundingRequest, pk) for pk in queries.ids_by_pupil(batch.requests.to_be_paid())]  # type: ignore[attr-defined]
    if not requests:
        raise Refused("Nothing is left in this batch: each request in it was withdrawn.")
    lines = [queries.line_of(request) for request in sorted(requests, key=lambda one: one.pk)]
    BATCH.move("exported", batch, exported_at=clock.now(), exported_by=by, lines=lines)
    total = sum(line["pence"] for line in lines)
    history.record(
        batch, by, f"Exported {batch}: {len(lines)} payments, {pounds(total)}.", written_for=batch.virtual_school
    )
    for request in requests:
        REQUEST.move("paid", request, paid_on=clock.today())
        history.record(request, by, f"Paid {pounds(request.agreed_pence or 0)} to {request.school}.")
        letters.tell_of_payment(request)
    for request in requests:
        _pay(request, by)
    return batch


@transaction.atomic
def close_year(pot_id: int, *, by: User) -> FundingPot:
    """After 31 March: what was promised and not paid is asked again from the new year's money, and what is left goes
    back. Nothing is carried over."""
    pot = FundingPot.objects.select_for_update(of=("self",)).get(pk=pot_id)
    if pot.closed_on is not None:
        return pot
    require(permissions.can_keep_pot(by, pot.virtual_school_id))
    check(rules.year_is_over_before_it_is_closed(pot.year, clock.today()))
    unpaid = FundingRequest.objects.to_be_paid().filter(pot=pot)
    requests = [lock(FundingRequest, pk) for pk in queries.ids_by_pupil(unpaid)]
    for request in requests:
        _release(request, by)
        REQUEST.move(
            "asked again", request, agreed_pence=None, pot=None, batch=None, decided_at=None, decided_by=None, reason=""
        )
        history.record(request, by, f"{pot.year_in_words} ended before it was paid: to be decided again.")
    account = ledgers.lock_accounts([pot.account])[pot.account_id]
    pot.closed_on, pot.closed_by = clock.today(), by
    pot.save(update_fields=["closed_on", "closed_by"])
    history.record(pot, by, f"Closed {pot}: {pounds(account.balance)} goes back.", written_for=pot.virtual_school)
    if account.balance:
        ledgers.post(account, EntryKind.RETURNED, account.balance, cause=pot, by=by, note="Left on 31 March")
    return pot


@transaction.atomic
def alert_before_year_ends() -> int:
    """Write to those who look after a pot, on the days of the alerts, while money of it is not passed on. Written once
    a day, however often it is asked. Returns how many pots."""
    today = clock.today()
    told = 0
    for pot in FundingPot.objects.select_for_update(of=("self",)).filter(closed_on__isnull=True).order_by("pk"):
        if (pot.ends_on - today).days not in rules.ALERT_DAYS or pot.alerted_on == today:
            continue
        if ends := queries.year_ends(queries.figures_of(pot), today):
            pot.alerted_on = today
            pot.save(update_fields=["alerted_on"])
            letters.tell_that_year_ends(pot, ends)
            told += 1
    return told


# --- what became of it ---------------------------------------------------------------------------------------------


@transaction.atomic
def record_spend(
    request_id: int, *, by: User, key: Key, amount_pence: int, what: str, spent_on: date, note: str = ""
) -> FundingSpend:  # fmt: skip
    """The school says what some of the money bought."""
    request = lock(FundingRequest, request_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    require(permissions.can_record_spend(by, request))
    _needs_paid_money(request)
    check(rules.spent_is_no_more_than_is_left(amount_pence, queries.tally_of(request).left))
    if spent_on > clock.today():
        raise Refused("This day has not come yet. Record what was spent, on the day it was.", field="spent_on")
    spend = FundingSpend.objects.create(
        request=request, pupil_id=request.pupil_id, written_for=request.school, amount_pence=amount_pence, what=what,
        spent_on=spent_on, note=note, at=clock.now(), by=by,
    )  # fmt: skip
    history.record(spend, by, f"Spent {pounds(amount_pence)} of Pupil Premium Plus: {what}.")
    key.made(spend)
    _close_when_told(request, by)
    return spend


@transaction.atomic
def correct_spend(spend_id: int, *, by: User, note: str) -> FundingSpend:
    """Take a spend entered by mistake away, by a second entry that says why. Taken away before, nothing more."""
    spend = FundingSpend.objects.select_related("request__pupil").get(pk=spend_id)
    request = lock(FundingRequest, spend.request_id)
    require(permissions.can_correct_spend(by, spend))
    if spend.corrects_id is not None:
        raise Refused("This is a correction already.")
    if known := FundingSpend.objects.filter(corrects=spend).first():
        return known
    if request.state == RequestState.CLOSED:
        raise Refused("This request is closed: its money is told in full.")
    correction = FundingSpend.objects.create(
        request=request, pupil_id=request.pupil_id, written_for=spend.written_for, amount_pence=-spend.amount_pence,
        corrects=spend, what=spend.what, spent_on=spend.spent_on, note=note, at=clock.now(), by=by,
    )  # fmt: skip
    history.record(correction, by, f"Corrected: {pounds(spend.amount_pence)} was not spent as entered.")
    return correction


@transaction.atomic
def return_unspent(
    request_id: int, *, by: User, key: Key, amount_pence: int, why: str
) -> FundingReturn:  # fmt: skip
    """The school gives back what it did not need. It is free in the pot again; once the year is over, it goes back
    with what was left."""
    request = lock(FundingRequest, request_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    require(permissions.can_record_spend(by, request))
    _needs_paid_money(request)
    check(rules.spent_is_no_more_than_is_left(amount_pence, queries.tally_of(request).left))
    returned = FundingReturn.objects.create(
        request=request, pupil_id=request.pupil_id, written_for=request.school, amount_pence=amount_pence, why=why,
        at=clock.now(), by=by,
    )  # fmt: skip
    history.record(returned, by, f"Gave back {pounds(amount_pence)} of Pupil Premium Plus: {why}")
    key.made(returned)
    _close_when_told(request, by)
    _take_back(request, returned, by)
    return returned


def _take_back(request: FundingRequest, returned: FundingReturn, by: User) -> None:
    pot = request.pot
    assert pot is not None
    labels: dict[str, Any] = {"pupil_id": request.pupil_id, "target_id": request.target_id, "note": request.reference}
    amount = returned.amount_pence
    ledgers.post(pot.account, EntryKind.TRANSFERRED, amount, cause=returned, by=by, **labels)
    if pot.closed_on is not None:
        ledgers.post(pot.account, EntryKind.RETURNED, amount, cause=returned, by=by, **labels)


@transaction.atomic
def write_impact(
    request_id: int, *, by: User, impact_words: str, seen: int | None = None
) -> FundingRequest:  # fmt: skip
    """Say what the money changed, for the pupil's present PEP."""
    request = lock(FundingRequest, request_id)
    if request.impact_words == impact_words and impact_words:
        return request
    unchanged(request, seen)
    require(permissions.can_write_impact(by, request))
    if not request.is_given:
        raise Refused("The money is not paid yet, so it cannot have changed anything.")
    check(rules.impact_says_what_changed(impact_words))
    change(
        request, impact_words=impact_words, impact_at=clock.now(), impact_by=by,
        impact_pep=queries.present_pep(request.pupil_id),
    )  # fmt: skip
    history.record(request, by, f"Said what the Pupil Premium Plus for target {request.target.number} changed.")
    _close_when_told(request, by)
    return request


def _needs_paid_money(request: FundingRequest) -> None:
    if request.state == RequestState.CLOSED:
        raise Refused("This request is closed: its money is told in full.")
    if not request.is_given:
        raise Refused("The money is not paid yet.")
    if request.minutes_bought:
        raise Refused("This money bought minutes of a service: the visits show what became of it.")


def _close_when_told(request: FundingRequest, by: User) -> None:
    """Close once the money is told in full and, if any was spent, what it changed is said."""
    tally = queries.tally_of(request)
    if request.state == RequestState.PAID and not tally.left and (request.has_impact or not tally.spent):
        REQUEST.move("closed", request)
        history.record(request, by, "The Pupil Premium Plus is told in full.")


# --- moving school -------------------------------------------------------------------------------------------------


@transaction.atomic
def hand_over(pupil: Pupil, *, from_school: School | None, to_school: School, on: date, by: Any) -> list[str]:
    """Money follows need: what is asked, promised or unspent goes with the pupil; what the old school spent stays its
    own. Says, for the receipt, what went along."""
    going = FundingRequest.objects.filter(
        pupil=pupil, state__in=(RequestState.ASKED, RequestState.AGREED, RequestState.PAID)
    ).exclude(school=to_school)
    return [_hand_over(lock(FundingRequest, pk), to_school, by) for pk in queries.ids_by_pupil(going)]


def _hand_over(request: FundingRequest, to_school: School, by: Any) -> str:
    said = f"Pupil Premium Plus for target {request.target.number}: {_stands(request, to_school)}"
    change(request, school=to_school)
    history.record(request, by, f"The Pupil Premium Plus went to {to_school} with the pupil.")
    return said


def _stands(request: FundingRequest, to_school: School) -> str:
    """How the money stands as it changes school."""
    agreed, left = pounds(request.agreed_pence or 0), queries.tally_of(request).left
    if request.state == RequestState.ASKED:
        return f"{pounds(request.amount_pence)} asked, waits for the Virtual School"
    if request.state == RequestState.AGREED:
        return f"{agreed} agreed, to be paid to {to_school}"
    if left:
        return f"{pounds(left)} of {agreed} is unspent: {request.school} passes it on"
    return f"{agreed} is spent; what it changed is still to be said"

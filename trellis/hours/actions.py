"""What people do with a school's hours. Every entry has its own cause: an allocation, a purchase, a part of a visit."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from django.db import transaction
from django.utils.text import capfirst

from trellis.advice.models import AdviceRequest, AdviceState
from trellis.advice.permissions import can_keep_request
from trellis.calendar.rules import academic_year
from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.locks import change, lock, unchanged
from trellis.conduct.periods import from_day, until
from trellis.conduct.refusals import Refused, require
from trellis.conduct.rules import check
from trellis.consents.models import Consent
from trellis.design import in_words
from trellis.design.in_words import full_date
from trellis.history import actions as history
from trellis.hours import permissions, queries, rules, slots
from trellis.hours.models import (
    CameFrom,
    HoursAccount,
    HoursAllocation,
    PaidFrom,
    ServicePolicy,
    ServicePrice,
    Visit,
    VisitPart,
    VisitState,
    Work,
    year_in_words,
)
from trellis.hours.rules import VISIT
from trellis.ledgers import actions as ledgers
from trellis.ledgers.models import Account, EntryKind, Unit
from trellis.mail import actions as mail
from trellis.organisations.models import Organisation, School, SpecialistService
from trellis.people.models import Membership, User
from trellis.people.roles import SERVICE_STAFF, Role
from trellis.pupils.models import Pupil

# --- a year's hours --------------------------------------------------------------------------------------------------


@transaction.atomic
def allocate_hours(
    *, school: School, service: SpecialistService, year: int, minutes: int, by: User, key: Key,
    came_from: str = CameFrom.CORE,
) -> HoursAllocation:  # fmt: skip
    """Enter what a school may use of a service in an academic year: its core hours once, hours it buys as often."""
    hours = _account(school, service, year)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    require(permissions.can_enter_hours(by, service))
    has_core = hours.allocations.filter(came_from=CameFrom.CORE).exists()
    check(
        rules.time_is_in_quarter_hours(minutes),
        rules.core_hours_are_new(came_from == CameFrom.CORE and has_core),
    )
    words = f"Entered {in_words.hours(minutes)}: {CameFrom(came_from).label.lower()}."
    return _enter(hours, came_from, minutes, by=by, key=key, words=words)


@transaction.atomic
def correct_hours(hours_id: int, *, by: User, key: Key, seen: int | None, minutes: int, reason: str) -> HoursAllocation:
    """Say what was really agreed for the year. The difference is entered with its reason; what was stays in view."""
    hours = _locked(hours_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    unchanged(hours, seen)
    require(permissions.can_enter_hours(by, hours.service))
    entered = queries.core_hours_entered(hours)
    if minutes < 0 or minutes % rules.QUARTER:
        raise Refused("Enter the time in quarters of an hour, for example 1.25.", field="minutes")
    if minutes == entered:
        raise Refused(f"{in_words.hours(entered)} is what is entered already.", field="minutes")
    words = f"Corrected from {in_words.hours(entered)} to {in_words.hours(minutes)}: {reason}"
    return _enter(hours, CameFrom.CORRECTED, minutes - entered, by=by, key=key, words=words, reason=reason)


@transaction.atomic
def carry_left_hours(service: SpecialistService, *, by: User) -> list[HoursAccount]:
    """What the service's schools have left of last year becomes theirs of this year, where the service has agreed so.
    Each year is carried once; schools with visits still to be confirmed are left for later. Returns what received."""
    require(permissions.can_enter_hours(by, service))
    lock(Organisation, service.pk)  # two who carry the same hours wait for one another here
    found = queries.left_over(service)
    check(rules.left_hours_carry_over(found.terms.carries_left_hours))
    pairs = [(_locked(tally.hours.pk), _account(tally.hours.school, service, found.year + 1)) for tally in found.left]
    locked = ledgers.lock_accounts([hours.account for pair in pairs for hours in pair])
    for before, now in pairs:
        minutes = locked[before.account_id].balance
        words = f"Carried {in_words.hours(minutes)} over from {before.year_in_words}."
        history.record(now, by, words, written_for=now.school)
        _carry(before, now, minutes, by=by)
    return [now for _, now in pairs]


def _carry(before: HoursAccount, now: HoursAccount, minutes: int, *, by: User) -> None:
    """Out of one year and into the next, with the year that ended as cause of both: posted once, or refused."""
    to, since = f"Carried over to {now.year_in_words}", f"Carried over from {before.year_in_words}"
    ledgers.post(before.account, EntryKind.CARRIED, -minutes, cause=before, by=by, note=to)
    ledgers.post(now.account, EntryKind.CARRIED, minutes, cause=before, by=by, note=since)


@transaction.atomic
def pass_hours_on(school: School, successor: School, *, by: User) -> list[HoursAccount]:
    """What a school that goes on as another has left of today's academic year becomes its successor's; what is booked
    stays where it was booked. Passed on once. Returns the successor's hours that received."""
    year = academic_year(clock.today())
    pairs = [
        (_locked(before.pk), _account(successor, before.service, year))
        for before in HoursAccount.objects.filter(school=school, year=year).select_related("service").order_by("pk")
    ]
    locked = ledgers.lock_accounts([hours.account for pair in pairs for hours in pair])
    received = [(before, now) for before, now in pairs if locked[before.account_id].balance > 0]
    for before, now in received:
        minutes = locked[before.account_id].balance
        to, since = f"Passed on to {successor.name}", f"Passed on from {school.name}"
        ledgers.post(before.account, EntryKind.TRANSFERRED, -minutes, cause=before, by=by, note=to)
        ledgers.post(now.account, EntryKind.TRANSFERRED, minutes, cause=before, by=by, note=since)
        history.record(now, by, f"{in_words.hours(minutes)} passed on from {school.name}.", written_for=successor)
    return [now for _, now in received]


@transaction.atomic
def buy_minutes(
    school: School, service: SpecialistService, minutes: int, *, cause: Any, by: Any, pupil_id: int | None = None,
    target_id: int | None = None, note: str = "Bought with Pupil Premium Plus",
) -> HoursAccount:  # fmt: skip
    """Add minutes that money bought to the school's hours of today's academic year. ``cause`` is what the money was
    agreed for; the same cause buys once."""
    check(rules.hours_never_pay_for_statutory_advice(cause._meta.label_lower))
    hours = _account(school, service, academic_year(clock.today()))
    ledgers.lock_accounts([hours.account])
    ledgers.post(
        hours.account, EntryKind.ALLOCATED, minutes, cause=cause, by=by, pupil_id=pupil_id, target_id=target_id,
        note=note,
    )  # fmt: skip
    return hours


@transaction.atomic
def agree_price(
    service: SpecialistService, pence_per_hour: int, *, since: date, agreed_by: str, source: str, by: Any
) -> ServicePrice:
    """What an hour of the service costs from a day on, past days too, when an authority is set up; the price before
    ends the day before. By page it is ``organisations.actions.set_policy``."""
    lock(Organisation, service.pk)  # as ``set_policy`` does
    if ServicePrice.objects.filter(organisation=service, during__startswith__gte=since).exists():
        raise Refused("A price from a later day was agreed already.", field="since")
    for before in ServicePrice.objects.filter(organisation=service, during__contains=since):
        before.during = until(before.during, since)
        before.save(update_fields=["during"])
    price = ServicePrice.objects.create(
        organisation=service, during=from_day(since), pence_per_hour=pence_per_hour, agreed_by=agreed_by, source=source
    )
    words = f"{service.abbreviation} costs {in_words.pounds(pence_per_hour)} an hour from {full_date(since)}."
    history.record(price, by, words, written_for=service)
    return price


def _account(school: School, service: SpecialistService, year: int) -> HoursAccount:
    """The school's hours, opened when they are first needed; locked until the action ends."""
    rows = HoursAccount.objects.filter(school=school, service=service, year=year)
    if not rows.exists():
        lock(Organisation, school.pk)  # two who open the same hours wait for one another here
    if not rows.exists():
        name = f"{service.abbreviation} hours of {school.name}, {year_in_words(year)}"[:200]
        account = ledgers.open_account(organisation=school, unit=Unit.MINUTES, name=name)
        HoursAccount.objects.create(school=school, service=service, year=year, account=account)
    return _locked(rows.values_list("pk", flat=True).get())


def _locked(hours_id: int) -> HoursAccount:
    lock(HoursAccount, hours_id)
    return HoursAccount.objects.with_names().get(pk=hours_id)


def _enter(
    hours: HoursAccount, came_from: str, minutes: int, *, by: User, key: Key, words: str, reason: str = ""
) -> HoursAllocation:
    allocation = HoursAllocation.objects.create(
        hours=hours, came_from=came_from, minutes=minutes, reason=reason, entered_at=clock.now(), entered_by=by
    )
    change(hours)
    key.made(allocation)
    history.record(hours, by, words, written_for=hours.school)
    kind = EntryKind.CORRECTED if came_from == CameFrom.CORRECTED else EntryKind.ALLOCATED
    in_use = "So many hours are used or booked already that this would leave less than nothing."
    ledgers.lock_accounts([hours.account])
    ledgers.post(hours.account, kind, minutes, cause=allocation, by=by, note=reason, overdrawn=in_use)
    return allocation


# --- visits ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Share:
    """Minutes of a visit that one account is to pay, on which rung; the PEP target where money for it pays."""

    rung: str
    minutes: int
    account: Account
    target_id: int | None = None


@transaction.atomic
def book_visit(
    hours_id: int, *, by: User, key: Key, work: str, on: date, minutes: int, what_for: str,
    starts_at: time | None = None, specialist: User | None = None,
) -> Visit:  # fmt: skip
    """Book a visit about no named child: a planning meeting, training, work with the whole school."""
    hours = HoursAccount.objects.with_names().get(pk=hours_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    require(permissions.can_book_visit(by, hours))
    check(
        rules.time_is_in_quarter_hours(minutes),
        rules.visit_lies_ahead(on, clock.today()),
        rules.visit_lies_in_the_year_of_its_hours(academic_year(on), hours.year),
    )
    visit = Visit.objects.create(
        written_for=hours.school, school=hours.school, service=hours.service, state=VisitState.BOOKED, work=work,
        what_for=what_for, on=on, starts_at=starts_at, specialist=specialist, made_at=clock.now(), made_by=by,
    )  # fmt: skip
    key.made(visit)
    history.record(visit, by, f"Booked {in_words.hours(minutes)} for {_told(visit)}.")
    _tell(visit, by, "A visit is booked", f"{capfirst(_told(visit))} at {visit.school} is booked.")
    _keep(visit, [Share(PaidFrom.OWN, minutes, hours.account)], by=by)
    return visit


@transaction.atomic
def keep_for_request(request: AdviceRequest, parts: Sequence[Share], *, by: Any) -> Visit:
    """Keep minutes for a request for advice, in the transaction that sends it. The service plans the day later."""
    without_name = "Talk without naming the child" if request.without_name else ""
    visit = Visit.objects.create(
        request=request, pupil=None if without_name else request.pupil, what_for=without_name,
        written_for=request.kept_by, school=request.kept_by, service=request.service, state=VisitState.TO_PLAN,
        made_at=clock.now(), made_by=by,
    )  # fmt: skip
    kept = sum(part.minutes for part in parts)
    if kept:
        history.record(visit, by, f"Kept {in_words.hours(kept)} of {request.service.abbreviation} for a request.")
    _keep(visit, parts, by=by)
    return visit


@transaction.atomic
def keep_again(request_id: int, *, by: User, key: Key, minutes: int) -> Visit:
    """Keep the school's own minutes for a request that is under way and has no visit to come: the pupil moved here,
    consent came again, or another visit is needed after the first. At most one visit of a request is to come."""
    lock(AdviceRequest, request_id)
    request = AdviceRequest.objects.with_names().get(pk=request_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    require(can_keep_request(by, request))
    check(rules.time_is_in_quarter_hours(minutes), rules.visit_answers_an_open_request(queries.is_under_way(request)))
    if request.visits.open().exists():
        raise Refused("Hours are kept for a visit already. Another one can follow once that has taken place.")
    hours = queries.own_hours(request.kept_by, request.service, clock.today())
    if hours is None:
        raise Refused(f"No {request.service.abbreviation} hours of {request.kept_by} are entered for this year.")
    visit = keep_for_request(request, [Share(PaidFrom.OWN, minutes, hours.account)], by=by)
    key.made(visit)
    return visit


@transaction.atomic
def add_to_visit(visit_id: int, share: Share, *, by: Any) -> Visit:
    """More minutes for a visit that is still to come: money for them was agreed."""
    visit = lock(Visit, visit_id)
    if not visit.is_open:
        raise Refused(f"This visit is {visit.get_state_display().lower()}; nothing can be added to it.")
    history.record(visit, by, f"Kept {in_words.hours(share.minutes)} more: {PaidFrom(share.rung).label}.")
    _keep(visit, [share], by=by)
    return visit


@transaction.atomic
def plan_visit(
    visit_id: int, *, by: User, seen: int | None, on: date, work: str, starts_at: time | None = None,
    specialist: User | None = None,
) -> Visit:  # fmt: skip
    """Give a visit its day, or another one. Who comes stays as it was unless somebody is named."""
    visit = lock(Visit, visit_id)
    unchanged(visit, seen)
    require(permissions.can_plan_visit(by, visit))
    if visit.request is not None:
        check(rules.visit_answers_an_open_request(queries.is_under_way(visit.request)))
    check(
        rules.visit_about_a_pupil_has_consent(queries.may_name_the_pupil(visit)),
        rules.visit_lies_ahead(on, clock.today()),
        *(rules.visit_lies_in_the_year_of_its_hours(academic_year(on), year) for year in queries.years_paying(visit)),
    )
    before = visit.on
    VISIT.move("planned", visit, on=on, work=work, starts_at=starts_at, specialist=specialist or visit.specialist)
    moved = f" (was {full_date(before)})" if before and before != on else ""
    history.record(visit, by, f"Planned {_told(visit)}{moved}.")
    subject = "A visit has another day" if moved else "A visit is planned"
    _tell(visit, by, subject, f"{capfirst(_told(visit))} at {visit.school} is planned{moved}.")
    return visit


@transaction.atomic
def take_over_visit(visit_id: int, *, by: User, specialist: User) -> Visit:
    """A colleague of the service comes instead. The caller asks who may hand it over and tells the colleague; the
    school reads it on the visit’s page."""
    visit = lock(Visit, visit_id)
    if not visit.is_open:
        raise Refused("This visit has ended.")
    if not Membership.objects.on(clock.today()).filter(user=specialist, organisation=visit.service_id).exists():
        raise Refused("Choose somebody who works in this service.", field="specialist")
    change(visit, specialist=specialist)
    history.record(visit, by, f"{specialist} comes instead: {_told(visit)}.")
    return visit


@transaction.atomic
def confirm_delivered(visit_id: int, *, by: User, seen: int | None, minutes: int) -> Visit:
    """Say that the visit happened and how long it took: what was kept goes back, what it came to is used."""
    visit = lock(Visit, visit_id)
    unchanged(visit, seen)
    require(permissions.can_confirm_delivered(by, visit))
    VISIT.require("confirmed", visit)
    check(rules.visit_has_happened(visit.on, clock.today()), rules.time_is_in_quarter_hours(minutes))
    VISIT.move("confirmed", visit, minutes_delivered=minutes)
    history.record(visit, by, f"Confirmed: {_told(visit)} took {in_words.hours(minutes)}.")
    _spend(visit, minutes, by=by)
    slots.visit_ended.follow(visit, by)
    return visit


@transaction.atomic
def cancel_visit(visit_id: int, *, by: User, seen: int | None, because: str) -> Visit:
    """Cancel a visit. Its hours go back, unless the school cancels later than the service's terms allow. Once its time
    has come it may have taken place: then only the service says that it did not."""
    visit = lock(Visit, visit_id)
    unchanged(visit, seen)
    require(permissions.can_cancel_visit(by, visit))
    VISIT.require("cancelled", visit)
    is_service = by.plays_at(SERVICE_STAFF, visit.service_id)
    check(rules.visit_that_has_begun_is_ended_by_the_service(visit.has_begun, is_service))
    charged = is_charged_if_cancelled(visit, by)
    kept = queries.minutes_kept(visit)
    VISIT.move("cancelled", visit, ended_because=because, is_charged=charged)
    after = "its hours count as used" if charged else "its hours went back"
    history.record(visit, by, f"Cancelled {_told(visit)}: {because}; {after}.")
    _tell(visit, by, "A visit is cancelled", f"{capfirst(_told(visit))} at {visit.school} is cancelled; {after}.")
    if charged:
        _spend(visit, kept, by=by)
    else:
        _give_back(visit, by=by)
    slots.visit_ended.follow(visit, by)
    return visit


def is_charged_if_cancelled(visit: Visit, by: User) -> bool:
    """Whether the hours would count as used if this person cancelled now: never when the service itself cancels."""
    if by.plays_at({Role.SERVICE_LEAD, Role.SPECIALIST}, visit.service_id):
        return False
    terms = ServicePolicy.objects.counting(visit.service, visit.on or clock.today())
    return terms.charges_late_cancelling and rules.is_late_notice(visit.begins, clock.now(), terms.notice_hours)


@transaction.atomic
def release_visits(visits: Collection[Visit], *, because: str, by: Any) -> list[Visit]:
    """End visits that may not take place any more; every hour goes back. One whose time has come may have taken place:
    it waits to be confirmed. The caller holds the pupil's lock."""
    released = []
    for visit in visits:
        visit = lock(Visit, visit.pk)
        if not visit.is_open or visit.has_begun:
            continue
        VISIT.move("cancelled", visit, ended_because=because)
        history.record(visit, by, f"The visit does not take place: {because}; its hours went back.")
        if visit.on:
            words = f"{capfirst(_told(visit))} at {visit.school} does not take place; its hours went back."
            _tell(visit, by, "A visit does not take place", words, with_link=False)
        _give_back(visit, by=by)
        released.append(visit)
    return released


def book_as_before(visit: Visit, *, because: str, by: Any) -> Visit:
    """A visit that was released in error takes place after all, as a visit of its own whose hours are kept anew: what
    the ledger says of the first stays said."""
    parts = [Share(part.rung, part.minutes, part.account, part.target_id) for part in visit.parts.all()]
    again = Visit.objects.get(pk=visit.pk)
    again.pk, again._state.adding = None, True
    again.state = VisitState.BOOKED if visit.on else VisitState.TO_PLAN
    again.ended_because, again.made_at, again.made_by = "", clock.now(), by
    again.save(force_insert=True)
    history.record(again, by, f"{because} The visit takes place after all; its hours are kept again.")
    if again.on:
        _tell(again, by, "A visit takes place after all", f"{capfirst(_told(again))} at {again.school} takes place.")
    _keep(again, parts, by=by)
    return again


def release_without_consent(consent: Consent, by: Any) -> None:
    """Consent no longer stands: what was planned with the named child does not take place. What has is confirmed by the
    school: the service reads nothing of the pupil any more."""
    mine = Visit.objects.filter(request__consent=consent, pupil__isnull=False).open().order_by("pk")
    release_visits(mine, because="consent no longer stands", by=by)
    _ask_the_school_to_confirm(mine)


def release_when_request_ends(request: AdviceRequest, by: Any) -> None:
    """A request was declined, taken back or closed: what has not happened yet does not take place."""
    ahead = Visit.objects.filter(request=request).open().not_begun().order_by("pk")
    release_visits(ahead, because="the request for advice has ended", by=by)
    if request.state == AdviceState.WITHDRAWN:
        _ask_the_school_to_confirm(Visit.objects.filter(request=request, pupil__isnull=False).open())


@transaction.atomic
def hand_over(pupil: Pupil, *, from_school: School | None, to_school: School, on: date, by: Any) -> list[str]:
    """The old school's open visits about the pupil end there; the new school plans them with its own hours."""
    mine = Visit.objects.filter(request__pupil=pupil, school=from_school).open().not_begun().order_by("pk")
    because = f"the pupil moved to another school on {full_date(on)}"
    return [
        f"{visit.service.abbreviation}, {in_words.hours(queries.minutes_kept(visit))}: kept with the hours of "
        f"{from_school}, which have gone back. To be planned again with the hours of {to_school}."
        for visit in release_visits(mine, because=because, by=by)
        if queries.minutes_kept(visit)
    ]


# --- entries, always last --------------------------------------------------------------------------------------------


def _keep(visit: Visit, shares: Sequence[Share], *, by: Any) -> None:
    locked = ledgers.lock_accounts([share.account for share in shares])
    for share in shares:
        part = VisitPart.objects.create(
            visit=visit, account=share.account, minutes=share.minutes, rung=share.rung, target_id=share.target_id
        )
        has = in_words.hours(locked[share.account.pk].balance)
        not_enough = (
            f"{share.account.name}: {has} left, and this needs {in_words.hours(share.minutes)}. "
            "Book less, or ask for advice with a request: its last page says who else may pay."
        )
        _post(part, EntryKind.RESERVED, share.minutes, by=by, overdrawn=not_enough)


def _give_back(visit: Visit, *, by: Any) -> None:
    parts = list(visit.parts.select_related("account"))
    ledgers.lock_accounts([part.account for part in parts])
    for part in parts:
        _post(part, EntryKind.RELEASED, part.minutes, by=by)


def _spend(visit: Visit, minutes: int, *, by: Any) -> None:
    """Give back all that was kept, then take what it came to."""
    parts = list(visit.parts.select_related("account"))
    _give_back(visit, by=by)
    not_enough = "There is not enough left for more than was kept. Enter what was kept, and agree the rest first."
    for part, used in zip(parts, rules.shares(minutes, [part.minutes for part in parts]), strict=True):
        if used:
            _post(part, EntryKind.SPENT, used, by=by, overdrawn=not_enough)


def _post(part: VisitPart, kind: str, minutes: int, *, by: Any, overdrawn: str = "") -> None:
    ledgers.post(
        part.account, kind, minutes, cause=part, by=by, pupil_id=part.visit.pupil_id, target_id=part.target_id,
        overdrawn=overdrawn,
    )  # fmt: skip


# --- words -----------------------------------------------------------------------------------------------------------


def _told(visit: Visit) -> str:
    """ "planning meeting by SEMHL on 12 January 2027"."""
    work = Work(visit.work).label.lower()
    day = f" on {full_date(visit.on)}" if visit.on else ""
    return f"{work} by {visit.service.abbreviation}{day}"


def _ask_the_school_to_confirm(visits: Iterable[Visit]) -> None:
    """Write of visits that may have taken place to the SENCOs of the school, where the service cannot open them."""
    here = Membership.objects.on(clock.today()).playing(Role.SENCO).select_related("user")
    for visit in visits:
        for user in {one.user for one in here.filter(organisation=visit.school_id)} if visit.has_begun else ():
            mail.write(
                to=user, subject="Please confirm a visit that has taken place", path=visit.get_absolute_url(),
                body=f"{visit.service} reads nothing of this record any more, so the school says how long its visit "
                f"on {full_date(visit.on)} took. Only then do the hours count as used.",
                pupil_id=visit.pupil_id,
            )  # fmt: skip


def _tell(visit: Visit, by: Any, subject: str, body: str, *, with_link: bool = True) -> None:
    """Write to the school's SENCOs and to the service: its specialist for this visit, else its leads."""
    here = Membership.objects.on(clock.today())
    users = {m.user for m in here.playing(Role.SENCO).filter(organisation=visit.school_id).select_related("user")}
    if visit.specialist:
        users.add(visit.specialist)
    else:
        leads = here.playing(Role.SERVICE_LEAD).filter(organisation=visit.service_id).select_related("user")
        users |= {m.user for m in leads}
    for user in sorted(users - {by}, key=lambda one: one.pk):
        path = visit.get_absolute_url() if with_link else ""
        mail.write(to=user, subject=subject, body=body, path=path, pupil_id=visit.pupil_id)

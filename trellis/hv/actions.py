"""What people do in the Highly Vulnerable framework: a school proposes, the panel decides, hours and money are given,
reviewed and ended."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.locks import change, lock, unchanged
from trellis.conduct.refusals import Refused, require
from trellis.conduct.rules import check
from trellis.cycles.queries import story_of
from trellis.design.in_words import full_date, pounds
from trellis.history import actions as history
from trellis.hours.actions import release_visits
from trellis.hours.models import Visit
from trellis.hv import letters, permissions, queries, rules, slots
from trellis.hv.models import DecisionKind, EndedBecause, HvCase, HvDecision, HvPolicy, HvSpend, HvState
from trellis.hv.rules import CASE
from trellis.ledgers import actions as ledgers
from trellis.ledgers.models import Account, EntryKind, Unit
from trellis.ledgers.queries import sums_by_kind
from trellis.organisations.models import School, SpecialistService
from trellis.people.models import User
from trellis.peps.queries import current_pep
from trellis.pupils.models import Pupil

OPEN_ALREADY = "A case is open for this child already. Open it, and add there what is new."
Present = Sequence[tuple[str, str]]  # (role on the panel, name)


@dataclass(frozen=True)
class Award:
    """What is given: minutes of a service (None: outreach of the Virtual School), pence, up to which last day."""

    minutes: int = 0
    pence: int = 0
    service: SpecialistService | None = None
    money_for: str = ""
    until: date | None = None


# --- the school proposes ---------------------------------------------------------------------------------------------


@transaction.atomic
def ask_hv(
    pupil_id: int, *, by: User, key: Key, criterion: str, evidence: str, own_hours: str, pp_plus: str, consent: str,
    sustain: str, asked_minutes: int = 0, asked_service: SpecialistService | None = None, asked_pence: int = 0,
    asked_money_for: str = "",
) -> HvCase:  # fmt: skip
    """Propose a child to the panel of the authority that looks after them. Cycle and PEP are attached as they stand."""
    pupil = lock(Pupil, pupil_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    place, virtual_school = queries.place_today(pupil), queries.virtual_school_for(pupil, clock.today())
    if place is None:
        raise Refused(f"{pupil.first_name} has no school place today. Record it first: a school proposes a case.")
    require(permissions.can_ask_hv(by, pupil, place.school_id))
    if virtual_school is None:
        raise Refused(rules.is_looked_after_here.sentence)
    if HvCase.objects.filter(pupil=pupil).open().exists():
        raise Refused(OPEN_ALREADY)
    policy = HvPolicy.objects.counting(virtual_school, clock.today())
    check(
        rules.criterion_is_in_the_policy(criterion, {row["code"] for row in policy.criteria}),
        rules.something_is_asked(asked_minutes, asked_pence),
        rules.money_says_what_for(asked_pence, asked_money_for),
    )
    story, pep, own_hours_then = story_of(pupil), current_pep(pupil), queries.own_hours_of(place.school)
    due = queries.decide_by(policy, virtual_school, clock.today())
    case = HvCase.objects.create(
        pupil=pupil, written_for=place.school, kept_by=place.school, virtual_school=virtual_school,
        policy=policy if policy.pk else None, criterion=criterion,
        criterion_words=policy.criterion_in_words(criterion), evidence=evidence, own_hours=own_hours,
        own_hours_shown=own_hours_then.words, own_hours_were_used=own_hours_then.are_used, pp_plus=pp_plus,
        pp_plus_shown=queries.pp_plus_in_words(pupil), consent=consent,
        consent_shown=queries.consent_in_words(pupil), sustain=sustain, asked_minutes=asked_minutes,
        asked_service=asked_service, asked_pence=asked_pence, asked_money_for=asked_money_for,
        story=story.as_dict() if story else None, pep=pep, pep_words=queries.pep_in_words(pep),
        pep_was_begun=queries.is_begun(pep), consent_stood=queries.consent_stands(pupil), proposed_by=by,
        proposed_at=clock.now(), on_behalf=not by.plays_at(permissions.PROPOSERS, place.school_id),
        decide_by=due.day, decide_because=due.because,
    )  # fmt: skip
    key.made(case)
    behalf = f" on behalf of {place.school}" if case.on_behalf else ""
    history.record(case, by, f"Proposed to the panel of the Highly Vulnerable framework{behalf}.")
    letters.to_the_heads(case, letters.PROPOSED)
    return case


@transaction.atomic
def answer_hv(case_id: int, *, by: User, seen: int | None, more_answered: str) -> HvCase:
    """Answer what the panel asked; the case waits for the panel again, with a new day to decide by."""
    case = lock(HvCase, case_id)
    unchanged(case, seen)
    require(permissions.can_answer_hv(by, case))
    due = queries.decide_by(case.policy_counting, case.virtual_school, clock.today())
    CASE.move(
        "sent to the panel again", case, more_answered=more_answered, decide_by=due.day, decide_because=due.because
    )
    history.record(case, by, "Answered what the panel asked.", written_for=case.kept_by)
    letters.to_the_heads(case, letters.ANSWERED)
    return case


@transaction.atomic
def withdraw_hv(case_id: int, *, by: User, seen: int | None) -> HvCase:
    """Take the proposal back before it is decided. It stays in the record."""
    case = lock(HvCase, case_id)
    unchanged(case, seen)
    require(permissions.can_answer_hv(by, case))
    CASE.move("taken back", case)
    history.record(case, by, "Took the proposal back.", written_for=case.kept_by)
    return case


# --- the panel decides -----------------------------------------------------------------------------------------------


@transaction.atomic
def decide_hv(
    case_id: int, *, by: User, seen: int | None, decision: str, reason: str, present: Present = (),
    award: Award | None = None, next_route: str = "", next_route_words: str = "",
) -> HvCase:  # fmt: skip
    """Enter what was decided: awarded, refused, or more asked by the panel; or awarded urgently by the Virtual School
    head alone, which the panel confirms afterwards. An award posts its hours and money at once."""
    case = lock(HvCase, case_id)
    unchanged(case, seen)
    require(permissions.can_decide_hv(by, case))
    kind = DecisionKind(decision)
    if kind != DecisionKind.AWARDED_URGENTLY:
        check(rules.panel_has_its_quorum(present, case.policy_counting.quorum))
    made = _Decided(kind, reason, present)
    match kind:
        case DecisionKind.AWARDED | DecisionKind.AWARDED_URGENTLY:
            _award(case, made, award or Award(), by)
        case DecisionKind.REFUSED:
            _refuse(case, made, next_route, next_route_words, by)
        case DecisionKind.MORE_ASKED:
            CASE.move("sent back with a question", case, more_asked=reason, more_answered="")
            _keep(case, made, by, "The panel asked the school for more.")
            letters.to_the_school(case, letters.MORE_ASKED)
        case _:
            raise Refused("Choose what was decided: award, refuse, or ask for more.", field="decision")
    return case


@dataclass(frozen=True)
class _Decided:
    kind: DecisionKind
    reason: str
    present: Present = field(default=())


def _award(case: HvCase, made: _Decided, award: Award, by: User) -> None:
    policy, today = case.policy_counting, clock.today()
    until = award.until or today + timedelta(weeks=policy.default_weeks)
    check(
        rules.award_gives_something(award.minutes, award.pence),
        rules.award_is_within_the_cap(award.minutes, policy.cap_minutes),
        rules.money_says_what_for(award.pence, award.money_for),
        rules.award_ends_after_it_begins(today, until),
    )
    CASE.require("awarded", case)
    CASE.move(
        "awarded", case, awaits_panel=made.kind == DecisionKind.AWARDED_URGENTLY, service=award.service,
        awarded_from=today, awarded_until=until, money_for=award.money_for,
        hours_account=_account(case, Unit.MINUTES) if award.minutes else None,
        money_account=_account(case, Unit.PENCE) if award.pence else None,
    )  # fmt: skip
    if case.awaits_panel:
        due = queries.decide_by(policy, case.virtual_school, today)
        change(case, decide_by=due.day, decide_because=due.because)
    who = "Awarded urgently by the Virtual School head" if case.awaits_panel else "The panel awarded"
    told = f"{who}: {queries.given_in_words(case, award.minutes, award.pence)}, until {full_date(until)}."
    _keep(case, made, by, told, minutes=award.minutes, pence=award.pence, until=until)
    letters.to_the_school(case, letters.AWARDED)
    for account, amount in ((case.hours_account, award.minutes), (case.money_account, award.pence)):
        if account is not None:
            ledgers.post(account, EntryKind.ALLOCATED, amount, cause=case, by=by, pupil_id=case.pupil_id)
    slots.awarded.follow(case, by)


def _refuse(case: HvCase, made: _Decided, route: str, words: str, by: User) -> None:
    check(rules.refusal_names_the_next_route(route), rules.refusal_says_how_to_go_on(words))
    CASE.move("refused", case)
    decision = _keep(case, made, by, "The panel refused.", next_route=route, next_route_words=words)
    history.record(decision, by, f"Next route: {decision.get_next_route_display()}.", state=case.state)
    letters.to_the_school(case, letters.REFUSED)


@transaction.atomic
def confirm_hv(
    case_id: int, *, by: User, seen: int | None, reason: str, present: Present, minutes_left: int | None = None,
    pence_left: int | None = None, until: date | None = None,
) -> HvCase:  # fmt: skip
    """The panel confirms what was awarded urgently, or changes it for the future: what is left from now on, and until
    when. What was used stays used."""
    case = lock(HvCase, case_id)
    unchanged(case, seen)
    require(permissions.can_decide_hv(by, case))
    check(rules.panel_has_its_quorum(present, case.policy_counting.quorum))
    if not case.awaits_panel:
        raise Refused("The panel has confirmed this award already, or decided it itself.")
    more_minutes = _difference(case.hours_account, minutes_left)
    more_pence = _difference(case.money_account, pence_left)
    until = until or case.awarded_until
    is_changed = bool(more_minutes or more_pence) or until != case.awarded_until
    check(
        rules.award_is_within_the_cap(_given(case.hours_account) + more_minutes, case.policy_counting.cap_minutes),
        rules.award_ends_after_it_begins(case.awarded_from, until),
    )
    made = _Decided(DecisionKind.CHANGED if is_changed else DecisionKind.CONFIRMED, reason, present)
    CASE.move(str(made.kind), case, awaits_panel=False, awarded_until=until)
    told = "The panel changed the urgent award from now on." if is_changed else "The panel confirmed the urgent award."
    decision = _keep(case, made, by, told, minutes=more_minutes, pence=more_pence, until=until)
    letters.to_the_school(case, letters.CONFIRMED)
    _post_difference(case.hours_account, more_minutes, decision, by)
    _post_difference(case.money_account, more_pence, decision, by)
    if more_minutes > 0:
        slots.awarded.follow(case, by)
    return case


# --- reviewed, extended, ended ---------------------------------------------------------------------------------------


@transaction.atomic
def extend_hv(case_id: int, *, by: User, seen: int | None, until: date, reason: str) -> HvCase:
    """Give more time, once, without a new panel. Hours and money stay what they are."""
    case = lock(HvCase, case_id)
    unchanged(case, seen)
    require(permissions.can_decide_hv(by, case))
    CASE.require("extended", case)
    check(rules.is_extended_once(case.extended_on), rules.extension_goes_further(case.awarded_until, until))
    CASE.move("extended", case, extended_on=clock.today(), awarded_until=until)
    made = _Decided(DecisionKind.EXTENDED, reason)
    _keep(case, made, by, f"Extended until {full_date(until)}.", until=until)
    letters.to_the_school(case, letters.EXTENDED)
    return case


@transaction.atomic
def go_on_hv(case_id: int, *, by: User, seen: int | None, reason: str) -> HvCase:
    """After a move the Virtual School head looks again, and the award goes on at the new school."""
    case = lock(HvCase, case_id)
    unchanged(case, seen)
    require(permissions.can_decide_hv(by, case))
    CASE.move("carried on", case, look_again_since=None)
    made = _Decided(DecisionKind.GOES_ON, reason)
    _keep(case, made, by, f"Looked at again after the move: it goes on at {case.kept_by}.")
    letters.to_the_school(case, letters.GOES_ON)
    return case


@transaction.atomic
def spend_hv_money(case_id: int, *, by: User, key: Key, pence: int, what_for: str, spent_on: date) -> HvSpend:
    """Enter that money of the award was spent, and on what. Never more than there is."""
    case = lock(HvCase, case_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    require(permissions.can_end_hv(by, case))
    CASE.require("spent from", case)
    if case.money_account is None:
        raise Refused("No money was awarded in this case.")
    check(rules.was_spent_during_the_award(spent_on, case.awarded_from, clock.today()))
    spend = HvSpend.objects.create(
        case=case, pupil_id=case.pupil_id, written_for=case.virtual_school, pence=pence, what_for=what_for,
        spent_on=spent_on, at=clock.now(), by=by,
    )  # fmt: skip
    key.made(spend)
    history.record(case, by, f"Spent {pounds(pence)} of the award.", written_for=case.virtual_school)
    ledgers.post(
        case.money_account, EntryKind.SPENT, pence, cause=spend, by=by, pupil_id=case.pupil_id,
        overdrawn=f"Only {pounds(case.money_account.balance)} of the award is left.",
    )  # fmt: skip
    return spend


@transaction.atomic
def end_hv(
    case_id: int, *, by: User, seen: int | None, because: str, before: str, after: str, place_kept: bool,
    stays_in_plan: str,
) -> HvCase:  # fmt: skip
    """End the award with what it changed. What is left of hours and money goes back to the Virtual School."""
    case = lock(HvCase, case_id)
    unchanged(case, seen)
    require(permissions.can_end_hv(by, case))
    CASE.require("ended", case)
    check(rules.nothing_is_booked_from_it(len(_visits_booked_from(case))))
    CASE.move(
        "ended", case, ended_on=clock.today(), ended_because=because, before=before, after=after,
        place_kept=place_kept, stays_in_plan=stays_in_plan, awaits_panel=False, look_again_since=None,
    )  # fmt: skip
    _tell_the_end(case, by)
    return case


@transaction.atomic
def end_when_care_ended(pupil: Pupil, by: Any) -> None:
    """Follows a change of care: a child whom another authority looks after, or none, leaves this framework."""
    case_id = HvCase.objects.filter(pupil=pupil).open().values_list("pk", flat=True).first()
    if case_id is None:
        return
    case = lock(HvCase, case_id)
    if queries.virtual_school_for(pupil, clock.today()) == case.virtual_school:
        return
    release_visits(_visits_booked_from(case), because="the child left this authority’s care", by=by)
    CASE.move(
        "closed because care ended", case, ended_on=clock.today(), ended_because=EndedBecause.LEFT_CARE,
        awaits_panel=False, look_again_since=None,
    )  # fmt: skip
    _tell_the_end(case, by)


def return_what_a_visit_left(visit: Visit, by: Any) -> None:
    """A visit that had begun when its award ended is known now: what it did not take goes back after all. Fills
    ``hours.slots.visit_ended``."""
    ended = HvCase.objects.filter(state=HvState.ENDED, hours_account__in=visit.parts.values("account"))
    for case in ended.select_related("hours_account"):
        assert case.hours_account is not None
        account = ledgers.lock_accounts([case.hours_account])[case.hours_account.pk]
        if account.balance:
            ledgers.post(account, EntryKind.RETURNED, account.balance, cause=visit, by=by, pupil_id=case.pupil_id)


def _tell_the_end(case: HvCase, by: Any) -> None:
    history.record(
        case, by, f"The case ended: {case.get_ended_because_display().lower()}.", written_for=case.virtual_school
    )
    letters.to_the_school(case, letters.ENDED)
    locked = ledgers.lock_accounts([account for account in (case.hours_account, case.money_account) if account])
    for account in locked.values():
        if account.balance:
            ledgers.post(account, EntryKind.RETURNED, account.balance, cause=case, by=by, pupil_id=case.pupil_id)


@transaction.atomic
def hand_over(pupil: Pupil, *, from_school: School | None, to_school: School, on: date, by: Any) -> list[str]:
    """Carry the open case to the new school. An award is looked at again by the Virtual School head."""
    case_id = HvCase.objects.filter(pupil=pupil).open().exclude(kept_by=to_school).values_list("pk", flat=True).first()
    if case_id is None:
        return []
    case = lock(HvCase, case_id)
    change(case, kept_by=to_school, look_again_since=on if case.state == HvState.AWARDED else None)
    history.record(case, by, f"The case went along to {to_school}.", written_for=to_school)
    if case.state != HvState.AWARDED:
        return [f"A case of the Highly Vulnerable framework: {case.get_state_display().lower()}"]
    letters.to_the_heads(case, letters.LOOK_AGAIN)
    left = queries.given_in_words(
        case, case.hours_account.balance if case.hours_account else 0,
        case.money_account.balance if case.money_account else 0,
    )  # fmt: skip
    return [
        f"The award of the Highly Vulnerable framework: {left or 'nothing'} left until "
        f"{full_date(case.awarded_until)}. The Virtual School head decides whether it goes on"
    ]


# --- how it is kept --------------------------------------------------------------------------------------------------


def _keep(case: HvCase, made: _Decided, by: User, told: str, **fields: Any) -> HvDecision:
    decision = HvDecision.objects.create(
        case=case, pupil_id=case.pupil_id, written_for=case.virtual_school, kind=made.kind, reason=made.reason,
        present=[[role, name.strip()] for role, name in made.present if name.strip()], at=clock.now(), by=by, **fields,
    )  # fmt: skip
    history.record(case, by, told, written_for=case.virtual_school)
    return decision


def _visits_booked_from(case: HvCase) -> list[Visit]:
    """Visits of a service that these hours pay for, not delivered yet."""
    if case.hours_account_id is None:
        return []
    return list(Visit.objects.open().filter(parts__account=case.hours_account_id).order_by("pk").distinct())


def _account(case: HvCase, unit: str) -> Account:
    what = "hours" if unit == Unit.MINUTES else "money"
    return ledgers.open_account(
        organisation=case.virtual_school, unit=unit, name=f"Highly Vulnerable framework, {what} of case {case.pk}"
    )


def _difference(account: Account | None, left: int | None) -> int:
    """How much more, or less, there will be. The account stays locked until the action ends."""
    if account is None or left is None:
        return 0
    return left - ledgers.lock_accounts([account])[account.pk].balance


def _given(account: Account | None) -> int:
    """What was given so far, less what was returned."""
    if account is None:
        return 0
    sums = sums_by_kind(account)
    return sums.get(EntryKind.ALLOCATED, 0) + sums.get(EntryKind.RETURNED, 0)


def _post_difference(account: Account | None, amount: int, decision: HvDecision, by: User) -> None:
    if account is not None and amount:
        kind = EntryKind.ALLOCATED if amount > 0 else EntryKind.RETURNED
        ledgers.post(account, kind, abs(amount), cause=decision, by=by, pupil_id=decision.pupil_id)

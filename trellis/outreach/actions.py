"""What people do in emergency outreach: a school asks, the Virtual School answers the same working day, comes, plans
with the school, reviews, and closes with what changed."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q

from trellis.calendar.rules import add_working_days
from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.locks import change, lock, unchanged
from trellis.conduct.refusals import Refused, require
from trellis.conduct.rules import check
from trellis.design.in_words import full_date, hours
from trellis.history import actions as history
from trellis.hv.models import HvCase
from trellis.hv.queries import standing_award, virtual_school_for
from trellis.ledgers import actions as ledgers
from trellis.ledgers.models import Entry, EntryKind
from trellis.organisations.models import School
from trellis.outreach import letters, permissions, queries, rules
from trellis.outreach.models import (
    OPEN_STATES,
    ClosedBecause,
    ContactCovered,
    ContactStruck,
    OutcomeLook,
    OutreachCase,
    OutreachContact,
    OutreachPolicy,
    OutreachReview,
    OutreachState,
    ReviewDecision,
)
from trellis.outreach.rules import OUTREACH
from trellis.people.models import User
from trellis.people.roles import SCHOOL_LEADS
from trellis.pupils.models import Pupil

OPEN_ALREADY = "Outreach is open for this child already. Open it, and say there what is new."

# --- asked and answered ----------------------------------------------------------------------------------------------


@transaction.atomic
def raise_outreach(
    pupil_id: int, *, by: User, key: Key, happened: str, tried: str, needed: str, at_risk_this_week: bool,
    trigger: str = "",
) -> OutreachCase:  # fmt: skip
    """Ask for outreach, for the school where the child is. The outreach teachers have an e-mail at once."""
    pupil = lock(Pupil, pupil_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    place, virtual_school = queries.place_today(pupil), virtual_school_for(pupil, clock.today())
    require(permissions.can_raise_outreach(by, pupil, place.school_id if place else None))
    if place is None:
        raise Refused(f"{pupil.first_name} has no school place today. Outreach comes to a school: record it first.")
    check(rules.is_looked_after_here(virtual_school.pk if virtual_school else None))
    assert virtual_school is not None
    if OutreachCase.objects.filter(pupil=pupil).open().exists():
        raise Refused(OPEN_ALREADY)
    policy, now = OutreachPolicy.objects.counting(virtual_school, clock.today()), clock.now()
    case = OutreachCase.objects.create(
        pupil=pupil, written_for=place.school, kept_by=place.school, virtual_school=virtual_school,
        policy=policy if policy.pk else None, happened=happened, tried=tried, needed=needed,
        at_risk_this_week=at_risk_this_week, trigger=trigger, raised_by=by, raised_at=now,
        by_virtual_school=not by.plays_at(SCHOOL_LEADS, place.school_id),
        answer_due_at=rules.answer_due(now, policy.answers_until),
    )  # fmt: skip
    key.made(case)
    history.record(case, by, f"Asked for emergency outreach{' for the school' if case.by_virtual_school else ''}.")
    letters.to_outreach(case, letters.RAISED)
    return case


@transaction.atomic
def accept_outreach(case_id: int, *, by: User, seen: int | None, answer: str = "") -> OutreachCase:
    """Take the case on; the first contact is due within the policy's working days."""
    case = lock(OutreachCase, case_id)
    unchanged(case, seen)
    require(permissions.can_give_outreach(by, case))
    OUTREACH.move(
        "accepted", case, answered_at=clock.now(), answered_by=by, answer=answer, taken_by=by,
        contact_by=rules.contact_due(clock.today(), case.policy_counting.contact_working_days),
    )  # fmt: skip
    _told(case, by, f"Accepted; first contact by {full_date(case.contact_by)}.")
    letters.to_the_school(case, letters.ACCEPTED)
    return case


@transaction.atomic
def take_over_outreach(case_id: int, *, by: User, taken_by: User) -> OutreachCase:
    """A colleague of the Virtual School gives this outreach from now on. The caller asks who may hand it over and
    tells the colleague."""
    case = lock(OutreachCase, case_id)
    if case.state not in OPEN_STATES:
        raise Refused("This outreach has ended.")
    require(permissions.can_give_outreach(taken_by, case))
    change(case, taken_by=taken_by)
    _told(case, by, f"{taken_by} takes it over.")
    return case


@transaction.atomic
def redirect_outreach(case_id: int, *, by: User, seen: int | None, instead: str, answer: str) -> OutreachCase:
    """Outreach is not the right way: say which is, and why."""
    case = lock(OutreachCase, case_id)
    unchanged(case, seen)
    require(permissions.can_give_outreach(by, case))
    check(rules.redirection_names_the_way(instead), rules.redirection_says_why(answer))
    OUTREACH.move("redirected", case, answered_at=clock.now(), answered_by=by, answer=answer, instead=instead)
    _told(case, by, f"Named another way: {case.get_instead_display()}.")
    letters.to_the_school(case, letters.REDIRECTED)
    return case


@transaction.atomic
def take_back_outreach(case_id: int, *, by: User, seen: int | None) -> OutreachCase:
    """The school no longer asks; nobody has answered yet."""
    case = lock(OutreachCase, case_id)
    unchanged(case, seen)
    require(permissions.can_take_back(by, case))
    OUTREACH.move("taken back", case)
    history.record(case, by, "Took the request for outreach back.", written_for=case.kept_by)
    return case


# --- contacts, plan, review ------------------------------------------------------------------------------------------


@transaction.atomic
def keep_contact(
    case_id: int, *, by: User, key: Key, on: date, with_whom: str, how: str, minutes: int, done: str
) -> OutreachContact:
    """Write down a contact. The first ends the wait; its time is taken from the hours awarded, as far as they go."""
    case = lock(OutreachCase, case_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    require(permissions.can_give_outreach(by, case))
    if not case.is_taken_on:
        raise Refused("Contacts are kept while outreach is under way. Accept it first, or open the one that runs now.")
    check(
        rules.contact_has_happened(on, clock.today()),
        rules.contact_comes_after_asking(on, case.raised_at.astimezone(clock.LONDON).date()),
    )
    contact = OutreachContact.objects.create(
        case=case, pupil_id=case.pupil_id, written_for=case.virtual_school, on=on, with_whom=with_whom, how=how,
        minutes=minutes, done=done, kept_by=by, kept_at=clock.now(),
    )  # fmt: skip
    key.made(contact)
    if case.state == OutreachState.ACCEPTED:
        plan_by = add_working_days(on, case.policy_counting.plan_working_days)
        OUTREACH.move("met for the first time", case, first_contact_on=on, plan_by=plan_by)
    _told(case, by, f"{contact.get_how_display()}, {hours(minutes)}.")
    cover_contacts(case.pupil, by)
    return contact


@transaction.atomic
def strike_contact(contact_id: int, *, by: User, because: str) -> OutreachContact:
    """A contact was written down wrongly: it counts no more, and its time goes back to the award that paid for it.
    Struck before, stays as it was struck."""
    contact = OutreachContact.objects.select_related("pupil").get(pk=contact_id)
    case = lock(OutreachCase, contact.case_id)  # a contact itself is never changed, so it cannot be locked
    require(permissions.can_give_outreach(by, case))
    if ContactStruck.objects.filter(contact=contact).exists():
        return contact
    ContactStruck.objects.create(
        contact=contact, pupil_id=contact.pupil_id, written_for=case.virtual_school, because=because,
        at=clock.now(), by=by,
    )  # fmt: skip
    _told(case, by, f"Struck out a contact of {full_date(contact.on)}: {because}")
    _give_back(contact, by)
    cover_contacts(contact.pupil, by)
    return contact


@transaction.atomic
def agree_outreach_plan(
    case_id: int, *, by: User, seen: int | None, plan: str, plan_agreed_with: str, review_on: date
) -> OutreachCase:
    """Agree with the school what outreach does, what the school does, and when both look at it again."""
    case = lock(OutreachCase, case_id)
    unchanged(case, seen)
    require(permissions.can_give_outreach(by, case))
    OUTREACH.require("planned", case)
    check(rules.review_comes_soon(review_on, clock.today(), case.policy_counting.review_weeks))
    OUTREACH.move(
        "planned", case, plan=plan, plan_agreed_with=plan_agreed_with, plan_agreed_on=clock.today(), review_on=review_on
    )
    _told(case, by, f"Agreed the outreach plan; review on {full_date(review_on)}.")
    return case


@transaction.atomic
def review_outreach(
    case_id: int, *, by: User, key: Key, held_on: date, found: str, decision: str, review_on: date
) -> OutreachReview:
    """Write down the review with the school: go on as now, or step down. Closing has its own page."""
    case = lock(OutreachCase, case_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    require(permissions.can_give_outreach(by, case))
    verb = "stepped down" if decision == ReviewDecision.STEP_DOWN else "extended"
    OUTREACH.require(verb, case)
    check(
        rules.review_was_held(held_on, clock.today()),
        rules.review_comes_soon(review_on, clock.today(), case.policy_counting.review_weeks),
    )
    OUTREACH.move(verb, case, review_on=review_on)
    review = OutreachReview.objects.create(
        case=case, pupil_id=case.pupil_id, written_for=case.virtual_school, held_on=held_on, found=found,
        decision=decision, next_on=review_on, by=by,
    )  # fmt: skip
    key.made(review)
    _told(case, by, f"Reviewed outreach: {review.get_decision_display().lower()}; again on {full_date(review_on)}.")
    return review


# --- closed, and looked at again -------------------------------------------------------------------------------------


@transaction.atomic
def close_outreach(
    case_id: int, *, by: User, seen: int | None, because: str, place_kept: bool, before: str, after: str, goes_on: str
) -> OutreachCase:
    """Close with what changed. Some weeks later somebody looks whether it held."""
    case = lock(OutreachCase, case_id)
    unchanged(case, seen)
    require(permissions.can_give_outreach(by, case))
    OUTREACH.move(
        "closed", case, closed_on=clock.today(), closed_because=because, place_kept=place_kept, before=before,
        after=after, goes_on=goes_on,
    )  # fmt: skip
    for weeks, due_on in rules.looks_due(clock.today(), case.policy_counting.outcome_weeks):
        OutcomeLook.objects.create(
            case=case, pupil_id=case.pupil_id, written_for=case.virtual_school, weeks=weeks, due_on=due_on
        )
    kept = "the school place was kept" if place_kept else "the school place was not kept"
    _told(case, by, f"Closed outreach: {kept}.")
    letters.to_the_school(case, letters.CLOSED)
    return case


@transaction.atomic
def look_at_outcome(
    look_id: int, *, by: User, seen: int | None, on_roll: bool, days_lost: Any, words: str
) -> OutcomeLook:
    """Say what became of it. What was said before may be corrected; history keeps both."""
    look = lock(OutcomeLook, look_id)
    unchanged(look, seen)
    require(permissions.can_give_outreach(by, look.case))
    if look.due_on > clock.today():
        raise Refused(f"This look is due on {full_date(look.due_on)}. Come back on that day, or later.")
    change(look, on_roll=on_roll, days_lost=days_lost, words=words, looked_on=clock.today(), looked_by=by)
    roll = "still on the roll" if on_roll else "no longer on the roll"
    history.record(look, by, f"{look.weeks} weeks after outreach: {roll}, {days_lost} days lost.")
    return look


@transaction.atomic
def close_when_care_ended(pupil: Pupil, by: Any) -> None:
    """Follows a change of care: outreach of this Virtual School closes when another authority looks after the child,
    or none does."""
    case_id = OutreachCase.objects.filter(pupil=pupil).open().values_list("pk", flat=True).first()
    if case_id is None:
        return
    case = lock(OutreachCase, case_id)
    if virtual_school_for(pupil, clock.today()) == case.virtual_school:
        return
    OUTREACH.move("closed because care ended", case, closed_on=clock.today(), closed_because=ClosedBecause.LEFT_CARE)
    _told(case, by, "Outreach closed, because the child is no longer looked after by this authority.")
    letters.to_the_school(case, letters.CLOSED)


@transaction.atomic
def hand_over(pupil: Pupil, *, from_school: School | None, to_school: School, on: date, by: Any) -> list[str]:
    """Outreach goes on at the new school."""
    cases = OutreachCase.objects.filter(pupil=pupil).open().exclude(kept_by=to_school)
    case_id = cases.values_list("pk", flat=True).first()
    if case_id is None:
        return []
    case = lock(OutreachCase, case_id)
    change(case, kept_by=to_school)
    history.record(case, by, f"Outreach goes on at {to_school}.", written_for=to_school)
    letters.to_outreach(case, letters.MOVED)
    return [f"Emergency outreach: {case.get_state_display().lower()}"]


# --- the hours it takes ----------------------------------------------------------------------------------------------


def cover_award(award: HvCase, by: Any) -> None:
    """Follows an award of the Highly Vulnerable framework: contacts kept before it arrived are taken from it."""
    cover_contacts(award.pupil, by)


def cover_contacts(pupil: Pupil, by: Any) -> None:
    """Take the time of contacts from the standing award, the earliest first, as far as it goes. What is more is shown
    as not covered, and covered when more is awarded. The caller holds the pupil's lock."""
    award = standing_award(pupil)
    if award is None or not award.gives_outreach or award.hours_account is None:
        return
    account = ledgers.lock_accounts([award.hours_account])[award.hours_account.pk]
    left = account.balance
    ours = Q(case__state__in=OPEN_STATES) | Q(on__gte=award.awarded_from)
    contacts = OutreachContact.objects.counting().of_child(pupil.pk).filter(ours, on__lte=award.awarded_until)
    for contact in contacts.with_covered():
        minutes = min(contact.minutes_not_covered, left)
        if minutes > 0:
            covered = ContactCovered.objects.create(
                contact=contact, pupil=pupil, written_for=award.virtual_school, minutes=minutes, at=clock.now()
            )
            ledgers.post(
                account, EntryKind.SPENT, minutes, cause=covered, by=by, pupil_id=pupil.pk,
                note=f"Outreach, {contact.get_how_display().lower()} on {full_date(contact.on)}",
            )  # fmt: skip
            left -= minutes


def _give_back(contact: OutreachContact, by: User) -> None:
    """Return the time of a contact to the award that stands; what came of an award that has ended stays as it was."""
    award = standing_award(contact.pupil)
    if award is None or award.hours_account is None:
        return
    account = ledgers.lock_accounts([award.hours_account])[award.hours_account.pk]
    paid = Entry.objects.filter(account=account, kind=EntryKind.SPENT, cause_kind=ContactCovered._meta.label_lower)
    for covered in ContactCovered.objects.filter(contact=contact, pk__in=paid.values("cause_id")):
        ledgers.post(
            account, EntryKind.RELEASED, covered.minutes, cause=covered, by=by, pupil_id=contact.pupil_id,
            note="A contact was struck out",
        )  # fmt: skip


def _told(case: OutreachCase, by: Any, sentence: str) -> None:
    history.record(case, by, sentence, written_for=case.virtual_school)

"""Asking for consent, and writing down what was answered."""

from datetime import date, timedelta
from typing import Any

from django.db import transaction

from trellis.calendar.rules import add_working_days
from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.locks import change, lock, unchanged
from trellis.conduct.refusals import Refused, require
from trellis.conduct.rules import check
from trellis.consents import permissions, queries, rules, slots
from trellis.consents.models import (
    DEFAULT_SHARES,
    Capacity,
    Consent,
    ConsentPolicy,
    ConsentState,
    HowAnswered,
)
from trellis.consents.queries import Candidate
from trellis.consents.rules import CONSENT
from trellis.design.in_words import full_date
from trellis.history import actions as history
from trellis.links import actions as links
from trellis.mail import actions as mail
from trellis.organisations.models import School, SpecialistService
from trellis.people.models import User
from trellis.people.roles import Role
from trellis.pupils.models import Pupil, SchoolPlace

PURPOSE = "consent"  # of the personal link

# --- ask -------------------------------------------------------------------------------------------------------------


@transaction.atomic
def ask_consent(
    pupil_id: int, *, by: User, key: Key, service: SpecialistService, purpose: str, asked_of: str,
    delegation_covers: bool = False, by_link: bool = True, shares: str = DEFAULT_SHARES,
) -> Consent:  # fmt: skip
    """Ask somebody who may agree for this child: by personal link, or by whoever asks themselves (``by_link`` False).
    ``asked_of`` is the reference of one of ``queries.who_can_agree``."""
    pupil = lock(Pupil, pupil_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    require(permissions.can_ask_consent(by, pupil))
    chosen = _chosen(pupil, asked_of, by=by, by_link=by_link, delegation_covers=delegation_covers)
    _make_room(pupil, service, by)
    consent = _ask(pupil, chosen, by=by, service=service, purpose=purpose, shares=shares)
    key.made(consent)
    history.record(consent, by, f"Asked {chosen.name} for {consent}.")
    if by_link:
        _send_link(consent, chosen.email, by)
    slots.consent_asked.follow(consent, by)
    return consent


def _chosen(pupil: Pupil, asked_of: str, *, by: User, by_link: bool, delegation_covers: bool) -> Candidate:
    candidates = queries.who_can_agree(pupil, clock.today())
    chosen = next((one for one in candidates if one.reference and one.reference == asked_of), None)
    if chosen is None:
        raise Refused(rules.the_person_may_agree("", []).sentence, field="asked_of")
    if chosen.in_the_way and (by_link or not by.plays({Role.SOCIAL_WORKER})):
        raise Refused(chosen.in_the_way, field="asked_of")
    if chosen.consenter.kind == Capacity.CARER:
        check(rules.the_delegation_was_read(chosen.delegation, delegation_covers))
    if by_link and not chosen.by_link:
        raise Refused(f"No e-mail address is known for {chosen.name}. Ask yourself, then record the answer.")
    return chosen


def _make_room(pupil: Pupil, service: SpecialistService, by: User) -> None:
    """One open consent for a service: an earlier one that ran out makes way, another is finished first."""
    before = Consent.objects.filter(pupil=pupil, service=service).open().with_names().first()
    if before is None:
        return
    if not before.has_run_out:
        raise Refused(
            f"Consent is already {before.get_state_display().lower()}: {before.state_in_words}. "
            "Withdraw that one first if somebody else should be asked."
        )
    _end(before, "lapsed", by, because="It had run out.", on=before.lasts_until + timedelta(days=1))  # type: ignore[operator,arg-type]


def _ask(
    pupil: Pupil, chosen: Candidate, *, by: User, service: SpecialistService, purpose: str, shares: str
) -> Consent:
    today = clock.today()
    policy = ConsentPolicy.objects.counting(service, today)
    return Consent.objects.create(
        pupil=pupil, written_for=_written_for(pupil, by), service=service, purpose=purpose, shares=shares,
        days_valid=policy.days_valid, capacity=chosen.consenter.kind, person=chosen.person,
        professional=chosen.professional, name=chosen.name, why_they=chosen.consenter.why,
        source=chosen.consenter.source, delegation=chosen.delegation, asked_by=by, asked_on=today,
        answer_by=add_working_days(today, policy.working_days_to_answer),
    )  # fmt: skip


def _written_for(pupil: Pupil, by: User) -> Any:
    """The school where the pupil is: it keeps the consent; without one, whoever asks."""
    place = SchoolPlace.objects.filter(pupil=pupil, during__contains=clock.today()).select_related("school").first()
    return place.school if place else by.organisation


def _send_link(consent: Consent, email: str, by: User) -> None:
    """The mail says what to do and by when; nothing of the child, nor of the school, stands in it (domain H6)."""
    policy = ConsentPolicy.objects.counting(consent.service, clock.today())
    link = links.issue(
        purpose=PURPOSE, subject=consent, pupil_id=consent.pupil_id, name=consent.name, email=email,
        days=policy.days_of_link, by=by, mail_subject="Please say whether you agree to specialist advice",
        mail_body=(
            f"You are asked whether {consent.service} may work with a child for whom you may decide this. The page "
            "behind this link says what is asked, what would be shared and for how long. You need no account, and you "
            f"may say no. Please answer by {full_date(consent.answer_by)}."
        ),
    )  # fmt: skip
    change(consent, link_id=link.pk)


@transaction.atomic
def ask_again(consent_id: int, *, by: User) -> Consent:
    """Send a fresh link to the same person; the one before no longer opens."""
    consent = _locked(consent_id)
    require(permissions.can_ask_consent(by, consent.pupil))
    if consent.state != ConsentState.ASKED:
        raise Refused(f"Consent is not open any more: {consent.state_in_words}.")
    _still_allowed(consent)
    _ask_present_worker(consent)
    email = _email_of(consent)
    if not email:
        raise Refused(f"No e-mail address is known for {consent.name}. Ask yourself, then record the answer.")
    _revoke_link(consent, by)
    policy = ConsentPolicy.objects.counting(consent.service, clock.today())
    change(consent, answer_by=add_working_days(clock.today(), policy.working_days_to_answer))
    _send_link(consent, email, by)
    history.record(consent, by, f"Asked {consent.name} again for {consent}.")
    return consent


def _ask_present_worker(consent: Consent) -> None:
    """The authority is asked through whoever is the social worker today."""
    if consent.capacity == Capacity.AUTHORITY:
        candidates = queries.who_can_agree(consent.pupil, clock.today())
        present = next(one for one in candidates if one.consenter.kind == Capacity.AUTHORITY)
        if present.professional is not None and present.professional.pk != consent.professional_id:
            change(consent, professional=present.professional, name=present.name)


def _email_of(consent: Consent) -> str:
    holder = consent.professional or consent.person
    return holder.email if holder else ""


# --- answer ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def give_consent(
    consent_id: int, *, by: User | None, answered_name: str, how: str = HowAnswered.LINK,
    answered_on: date | None = None, words: str = "", seen: int | None = None,
) -> Consent:  # fmt: skip
    """Write down that the person agrees. ``by`` None: they answered themselves, by their personal link. What follows in
    later folders, such as opening the request to the service, follows here."""
    consent = _answering(consent_id, by=by, name=answered_name, on=answered_on, seen=seen)
    if consent.state == ConsentState.GIVEN:
        return consent
    on = answered_on or clock.today()
    CONSENT.move(
        "given", consent, answered_on=on, answered_name=answered_name, how=how, words=words, recorded_by=by,
        lasts_until=on + timedelta(days=consent.days_valid - 1), link_id=None, check_again_since=None,
        check_again_because="",
    )  # fmt: skip
    history.record(consent, by, f"{answered_name} agreed: {consent}, {HowAnswered(how).label.lower()}.")
    _tell_asker(consent, by, "Consent was given", "Consent that you asked for has been given.")
    slots.consent_given.follow(consent, by)
    return consent


@transaction.atomic
def decline_consent(
    consent_id: int, *, by: User | None, answered_name: str, how: str = HowAnswered.LINK,
    answered_on: date | None = None, words: str = "", seen: int | None = None,
) -> Consent:  # fmt: skip
    """Write down that the person does not agree. Nothing is shared."""
    consent = _answering(consent_id, by=by, name=answered_name, on=answered_on, seen=seen)
    if consent.state == ConsentState.DECLINED:
        return consent
    CONSENT.move(
        "declined", consent, answered_on=answered_on or clock.today(), answered_name=answered_name, how=how,
        words=words, recorded_by=by, link_id=None,
    )  # fmt: skip
    history.record(consent, by, f"{answered_name} did not agree: {consent}, {HowAnswered(how).label.lower()}.")
    _tell_asker(
        consent, by, "Consent was not given",
        "Consent that you asked for was not given. Nothing was shared. Talk with the person about their reasons; "
        "the service may still be asked without naming the child.",
    )  # fmt: skip
    slots.consent_declined.follow(consent, by)
    return consent


def _answering(consent_id: int, *, by: User | None, name: str, on: date | None, seen: int | None) -> Consent:
    consent = _locked(consent_id)
    unchanged(consent, seen)
    if by is not None:
        require(permissions.can_record_answer(by, consent))
    check(
        rules.answer_names_who_gave_it(name),
        rules.answer_came_by_today(on or clock.today(), consent.asked_on, clock.today()),
    )
    if consent.state == ConsentState.ASKED:
        _still_allowed(consent, recorded_by=by)
        if by is None:
            links.use_up(consent.link_id or 0)
        else:
            _revoke_link(consent, by)
    return consent


def _still_allowed(consent: Consent, recorded_by: User | None = None) -> None:
    """Refuse when the person who was asked may no longer agree, or may no longer be contacted."""
    today = clock.today()
    if not queries.still_may_agree(consent, today):
        raise Refused(
            f"{consent.name} can no longer agree to this: the order in force or the delegation has changed. "
            "Withdraw this question and ask who may agree now."
        )
    arranged = recorded_by is not None and recorded_by.plays({Role.SOCIAL_WORKER})
    if not arranged and not queries.may_be_contacted(consent):
        raise Refused(rules.the_person_may_be_contacted(False).sentence)


# --- no longer -------------------------------------------------------------------------------------------------------


@transaction.atomic
def withdraw_consent(consent_id: int, *, by: User, who_told: str, words: str = "", seen: int | None = None) -> Consent:
    """Write down that a consent is withdrawn, or that the question is taken back; the service's access to the named
    record ends at once. Again changes nothing."""
    consent = _locked(consent_id)
    if consent.state == ConsentState.WITHDRAWN:
        return consent
    unchanged(consent, seen)
    require(permissions.can_withdraw_consent(by, consent))
    check(rules.withdrawal_says_who_told(who_told))
    because = f"{who_told} told {by}." + (f" “{words}”" if words else "")
    _end(consent, "withdrawn", by, because=because, on=clock.today())
    _tell_asker(
        consent, by, "Consent was withdrawn",
        "A consent was withdrawn. From now on the named record is closed to the service.",
    )  # fmt: skip
    return consent


@transaction.atomic
def confirm_consent(consent_id: int, *, by: User, why: str, seen: int | None = None) -> Consent:
    """Say that a consent to be checked again was checked and still stands."""
    consent = _locked(consent_id)
    unchanged(consent, seen)
    require(permissions.can_ask_consent(by, consent.pupil))
    if consent.check_again_since is None:
        return consent
    _still_allowed(consent, recorded_by=by)
    change(consent, check_again_since=None, check_again_because="")
    history.record(consent, by, f"Checked {consent} again: it stands. {why}".strip())
    return consent


def _end(consent: Consent, verb: str, by: Any, *, because: str, on: date) -> None:
    _revoke_link(consent, by)
    CONSENT.move(
        verb, consent, ended_on=on, ended_because=because, link_id=None, check_again_since=None, check_again_because=""
    )
    history.record(consent, by, f"No longer stands, {verb}: {consent}. {because}")
    slots.consent_withdrawn.follow(consent, by)


def _revoke_link(consent: Consent, by: Any) -> None:
    if consent.link_id is not None:
        links.revoke(consent.link_id, by=by)


# --- when the child's circumstances change ---------------------------------------------------------------------------


@transaction.atomic
def look_again(pupil: Pupil, by: Any) -> None:
    """The legal status changed: each open consent is marked to be checked again, and one whose person may no longer
    agree lapses. The asker hears of it. Fills ``pupils.slots.care_changed``."""
    today = clock.today()
    for consent in Consent.objects.filter(pupil=pupil).open().with_names().order_by("pk"):
        if queries.still_may_agree(consent, today):
            _check_again(consent, by)
        else:
            because = f"The child’s legal status has changed, and {consent.name} can no longer agree."
            _end(consent, "lapsed", by, because=because, on=today)
            _tell_asker(
                consent, None, "A consent no longer stands",
                "A child’s circumstances have changed, and whoever was asked for consent can no longer give it. "
                "Open the page, see who may agree now, and ask them.",
            )  # fmt: skip


def _check_again(consent: Consent, by: Any) -> None:
    change(
        consent, check_again_since=clock.today(),
        check_again_because="The child’s legal status has changed since this was asked.",
    )  # fmt: skip
    history.record(consent, by, f"To be checked again after a change of legal status: {consent}.")
    _tell_asker(
        consent, None, "Please check a consent again",
        "A child’s circumstances have changed. The same person may still agree: check with them that the consent "
        "stands, and say so on the page.",
    )  # fmt: skip


@transaction.atomic
def hand_over(pupil: Pupil, *, from_school: School | None, to_school: School, on: date, by: Any) -> list[str]:
    """Consent is about the child, not the school: open ones go along, and the new school keeps them."""
    carried = list(Consent.objects.filter(pupil=pupil).open().with_names().order_by("pk"))
    for consent in carried:
        change(consent, written_for=to_school)
    return [f"Consent to advice from {one.service}: {one.get_state_display().lower()}" for one in carried]


def _tell_asker(consent: Consent, by: User | None, subject: str, body: str) -> None:
    """Mail to whoever asked, unless they did it themselves; after a move to those who keep the record now."""
    for user in queries.askers_now(consent):
        if by is None or by.pk != user.pk:
            mail.write(to=user, subject=subject, body=body, path=consent.get_absolute_url(), pupil_id=consent.pupil_id)


def _locked(consent_id: int) -> Consent:
    lock(Consent, consent_id)
    return Consent.objects.with_names().get(pk=consent_id)

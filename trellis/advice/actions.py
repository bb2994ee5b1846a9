"""What school, service and SENCO do with a request for advice. Each locks the pupil and the request first."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db import transaction

from trellis.advice import permissions, queries, rules, slots
from trellis.advice.models import (
    TAKEN_UP,
    WITH_THE_SERVICE,
    AdvicePolicy,
    AdviceReport,
    AdviceRequest,
    AdviceState,
    Answer,
    Declined,
    Place,
    Recommendation,
)
from trellis.advice.rules import ADVICE
from trellis.calendar.rules import add_working_days
from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.locks import change, lock, unchanged
from trellis.conduct.refusals import Refused, require
from trellis.conduct.rules import check
from trellis.consents import actions as consents
from trellis.consents.models import Consent
from trellis.cycles import actions as cycles
from trellis.cycles.models import Cycle, WhoSaid
from trellis.design.in_words import full_date, hours
from trellis.files import actions as files
from trellis.files.intake import Upload
from trellis.history import actions as history
from trellis.mail import actions as mail
from trellis.organisations.models import School, SpecialistService
from trellis.people.models import User
from trellis.pupils import access
from trellis.pupils.models import Pupil

# --- write -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def start_request(
    pupil_id: int, *, by: User, key: Key, service: SpecialistService, question: str, hoped_for: str = "",
    strengths: str = "", kind_of_work: str = "observe",
) -> AdviceRequest:  # fmt: skip
    """Begin a request as a draft: the question. Everything else is added page by page."""
    pupil = lock(Pupil, pupil_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    place = queries.place_of(pupil)
    if place is None:
        raise Refused(f"{pupil.first_name} has no school place today. Record it first: a school asks for advice.")
    require(permissions.can_ask_advice(by, pupil, place.school))
    _service_serves(pupil, place.school, service)
    policy = AdvicePolicy.objects.counting(service, clock.today())
    request = AdviceRequest.objects.create(
        pupil=pupil, written_for=place.school, kept_by=place.school, service=service, question=question,
        hoped_for=hoped_for, strengths=strengths, kind_of_work=kind_of_work, asked_by=by, started_on=clock.today(),
        minutes_needed=policy.minutes_for(kind_of_work),
        cycles_chosen=[cycle.pk for cycle in queries.cycles_to_choose(pupil)[:2]],
    )  # fmt: skip
    _take_consent(request)
    key.made(request)
    history.record(request, by, f"Began a {request}.")
    return request


@transaction.atomic
def change_request(request_id: int, *, by: User, seen: int | None, **fields: Any) -> AdviceRequest:
    """Save one page of a draft. Choosing another service or kind of work suggests its minutes anew."""
    request = _locked(request_id)
    unchanged(request, seen)
    require(permissions.can_keep_request(by, request))
    _still_a_draft(request)
    service = fields.get("service", request.service)
    _service_serves(request.pupil, request.kept_by, service)
    kind = fields.get("kind_of_work", request.kind_of_work)
    if (service, kind) != (request.service, request.kind_of_work) and "minutes_needed" not in fields:
        fields["minutes_needed"] = AdvicePolicy.objects.counting(service, clock.today()).minutes_for(kind)
    if fields.get("wanted_by"):
        check(rules.advice_is_wanted_ahead(fields["wanted_by"], clock.today()))
    change(request, **fields)
    _take_consent(request)
    history.record(request, by, f"Changed the draft of a {request}.", written_for=request.kept_by)
    return request


@transaction.atomic
def ask_consent_for(
    request_id: int, *, by: User, key: Key, seen: int | None, without_name: bool = False, **asked: Any
) -> AdviceRequest:
    """Ask for the consent that the request needs; or say that the service is asked without the child's name first."""
    request = _locked(request_id)
    if key.made_before():
        return request
    unchanged(request, seen)
    require(permissions.can_keep_request(by, request))
    if without_name:
        change(request, without_name=True)
        history.record(request, by, "Talks with the service without naming the child first.")
        return request
    consent = consents.ask_consent(request.pupil_id, by=by, key=key, service=request.service, **asked)
    change(request, consent=consent, without_name=False)
    return request


def _take_consent(request: AdviceRequest) -> None:
    """A consent asked or given for this pupil and service before counts for this request too."""
    found = queries.consent_for(request)
    if (found.pk if found else None) != request.consent_id:
        change(request, consent=found)


def _service_serves(pupil: Pupil, school: School, service: SpecialistService) -> None:
    if not queries.services_for(pupil, school).filter(pk=service.pk).exists():
        raise Refused("This service does not work with this school. Choose one of those listed.", field="service")


def _still_a_draft(request: AdviceRequest) -> None:
    if request.state != AdviceState.DRAFT:
        raise Refused(f"This request is {request.get_state_display().lower()}: what was sent stays as it was sent.")


@transaction.atomic
def send_request(request_id: int, *, by: User, seen: int | None, key: Key | None = None) -> AdviceRequest:
    """Send the request: what has been tried is frozen, and the service sees initials, year, school and question; more
    only while consent stands. Pressed again, it stays sent once."""
    request = _locked(request_id)
    require(permissions.can_keep_request(by, request))
    if request.state == AdviceState.SENT:
        return request
    unchanged(request, seen)
    ADVICE.require("sent", request)
    check(*rules.what_sending_asks(queries.facts_of(request)))
    policy = AdvicePolicy.objects.counting(request.service, clock.today())
    ADVICE.move(
        "sent", request, sent_on=clock.today(), asked_by=by,
        decide_by=add_working_days(clock.today(), policy.working_days_to_decide), **queries.as_it_is_sent(request),
    )  # fmt: skip
    access.bring_up_to_date(request.pupil)
    history.record(request, by, f"Asked {request.service} for advice.", written_for=request.kept_by)
    for lead in queries.leads_of(request.service_id):
        _write(
            lead, request, "A school asks for advice",
            f"{request.kept_by} asks for advice. Please accept or decline by {full_date(request.decide_by)}.",
        )  # fmt: skip
    if key is not None:
        key.made(request)
    slots.request_sent.follow(request, by)
    return request


@transaction.atomic
def withdraw_request(request_id: int, *, by: User, because: str, seen: int | None = None) -> AdviceRequest:
    """Take a request back; the service sees nothing of it from now on. Again changes nothing."""
    request = _locked(request_id)
    require(permissions.can_keep_request(by, request))
    if request.state == AdviceState.WITHDRAWN:
        return request
    unchanged(request, seen)
    was_sent = request.state != AdviceState.DRAFT
    ADVICE.move("withdrawn", request, ended_on=clock.today(), ended_because=because)
    access.bring_up_to_date(request.pupil)
    history.record(request, by, f"Took back a {request}. {because}".strip(), written_for=request.kept_by)
    if was_sent:
        _tell_service(request, "A request was taken back", "A school has taken back a request for advice.")
        slots.request_withdrawn.follow(request, by)
    return request


@transaction.atomic
def shorten_request(request_id: int, *, by: User, minutes: int) -> AdviceRequest:
    """Ask the service for less time than was sent. What is asked stays; the service hears of it."""
    request = _locked(request_id)
    require(permissions.can_keep_request(by, request))
    if request.minutes_needed == minutes:
        return request
    if request.state not in WITH_THE_SERVICE or not 0 < minutes < request.minutes_needed:
        raise Refused("Only a request that is with the service can be for less time.")
    before = hours(request.minutes_needed)
    change(request, minutes_needed=minutes)
    history.record(
        request, by, f"Asks {request.service} for {hours(minutes)} instead of {before}.", written_for=request.kept_by
    )
    _tell_service(
        request, "A request for advice is for less time",
        f"{request.kept_by} now asks for {hours(minutes)} instead of {before}. What is asked stays the same.",
    )  # fmt: skip
    return request


# --- decide ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def accept_request(request_id: int, *, by: User, seen: int | None, taken_by: User) -> AdviceRequest:
    """The service takes the request on, and says who. Again by the same choice changes nothing."""
    request = _locked(request_id)
    require(permissions.can_decide(by, request))
    if request.state == AdviceState.ACCEPTED and request.taken_by_id == taken_by.pk:
        return request
    unchanged(request, seen)
    if taken_by.pk not in {one.pk for one in queries.staff_of(request.service_id)}:
        raise Refused("Choose somebody who works in this service.", field="taken_by")
    policy = AdvicePolicy.objects.counting(request.service, clock.today())
    ADVICE.move(
        "accepted", request, decided_by=by, decided_on=clock.today(), taken_by=taken_by,
        report_by=add_working_days(clock.today(), policy.working_days_to_report),
    )  # fmt: skip
    history.record(request, by, f"{request.service} accepted the request: {taken_by}.", written_for=request.kept_by)
    _tell_school(request, "A request for advice was accepted", f"{taken_by} of {request.service} has taken it on.")
    if taken_by.pk != by.pk:
        _write(taken_by, request, "A request for advice is yours", "Open it to see what is asked.")
    slots.request_accepted.follow(request, by)
    return request


@transaction.atomic
def decline_request(
    request_id: int, *, by: User, seen: int | None, declined_kind: str, declined_because: str
) -> AdviceRequest:
    """The service does not take the request on, says why, and the page says the next route."""
    request = _locked(request_id)
    require(permissions.can_decide(by, request))
    if request.state == AdviceState.DECLINED:
        return request
    unchanged(request, seen)
    check(rules.refusal_gives_its_reason(declined_because))
    ADVICE.move(
        "declined", request, decided_by=by, decided_on=clock.today(), ended_on=clock.today(),
        declined_kind=declined_kind, declined_because=declined_because,
    )  # fmt: skip
    access.bring_up_to_date(request.pupil)
    reason = Declined(declined_kind).label
    history.record(request, by, f"{request.service} declined the request: {reason}.", written_for=request.kept_by)
    _tell_school(
        request, "A request for advice was declined", "The page says why, and what you can do next.",
    )  # fmt: skip
    slots.request_declined.follow(request, by)
    return request


@transaction.atomic
def pass_on_request(request_id: int, *, by: User, seen: int | None, taken_by: User) -> AdviceRequest:
    """Somebody else of the service takes an accepted request over."""
    request = _locked(request_id)
    unchanged(request, seen)
    require(permissions.can_decide(by, request))
    request = take_over_request(request.pk, by=by, taken_by=taken_by)
    _write(taken_by, request, "A request for advice is yours", "Open it to see what is asked.")
    return request


@transaction.atomic
def take_over_request(request_id: int, *, by: User, taken_by: User) -> AdviceRequest:
    """A colleague of the service has an accepted request from now on. The caller asks who may hand it over, and tells
    the colleague."""
    request = _locked(request_id)
    if request.state != AdviceState.ACCEPTED:
        raise Refused("Only an accepted request changes hands.")
    if taken_by.pk not in {one.pk for one in queries.staff_of(request.service_id)}:
        raise Refused("Choose somebody who works in this service.", field="taken_by")
    change(request, taken_by=taken_by)
    history.record(request, by, f"{taken_by} takes the request over.", written_for=request.kept_by)
    return request


@transaction.atomic
def close_without_report(request_id: int, *, by: User, seen: int | None, because: str) -> AdviceRequest:
    """A talk was enough, or nothing more can be done: the request ends without a report, and says what came of it."""
    request = _locked(request_id)
    require(permissions.can_write_report(by, request))
    if request.state == AdviceState.CLOSED:
        return request
    unchanged(request, seen)
    check(rules.refusal_gives_its_reason(because))
    ADVICE.require("closed", request)
    if request.state == AdviceState.REPORTED:
        raise Refused("A report was issued: the school closes the request by answering its recommendations.")
    _close(request, by, because)
    _tell_school(request, "A request for advice was closed", "The page says what came of it.")
    return request


# --- consent, as it follows ------------------------------------------------------------------------------------------


@transaction.atomic
def consent_changed(consent: Consent, by: Any) -> None:
    """A consent was asked, given, declined, withdrawn or lapsed: the requests it belongs to open or close by name.
    Fills the slots of ``consents``."""
    open_ones = AdviceRequest.objects.select_for_update(of=("self",)).filter(
        pupil=consent.pupil_id, service=consent.service_id
    )
    for request in open_ones.open().with_names().order_by("pk"):
        if request.consent_id != consent.pk and (request.consent is None or not request.consent.stands):
            change(request, consent=consent)
    access.bring_up_to_date(consent.pupil)


@transaction.atomic
def consent_given(consent: Consent, by: Any) -> None:
    """The service may know the child by name from today, and hears of it."""
    consent_changed(consent, by)
    for request in _sent_with(consent):
        _tell_service(request, "Consent was given", "You can now see the whole of a request for advice.")


@transaction.atomic
def consent_ended(consent: Consent, by: Any) -> None:
    """Consent no longer stands: at once the service sees initials only. Visits end by ``consents`` themselves."""
    consent_changed(consent, by)
    for request in _sent_with(consent):
        _tell_service(
            request, "Consent no longer stands",
            "Please stop work on a request for advice until the school tells you more. You see initials only.",
        )  # fmt: skip


def _sent_with(consent: Consent) -> list[AdviceRequest]:
    found = AdviceRequest.objects.filter(consent=consent).open().exclude(state=AdviceState.DRAFT)
    return list(found.with_names().order_by("pk"))


# --- report ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def write_report(
    request_id: int, *, by: User, seen: int | None, summary: str, recommendations: Sequence[str]
) -> AdviceReport:
    """Save the draft of the report; nobody outside the service reads it. ``seen``: the report's version, 0 for none."""
    request = _reporting(request_id, by)
    report = AdviceReport.objects.filter(request=request).first()
    if report is None:
        report = AdviceReport.objects.create(
            pupil_id=request.pupil_id, written_for=request.service, request=request, written_by=by, version=0
        )
    unchanged(report, seen)
    if report.issued_on is not None:
        raise Refused("This report is issued and stays as it is.")
    drafted = [words.strip() for words in recommendations if words.strip()]
    change(report, summary=summary, drafted=drafted, written_by=by)
    history.record(report, by, "Wrote at the report.")
    return report


@transaction.atomic
def issue_report(request_id: int, *, by: User, seen: int | None, upload: Upload | None = None) -> AdviceReport:
    """Issue the report, with its file if there is one. From now on school and Virtual School read it, it never changes,
    and the SENCO answers each recommendation. Again changes nothing."""
    request = _locked(request_id)
    report = AdviceReport.objects.filter(request=request).first()
    if report is not None and report.issued_on is not None:
        require(permissions.can_write_report(by, request))
        return report
    _reporting(request_id, by)
    if report is None:
        raise Refused(rules.report_says_what_was_found("").sentence, field="summary")
    unchanged(report, seen)
    check(rules.report_says_what_was_found(report.summary), rules.report_recommends_something(report.drafted))
    change(report, issued_on=clock.today())
    if upload is not None:
        files.keep_file(pupil=request.pupil, written_for=request.service, subject=report, upload=upload, by=by)
    Recommendation.objects.bulk_create(
        Recommendation(
            pupil_id=request.pupil_id, written_for=request.service, report=report, number=number, words=words
        )
        for number, words in enumerate(report.drafted, start=1)
    )
    ADVICE.move("reported", request, reported_on=clock.today())
    count = len(report.drafted)
    history.record(
        request, by, f"{request.service} issued its report, with {count} recommendation{'s' * (count != 1)}.",
        written_for=request.kept_by,
    )  # fmt: skip
    _tell_school(
        request, "Specialist advice has arrived",
        "Please read the report and say for each recommendation what you make of it: adopt, adapt, put off or decline.",
    )  # fmt: skip
    slots.report_issued.follow(request, by)
    return report


def _reporting(request_id: int, by: User) -> AdviceRequest:
    request = _locked(request_id)
    require(permissions.can_write_report(by, request))
    ADVICE.require("reported", request)
    check(rules.named_work_has_consent(request.consent_stands))
    return request


# --- answer ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def answer_recommendation(
    recommendation_id: int, *, by: User, seen: int | None, answer: str, own_words: str = "", why: str = "",
    put_off_until: date | None = None, goes_to: str = Place.ASSESSMENT, outcome_id: int | None = None,
    support: dict[str, Any] | None = None,
) -> Recommendation:  # fmt: skip
    """Say what the school makes of a recommendation. What it takes up goes into the pupil's open cycle; when every
    recommendation has an answer the request closes. Put off before, it may be answered again."""
    one = lock(Recommendation, recommendation_id)
    request = _locked(one.report.request_id)
    require(permissions.can_keep_request(by, request))
    if one.answer == answer and one.answer != Answer.PUT_OFF:
        return one
    unchanged(one, seen)
    if one.answer not in {Answer.OPEN, Answer.PUT_OFF}:
        raise Refused(f"This recommendation is {one.get_answer_display().lower()} already.")
    check(
        rules.adapted_says_how(answer, own_words),
        rules.not_taken_up_says_why(answer, why),
        rules.put_off_says_until_when(answer, put_off_until, clock.today()),
    )
    change(
        one, answer=answer, own_words=own_words if answer == Answer.ADAPTED else "", why=why, answered_by=by,
        answered_on=clock.today(), put_off_until=put_off_until if answer == Answer.PUT_OFF else None,
    )  # fmt: skip
    if answer in TAKEN_UP:
        _into_the_cycle(one, request, by=by, goes_to=goes_to, outcome_id=outcome_id, support=support or {})
    label = Answer(answer).label
    history.record(one, by, f"{label}: {one} of {request.service}.", written_for=request.kept_by)
    if (
        request.state == AdviceState.REPORTED
        and not Recommendation.objects.filter(report=one.report_id).open().exists()
    ):
        _close(request, by, "Every recommendation has an answer.")
        _tell_service(request, "Your recommendations were answered", "The page says what the school makes of each.")
    return one


def _into_the_cycle(
    one: Recommendation, request: AdviceRequest, *, by: User, goes_to: str, outcome_id: int | None,
    support: dict[str, Any],
) -> None:  # fmt: skip
    cycle = queries.open_cycle_of(request.pupil_id)
    if cycle is None:
        raise Refused("There is no open cycle to take this up in. Start the next cycle, or put this off till then.")
    key = Key.fresh(by)
    if goes_to == Place.ASSESSMENT:
        placed: Any = cycles.add_assessment_entry(
            cycle.pk, by=by, key=key, who_said=WhoSaid.SPECIALIST, words=one.in_force,
            name=f"{request.taken_by}, {request.service.abbreviation}"[:120], said_on=one.report.issued_on,  # type: ignore[arg-type]
        )  # fmt: skip
    else:
        placed = _into_the_plan(one, cycle, key, by=by, goes_to=goes_to, outcome_id=outcome_id, support=support)
    change(one, went_to=goes_to, went_to_cycle=cycle.number, went_to_id=placed.pk)


def _into_the_plan(
    one: Recommendation, cycle: Cycle, key: Key, *, by: User, goes_to: str, outcome_id: int | None,
    support: dict[str, Any],
) -> Any:  # fmt: skip
    outcome = cycle.outcomes.in_plan().filter(pk=outcome_id or 0).first()
    if outcome is None:
        raise Refused("Choose the outcome that this serves.", field="outcome_id")
    if goes_to == Place.ADJUSTMENT:
        if len(one.in_force) > 300:
            raise Refused("An adjustment has up to 300 letters. Adapt it: say it shorter.", field="own_words")
        return cycles.add_adjustment(outcome.pk, by=by, key=key, what=one.in_force)
    name, rest = one.in_force[:200], one.in_force if len(one.in_force) > 200 else ""
    return cycles.add_intervention(outcome.pk, by=by, key=key, name=name, details=rest, **support)


def _close(request: AdviceRequest, by: Any, because: str) -> None:
    ADVICE.move("closed", request, ended_on=clock.today(), ended_because=because)
    access.bring_up_to_date(request.pupil)
    history.record(request, by, f"Closed the {request}. {because}", written_for=request.kept_by)
    slots.request_closed.follow(request, by)


# --- when the pupil moves --------------------------------------------------------------------------------------------


@transaction.atomic
def hand_over(pupil: Pupil, *, from_school: School | None, to_school: School, on: date, by: Any) -> list[str]:
    """The requests under way go along and are the new school's from now on. A school that sent one goes on reading what
    it wrote; a draft goes wholly."""
    lock(Pupil, pupil.pk)
    told = []
    for request in AdviceRequest.objects.filter(pupil=pupil).open().with_names().order_by("pk"):
        fields = {"kept_by": to_school} | ({"written_for": to_school} if request.state == AdviceState.DRAFT else {})
        change(request, **fields)
        history.record(request, by, f"The {request} went along to {to_school}.", written_for=to_school)
        slots.request_handed_over.follow(request, from_school, by)
        told.append(f"A request for advice to {request.service}: {request.get_state_display().lower()}")
    return told


# --- who hears -------------------------------------------------------------------------------------------------------


def _tell_service(request: AdviceRequest, subject: str, body: str) -> None:
    """Whoever took the request, or the leads while nobody has. Nothing of the child stands in a mail."""
    for user in [request.taken_by] if request.taken_by else queries.leads_of(request.service_id):
        _write(user, request, subject, body)


def _tell_school(request: AdviceRequest, subject: str, body: str) -> None:
    for user in queries.school_contacts(request):
        _write(user, request, subject, body)


def _write(user: User, request: AdviceRequest, subject: str, body: str) -> None:
    mail.write(to=user, subject=subject, body=body, path=request.get_absolute_url(), pupil_id=request.pupil_id)


def _locked(request_id: int) -> AdviceRequest:
    lock(AdviceRequest, request_id)
    return AdviceRequest.objects.with_names().get(pk=request_id)

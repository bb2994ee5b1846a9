"""Requests as pages, lists, the access table and the story of a cycle look at them."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.urls import reverse

from trellis.advice import rules, slots
from trellis.advice.models import (
    ACCESS_SOURCE,
    TAKEN_UP,
    WITH_THE_SERVICE,
    AdvicePolicy,
    AdviceReport,
    AdviceRequest,
    AdviceState,
    Answer,
    Place,
    Recommendation,
)
from trellis.advice.rules import RequestFacts
from trellis.conduct import clock
from trellis.conduct.periods import from_day
from trellis.conduct.rules import Finding, broken
from trellis.consents.models import Consent, ConsentState
from trellis.cycles.models import Cycle, CycleState
from trellis.cycles.queries import tell_each
from trellis.design.in_words import full_date, hours
from trellis.organisations.models import Organisation, School, SpecialistService
from trellis.people.models import Membership, User
from trellis.people.roles import SERVICE_STAFF, Role
from trellis.pupils.access import AccessFact
from trellis.pupils.models import Access, CareEpisode, Level, Pupil, SchoolPlace
from trellis.pupils.permissions import KEEPERS
from trellis.pupils.queries import with_year, year_in_words
from trellis.voices.models import View

DAYS_QUOTED = 365  # how long the story of a cycle quotes a report

# --- access ----------------------------------------------------------------------------------------------------------


def access_facts(pupils: Collection[int]) -> Iterator[AccessFact]:
    """What requests open to services: initials from sending; more from the consent's day, while it stands. A closed
    request is read for some days more, one taken back not at all. Fills ``pupils.slots.access_facts``."""
    sent = AdviceRequest.objects.filter(pupil__in=pupils, sent_on__isnull=False).select_related("service", "consent")
    for request in sent.order_by("pk"):
        ends = _reading_ends(request)
        yield from _fact(request, Level.INITIALS, request.sent_on, ends)
        stood = request.consent.stood if request.consent else None
        if stood and request.state != AdviceState.DECLINED:
            until = min(stood[1], ends) if ends else stood[1]
            yield from _fact(request, Level.ADVICE, max(stood[0], request.sent_on), until)  # type: ignore[type-var]


def _reading_ends(request: AdviceRequest) -> date | None:
    """The day from which the service reads nothing any more; None while the request is open."""
    if request.ended_on is None or request.state == AdviceState.WITHDRAWN:
        return request.ended_on
    policy = AdvicePolicy.objects.counting(request.service, request.ended_on)
    return request.ended_on + timedelta(days=policy.days_after_closing)


def _fact(request: AdviceRequest, level: str, since: date | None, until: date | None) -> Iterator[AccessFact]:
    if since is not None and (until is None or until > since):
        yield AccessFact(
            request.pupil_id, level, f"request for advice to {request.service.abbreviation}", ACCESS_SOURCE, request.pk,
            from_day(since, until), organisation_id=request.service_id,
        )  # fmt: skip


# --- how much somebody reads of a request ----------------------------------------------------------------------------

SCHOOL, NAMED, INITIALS, HANDED_OVER = "school", "named", "initials", "handed over"


def reading_of(user: User, request: AdviceRequest) -> str:
    """``school``: all of it; ``named`` and ``initials``: as a service; ``handed over``: as the school that the pupil
    left reads what it wrote."""
    if Access.objects.open_to(user, Level.WHOLE).filter(pupil=request.pupil_id).exists():
        return SCHOOL
    if request.written_for_id in user.reads_whole_of and request.service_id not in user.reads_whole_of:
        return HANDED_OVER if request.has_been_handed_over else SCHOOL
    return NAMED if AdviceRequest.objects.filter(pk=request.pk).named_to(user).exists() else INITIALS


# --- writing a request -----------------------------------------------------------------------------------------------


def place_of(pupil: Pupil) -> SchoolPlace | None:
    return SchoolPlace.objects.filter(pupil=pupil, during__contains=clock.today()).select_related("school").first()


def services_for(pupil: Pupil, school: School) -> QuerySet[SpecialistService]:
    """The services of the school's area, and those of the authority that looks after the pupil."""
    looking_after = CareEpisode.objects.filter(pupil=pupil, during__contains=clock.today()).values("authority")
    wanted = Q(authority__code=school.authority_code) | Q(authority__in=looking_after)
    return SpecialistService.objects.filter(wanted).order_by("name", "pk")


def cycles_to_choose(pupil: Pupil) -> list[Cycle]:
    """The cycles that say what was tried, the latest first."""
    cycles = Cycle.objects.filter(pupil=pupil).exclude(state=CycleState.ENDED)
    return list(cycles.with_names().latest_first())


def views_to_choose(pupil: Pupil) -> list[View]:
    return list(View.objects.about(pupil.pk).in_words()[:20])


def targets_of(pupil: Pupil) -> list[str]:
    return [target for targets in slots.targets_of.ask(pupil) for target in targets]


def facts_of(request: AdviceRequest) -> RequestFacts:
    consent = request.consent
    return RequestFacts(
        question=request.question,
        cycles_chosen=len(request.cycles_chosen),
        nothing_tried_because=request.nothing_tried_because,
        consent="" if consent is None or consent.has_run_out else consent.state,
        without_name=request.without_name,
        wanted_by=request.wanted_by,
        minutes_needed=request.minutes_needed,
    )


def missing_of(request: AdviceRequest) -> list[Finding]:
    """What sending still asks for."""
    return broken(*rules.what_sending_asks(facts_of(request)))


def as_it_is_sent(request: AdviceRequest) -> dict[str, Any]:
    """What is frozen on sending: cycles, views and targets in words."""
    cycles = Cycle.objects.filter(pupil=request.pupil_id, pk__in=request.cycles_chosen).with_names().order_by("number")
    views = View.objects.about(request.pupil_id).filter(pk__in=request.views_chosen)
    return {
        "tried": [story.as_dict() for story in tell_each(list(cycles)).values()],
        "views": [[view.by_in_words, view.in_words] for view in views],
        "targets": targets_of(request.pupil) if request.attaches_targets else [],
    }


def consent_is_open(request: AdviceRequest) -> bool:
    """Somebody is asked already, or has agreed: there is nothing to ask now."""
    consent = request.consent
    return consent is not None and (consent.state == ConsentState.ASKED or consent.stands)


def who_pays_words(request: AdviceRequest) -> str:
    return " ".join(slots.who_pays_words.ask(request))


def payment_missing(request: AdviceRequest) -> str:
    """What is still to be said of who pays, in a sentence; empty when nothing stands in the way."""
    return " ".join(slots.payment_missing.ask(request))


def last_page(request: AdviceRequest, user: User) -> str | None:
    return next(slots.last_page.ask(request, user), None)


def purpose_of(request: AdviceRequest) -> str:
    """What a person is asked to agree to, suggested from the kind of work."""
    doing = str(request.get_kind_of_work_display())
    return f"{doing[:1].upper()}{doing[1:]}, so that the school knows better how to help."


def tasks_of(
    request: AdviceRequest, pages: Sequence[tuple[str, str, str]], missing: Sequence[Finding], unpaid: str
) -> list[dict[str, Any]]:
    """The five pages as a task list, each with what it still lacks; ``unpaid``: what "Who pays" lacks."""
    lacks = {_page_of(finding): finding.sentence for finding in missing} | ({"who pays": unpaid} if unpaid else {})
    told = {
        "question": f"To {request.service}",
        "tried": _counted(len(request.cycles_chosen), "cycle"),
        "consent": request.consent.state_in_words if request.consent else "Without the child’s name first",
        "when": f"By {full_date(request.wanted_by)}, {hours(request.minutes_needed)}" if request.wanted_by else "",
        "who pays": who_pays_words(request) or "To be seen with the service",
    }
    waits = {"consent"} if request.consent and request.consent.state == ConsentState.ASKED else set()
    return [
        {"text": text, "url": reverse(url_name, args=[request.pk]), "hint": lacks.get(name) or told[name],
         "done": name not in lacks and name not in waits, "tone": "warn" if name in lacks else "quiet",
         "status": "To do" if name in lacks else "Asked, no answer yet" if name in waits else "Done"}
        for name, text, url_name in pages
    ]  # fmt: skip


def _page_of(finding: Finding) -> str:
    return {"question": "question", "cycles_chosen": "tried", "wanted_by": "when", "minutes_needed": "when"}.get(
        finding.rule.field or "", "consent"
    )


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


# --- lists -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Group:
    title: str
    requests: list[AdviceRequest]


ENDED = [AdviceState.DECLINED, AdviceState.CLOSED, AdviceState.WITHDRAWN]
MOST_SHOWN = 100


def requests_of_schools(user: User) -> list[Group]:
    """The requests of the schools and pupils this person reads, by where they stand. Queries: one a group."""
    mine = AdviceRequest.objects.visible_to(user).with_names()
    if not user.plays({Role.VIRTUAL_SCHOOL_HEAD, Role.EDUCATION_ADVISER, Role.OUTREACH_TEACHER}):
        mine = mine.filter(kept_by__in=user.reads_whole_of)
    groups = [
        ("To finish and send", mine.filter(state=AdviceState.DRAFT).order_by("started_on", "pk")),
        ("To answer", mine.filter(state=AdviceState.REPORTED).order_by("reported_on", "pk")),
        ("With the service", mine.filter(state__in=WITH_THE_SERVICE).order_by("sent_on", "pk")),
        ("Ended", mine.filter(state__in=ENDED).order_by("-ended_on", "-pk")),
    ]
    return [Group(title, list(found[:MOST_SHOWN])) for title, found in groups]


@dataclass(frozen=True)
class Queue:
    """One service's requests, oldest first, with what it has on its hands."""

    service: Organisation
    to_decide: list[AdviceRequest]
    under_way: list[AdviceRequest]
    ended: list[AdviceRequest]
    staff: list[User]
    may_decide: bool
    capacity: str

    @property
    def per_specialist(self) -> list[tuple[str, int]]:
        """Who has how many open requests."""
        taken = [one.taken_by_id for one in self.under_way if one.state == AdviceState.ACCEPTED]
        return [(str(person), taken.count(person.pk)) for person in self.staff]


def queues_of(user: User, may_decide_for: set[int]) -> list[Queue]:
    """What waits at this person's services. A constant number of queries for each service."""
    services = {m.organisation_id for m in user.memberships_today if m.role in SERVICE_STAFF}
    found = SpecialistService.objects.filter(pk__in=services).order_by("name")
    return [_queue(service, user, service.pk in may_decide_for) for service in found]


def _queue(service: SpecialistService, user: User, may_decide: bool) -> Queue:
    sent = AdviceRequest.objects.visible_to(user).filter(service=service).with_names()
    named = set(AdviceRequest.objects.filter(service=service).named_to(user).values_list("pk", flat=True))
    by_state = {
        "to_decide": sent.filter(state=AdviceState.SENT).order_by("sent_on", "pk"),
        "under_way": sent.filter(state__in=[AdviceState.ACCEPTED, AdviceState.REPORTED]).order_by("decided_on", "pk"),
        "ended": sent.filter(state__in=ENDED).order_by("-ended_on", "-pk"),
    }
    rows = {name: list(found[:MOST_SHOWN]) for name, found in by_state.items()}
    everyone = [one for found in rows.values() for one in found]
    pupils = Pupil.objects.filter(pk__in={one.pupil_id for one in everyone})
    years = {pupil.pk: pupil.year_now for pupil in with_year(pupils)}  # type: ignore[attr-defined]
    for request in everyone:
        _show_to_service(request, request.pk in named, years)
    return Queue(
        service, rows["to_decide"], rows["under_way"], rows["ended"], staff_of(service.pk), may_decide,
        " ".join(slots.capacity_words.ask(service)),
    )  # fmt: skip


def _show_to_service(request: Any, is_named: bool, years: dict[int, int]) -> None:
    """What a row of the queue says, by name or without any."""
    request.is_named = is_named
    request.year = year_in_words(years[request.pupil_id])
    request.consent_shown = consent_words(request)
    request.question_shown = request.question if is_named else as_initials(request, request.question)


def as_initials(request: AdviceRequest, words: str) -> str:
    """What the school wrote, without the child's name."""
    pupil = request.pupil
    names = [pupil.legal_first_name, pupil.legal_last_name, pupil.preferred_first_name]
    return rules.without_names(words, names, pupil.initials)


def staff_of(service_id: int) -> list[User]:
    theirs = Membership.objects.on(clock.today()).playing(*SERVICE_STAFF).filter(organisation=service_id)
    return list(User.objects.filter(pk__in=theirs.order_by().values("user")).order_by("first_name", "last_name", "pk"))


def leads_of(service_id: int) -> list[User]:
    """Who hears of a new request: the leads, or every specialist where there is none."""
    today = Membership.objects.on(clock.today()).filter(organisation=service_id)
    leads = today.playing(Role.SERVICE_LEAD)
    chosen = leads if leads.exists() else today.playing(*SERVICE_STAFF)
    return list(User.objects.filter(pk__in=chosen.order_by().values("user")).order_by("pk"))


def school_contacts(request: AdviceRequest) -> list[User]:
    """Whoever asked, while they still read the record; after a move the new school's SENCO and designated teacher."""
    if Access.objects.open_to(request.asked_by, Level.WHOLE).filter(pupil=request.pupil_id).exists():
        return [request.asked_by]
    keepers = Membership.objects.on(clock.today()).playing(*KEEPERS).filter(organisation=request.kept_by_id)
    return list(User.objects.filter(pk__in=keepers.order_by().values("user")).order_by("pk"))


def requests_about(pupil: Pupil, user: User) -> QuerySet[AdviceRequest]:
    """The pupil's requests, the newest first, with how many recommendations wait for an answer."""
    waiting = Count("report__recommendations", filter=Q(report__recommendations__answer=Answer.OPEN))
    seen = AdviceRequest.objects.visible_to(user).filter(pupil=pupil).with_names()
    return seen.annotate(waiting=waiting).order_by("-started_on", "-pk")


# --- report and recommendations --------------------------------------------------------------------------------------


def report_of(request: AdviceRequest) -> AdviceReport | None:
    return AdviceReport.objects.filter(request=request).select_related("written_by").first()


def recommendations_of(request: AdviceRequest) -> list[Recommendation]:
    found = Recommendation.objects.filter(report__request=request, report__issued_on__isnull=False)
    return list(found.select_related("answered_by", "report__request").order_by("number"))


def open_cycle_of(pupil_id: int) -> Cycle | None:
    return Cycle.objects.filter(pupil=pupil_id).open().with_names().first()


def advice_told(pupil: Pupil) -> list[str]:
    """What specialists advised, for the story of a cycle: the words taken up that stand nowhere else in it, and
    reports whose recommendations still wait. Fills ``cycles.slots.specialist_advice``."""
    since = clock.today() - timedelta(days=DAYS_QUOTED)
    reports = AdviceReport.objects.filter(pupil=pupil, issued_on__gte=since).select_related("request__service")
    told: list[str] = []
    for report in reports.prefetch_related("recommendations").order_by("issued_on", "pk"):
        told += _told(report)
    return told


def _told(report: AdviceReport) -> Iterator[str]:
    by = f"{report.request.service} ({full_date(report.issued_on)})"
    answered = list(report.recommendations.all())
    for one in answered:
        if one.answer in TAKEN_UP and one.went_to != Place.ASSESSMENT:
            yield f"{by} advised: {one.in_force}"
    waiting = sum(one.answer == Answer.OPEN for one in answered)
    if waiting:
        noun = "recommendation waits" if waiting == 1 else "recommendations wait"
        yield f"{by} reported; {waiting} {noun} for the school’s answer."


def consent_for(request: AdviceRequest) -> Consent | None:
    """The consent there is for this pupil and service, asked or given, whoever asked it."""
    found = Consent.objects.filter(pupil=request.pupil_id, service=request.service_id).open().with_names()
    return found.first()


# --- what a service reads --------------------------------------------------------------------------------------------


def year_of(pupil: Pupil) -> str:
    """ "Year 4": as the school says, or by age."""
    return year_in_words(with_year(Pupil.objects.filter(pk=pupil.pk)).get().year_now)  # type: ignore[attr-defined]


def consent_words(request: AdviceRequest) -> str:
    """How it stands with consent, without saying whose it is: that would tell who looks after the child."""
    if request.consent_stands:
        return "Given. You see the child by name while it stands."
    if request.consent is not None and request.consent.state == ConsentState.ASKED:
        return "Asked, not answered yet. Until then you see initials only, and no visit can be booked."
    if request.consent is not None:
        return "It does not stand. Please do no work with this child until the school tells you more."
    return "Not asked: the school would like to talk without naming the child first."


def may_open_file(file: Any, user: User) -> bool | None:
    """The service opens the file of its own issued report while it knows the child by name, the school that the pupil
    left does not. Fills ``files.slots.may_open``."""
    if file.subject_kind != AdviceReport._meta.label_lower:
        return None
    mine = AdviceRequest.objects.filter(report=file.subject_id).named_to(user)
    return True if user.plays(SERVICE_STAFF) and mine.exists() else None

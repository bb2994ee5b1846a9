"""Lists of requests, and one request as each of its readers sees it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from trellis.advice import actions, permissions, queries, slots
from trellis.advice.forms import AnswerForm, WithdrawRequestForm
from trellis.advice.models import AdviceRequest, AdviceState, Recommendation
from trellis.advice.rules import NEXT_ROUTES
from trellis.advice.views_frame import PAGES, advice_frame, initials_frame, request_kept, request_seen
from trellis.conduct.forms import PressForm
from trellis.conduct.refusals import require
from trellis.consents.permissions import can_ask_consent
from trellis.files.queries import files_of
from trellis.history.actions import looked_at
from trellis.people.requests import SignedInRequest
from trellis.people.roles import SERVICE_STAFF, Role
from trellis.pupils.models import Level, Pupil
from trellis.pupils.views_frame import pupil_frame


def requests(request: SignedInRequest) -> HttpResponse:
    """For a school and the Virtual School their requests; for a service its queue."""
    if request.user.plays(SERVICE_STAFF):
        return _queue(request)
    groups = queries.requests_of_schools(request.user)
    looked_at(request, *(one.pupil_id for group in groups for one in group.requests))
    context = {
        "groups": [group for group in groups if group.requests],
        "may_ask": request.user.plays(permissions.ASKERS),
    }
    return render(request, "advice/requests.html", context)


def _queue(request: SignedInRequest) -> HttpResponse:
    """Oldest first, capacity beside; decided without leaving the list."""
    services = {m.organisation_id for m in request.user.memberships_today if m.role in SERVICE_STAFF}
    leads = {m.organisation_id for m in request.user.memberships_today if m.role == Role.SERVICE_LEAD}
    decides = leads | {pk for pk in services - leads if not permissions.has_lead(pk)}
    found = queries.queues_of(request.user, decides)
    rows = [one for queue in found for one in (*queue.to_decide, *queue.under_way, *queue.ended)]
    looked_at(request, *(one.pupil_id for one in rows))
    return render(request, "advice/queue.html", {"queues": found})


def pupil_advice(request: SignedInRequest, pupil_id: int) -> HttpResponse:
    """The tab: this pupil's requests, where each stands, its consent and its report."""
    pupil = get_object_or_404(Pupil.objects.visible_to(request.user, Level.WHOLE, Level.WRITTEN), pk=pupil_id)
    looked_at(request, pupil.pk)
    place = queries.place_of(pupil)
    found = list(queries.requests_about(pupil, request.user))
    frame = pupil_frame(request, pupil, "advice")
    context = {
        "requests": found,
        "may_ask": bool(place and permissions.can_ask_advice(request.user, pupil, place.school)),
    }
    return render(request, "advice/pupil_advice.html", frame | context)


def advice_request(request: SignedInRequest, advice_id: int) -> HttpResponse:
    """One request: all of it for the school; for its service by name with consent, by initials without."""
    advice = request_seen(request, advice_id)
    match queries.reading_of(request.user, advice):
        case queries.SCHOOL:
            return _for_school(request, advice)
        case queries.HANDED_OVER:
            return render(request, "advice/handed_over.html", advice_frame(request, advice))
        case queries.NAMED:
            context = initials_frame(advice) | _for_service(request, advice)
            context["identity_facts"] = [context["year"], str(advice.kept_by)]
            return render(request, "advice/named.html", context)
    return render(request, "advice/initials.html", initials_frame(advice) | _for_service(request, advice))


def _for_school(request: SignedInRequest, advice: AdviceRequest) -> HttpResponse:
    may_keep = permissions.can_keep_request(request.user, advice)
    if advice.state == AdviceState.DRAFT:
        return _draft(request, advice, bool(may_keep))
    report = queries.report_of(advice)
    issued = report if report and report.issued_on else None
    context: dict[str, Any] = {
        "may_keep": may_keep,
        "may_ask_consent": bool(can_ask_consent(request.user, advice.pupil)),
        "report": issued,
        "recommendations": queries.recommendations_of(advice),
        "files": files_of(issued, request.user) if issued else [],
        "who_pays": queries.who_pays_words(advice),
        "next_route": NEXT_ROUTES.get(advice.declined_kind, ""),  # type: ignore[call-overload]
        "more": list(slots.shown_on_request.ask(advice, request.user)),
    }
    return render(request, "advice/request.html", advice_frame(request, advice, **context))


def _draft(request: SignedInRequest, advice: AdviceRequest, may_keep: bool) -> HttpResponse:
    """The draft: its five pages with what each still lacks, then check and send."""
    missing, unpaid = queries.missing_of(advice), queries.payment_missing(advice)
    context: dict[str, Any] = {
        "may_keep": may_keep,
        "tasks": queries.tasks_of(advice, PAGES, missing, unpaid) if may_keep else [],
        "missing": [finding.sentence for finding in missing] + ([unpaid] if unpaid else []),
        "who_pays": queries.who_pays_words(advice),
        "told": queries.as_it_is_sent(advice),
        "question": queries.as_initials(advice, advice.question),
        "hoped_for": queries.as_initials(advice, advice.hoped_for),
        "form": PressForm.opened(request, about=advice),
    }
    return render(request, "advice/draft.html", advice_frame(request, advice, **context))


def _for_service(request: SignedInRequest, advice: AdviceRequest) -> dict[str, Any]:
    report = queries.report_of(advice)
    may_decide = permissions.can_decide(request.user, advice)
    return {
        "may_decide": may_decide,
        "may_write": permissions.can_write_report(request.user, advice),
        "staff": queries.staff_of(advice.service_id),
        "report": report,
        "recommendations": queries.recommendations_of(advice),
        "files": files_of(report, request.user) if report else [],
        "next_route": NEXT_ROUTES.get(advice.declined_kind, ""),  # type: ignore[call-overload]
        "more": list(slots.shown_on_request.ask(advice, request.user)),
    }


def withdraw_request(request: SignedInRequest, advice_id: int) -> HttpResponse:
    advice = request_kept(request, advice_id)
    form = WithdrawRequestForm.opened(request, about=advice)
    if form.is_valid():
        with form.refusals():
            actions.withdraw_request(advice.pk, by=request.user, seen=form.version, **form.answers)
            messages.success(request, "The request is taken back. The service sees nothing of it any more.")
            return redirect("pupil_advice", advice.pupil_id)
    words = {"title": "Take this request back", "button": "Take this request back", "tone": "warning",
             "lead": "It stays in the record, with the reason.", "back": advice.get_absolute_url()}  # fmt: skip
    return render(request, "pupils/form_page.html", advice_frame(request, advice, form=form) | words)


def answer_recommendation(request: SignedInRequest, recommendation_id: int) -> HttpResponse:
    """Adopt, adapt, put off or decline one recommendation."""
    rows = Recommendation.objects.visible_to(request.user).select_related("report__request__service")
    one = get_object_or_404(rows, pk=recommendation_id, report__issued_on__isnull=False)
    advice = request_seen(request, one.report.request_id)
    require(permissions.can_keep_request(request.user, advice))
    cycle = queries.open_cycle_of(advice.pupil_id)
    outcomes = list(cycle.outcomes.in_plan()) if cycle else []
    form = AnswerForm.opened(request, about=one, cycle=cycle, outcomes=outcomes)
    if form.is_valid():
        with form.refusals():
            done = actions.answer_recommendation(one.pk, by=request.user, seen=form.version, **form.said())
            messages.success(request, f"{done.get_answer_display()}: {done}.")
            return redirect(advice)
    context: dict[str, Any] = {"form": form, "one": one, "cycle": cycle}
    return render(request, "advice/answer.html", advice_frame(request, advice, **context))

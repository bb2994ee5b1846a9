"""Visits: those to plan, coming and to be confirmed; booking, planning, confirming and cancelling one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from trellis.advice.views_frame import request_kept
from trellis.conduct import clock
from trellis.conduct.refusals import require
from trellis.design import in_words
from trellis.history.actions import looked_at
from trellis.hours import actions, permissions, queries, shown
from trellis.hours.forms import (
    BookVisitForm,
    CancelVisitForm,
    ConfirmVisitForm,
    KeepHoursForm,
    PlanVisitForm,
)
from trellis.hours.models import HoursAccount, Visit
from trellis.people.requests import SignedInRequest
from trellis.people.roles import SERVICE_STAFF


def visits(request: SignedInRequest) -> HttpResponse:
    """What is to be confirmed, what has no day yet, and what is coming."""
    mine = queries.open_visits(request.user)
    looked_at(request, *(visit.pupil_id for visit in mine if visit.pupil_id))
    return render(
        request,
        "hours/visits.html",
        {
            "groups": shown.visit_groups(mine, request.user),
            "serves": request.user.plays(SERVICE_STAFF),
            "cannot_be_planned_yet": queries.cannot_be_planned_yet(request.user),
        },
    )


def visit(request: SignedInRequest, visit_id: int) -> HttpResponse:
    """One visit, and what this person may do with it."""
    visit = _visible(request, visit_id)
    user, may_name = request.user, queries.may_name_the_pupil(visit)
    return render(
        request,
        "hours/visit.html",
        {
            "visit": visit,
            "kept": queries.minutes_kept(visit),
            "rows": shown.visit_facts(visit),
            "parts": visit.parts.all(),
            "may_plan": visit.is_open and may_name and permissions.can_plan_visit(user, visit),
            "waits_for_consent": visit.is_open and not may_name,
            "may_confirm": visit.is_to_be_confirmed and permissions.can_confirm_delivered(user, visit),
            "may_cancel": visit.is_open
            and permissions.can_cancel_visit(user, visit)
            and (not visit.has_begun or _serves(request, visit.service_id)),
        },
    )


def book_visit(request: SignedInRequest, hours_id: int) -> HttpResponse:
    """Book a visit about no named child."""
    hours = get_object_or_404(HoursAccount.objects.visible_to(request.user).with_names(), pk=hours_id)
    require(permissions.can_book_visit(request.user, hours))
    form = BookVisitForm.opened(request, about=hours, hours=hours, named=_serves(request, hours.service_id))
    if form.is_valid():
        with form.refusals():
            made = actions.book_visit(hours.pk, by=request.user, key=form.key, **form.answers)
            messages.success(request, "The visit is booked. The school and the service have a message.")
            return redirect(made)
    (tally,) = queries.tallies([hours])
    context = {"hours": hours, "form": form, "tally": tally, "back": hours.get_absolute_url()}
    return render(request, "hours/book_visit.html", context)


def keep_hours(request: SignedInRequest, advice_id: int) -> HttpResponse:
    """Keep the school's own hours for a request that has no visit."""
    advice = request_kept(request, advice_id)
    left = queries.left(advice.kept_by, advice.service, clock.today())
    form = KeepHoursForm.opened(request, about=advice, initial={"minutes": advice.minutes_needed})
    if form.is_valid():
        with form.refusals():
            actions.keep_again(advice.pk, by=request.user, key=form.key, **form.answers)
            messages.success(request, "The hours are kept. The service plans the day.")
            return redirect(advice)
    title = f"Keep hours for {'another' if queries.is_another(advice) else 'a'} visit"
    context = {
        "form": form, "title": title, "button": "Keep these hours",
        "back": advice.get_absolute_url(),
        "lead": f"{advice.service}: {in_words.hours(left)} of your own are left this year.",
    }  # fmt: skip
    return render(request, "design/form_page.html", context)


def plan_visit(request: SignedInRequest, visit_id: int) -> HttpResponse:
    """Give a visit its day, or another."""
    visit = _visible(request, visit_id)
    require(permissions.can_plan_visit(request.user, visit))
    form = PlanVisitForm.opened(request, about=visit, visit=visit, named=_serves(request, visit.service_id))
    if form.is_valid():
        with form.refusals():
            actions.plan_visit(visit.pk, by=request.user, seen=form.version, **form.answers)
            messages.success(request, "The visit is planned. The school and the service have a message.")
            return redirect(visit)
    title = "Choose another day" if visit.on else "Plan this visit"
    return _form_page(request, visit, form, title=title, button="Plan this visit")


def confirm_visit(request: SignedInRequest, visit_id: int) -> HttpResponse:
    """The service says what the visit came to."""
    visit = _visible(request, visit_id)
    require(permissions.can_confirm_delivered(request.user, visit))
    form = ConfirmVisitForm.opened(request, about=visit)
    if form.is_valid():
        with form.refusals():
            actions.confirm_delivered(visit.pk, by=request.user, seen=form.version, **form.answers)
            messages.success(request, "Confirmed. The hours count as used.")
            return redirect(visit)
    return _form_page(request, visit, form, title="Confirm that it was delivered", button="Confirm these hours")


def cancel_visit(request: SignedInRequest, visit_id: int) -> HttpResponse:
    """Cancel; says beforehand whether the hours come back."""
    visit = _visible(request, visit_id)
    require(permissions.can_cancel_visit(request.user, visit))
    form = CancelVisitForm.opened(request, about=visit)
    if form.is_valid():
        with form.refusals():
            actions.cancel_visit(visit.pk, by=request.user, seen=form.version, **form.answers)
            messages.success(request, "The visit is cancelled. The school and the service have a message.")
            return redirect(visit)
    charged = actions.is_charged_if_cancelled(visit, request.user)
    lead = (
        "This is later than the service’s terms allow: the hours will count as used."
        if charged
        else "The hours go back to the school."
    )
    title, button = (
        ("Did it not take place?", "It did not take place")
        if visit.has_begun
        else ("Cancel this visit?", "Cancel this visit")
    )
    return _form_page(request, visit, form, title=title, button=button, tone="warning", lead=lead)


def _visible(request: SignedInRequest, visit_id: int) -> Visit:
    rows = Visit.objects.visible_to(request.user).with_names().prefetch_related(queries.with_parts())
    visit = get_object_or_404(rows, pk=visit_id)
    if visit.pupil_id:
        looked_at(request, visit.pupil_id)
    return visit


def _serves(request: SignedInRequest, service_id: int) -> bool:
    return request.user.plays_at(SERVICE_STAFF, service_id)


def _form_page(
    request: SignedInRequest, visit: Visit, form: object, *, title: str, button: str, lead: str = "", tone: str = ""
) -> HttpResponse:
    context = {
        "form": form, "title": title, "button": button, "tone": tone, "back": visit.get_absolute_url(),
        "lead": lead or shown.in_a_line(visit),
    }  # fmt: skip
    return render(request, "design/form_page.html", context)

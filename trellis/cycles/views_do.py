"""Do: the week's sessions, by the SENCO or by those who held them; and Today, for a phone."""

from datetime import date, timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from trellis.calendar.rules import monday_of
from trellis.conduct import clock
from trellis.conduct.forms import PressForm
from trellis.conduct.refusals import require
from trellis.cycles import actions, permissions, queries, rules
from trellis.cycles.forms import MissSessionForm, WeekForm
from trellis.cycles.models import Cycle, Intervention
from trellis.cycles.queries import PlannedOutcome, WeekShown
from trellis.cycles.views import form_page
from trellis.cycles.views_frame import cycle_frame
from trellis.history.actions import looked_at
from trellis.people.requests import SignedInRequest


def sessions(request: SignedInRequest, cycle_id: int) -> HttpResponse:
    """Every week since the plan was agreed: planned, held, missed, or not recorded."""
    cycle = get_object_or_404(Cycle.objects.readable_by(request.user).with_names(), pk=cycle_id)
    looked_at(request, cycle.pupil_id)
    context = cycle_frame(request, cycle)
    if context["reading"].is_written_only and cycle.has_been_handed_over:
        return redirect(cycle)
    plan = queries.plan_of(cycle)
    delivery = queries.delivery_in(plan)
    return render(
        request,
        "cycles/sessions.html",
        context
        | {"plan": plan, "delivery": delivery, "drift": rules.drift_in_words(delivery), "weeks": weeks_in_grid(plan)},
    )


def weeks_in_grid(plan: list[PlannedOutcome]) -> list[dict[str, Any]]:
    """The weeks as rows, newest first, the interventions as columns."""
    interventions = [one for outcome in plan for one in outcome.interventions]
    shown = {(one.intervention.pk, week.week_of): week for one in interventions for week in one.weeks}
    return [
        {
            "week_of": week_of,
            "cells": [(one.intervention, shown.get((one.intervention.pk, week_of))) for one in interventions],
        }
        for week_of in sorted({week_of for _, week_of in shown}, reverse=True)
    ]


def record_week(request: SignedInRequest, cycle_id: int, week_of: str) -> HttpResponse:
    """The week's sessions: all held as planned in one press, or the exceptions with a reason."""
    cycle = get_object_or_404(Cycle.objects.readable_by(request.user).with_names(), pk=cycle_id)
    looked_at(request, cycle.pupil_id)
    require(permissions.can_record_sessions(request.user, cycle))
    monday = _monday(week_of)
    weeks = _weeks_to_record(cycle, monday)
    form = WeekForm.of(monday).opened(request, about=cycle, weeks=weeks)
    if "all_held" in request.POST or form.is_valid():
        held = {number: week.planned for number, _, week in weeks} if "all_held" in request.POST else form.held
        form.full_clean()
        with form.refusals():
            reasons = {} if "all_held" in request.POST else form.reasons
            actions.record_week(cycle.pk, by=request.user, week_of=monday, held=held, reasons=reasons)
            return redirect("sessions", cycle.pk)
    context = {"form": form, "week_of": monday, "week_ends": monday + timedelta(days=4), "weeks": weeks}
    return render(request, "cycles/record_week.html", cycle_frame(request, cycle, **context))


def _monday(week_of: str) -> date:
    try:
        return monday_of(date.fromisoformat(week_of))
    except (ValueError, OverflowError) as wrong:
        raise Http404 from wrong


def _weeks_to_record(cycle: Cycle, monday: date) -> list[tuple[int, str, WeekShown]]:
    interventions = [one for outcome in queries.plan_of(cycle) for one in outcome.interventions]
    return [
        (one.intervention.pk, one.intervention.name, week)
        for one in interventions
        for week in one.weeks
        if week.week_of == monday
    ]


def today(request: SignedInRequest) -> HttpResponse:
    """This week's sessions of my pupils, on a phone, each with one big button."""
    mine = queries.sessions_of_my_classes(request.user)
    looked_at(request, *{one.pupil.pk for one in mine})
    forms = [(one, PressForm.opened(request, about=one.intervention, auto_id=False)) for one in mine]
    return render(request, "cycles/today.html", {"sessions": forms, "on": clock.today()})


def hold_session(request: SignedInRequest, intervention_id: int) -> HttpResponse:
    """Done. Asked by GET it leads to Today, where the button is."""
    intervention = _ticked(request, intervention_id)
    form = PressForm.opened(request, about=intervention)
    if form.is_valid():
        actions.hold_session(intervention.pk, by=request.user, key=form.key)
    return redirect("today")


def take_back_session(request: SignedInRequest, intervention_id: int) -> HttpResponse:
    """Undo the last tick."""
    intervention = _ticked(request, intervention_id)
    form = PressForm.opened(request, about=intervention)
    if form.is_valid():
        what = "missed" if request.POST.get("what") == "missed" else "held"
        actions.take_back_session(intervention.pk, by=request.user, key=form.key, what=what)
    return redirect("today")


def miss_session(request: SignedInRequest, intervention_id: int) -> HttpResponse:
    """Not today: one line why, if there is one."""
    intervention = _ticked(request, intervention_id)
    form = MissSessionForm.opened(request, about=intervention)
    if form.is_valid():
        with form.refusals():
            actions.miss_session(intervention.pk, by=request.user, key=form.key, **form.answers)
            return redirect("today")
    cycle = Cycle.objects.with_names().get(pk=intervention.outcome.cycle_id)
    return form_page(request, cycle, form, title="Not today", button="Save", lead=str(intervention), back="sessions")


def _ticked(request: SignedInRequest, intervention_id: int) -> Intervention:
    rows = Intervention.objects.readable_by(request.user).select_related("outcome__cycle__pupil")
    intervention = get_object_or_404(rows, pk=intervention_id)
    looked_at(request, intervention.pupil_id)
    require(permissions.can_record_sessions(request.user, intervention.outcome.cycle))
    return intervention

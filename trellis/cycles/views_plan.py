"""Plan: outcomes, what is done towards them, the review date; shown at home; agreed."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from trellis.conduct import clock
from trellis.conduct.forms import PressForm
from trellis.cycles import actions, queries, rules
from trellis.cycles.forms import (
    AdjustmentForm,
    InterventionForm,
    OutcomeForm,
    ReviewDateForm,
    SharePlanForm,
)
from trellis.cycles.models import Adjustment, AssessmentEntry, Cycle, CycleState, Intervention, Outcome
from trellis.cycles.views import form_page
from trellis.cycles.views_frame import cycle_frame, cycle_kept
from trellis.history.actions import looked_at
from trellis.people.requests import SignedInRequest


def plan(request: SignedInRequest, cycle_id: int) -> HttpResponse:
    """One card an outcome, and beside them: is this plan ready to agree?"""
    cycle = get_object_or_404(Cycle.objects.readable_by(request.user).with_names(), pk=cycle_id)
    looked_at(request, cycle.pupil_id)
    context = cycle_frame(request, cycle)
    if context["reading"].is_written_only and cycle.has_been_handed_over:
        return redirect(cycle)
    outcomes = queries.plan_of(cycle)
    context |= {
        "plan": outcomes,
        "readiness": rules.readiness(queries.plan_facts(cycle, outcomes), clock.today()),
        "may_change": context["rights"].keep and cycle.is_open,
        "form": PressForm.opened(request, about=cycle) if cycle.state == CycleState.PLAN else None,
    }
    if not context["reading"].is_class:
        context["entries"] = AssessmentEntry.objects.filter(cycle=cycle).order_by("said_on", "pk")
    return render(request, "cycles/plan.html", context)


def print_plan(request: SignedInRequest, cycle_id: int) -> HttpResponse:
    """The plan on paper, for home and for the staff who work with the pupil."""
    cycle = get_object_or_404(Cycle.objects.readable_by(request.user).with_names(), pk=cycle_id)
    looked_at(request, cycle.pupil_id)
    context = cycle_frame(request, cycle)
    if context["reading"].is_written_only and cycle.has_been_handed_over:
        return redirect(cycle)
    return render(request, "cycles/print_plan.html", context | {"plan": queries.plan_of(cycle)})


def add_outcome(request: SignedInRequest, cycle_id: int) -> HttpResponse:
    cycle = cycle_kept(request, cycle_id)
    form = OutcomeForm.opened(request, about=cycle)
    if form.is_valid():
        with form.refusals():
            actions.add_outcome(cycle.pk, by=request.user, key=form.key, **form.answers)
            return redirect("plan", cycle.pk)
    return form_page(request, cycle, form, title="Add an outcome", button="Add this outcome", back="plan")


def change_outcome(request: SignedInRequest, outcome_id: int) -> HttpResponse:
    outcome = get_object_or_404(Outcome.objects.visible_to(request.user), pk=outcome_id)
    cycle = cycle_kept(request, outcome.cycle_id)
    form = OutcomeForm.opened(request, about=outcome)
    if form.is_valid():
        with form.refusals():
            actions.change_outcome(outcome.pk, by=request.user, seen=form.version, **form.answers)
            return redirect("plan", cycle.pk)
    return form_page(request, cycle, form, title="Change this outcome", button="Save the outcome", back="plan")


def remove_outcome(request: SignedInRequest, outcome_id: int) -> HttpResponse:
    outcome = get_object_or_404(Outcome.objects.visible_to(request.user), pk=outcome_id)
    return _remove(request, outcome.cycle_id, outcome, actions.remove_outcome)


def add_intervention(request: SignedInRequest, outcome_id: int) -> HttpResponse:
    outcome = get_object_or_404(Outcome.objects.visible_to(request.user).select_related("cycle"), pk=outcome_id)
    cycle = cycle_kept(request, outcome.cycle_id)
    form = InterventionForm.opened(request, about=outcome)
    if form.is_valid():
        with form.refusals():
            actions.add_intervention(outcome.pk, by=request.user, key=form.key, **form.answers)
            return redirect("plan", cycle.pk)
    return form_page(
        request, cycle, form, title="Add an intervention", button="Add this intervention", back="plan",
        lead=f"Towards: {outcome.statement}",
    )  # fmt: skip


def change_intervention(request: SignedInRequest, intervention_id: int) -> HttpResponse:
    rows = Intervention.objects.visible_to(request.user).select_related("outcome")
    intervention = get_object_or_404(rows, pk=intervention_id)
    cycle = cycle_kept(request, intervention.outcome.cycle_id)
    form = InterventionForm.opened(request, about=intervention)
    if form.is_valid():
        with form.refusals():
            actions.change_intervention(intervention.pk, by=request.user, seen=form.version, **form.answers)
            return redirect("plan", cycle.pk)
    return form_page(
        request, cycle, form, title="Change this intervention", button="Save the intervention", back="plan"
    )


def remove_intervention(request: SignedInRequest, intervention_id: int) -> HttpResponse:
    rows = Intervention.objects.visible_to(request.user).select_related("outcome")
    intervention = get_object_or_404(rows, pk=intervention_id)
    return _remove(request, intervention.outcome.cycle_id, intervention, actions.remove_intervention)


def add_adjustment(request: SignedInRequest, outcome_id: int) -> HttpResponse:
    outcome = get_object_or_404(Outcome.objects.visible_to(request.user), pk=outcome_id)
    cycle = cycle_kept(request, outcome.cycle_id)
    form = AdjustmentForm.opened(request, about=outcome)
    if form.is_valid():
        with form.refusals():
            actions.add_adjustment(outcome.pk, by=request.user, key=form.key, **form.answers)
            return redirect("plan", cycle.pk)
    return form_page(
        request, cycle, form, title="Add a reasonable adjustment", button="Add this adjustment", back="plan",
        lead="What everybody does differently, always. For a disabled pupil it is a duty of its own.",
    )  # fmt: skip


def change_adjustment(request: SignedInRequest, adjustment_id: int) -> HttpResponse:
    rows = Adjustment.objects.visible_to(request.user).select_related("outcome")
    adjustment = get_object_or_404(rows, pk=adjustment_id)
    cycle = cycle_kept(request, adjustment.outcome.cycle_id)
    form = AdjustmentForm.opened(request, about=adjustment)
    if form.is_valid():
        with form.refusals():
            actions.change_adjustment(adjustment.pk, by=request.user, seen=form.version, **form.answers)
            return redirect("plan", cycle.pk)
    return form_page(request, cycle, form, title="Change this adjustment", button="Save the adjustment", back="plan")


def remove_adjustment(request: SignedInRequest, adjustment_id: int) -> HttpResponse:
    rows = Adjustment.objects.visible_to(request.user).select_related("outcome")
    adjustment = get_object_or_404(rows, pk=adjustment_id)
    return _remove(request, adjustment.outcome.cycle_id, adjustment, actions.remove_adjustment)


def _remove(request: SignedInRequest, cycle_id: int, row: Any, action: Any) -> HttpResponse:
    """Ask once, then take the row out of the plan."""
    cycle = cycle_kept(request, cycle_id)
    form = PressForm.opened(request, about=row)
    if form.is_valid():
        with form.refusals():
            action(row.pk, by=request.user)
            return redirect("plan", cycle.pk)
    return form_page(
        request, cycle, form, title="Take this out of the plan?", button="Take it out", back="plan", tone="warning",
        lead=f"{row}. It stays in the record, with the day it was taken out.",
    )  # fmt: skip


def set_review_date(request: SignedInRequest, cycle_id: int) -> HttpResponse:
    cycle = cycle_kept(request, cycle_id)
    form = ReviewDateForm.opened(request, about=cycle)
    if form.is_valid():
        with form.refusals():
            actions.set_review_date(cycle.pk, by=request.user, seen=form.version, **form.answers)
            return redirect("plan", cycle.pk)
    return form_page(request, cycle, form, title="Set the review date", button="Set the review date", back="plan")


def share_plan(request: SignedInRequest, cycle_id: int) -> HttpResponse:
    cycle = cycle_kept(request, cycle_id)
    form = SharePlanForm.opened(request, about=cycle)
    if form.is_valid():
        with form.refusals():
            actions.share_plan(cycle.pk, by=request.user, **form.answers)
            return redirect("plan", cycle.pk)
    return form_page(
        request, cycle, form, title="Record that it was shared", button="Record that it was shared", back="plan",
        lead="The parent must be told when special provision begins. A carer sees the plan too.",
    )  # fmt: skip


def agree_plan(request: SignedInRequest, cycle_id: int) -> HttpResponse:
    """Agree the plan as this person saw it; what stops it is said on the plan's own page."""
    cycle = cycle_kept(request, cycle_id)
    form = PressForm.opened(request, about=cycle)
    if form.is_valid():
        with form.refusals():
            actions.agree_plan(cycle.pk, by=request.user, seen=form.version)
            messages.success(request, f"The plan of cycle {cycle.number} is agreed.")
            return redirect("cycle", cycle.pk)
    return form_page(
        request, cycle, form, title="Agree this plan", button="Agree this plan", back="plan",
        lead="From today the support counts, and the week’s sessions are recorded.",
    )  # fmt: skip

"""The fifth page of a request for advice: who pays, rung by rung; and changing the order."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from trellis.advice.models import AdviceRequest, AdviceState
from trellis.advice.views_frame import advice_frame
from trellis.conduct.refusals import require
from trellis.history.actions import looked_at
from trellis.people.requests import SignedInRequest
from trellis.pupils.models import Level, Pupil
from trellis.who_pays import actions, permissions, queries, rules, shown
from trellis.who_pays.forms import ChangeOrderForm, WhoPaysForm
from trellis.who_pays.models import PaymentPlan
from trellis.who_pays.queries import Standing


def who_pays(request: SignedInRequest, advice_id: int) -> HttpResponse:
    """While it is a draft, the ladder as it stands today and what the school is asked; once sent, as it was sent."""
    advice = _seen(request, advice_id)
    plan = queries.plan_of(advice)
    if advice.state != AdviceState.DRAFT:
        return _as_sent(request, advice, plan)
    if request.method == "POST":
        require(permissions.can_say_who_pays(request.user, advice))
    standing = queries.standing_of(advice, plan)
    form = WhoPaysForm.opened(request, about=advice, plan=plan, standing=standing)
    if form.is_valid():
        with form.refusals():
            plan = actions.say_who_pays(advice.pk, by=request.user, seen=form.version, **form.said)
            if "later" in request.POST or not queries.standing_of(advice, plan).unpaid:
                return redirect("advice_request", advice.pk)
            messages.warning(request, rules.request_is_paid_in_full.sentence)
            return redirect("who_pays", advice.pk)
    context = _as_it_stands(request, advice, plan, standing)
    return render(request, "who_pays/who_pays.html", context | {"form": form})


def change_order(request: SignedInRequest, advice_id: int) -> HttpResponse:
    """The headteacher or the Virtual School head takes another rung first, and says why."""
    advice = _seen(request, advice_id)
    require(permissions.can_change_order(request.user, advice))
    if advice.state != AdviceState.DRAFT:
        return redirect("who_pays", advice.pk)
    form = ChangeOrderForm.opened(request, about=advice)
    if form.is_valid():
        with form.refusals():
            actions.change_order(advice.pk, by=request.user, seen=form.version, **form.answers)
            messages.success(request, "The order is changed. Your reason stands beside it.")
            return redirect("who_pays", advice.pk)
    context = {"form": form, "back": reverse("who_pays", args=[advice.pk])}
    return render(request, "who_pays/change_order.html", advice_frame(request, advice, "who pays") | context)


def _seen(request: SignedInRequest, advice_id: int) -> AdviceRequest:
    """The request, for those who read the pupil's record or wrote it; a service reads the words on its own page."""
    rows = AdviceRequest.objects.visible_to(request.user).with_names()
    advice: AdviceRequest = get_object_or_404(rows, pk=advice_id)
    if not Pupil.objects.visible_to(request.user, Level.WHOLE, Level.WRITTEN).filter(pk=advice.pupil_id).exists():
        raise Http404
    looked_at(request, advice.pupil_id)
    return advice


def _as_it_stands(
    request: SignedInRequest, advice: AdviceRequest, plan: PaymentPlan, standing: Standing
) -> dict[str, Any]:
    return advice_frame(request, advice, "who pays") | {
        "plan": plan,
        "ladder": standing.ladder,
        "bar": shown.bar_of(standing.ladder, standing.unpaid),
        "may_say": permissions.can_say_who_pays(request.user, advice),
        "may_change_order": permissions.can_change_order(request.user, advice),
        "waiting": shown.waiting_for(advice),
    }


def _as_sent(request: SignedInRequest, advice: AdviceRequest, plan: PaymentPlan) -> HttpResponse:
    parts = list(plan.parts.select_related("funding")) if plan.pk else []
    context = {
        "plan": plan,
        "ladder": [shown.part_row(part) for part in parts],
        "bar": shown.bar_of(parts),
        "visit": queries.visit_of(advice),
    }
    return render(request, "who_pays/as_sent.html", advice_frame(request, advice) | context)

"""The fifth page of a request for advice: who pays, rung by rung; and changing the order."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from trellis.advice.models import AdviceRequest, AdviceState
from trellis.advice.views_frame import advice_frame
from trellis.conduct.forms import PressForm
from trellis.conduct.refusals import require
from trellis.history.actions import looked_at
from trellis.hours.models import Visit
from trellis.people.requests import SignedInRequest
from trellis.pupils.models import Level, Pupil
from trellis.who_pays import actions, permissions, queries, rules, shown
from trellis.who_pays.forms import ChangeOrderForm, RestForm, WhoPaysForm
from trellis.who_pays.models import PaymentPlan
from trellis.who_pays.queries import Standing


def who_pays(request: SignedInRequest, advice_id: int) -> HttpResponse:
    """While it is a draft, the ladder as it stands today and what the school is asked; once sent, as it was sent, and
    who pays the rest where money that was asked for did not come."""
    advice = _seen(request, advice_id)
    plan = queries.plan_of(advice)
    if request.method == "POST":
        require(permissions.can_say_who_pays(request.user, advice))
    if advice.state != AdviceState.DRAFT:
        return _as_sent(request, advice, plan)
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
    plan = queries.plan_of(advice)
    if advice.state != AdviceState.DRAFT and not (plan.is_sent and queries.to_be_said(advice, plan)):
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
    rest = queries.to_be_said(advice, plan) if plan.is_sent else 0
    if rest and permissions.can_say_who_pays(request.user, advice):
        return _say_the_rest(request, advice, plan, rest)
    context = {"step": None, "rest": rest} | shown.as_sent(plan, rest, request.user) | _visit(request, advice)
    return render(request, "who_pays/as_sent.html", advice_frame(request, advice) | context)


def _say_the_rest(request: SignedInRequest, advice: AdviceRequest, plan: PaymentPlan, rest: int) -> HttpResponse:
    """Who pays the rest is said as for a draft; once somebody pays all of it, one press keeps it so."""
    standing = queries.standing_of(advice, plan)
    form = WhoPaysForm.opened(request, about=advice, plan=plan, standing=standing)
    if form.is_valid():
        with form.refusals():
            plan = actions.say_who_pays(advice.pk, by=request.user, seen=form.version, **form.said)
            if queries.standing_of(advice, plan).unpaid:
                messages.warning(request, rules.request_is_paid_in_full.sentence)
            return redirect("who_pays", advice.pk)
    split = queries.split_of(standing.ladder)
    context = _as_it_stands(request, advice, plan, standing) | _visit(request, advice) | {
        "form": form, "rest": rest, "is_paid": not standing.unpaid, "words": queries.words_of(split),
        "press": RestForm.opened(request, about=advice, shown=queries.in_one_line(split)),
        "less": queries.paid_in_quarters(advice, rest),
    } | shown.as_sent(plan, rest, request.user)  # fmt: skip
    return render(request, "who_pays/as_sent.html", context | {"step": None, "back": advice.get_absolute_url()})


def _visit(request: SignedInRequest, advice: AdviceRequest) -> dict[str, Any]:
    return {"visit": Visit.objects.visible_to(request.user).filter(request=advice).open().order_by("pk").first()}


def pay_the_rest(request: SignedInRequest, advice_id: int) -> HttpResponse:
    """Let those who were shown pay what money was refused for."""
    return _pressed(
        request, advice_id, RestForm,
        lambda advice, form: actions.pay_the_rest(
            advice.pk, by=request.user, seen=form.version, shown=form.cleaned_data["shown"]
        ),
        done="All of this advice is paid for now.",
    )  # fmt: skip


def ask_for_less(request: SignedInRequest, advice_id: int) -> HttpResponse:
    """Ask for no more time than is paid for."""
    return _pressed(
        request, advice_id, PressForm,
        lambda advice, form: actions.ask_for_less(advice.pk, by=request.user, seen=form.version),
        done="The service knows that you ask for less time. All of it is paid for.",
    )  # fmt: skip


def _pressed(
    request: SignedInRequest, advice_id: int, form_class: type[PressForm],
    action: Callable[[AdviceRequest, PressForm], PaymentPlan], *, done: str,
) -> HttpResponse:  # fmt: skip
    advice = _seen(request, advice_id)
    require(permissions.can_say_who_pays(request.user, advice))
    form = form_class.opened(request, about=advice)
    if form.is_valid():
        with form.refusals():
            action(advice, form)
            messages.success(request, done)
            return redirect(advice)
    if request.method == "POST":
        messages.error(request, " ".join(str(error) for error in form.non_field_errors()) or "Look at it once more.")
    return redirect("who_pays", advice.pk)

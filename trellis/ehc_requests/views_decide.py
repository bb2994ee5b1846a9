"""What the authority did, entered by its EHC coordinator: one form a step."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from trellis.conduct.refusals import require
from trellis.ehc_requests import actions, permissions, queries, rules
from trellis.ehc_requests.forms import (
    AdviceCameForm,
    AdviceForm,
    AssessForm,
    DayForm,
    ExceptionForm,
    FinalForm,
    RefusalForm,
    ThroughWhomForm,
)
from trellis.ehc_requests.models import AdviceSought
from trellis.ehc_requests.views_frame import ask, enter, found_request
from trellis.history.actions import looked_at
from trellis.people.requests import SignedInRequest


def record_receipt(request: SignedInRequest, ehc_request_id: int) -> HttpResponse:
    found = found_request(request, ehc_request_id)
    form = DayForm.opened(
        request, about=found, label="When did the authority receive the request?",
        hint="The six, sixteen and twenty weeks run from this day.",
    )  # fmt: skip
    return enter(
        request, found, form,
        lambda form: actions.record_receipt(found.pk, by=request.user, seen=form.version, **form.answers),
        may=permissions.can_enter_decision(request.user, found), done="The clock runs from that day.",
        heading="Enter the day it was received", button="Save the day",
    )  # fmt: skip


def decide_to_assess(request: SignedInRequest, ehc_request_id: int) -> HttpResponse:
    found = found_request(request, ehc_request_id)
    form = AssessForm.opened(request, about=found, label="When was it decided to assess?")
    return enter(
        request, found, form,
        lambda form: actions.decide_to_assess(found.pk, by=request.user, seen=form.version, **form.answers),
        may=permissions.can_enter_decision(request.user, found),
        done="Recorded: the needs will be assessed. Now list who was asked for advice.",
        heading="The needs will be assessed", button="Record this decision",
    )  # fmt: skip


def decide_not_to_assess(request: SignedInRequest, ehc_request_id: int) -> HttpResponse:
    found = found_request(request, ehc_request_id)
    form = RefusalForm.opened(request, about=found, label="When was it decided not to assess?")
    return enter(
        request, found, form,
        lambda form: actions.decide_not_to_assess(found.pk, by=request.user, seen=form.version, **form.answers),
        may=permissions.can_enter_decision(request.user, found), done="Recorded, with the time to appeal.",
        heading="There will be no assessment", button="Record this decision",
    )  # fmt: skip


def decide_to_issue(request: SignedInRequest, ehc_request_id: int) -> HttpResponse:
    found = found_request(request, ehc_request_id)
    form = DayForm.opened(request, about=found, label="When was it decided to issue a plan?")
    return enter(
        request, found, form,
        lambda form: actions.decide_to_issue(found.pk, by=request.user, seen=form.version, **form.answers),
        may=permissions.can_enter_decision(request.user, found), done="Recorded: a plan will be issued.",
        heading="A plan will be issued", button="Record this decision",
    )  # fmt: skip


def decide_not_to_issue(request: SignedInRequest, ehc_request_id: int) -> HttpResponse:
    found = found_request(request, ehc_request_id)
    form = RefusalForm.opened(request, about=found, label="When was it decided not to issue a plan?")
    return enter(
        request, found, form,
        lambda form: actions.decide_not_to_issue(found.pk, by=request.user, seen=form.version, **form.answers),
        may=permissions.can_enter_decision(request.user, found), done="Recorded, with the time to appeal.",
        heading="There will be no plan", button="Record this decision",
    )  # fmt: skip


def send_draft(request: SignedInRequest, ehc_request_id: int) -> HttpResponse:
    found = found_request(request, ehc_request_id)
    form = DayForm.opened(
        request, about=found, label="When was the draft sent?", hint="The family has at least 15 days to comment on it."
    )
    return enter(
        request, found, form,
        lambda form: actions.send_draft(found.pk, by=request.user, seen=form.version, **form.answers),
        may=permissions.can_enter_decision(request.user, found), done="Recorded. The school gets an e-mail.",
        heading="The draft plan was sent", button="Record this",
    )  # fmt: skip


def issue_final(request: SignedInRequest, ehc_request_id: int) -> HttpResponse:
    found = found_request(request, ehc_request_id)
    form = FinalForm.opened(request, about=found, label="When was the final plan issued?")
    return enter(
        request, found, form,
        lambda form: actions.issue_final(found.pk, by=request.user, seen=form.version, **form.answers),
        may=permissions.can_enter_decision(request.user, found), done="Recorded: the final plan is issued.",
        heading="The final plan was issued", button="Record this",
    )  # fmt: skip


def seek_advice(request: SignedInRequest, ehc_request_id: int) -> HttpResponse:
    found = found_request(request, ehc_request_id)
    return enter(
        request, found, AdviceForm.opened(request, about=found),
        lambda form: actions.seek_advice(found.pk, by=request.user, key=form.key, **form.answers),
        may=permissions.can_enter_decision(request.user, found), done="Added. Six weeks run from the day of asking.",
        heading="Who was asked for advice", button="Add this", lead=rules.STATUTORY_ADVICE,
    )  # fmt: skip


def record_advice(request: SignedInRequest, ehc_advice_id: int) -> HttpResponse:
    """The advice came."""
    rows = AdviceSought.objects.visible_to(request.user).select_related("pupil", "request__pupil")
    advice = get_object_or_404(rows, pk=ehc_advice_id)
    looked_at(request, advice.pupil_id)
    require(permissions.can_enter_decision(request.user, advice.request))
    form = AdviceCameForm.opened(request, about=advice)
    if form.is_valid():
        with form.refusals():
            actions.record_advice(advice.pk, by=request.user, seen=form.version, **form.answers)
            messages.success(request, "Recorded.")
            return redirect(advice)
    return ask(
        request, advice.pupil, form, heading=advice.who_in_words, button="Save the day", back=advice.get_absolute_url()
    )


def say_through_whom(request: SignedInRequest, ehc_advice_id: int) -> HttpResponse:
    """Which request to a service carries the authority's asking: chosen by a person."""
    rows = AdviceSought.objects.visible_to(request.user).select_related("pupil", "request__pupil", "asked_through")
    advice = get_object_or_404(rows, pk=ehc_advice_id)
    looked_at(request, advice.pupil_id)
    require(queries.may_say_through_whom(request.user, advice.request))
    drafts = queries.drafts_to_services(advice.pupil, request.user)
    form = ThroughWhomForm.opened(request, about=advice, drafts=drafts)
    if form.is_valid():
        with form.refusals():
            actions.say_through_whom(advice.pk, by=request.user, seen=form.version, **form.answers)
            messages.success(request, "Saved. The page “Who pays” of that request says it.")
            return redirect(advice)
    return ask(
        request, advice.pupil, form, heading=advice.who_in_words, button="Save", back=advice.get_absolute_url(),
        lead=rules.STATUTORY_ADVICE,
    )  # fmt: skip


def claim_exception(request: SignedInRequest, ehc_request_id: int) -> HttpResponse:
    found = found_request(request, ehc_request_id)
    return enter(
        request, found, ExceptionForm.opened(request, about=found),
        lambda form: actions.claim_exception(found.pk, by=request.user, key=form.key, **form.answers),
        may=permissions.can_enter_decision(request.user, found), done="Kept. The date the law gives has not moved.",
        heading="Why a step was not in time", button="Keep this reason",
        lead="A reason explains why a date was missed. It gives no new date, and the summer alone is none.",
    )  # fmt: skip

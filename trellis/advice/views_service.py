"""What a service does with a request: accept, decline, pass on, report."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from trellis.advice import actions, permissions, queries
from trellis.advice.forms import AcceptForm, CloseForm, DeclineForm, IssueForm, ReportForm
from trellis.advice.models import AdviceRequest, AdviceState
from trellis.advice.views_frame import initials_frame, request_of_service
from trellis.conduct.refusals import require
from trellis.people.requests import SignedInRequest


def accept_request(request: SignedInRequest, advice_id: int) -> HttpResponse:
    """Accept, or give an accepted request to somebody else; from the list one stays on the list."""
    advice = request_of_service(request, advice_id)
    require(permissions.can_decide(request.user, advice))
    form = AcceptForm.opened(request, about=advice, staff=queries.staff_of(advice.service_id))
    if form.is_valid():
        with form.refusals():
            accept = actions.pass_on_request if advice.state == AdviceState.ACCEPTED else actions.accept_request
            accept(advice.pk, by=request.user, seen=form.version, **form.answers)
            messages.success(request, f"Accepted. {form.cleaned_data['taken_by']} takes it on; the school knows.")
            return redirect("requests" if "from_list" in request.POST else advice)
    return _form(request, advice, form, title="Accept this request", button="Accept this request")


def decline_request(request: SignedInRequest, advice_id: int) -> HttpResponse:
    advice = request_of_service(request, advice_id)
    require(permissions.can_decide(request.user, advice))
    form = DeclineForm.opened(request, about=advice)
    if form.is_valid():
        with form.refusals():
            actions.decline_request(advice.pk, by=request.user, seen=form.version, **form.answers)
            messages.success(request, "Declined. The school reads why, and what it can do next.")
            return redirect("requests")
    return _form(request, advice, form, title="Decline this request", button="Decline this request", tone="warning")


def close_request(request: SignedInRequest, advice_id: int) -> HttpResponse:
    """A talk was enough: close without a report."""
    advice = request_of_service(request, advice_id)
    require(permissions.can_write_report(request.user, advice))
    form = CloseForm.opened(request, about=advice)
    if form.is_valid():
        with form.refusals():
            actions.close_without_report(advice.pk, by=request.user, seen=form.version, **form.answers)
            return redirect(advice)
    return _form(request, advice, form, title="Close without a report", button="Close this request")


def write_report(request: SignedInRequest, advice_id: int) -> HttpResponse:
    """The report, private until it is issued."""
    advice = request_of_service(request, advice_id, named=True)
    require(permissions.can_write_report(request.user, advice))
    report = queries.report_of(advice)
    if advice.state != AdviceState.ACCEPTED:
        return redirect(advice)
    shown = len(report.drafted) + 3 if report else 4
    form = ReportForm.opened(request, about=report or advice, shown=max(shown, _numbered(request)))
    if form.is_valid():
        with form.refusals():
            actions.write_report(
                advice.pk, by=request.user, seen=form.version if report else 0,
                summary=form.cleaned_data["summary"], recommendations=form.recommendations,
            )  # fmt: skip
            if "more" in request.POST:
                return redirect("write_report", advice.pk)
            return redirect("issue_report", advice.pk)
    context = initials_frame(advice) | {"form": form, "report": report}
    return render(request, "advice/write_report.html", context)


def _numbered(request: SignedInRequest) -> int:
    return sum(name.startswith("recommendation_") for name in request.POST)


def issue_report(request: SignedInRequest, advice_id: int) -> HttpResponse:
    """Read it once more, add a file, issue it."""
    advice = request_of_service(request, advice_id, named=True)
    require(permissions.can_write_report(request.user, advice))
    report = queries.report_of(advice)
    if advice.state != AdviceState.ACCEPTED or report is None:
        return redirect(advice)
    form = IssueForm.opened(request, about=report)
    if form.is_valid():
        with form.refusals():
            actions.issue_report(advice.pk, by=request.user, seen=form.version, upload=form.cleaned_data["file"])
            messages.success(request, "The report is issued. The SENCO answers each recommendation.")
            return redirect(advice)
    return render(request, "advice/issue_report.html", initials_frame(advice) | {"form": form, "report": report})


def _form(
    request: SignedInRequest, advice: AdviceRequest, form: Any, *, title: str, button: str, tone: str = ""
) -> HttpResponse:
    words = {"title": title, "button": button, "tone": tone, "form": form}
    return render(request, "advice/service_form.html", initials_frame(advice) | words)

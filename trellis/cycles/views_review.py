"""Review: what became of each outcome, what people think, what is decided."""

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from trellis.conduct import clock
from trellis.cycles import actions, queries
from trellis.cycles.forms import CycleReviewForm
from trellis.cycles.rules import CYCLE
from trellis.cycles.views_frame import cycle_frame, cycle_kept
from trellis.people.requests import SignedInRequest
from trellis.voices.models import View, Whose
from trellis.voices.queries import latest_views


def record_review(request: SignedInRequest, cycle_id: int) -> HttpResponse:
    """One outcome after the other, its evidence and delivery beside the choices; then views; then decisions."""
    cycle = cycle_kept(request, cycle_id)
    if request.method == "GET" and not CYCLE.may("reviewed", cycle):
        return redirect(cycle)
    plan = queries.plan_of(cycle)
    views = latest_views(cycle.pupil, request.user)
    said = _said_since(views, cycle.agreed_on)
    status = queries.sen_status_on(cycle.pupil, clock.today())
    form = CycleReviewForm.opened(request, about=cycle, outcomes=plan, sen_status=status, said=_words(said))
    if form.is_valid():
        with form.refusals():
            answers = form.review
            answers["views"] = _linked(answers["views"], said)
            actions.record_review(cycle.pk, by=request.user, seen=form.version, key=form.key, **answers)
            messages.success(request, f"The review of cycle {cycle.number} is recorded.")
            return redirect(cycle)
    return render(request, "cycles/record_review.html", cycle_frame(request, cycle, form=form, plan=plan, said=said))


def _said_since(views: dict[str, View], agreed_on: date | None) -> dict[str, View]:
    """The newest views given since the plan was agreed: the pupil's, and the carer's or parent's."""
    fresh = {whose: view for whose, view in views.items() if agreed_on is None or view.given_on >= agreed_on}
    home = fresh.get(Whose.CARER) or fresh.get(Whose.PARENT)
    return {name: view for name, view in {"pupil": fresh.get(Whose.PUPIL), "carer": home}.items() if view}


def _words(said: dict[str, View]) -> dict[str, str]:
    return {whose: view.in_words for whose, view in said.items()}


def _linked(typed: dict[str, str], said: dict[str, View]) -> dict[str, str | View]:
    """A view left as it was given is linked to; other words stand as typed."""
    return {
        whose: said[whose] if whose in said and words == said[whose].in_words else words
        for whose, words in typed.items()
    }

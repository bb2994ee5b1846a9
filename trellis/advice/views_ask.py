"""Asking for advice: five short pages, each saved to the draft, then check and send."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from trellis.advice import actions, permissions, queries
from trellis.advice.forms import ConsentForm, QuestionForm, TriedForm, WhenForm
from trellis.advice.models import AdvicePolicy, AdviceRequest
from trellis.advice.views_frame import advice_frame, draft_kept, request_kept
from trellis.conduct import clock
from trellis.conduct.forms import PressForm
from trellis.conduct.refusals import require
from trellis.consents.queries import who_can_agree
from trellis.design.in_words import hours
from trellis.history.actions import looked_at
from trellis.people.requests import SignedInRequest
from trellis.pupils.models import Level, Pupil
from trellis.pupils.views_frame import pupil_frame


def ask_advice(request: SignedInRequest, pupil_id: int) -> HttpResponse:
    """The first page: the question begins the draft."""
    pupil = get_object_or_404(Pupil.objects.visible_to(request.user, Level.WHOLE), pk=pupil_id)
    looked_at(request, pupil.pk)
    place = queries.place_of(pupil)
    if place is None:
        return render(request, "advice/no_school.html", pupil_frame(request, pupil, "advice"))
    require(permissions.can_ask_advice(request.user, pupil, place.school))
    form = QuestionForm.opened(request, about=pupil, services=queries.services_for(pupil, place.school))
    if form.is_valid():
        with form.refusals():
            advice = actions.start_request(pupil.pk, by=request.user, key=form.key, **form.answers)
            return redirect("advice_tried", advice.pk)
    frame = pupil_frame(request, pupil, "advice")
    return render(request, "advice/page_question.html", frame | {"form": form, "step": 1, "steps": 5})


def question(request: SignedInRequest, advice_id: int) -> HttpResponse:
    advice = draft_kept(request, advice_id)
    if advice is None:
        return redirect("advice_request", advice_id)
    form = QuestionForm.opened(request, about=advice, services=queries.services_for(advice.pupil, advice.kept_by))
    return _saved(request, advice, form, then="advice_tried") or _page(request, advice, "question", form)


def tried(request: SignedInRequest, advice_id: int) -> HttpResponse:
    """What has been tried is there already: choose."""
    advice = draft_kept(request, advice_id)
    if advice is None:
        return redirect("advice_request", advice_id)
    form = TriedForm.opened(
        request, about=advice, cycles=queries.cycles_to_choose(advice.pupil),
        views=queries.views_to_choose(advice.pupil), targets=queries.targets_of(advice.pupil),
    )  # fmt: skip
    return _saved(request, advice, form, then="advice_consent") or _page(request, advice, "tried", form)


def consent(request: SignedInRequest, advice_id: int) -> HttpResponse:
    """Who can agree for this child and why; ask now, or talk without naming the child. Also after sending."""
    advice = request_kept(request, advice_id)
    if not advice.is_open:
        return redirect("advice_request", advice_id)
    candidates = who_can_agree(advice.pupil, clock.today())
    then = "advice_when" if advice.sent_on is None else "advice_request"
    form = ConsentForm.opened(request, about=advice, candidates=candidates, purpose=queries.purpose_of(advice))
    if form.is_valid():
        with form.refusals():
            actions.ask_consent_for(
                advice.pk, by=request.user, key=form.key, seen=form.version, without_name=form.without_name,
                **form.asked,
            )  # fmt: skip
            return redirect(then, advice.pk)
    is_asked = queries.consent_is_open(advice)
    return _page(request, advice, "consent", form, candidates=candidates, then=then, is_asked=is_asked)


def when(request: SignedInRequest, advice_id: int) -> HttpResponse:
    advice = draft_kept(request, advice_id)
    if advice is None:
        return redirect("advice_request", advice_id)
    policy = AdvicePolicy.objects.counting(advice.service, clock.today())
    usual = policy.minutes_for(advice.kind_of_work)
    source = "a sample until the service agrees its own times" if policy.pk is None else policy.source
    form = WhenForm.opened(
        request, about=advice, minutes=advice.minutes_needed,
        suggestion=f"“{advice.get_kind_of_work_display()}” takes about {hours(usual)} ({source}).",
    )  # fmt: skip
    return _saved(request, advice, form, then="advice_who_pays") or _page(request, advice, "when", form)


def who_pays(request: SignedInRequest, advice_id: int) -> HttpResponse:
    """Leads to the page of whoever knows the funding; without one, says so."""
    advice = draft_kept(request, advice_id)
    if advice is None:
        return redirect("advice_request", advice_id)
    url = queries.last_page(advice, request.user)
    return redirect(url) if url else _page(request, advice, "who pays", None)


@require_POST
def send_request(request: SignedInRequest, advice_id: int) -> HttpResponse:
    advice = request_kept(request, advice_id)
    form = PressForm.opened(request, about=advice)
    if form.is_valid():
        with form.refusals():
            actions.send_request(advice.pk, by=request.user, seen=form.version)
            messages.success(request, f"Sent to {advice.service}. They see initials until consent is given.")
            return redirect(advice)
    messages.error(request, " ".join(str(error) for error in form.non_field_errors()) or "Look at it once more.")
    return redirect(advice)


def _saved(request: SignedInRequest, advice: AdviceRequest, form: Any, *, then: str) -> HttpResponse | None:
    """Save a page to the draft and go on; None while there is something to mend."""
    if form.is_valid():
        with form.refusals():
            actions.change_request(advice.pk, by=request.user, seen=form.version, **form.answers)
            return redirect("advice_request" if "later" in request.POST else then, advice.pk)
    return None


def _page(request: SignedInRequest, advice: AdviceRequest, page: str, form: Any, **more: Any) -> HttpResponse:
    template = f"advice/page_{page.replace(' ', '_')}.html"
    return render(request, template, advice_frame(request, advice, page, form=form, **more))

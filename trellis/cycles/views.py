"""Looking at cycles: the pupil's present one, any one, the earlier ones; and starting or ending one."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from trellis.conduct import clock
from trellis.conduct.forms import ActionForm
from trellis.conduct.refusals import Answer, no, require
from trellis.cycles import actions, permissions, queries, rules
from trellis.cycles.forms import EndCycleForm, StartCycleForm
from trellis.cycles.models import AssessmentEntry, Cycle, CycleState, Handover, ReviewVoice
from trellis.cycles.views_frame import cycle_frame, cycle_kept
from trellis.history.actions import looked_at
from trellis.people.requests import SignedInRequest
from trellis.pupils.models import Level, Pupil, SchoolPlace
from trellis.pupils.queries import pupil_as_known, with_known_pupil
from trellis.pupils.views_frame import pupil_frame


def pupil_cycle(request: SignedInRequest, pupil_id: int) -> HttpResponse:
    """The pupil's present cycle; where there is none, what a cycle is and how to begin."""
    pupil = get_object_or_404(
        Pupil.objects.visible_to(request.user, Level.WHOLE, Level.CLASS, Level.WRITTEN), pk=pupil_id
    )
    looked_at(request, pupil.pk)
    readable = Cycle.objects.readable_by(request.user).filter(pupil=pupil).exclude(state=CycleState.ENDED)
    cycle = readable.with_names().latest_first().first()
    if cycle is not None:
        return _show(request, cycle)
    frame = pupil_frame(request, pupil, "cycle")
    return render(request, "cycles/no_cycle.html", frame | {"can_start": _can_start(request, pupil)})


def cycle(request: SignedInRequest, cycle_id: int) -> HttpResponse:
    """One cycle on one page: its present step open, the finished ones folded."""
    readable = Cycle.objects.readable_by(request.user).with_names().select_related("review")
    cycle = get_object_or_404(with_known_pupil(request.user, readable), pk=cycle_id)
    pupil_as_known(cycle)
    looked_at(request, cycle.pupil_id)
    return _show(request, cycle)


def _show(request: SignedInRequest, cycle: Cycle) -> HttpResponse:
    context = cycle_frame(request, cycle)
    if context["reading"].is_written_only and cycle.has_been_handed_over:
        theirs = Handover.objects.visible_to(request.user).filter(cycle=cycle).order_by("-pk")
        handover = get_object_or_404(theirs[:1])
        return render(request, "cycles/handed_over.html", context | {"handover": handover} | handover.as_it_stood)
    return render(request, "cycles/cycle.html", context | _whole_story(request, cycle, context))


def _whole_story(request: SignedInRequest, cycle: Cycle, context: dict[str, Any]) -> dict[str, Any]:
    """All four steps; of assessment and views only what class staff may not see is left out."""
    plan = queries.plan_of(cycle)
    delivery = queries.delivery_in(plan)
    review = getattr(cycle, "review", None)
    story: dict[str, Any] = {
        "plan": plan,
        "delivery": delivery,
        "drift": rules.drift_in_words(delivery),
        "readiness": rules.readiness(queries.plan_facts(cycle, plan), clock.today()),
        "review": review,
        "today": clock.today(),
    }
    others = queries.other_cycles(cycle)
    story["earlier"] = [one for one in others if one.number < cycle.number]
    is_last = not any(one.number > cycle.number and one.state != CycleState.ENDED for one in others)
    story["may_start_next"] = not cycle.is_open and is_last and _can_start(request, cycle.pupil)
    if not context["reading"].is_class:
        story["entries"] = list(AssessmentEntry.objects.filter(cycle=cycle).order_by("said_on", "pk"))
        story["voices"] = list(ReviewVoice.objects.filter(review=review).order_by("pk")) if review else []
    return story


def start_cycle(request: SignedInRequest, pupil_id: int) -> HttpResponse:
    """Begin the next cycle from what the last one taught; nothing is copied that is not chosen."""
    pupil = get_object_or_404(Pupil.objects.visible_to(request.user, Level.WHOLE), pk=pupil_id)
    looked_at(request, pupil.pk)
    require(_can_start(request, pupil))
    last = queries.current_cycle(pupil)
    if last is not None and last.is_open:
        return redirect(last)
    earlier = queries.plan_of(last) if last else []
    form = StartCycleForm.opened(request, about=pupil, earlier=earlier)
    if form.is_valid():
        with form.refusals():
            cycle = actions.start_cycle(pupil.pk, by=request.user, key=form.key, **form.answers)
            return redirect("assess", cycle.pk)
    context = {"form": form, "last": last, "learned": queries.learned_from(last) if last else []}
    return render(request, "cycles/start_cycle.html", pupil_frame(request, pupil, "cycle") | context)


def _can_start(request: SignedInRequest, pupil: Pupil) -> Answer:
    place = SchoolPlace.objects.filter(pupil=pupil, during__contains=clock.today()).select_related("school").first()
    if place is None:
        return no("A cycle is kept by a school. Record the pupil’s school place first.")
    return permissions.can_start_cycle(request.user, pupil, place.school)


def end_cycle(request: SignedInRequest, cycle_id: int) -> HttpResponse:
    """End a cycle that should not go on, without a review."""
    cycle = cycle_kept(request, cycle_id)
    form = EndCycleForm.opened(request, about=cycle)
    if form.is_valid():
        with form.refusals():
            actions.end_cycle(cycle.pk, by=request.user, seen=form.version, **form.answers)
            return redirect("pupil_cycle", cycle.pupil_id)
    return form_page(request, cycle, form, title="End this cycle without a review", button="End this cycle")


def form_page(
    request: SignedInRequest, cycle: Cycle, form: ActionForm, *, title: str, button: str, back: str = "cycle",
    lead: str = "", tone: str = "", **more: Any,
) -> HttpResponse:  # fmt: skip
    """A page that asks one thing about a cycle; ``back`` names the page of the cycle to return to."""
    words = {"title": title, "button": button, "lead": lead, "tone": tone, "back": reverse(back, args=[cycle.pk])}
    return render(request, "pupils/form_page.html", cycle_frame(request, cycle, form=form, **words, **more))

"""Assess: what everybody knows, then what it comes to."""

from collections.abc import Iterable

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from trellis.conduct.refusals import require
from trellis.cycles import actions, permissions, queries
from trellis.cycles.forms import AssessmentEntryForm, FinishAssessmentForm
from trellis.cycles.models import AreaOfNeed, AssessmentEntry, Cycle
from trellis.cycles.rules import CYCLE
from trellis.cycles.views import form_page
from trellis.cycles.views_frame import cycle_frame, cycle_kept
from trellis.history.actions import looked_at
from trellis.people.requests import SignedInRequest
from trellis.voices.models import View


def assess(request: SignedInRequest, cycle_id: int) -> HttpResponse:
    """Evidence by who said it; the summary stands last."""
    cycle = get_object_or_404(Cycle.objects.visible_to(request.user).with_names(), pk=cycle_id)
    looked_at(request, cycle.pupil_id)
    context = cycle_frame(request, cycle)
    if context["reading"].is_written_only and cycle.has_been_handed_over:
        return redirect(cycle)
    entries = list(AssessmentEntry.objects.filter(cycle=cycle).order_by("said_on", "pk"))
    used = {entry.view_id for entry in entries}
    views = View.objects.visible_to(request.user).about(cycle.pupil_id).in_words().select_related("pupil", "typed_by")
    context |= {
        "entries": entries,
        "views": _each_once(view for view in views if view.pk not in used),
        "learned": queries.learned_from(cycle.follows) if cycle.follows and context["reading"].is_whole else [],
        "asked": queries.who_was_asked(entries, cycle.pupil),
        "may_change": context["rights"].keep and cycle.is_open,
        "may_finish": context["rights"].keep and CYCLE.may("assessed", cycle),
    }
    return render(request, "cycles/assess.html", context)


def _each_once(views: Iterable[View]) -> list[View]:
    """Of views that say the same, the newest."""
    by_words: dict[str, View] = {}
    for view in views:
        by_words.setdefault(view.words or str(view.pk), view)
    return list(by_words.values())


def add_assessment_entry(request: SignedInRequest, cycle_id: int) -> HttpResponse:
    """Add what somebody knows. A class teacher adds without reading what others said."""
    cycle = get_object_or_404(Cycle.objects.readable_by(request.user).with_names(), pk=cycle_id)
    looked_at(request, cycle.pupil_id)
    rights = permissions.rights(request.user, cycle)
    require(rights.add_entry)
    form = AssessmentEntryForm.opened(request, about=cycle, from_class=not rights.reads_whole)
    if form.is_valid():
        with form.refusals():
            actions.add_assessment_entry(cycle.pk, by=request.user, key=form.key, **form.answers)
            return redirect("assess" if rights.reads_whole else "cycle", cycle.pk)
    return form_page(
        request, cycle, form, title="Add what you know", button="Add to the assessment",
        back="assess" if rights.reads_whole else "cycle",
        lead="What you see counts: when it goes well, when it does not, and what came before.",
    )  # fmt: skip


def change_assessment_entry(request: SignedInRequest, entry_id: int) -> HttpResponse:
    entry = get_object_or_404(AssessmentEntry.objects.visible_to(request.user), pk=entry_id)
    cycle = cycle_kept(request, entry.cycle_id)
    form = AssessmentEntryForm.opened(request, about=entry)
    if form.is_valid():
        with form.refusals():
            actions.change_assessment_entry(entry.pk, by=request.user, seen=form.version, **form.answers)
            return redirect("assess", cycle.pk)
    return form_page(request, cycle, form, title="Change what was said", button="Save the change", back="assess")


def bring_in_view(request: SignedInRequest, cycle_id: int, view_id: int) -> HttpResponse:
    """Use a view given before, as it was given. Asked by GET it leads to the assessment, where the button is."""
    cycle = cycle_kept(request, cycle_id)
    view = get_object_or_404(View.objects.visible_to(request.user).of_child(cycle.pupil_id), pk=view_id)
    if request.method == "POST":
        actions.bring_in_view(cycle.pk, by=request.user, view_id=view.pk)
    return redirect("assess", cycle.pk)


def finish_assessment(request: SignedInRequest, cycle_id: int) -> HttpResponse:
    """Say what the assessment found and what gets in the way."""
    cycle = cycle_kept(request, cycle_id)
    spoken_of = cycle.entries.filter(area=AreaOfNeed.SEMH).exists()
    form = FinishAssessmentForm.opened(request, about=cycle, about_behaviour=spoken_of or bool(cycle.other_causes))
    if form.is_valid():
        with form.refusals():
            actions.finish_assessment(cycle.pk, by=request.user, seen=form.version, **form.found)
            return redirect("plan", cycle.pk)
    return form_page(request, cycle, form, title="Finish the assessment", button="Finish the assessment", back="assess")

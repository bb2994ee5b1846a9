"""The pages of a positive intervention plan: read it, write its three parts, agree it, look at it again, print it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from trellis.conduct.forms import PressForm
from trellis.conduct.refusals import require
from trellis.design.in_words import full_date
from trellis.documents.views import pdf_of, word_of
from trellis.history.actions import looked_at
from trellis.intervention_plans import actions, permissions, queries, rules
from trellis.intervention_plans.forms import (
    AboutForm,
    AdultsForm,
    AgreePlanForm,
    ConfirmPlanForm,
    IncidentForm,
    PlanPartForm,
    SharePlanForm,
    StagesForm,
)
from trellis.intervention_plans.models import InterventionPlan
from trellis.people.requests import SignedInRequest
from trellis.pupils.models import Level, Pupil
from trellis.pupils.views_frame import pupil_frame

TAB = "school place"
PARTS: dict[str, tuple[type[PlanPartForm], str, str]] = {
    "about": (AboutForm, "About the pupil", "Strengths first: they are where a way back begins."),
    "stages": (StagesForm, "What to do at each stage", "Short lines, for the minute in which they are needed."),
    "adults": (AdultsForm, "Adults and places", "So that everybody does the same, also when you are away."),
}

# --- read ------------------------------------------------------------------------------------------------------------


def pupil_intervention_plan(request: SignedInRequest, pupil_id: int) -> HttpResponse:
    """The plan that stands; a school that the pupil left sees the last it wrote."""
    levels = (Level.WHOLE, Level.CLASS, Level.WRITTEN)
    pupil = get_object_or_404(Pupil.objects.visible_to(request.user, *levels), pk=pupil_id)
    looked_at(request, pupil.pk)
    return _shown(request, pupil, None)


def intervention_plan(request: SignedInRequest, intervention_plan_id: int) -> HttpResponse:
    """One version, the present one or an earlier."""
    plan = _read(request, intervention_plan_id)
    return _shown(request, plan.pupil, plan)


def print_intervention_plan(request: SignedInRequest, intervention_plan_id: int) -> HttpResponse:
    """The page as it was printed when it was agreed."""
    return pdf_of(_document(_read(request, intervention_plan_id)))


def intervention_plan_word(request: SignedInRequest, intervention_plan_id: int) -> HttpResponse:
    return word_of(_document(_read(request, intervention_plan_id)))


def _read(request: SignedInRequest, plan_id: int) -> InterventionPlan:
    plan = get_object_or_404(InterventionPlan.objects.readable_by(request.user).with_names(), pk=plan_id)
    looked_at(request, plan.pupil_id)
    return plan


def _document(plan: InterventionPlan) -> Any:
    return plan.document


def _shown(request: SignedInRequest, pupil: Pupil, plan: InterventionPlan | None) -> HttpResponse:
    frame = pupil_frame(request, pupil, TAB)
    versions = queries.versions_of(pupil, request.user)
    plan = plan or next(iter(versions), None)
    may_write = permissions.can_write_plan(request.user, pupil)
    more = {
        "plan": plan,
        "others": [one for one in versions if one != plan],
        "may_write": may_write,
        "draft": queries.draft_of(pupil) if may_write else None,
        "shared": [] if plan is None or frame["reading"].is_class else list(plan.shared.order_by("shared_on", "pk")),
    }
    return render(request, "intervention_plans/plan.html", frame | _contents(plan) | more)


def _contents(plan: InterventionPlan | None) -> dict[str, Any]:
    if plan is None:
        return {}
    return {"about": queries.about_of(plan), "stages": queries.stages_of(plan), "adults": queries.adults_of(plan)}


# --- write -----------------------------------------------------------------------------------------------------------


def start_intervention_plan(request: SignedInRequest, pupil_id: int) -> HttpResponse:
    """Begin a version, from the one before or from the passport."""
    pupil = get_object_or_404(Pupil.objects.visible_to(request.user, Level.WHOLE), pk=pupil_id)
    looked_at(request, pupil.pk)
    require(permissions.can_write_plan(request.user, pupil))
    if draft := queries.draft_of(pupil):
        return redirect("agree_intervention_plan", draft.pk)
    form = PressForm.opened(request, about=pupil)
    if form.is_valid():
        with form.refusals():
            draft = actions.start_plan(pupil.pk, by=request.user, key=form.key)
            return redirect("write_plan_about", draft.pk)
    more = {"form": form, "current": queries.current_plan(pupil)}
    return render(request, "intervention_plans/start_plan.html", pupil_frame(request, pupil, TAB) | more)


def write_part(request: SignedInRequest, intervention_plan_draft_id: int, part: str) -> HttpResponse:
    """One of the three parts; each leads on to the next."""
    plan = _draft(request, intervention_plan_draft_id)
    kind, title, lead = PARTS[part]
    form = kind.opened(request, about=plan)
    if form.is_valid():
        with form.refusals():
            actions.write_plan(plan.pk, by=request.user, seen=form.version, **form.words)
            return redirect(_after(part), plan.pk)
    more = {"form": form, "plan": plan, "part": part, "title": title, "lead": lead}
    return render(request, "intervention_plans/write_part.html", pupil_frame(request, plan.pupil, TAB) | more)


def _after(part: str) -> str:
    later = list(PARTS)[list(PARTS).index(part) + 1 :]
    return f"write_plan_{later[0]}" if later else "agree_intervention_plan"


def agree_intervention_plan(request: SignedInRequest, intervention_plan_draft_id: int) -> HttpResponse:
    """The draft as it would be read, what is missing, and the agreement of school and pupil."""
    plan = _draft(request, intervention_plan_draft_id)
    flagged = rules.care_words_in(queries.facts_of(plan))
    form = AgreePlanForm.opened(request, about=plan, is_flagged=bool(flagged))
    if form.is_valid():
        with form.refusals():
            agreed = actions.agree_plan(plan.pk, by=request.user, seen=form.version, **form.answers)
            messages.success(request, f"Version {agreed.number} is agreed. Print it, and say who was given it.")
            return redirect("pupil_intervention_plan", plan.pupil_id)
    more = {
        "form": form,
        "plan": plan,
        "parts": [
            {"text": title, "url": reverse(f"write_plan_{part}", args=[plan.pk])}
            for part, (_, title, _) in PARTS.items()
        ],
        "missing": queries.missing_in(plan),
        "flagged": flagged,
        "care_sentence": rules.plan_leaves_care_out.sentence.partition("?")[0] + "?",
    }
    frame = pupil_frame(request, plan.pupil, TAB)
    return render(request, "intervention_plans/agree_plan.html", frame | _contents(plan) | more)


def set_aside_intervention_plan(request: SignedInRequest, intervention_plan_draft_id: int) -> HttpResponse:
    """Give up a draft, asked once."""
    plan = _draft(request, intervention_plan_draft_id)
    form = PressForm.opened(request, about=plan)
    if form.is_valid():
        with form.refusals():
            actions.set_aside_plan(plan.pk, by=request.user)
            messages.success(request, "The draft is set aside.")
            return redirect("pupil_intervention_plan", plan.pupil_id)
    return _form_page(
        request, plan, form, title="Set this draft aside?", button="Set the draft aside", tone="warning",
        lead="It stays in the record. The version that was agreed goes on standing.",
    )  # fmt: skip


def _draft(request: SignedInRequest, draft_id: int) -> InterventionPlan:
    drafts = InterventionPlan.objects.visible_to(request.user).drafts()
    plan: InterventionPlan = get_object_or_404(drafts.with_names(), pk=draft_id)
    looked_at(request, plan.pupil_id)
    require(permissions.can_write_plan(request.user, plan.pupil))
    return plan


# --- while it stands -------------------------------------------------------------------------------------------------


def confirm_intervention_plan(request: SignedInRequest, intervention_plan_id: int) -> HttpResponse:
    """They looked at it together: still right."""
    plan = _kept(request, intervention_plan_id)
    form = ConfirmPlanForm.opened(request, about=plan)
    if form.is_valid():
        with form.refusals():
            confirmed = actions.confirm_plan(plan.pk, by=request.user, seen=form.version, **form.answers)
            messages.success(request, f"Noted. Look at it together again by {full_date(confirmed.review_on)}.")
            return redirect("pupil_intervention_plan", plan.pupil_id)
    return _form_page(
        request, plan, form, title="It is still right", button="Record that it is still right",
        lead="You looked at it together and the words stay as they are. If anything changed, begin a new version.",
    )  # fmt: skip


def look_again_at_plan(request: SignedInRequest, intervention_plan_id: int) -> HttpResponse:
    """Something serious happened: look at the plan again soon."""
    plan = _kept(request, intervention_plan_id)
    form = IncidentForm.opened(request, about=plan)
    if form.is_valid():
        with form.refusals():
            changed = actions.look_again_after(plan.pk, by=request.user, seen=form.version, **form.answers)
            messages.success(request, f"Look at the plan together by {full_date(changed.review_on)}.")
            return redirect("pupil_intervention_plan", plan.pupil_id)
    return _form_page(
        request, plan, form, title="After a serious incident", button="Bring the review forward",
        lead="The plan is looked at again within five school days. Write what happened in your school’s own incident "
        "record: it does not belong in the plan.",
    )  # fmt: skip


def share_intervention_plan(request: SignedInRequest, intervention_plan_id: int) -> HttpResponse:
    """Write down who was given the plan."""
    plan = _kept(request, intervention_plan_id)
    form = SharePlanForm.opened(request, about=plan)
    if form.is_valid():
        with form.refusals():
            actions.share_plan(plan.pk, by=request.user, key=form.key, **form.answers)
            return redirect("pupil_intervention_plan", plan.pupil_id)
    return _form_page(
        request, plan, form, title="Say who was given the plan", button="Add to the list",
        lead="Class staff of the pupil read it here. Others, lunchtime staff for example, need it on paper.",
    )  # fmt: skip


def _kept(request: SignedInRequest, plan_id: int) -> InterventionPlan:
    plan = _read(request, plan_id)
    require(permissions.can_write_plan(request.user, plan.pupil))
    return plan


def _form_page(request: SignedInRequest, plan: InterventionPlan, form: Any, **words: str) -> HttpResponse:
    words["back"] = reverse("pupil_intervention_plan", args=[plan.pupil_id])
    return render(request, "pupils/form_page.html", pupil_frame(request, plan.pupil, TAB) | {"form": form} | words)

"""Looking at cases of the Highly Vulnerable framework; proposing, deciding, reviewing and ending them."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from trellis.conduct import clock
from trellis.conduct.forms import PressForm
from trellis.conduct.refusals import require
from trellis.history.actions import looked_at
from trellis.hv import actions, permissions, queries, rules
from trellis.hv.forms import (
    AnswerForm,
    ConfirmForm,
    DecideForm,
    EndForm,
    ExtendForm,
    GoOnForm,
    ProposeForm,
    SpendForm,
    UrgentForm,
)
from trellis.hv.models import HvCase, HvDecision, HvPolicy, HvSpend
from trellis.people.requests import SignedInRequest
from trellis.pupils.models import Level, Pupil
from trellis.pupils.views_frame import pupil_frame

MOST_SHOWN = 200


def hv_cases(request: SignedInRequest) -> HttpResponse:
    """The Virtual School's cases: what waits for the panel first, then what was awarded, then what is over."""
    cases = list(queries.cases_of(request.user)[:MOST_SHOWN])
    looked_at(request, *(case.pupil_id for case in cases))
    may_decide = request.user.plays(permissions.DECIDERS)
    shown = {"groups": queries.grouped(cases), "is_any": bool(cases), "may_decide": may_decide}
    return render(request, "hv/cases.html", shown)


def pupil_hv(request: SignedInRequest, pupil_id: int) -> HttpResponse:
    """The pupil's cases; where there is none, what the framework is and how to propose."""
    pupil = get_object_or_404(Pupil.objects.visible_to(request.user, Level.WHOLE), pk=pupil_id)
    looked_at(request, pupil.pk)
    cases = list(HvCase.objects.filter(pupil=pupil).with_names().order_by("-pk"))
    place = queries.place_today(pupil)
    may_propose = permissions.can_ask_hv(request.user, pupil, place.school_id if place else None)
    is_for_this_pupil = queries.virtual_school_for(pupil, clock.today()) is not None
    frame = pupil_frame(request, pupil, queries.TAB)
    shown = {
        "cases": cases,
        "is_open": any(case.is_open for case in cases),
        "is_for_this_pupil": is_for_this_pupil,
        "may_propose": is_for_this_pupil and may_propose,
    }
    return render(request, "hv/pupil_hv.html", frame | shown)


def propose_hv(request: SignedInRequest, pupil_id: int) -> HttpResponse:
    """The ten-minute form, with the entry test beside it."""
    pupil = get_object_or_404(Pupil.objects.visible_to(request.user, Level.WHOLE), pk=pupil_id)
    looked_at(request, pupil.pk)
    place = queries.place_today(pupil)
    require(permissions.can_ask_hv(request.user, pupil, place.school_id if place else None))
    case, virtual_school = queries.open_case(pupil), queries.virtual_school_for(pupil, clock.today())
    if case is not None:
        return redirect(case)
    frame = pupil_frame(request, pupil, queries.TAB)
    facts = queries.entry_facts_of(pupil, virtual_school)
    if virtual_school is None:
        return render(request, "hv/not_here.html", frame | {"checks": rules.entry_test(facts)})
    policy = HvPolicy.objects.counting(virtual_school, clock.today())
    form = ProposeForm.opened(request, about=pupil, policy=policy, virtual_school=virtual_school)
    if form.is_valid():
        with form.refusals():
            made = actions.ask_hv(pupil.pk, by=request.user, key=form.key, **form.answers)
            messages.success(request, "The case is with the panel. The Virtual School head has an e-mail.")
            return redirect(made)
    shown = {"form": form, "checks": rules.entry_test(facts), "policy": policy, "place": place}
    return render(request, "hv/propose_hv.html", frame | shown)


def hv_case(request: SignedInRequest, case_id: int) -> HttpResponse:
    """One case: where it stands, the papers, what was decided, what is left."""
    case = get_object_or_404(HvCase.objects.visible_to(request.user).with_names(), pk=case_id)
    looked_at(request, case.pupil_id)
    return render(request, "hv/case.html", _case_page(request, case))


def hv_panel(request: SignedInRequest) -> HttpResponse:
    """Panel day: the first case that waits; where none does, that is said."""
    first = queries.panel_queue(request.user).first()
    if first is not None:
        return redirect("decide_hv", first.pk)
    return render(request, "hv/panel_empty.html")


def decide_hv(request: SignedInRequest, case_id: int) -> HttpResponse:
    """One case of a panel day: the papers at the left, the decision at the right, then the next."""
    case = _case_decided_by(request, case_id)
    if case.awaits_panel:
        return _confirm(request, case)
    if not case.is_undecided:
        return redirect(case)
    form = DecideForm.opened(request, about=case, case=case)
    if form.is_valid():
        with form.refusals():
            actions.decide_hv(
                case.pk, by=request.user, seen=form.version, decision=form.cleaned_data["decision"],
                reason=form.cleaned_data["reason"], present=form.present, award=form.award,
                next_route=form.cleaned_data["next_route"], next_route_words=form.cleaned_data["next_route_words"],
            )  # fmt: skip
            return _to_the_next(request, case)
    return render(request, "hv/decide_hv.html", _panel_page(request, case, form))


def _confirm(request: SignedInRequest, case: HvCase) -> HttpResponse:
    form = ConfirmForm.opened(request, about=case, case=case)
    if form.is_valid():
        told = form.cleaned_data
        with form.refusals():
            actions.confirm_hv(
                case.pk, by=request.user, seen=form.version, reason=told["reason"], present=form.present,
                minutes_left=told.get("minutes_left"), pence_left=told.get("pence_left"), until=told["until"],
            )  # fmt: skip
            return _to_the_next(request, case)
    return render(request, "hv/confirm_hv.html", _panel_page(request, case, form))


def _to_the_next(request: SignedInRequest, case: HvCase) -> HttpResponse:
    """Say whose decision was entered, and which; then the next case."""
    messages.success(request, f"{queries.last_decision_in_words(case.pk)} The school has an e-mail.")
    following = queries.after(case, queries.panel_queue(request.user))
    return redirect("decide_hv", following) if following else redirect("hv_panel")


def award_hv_urgently(request: SignedInRequest, case_id: int) -> HttpResponse:
    """The Virtual School head awards alone, because it cannot wait."""
    case = _case_decided_by(request, case_id)
    if not case.is_undecided:
        return redirect(case)
    form = UrgentForm.opened(request, about=case, case=case)
    if form.is_valid():
        with form.refusals():
            actions.decide_hv(
                case.pk, by=request.user, seen=form.version, decision="awarded urgently",
                reason=form.cleaned_data["reason"], award=form.award,
            )  # fmt: skip
            messages.success(request, "Awarded. It counts from now; the panel confirms it afterwards.")
            return redirect(case)
    return _form_page(
        request, case, form, title="Award urgently", button="Award this now",
        lead="You decide alone because it cannot wait. The panel confirms afterwards, or changes it from then on.",
    )  # fmt: skip


def answer_hv(request: SignedInRequest, case_id: int) -> HttpResponse:
    """The school answers what the panel asked."""
    case = get_object_or_404(HvCase.objects.visible_to(request.user).with_names(), pk=case_id)
    looked_at(request, case.pupil_id)
    require(permissions.can_answer_hv(request.user, case))
    form = AnswerForm.opened(request, about=case)
    if form.is_valid():
        with form.refusals():
            actions.answer_hv(case.pk, by=request.user, seen=form.version, **form.answers)
            messages.success(request, "The panel has your answer.")
            return redirect(case)
    return _form_page(
        request,
        case,
        form,
        title="Answer the panel",
        button="Send the answer",
        lead=f"The panel asks: {case.more_asked}",
    )


@require_POST
def withdraw_hv(request: SignedInRequest, case_id: int) -> HttpResponse:
    """The school takes its proposal back."""
    case = get_object_or_404(HvCase.objects.visible_to(request.user).with_names(), pk=case_id)
    looked_at(request, case.pupil_id)
    require(permissions.can_answer_hv(request.user, case))
    form = PressForm.opened(request, about=case)
    if form.is_valid():
        with form.refusals():
            actions.withdraw_hv(case.pk, by=request.user, seen=form.version)
            messages.success(request, "The proposal is taken back. It stays in the record.")
            return redirect(case)
    return render(request, "hv/case.html", _case_page(request, case) | {"form": form})


def spend_hv_money(request: SignedInRequest, case_id: int) -> HttpResponse:
    """Enter money of the award that was spent."""
    case = get_object_or_404(HvCase.objects.visible_to(request.user).with_names(), pk=case_id)
    looked_at(request, case.pupil_id)
    require(permissions.can_end_hv(request.user, case))
    form = SpendForm.opened(request, about=case)
    if form.is_valid():
        with form.refusals():
            actions.spend_hv_money(case.pk, by=request.user, key=form.key, **form.answers)
            return redirect(case)
    return _form_page(request, case, form, title="Enter money spent", button="Enter this spending", lead=case.money_for)


def extend_hv(request: SignedInRequest, case_id: int) -> HttpResponse:
    case = _case_decided_by(request, case_id)
    form = ExtendForm.opened(request, about=case, case=case)
    if form.is_valid():
        with form.refusals():
            actions.extend_hv(case.pk, by=request.user, seen=form.version, **form.answers)
            return redirect(case)
    return _form_page(
        request, case, form, title="Give more time", button="Extend the award",
        lead="Once, without a new panel. Hours and money stay what they are.",
    )  # fmt: skip


def go_on_hv(request: SignedInRequest, case_id: int) -> HttpResponse:
    case = _case_decided_by(request, case_id)
    form = GoOnForm.opened(request, about=case)
    if form.is_valid():
        with form.refusals():
            actions.go_on_hv(case.pk, by=request.user, seen=form.version, **form.answers)
            return redirect(case)
    return _form_page(
        request, case, form, title="Let it go on at the new school", button="Let it go on",
        lead=f"The award came along to {case.kept_by}.",
    )  # fmt: skip


def end_hv(request: SignedInRequest, case_id: int) -> HttpResponse:
    """End the award with its exit record."""
    case = get_object_or_404(HvCase.objects.visible_to(request.user).with_names(), pk=case_id)
    looked_at(request, case.pupil_id)
    require(permissions.can_end_hv(request.user, case))
    form = EndForm.opened(request, about=case)
    if form.is_valid():
        with form.refusals():
            actions.end_hv(case.pk, by=request.user, seen=form.version, **form.answers)
            messages.success(request, "The case is ended. What was left went back to the Virtual School.")
            return redirect(case)
    return _form_page(
        request, case, form, title="End the award", button="End this award",
        lead="Write it with the school. What is left of hours and money goes back to the Virtual School.",
    )  # fmt: skip


def _case_decided_by(request: SignedInRequest, case_id: int) -> HvCase:
    """The case for the head who decides; for others who see it, the reason why not."""
    case = get_object_or_404(HvCase.objects.visible_to(request.user).with_names(), pk=case_id)
    looked_at(request, case.pupil_id)
    require(permissions.can_decide_hv(request.user, case))
    return case


def _case_page(request: SignedInRequest, case: HvCase) -> dict[str, Any]:
    """What a case's page shows. A school that the child left reads what it wrote, and nothing since."""
    frame = pupil_frame(request, case.pupil, queries.TAB)
    reads_back = frame["reading"].is_written_only and not request.user.plays_at(
        permissions.READ_BACK, case.virtual_school_id
    )
    shown: dict[str, Any] = {
        "case": case,
        "checks": rules.entry_test(queries.entry_facts(case)),
        "reads_back": reads_back,
        "form": None,
    }
    if not reads_back:
        shown |= {
            "decisions": list(HvDecision.objects.filter(case=case).select_related("by")),
            "accounts": queries.accounts_of(case),
            "spends": list(HvSpend.objects.filter(case=case)),
            "may_answer": permissions.can_answer_hv(request.user, case),
            "may_decide": permissions.can_decide_hv(request.user, case),
            "may_end": permissions.can_end_hv(request.user, case),
            "form": PressForm.opened(request, about=case),
        }
    return frame | shown


def _panel_page(request: SignedInRequest, case: HvCase, form: Any) -> dict[str, Any]:
    queue = list(queries.panel_queue(request.user).values_list("pk", flat=True))
    place = queue.index(case.pk) if case.pk in queue else None
    return pupil_frame(request, case.pupil, queries.TAB) | {
        "case": case,
        "form": form,
        "checks": rules.entry_test(queries.entry_facts(case)),
        "place": None if place is None else place + 1,
        "waiting": len(queue),
        "earlier": queue[place - 1] if place else None,
        "following": queries.after(case, queries.panel_queue(request.user)),
        "policy": case.policy_counting,
    }


def _form_page(
    request: SignedInRequest, case: HvCase, form: Any, *, title: str, button: str, lead: str = ""
) -> HttpResponse:  # fmt: skip
    """A page of one question about a case."""
    frame = pupil_frame(request, case.pupil, queries.TAB)
    shown = {"case": case, "form": form, "title": title, "button": button, "lead": lead}
    return render(request, "pupils/form_page.html", frame | shown | {"back": reverse("hv_case", args=[case.pk])})

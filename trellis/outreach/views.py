"""Looking at outreach; asking, answering, keeping contacts, planning, reviewing, closing."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from trellis.alerts.queries import reasons_in_words
from trellis.conduct import clock
from trellis.conduct.forms import PressForm
from trellis.conduct.refusals import require
from trellis.design.in_words import hours
from trellis.history.actions import looked_at
from trellis.hv.queries import standing_award, virtual_school_for
from trellis.outreach import actions, permissions, queries, rules
from trellis.outreach.forms import (
    AnswerForm,
    CloseForm,
    ContactForm,
    LookForm,
    PlanForm,
    RaiseForm,
    ReviewForm,
    StrikeForm,
)
from trellis.outreach.models import OutcomeLook, OutreachCase, OutreachContact, OutreachPolicy, OutreachReview
from trellis.people.requests import SignedInRequest
from trellis.pupils.models import Level, Pupil
from trellis.pupils.views_frame import pupil_frame

MOST_SHOWN = 200


def outreach_cases(request: SignedInRequest) -> HttpResponse:
    """The Virtual School's outreach: what is to be answered first, then what waits for a first contact."""
    cases = list(queries.cases_of(request.user)[:MOST_SHOWN])
    looks = queries.looks_to_come(request.user)[:MOST_SHOWN]
    looked_at(request, *(row.pupil_id for row in [*cases, *looks]))
    return render(request, "outreach/cases.html", {"groups": queries.grouped(cases), "looks": looks})


def pupil_outreach(request: SignedInRequest, pupil_id: int) -> HttpResponse:
    """The pupil's outreach; where there was none, what it is and how to ask."""
    pupil = get_object_or_404(Pupil.objects.visible_to(request.user, Level.WHOLE), pk=pupil_id)
    looked_at(request, pupil.pk)
    cases = list(OutreachCase.objects.filter(pupil=pupil).with_names().order_by("-raised_at", "-pk"))
    place = queries.place_today(pupil)
    shown = {
        "cases": cases,
        "is_open": any(case.is_open for case in cases),
        "may_raise": permissions.can_raise_outreach(request.user, pupil, place.school_id if place else None),
    }
    return render(request, "outreach/pupil_outreach.html", pupil_frame(request, pupil, queries.TAB) | shown)


def raise_outreach(request: SignedInRequest, pupil_id: int) -> HttpResponse:
    """Ask for outreach, in about five minutes."""
    pupil = get_object_or_404(Pupil.objects.visible_to(request.user, Level.WHOLE), pk=pupil_id)
    looked_at(request, pupil.pk)
    place = queries.place_today(pupil)
    require(permissions.can_raise_outreach(request.user, pupil, place.school_id if place else None))
    if (case := queries.open_outreach(pupil)) is not None:
        return redirect(case)
    frame = pupil_frame(request, pupil, queries.TAB)
    virtual_school = virtual_school_for(pupil, clock.today())
    if virtual_school is None:
        return render(request, "outreach/not_here.html", frame)
    trigger = reasons_in_words(pupil) if request.GET.get("from") == "alert" else ""
    form = RaiseForm.opened(request, about=pupil)
    if form.is_valid():
        with form.refusals():
            made = actions.raise_outreach(pupil.pk, by=request.user, key=form.key, trigger=trigger, **form.answers)
            messages.success(request, "The outreach teachers have an e-mail. The page says when they answer.")
            return redirect(made)
    policy = OutreachPolicy.objects.counting(virtual_school, clock.today())
    due_at = rules.answer_due(clock.now(), policy.answers_until)
    shown = {"form": form, "due_at": due_at, "place": place, "policy": policy, "trigger": trigger}
    return render(request, "outreach/raise_outreach.html", frame | shown)


def outreach_case(request: SignedInRequest, outreach_id: int) -> HttpResponse:
    """One case: what is next, contacts and hours, the plan, reviews, how it closed."""
    case = get_object_or_404(OutreachCase.objects.visible_to(request.user).with_names(), pk=outreach_id)
    looked_at(request, case.pupil_id)
    return render(request, "outreach/case.html", _case_page(request, case))


def answer_outreach(request: SignedInRequest, outreach_id: int) -> HttpResponse:
    """The Virtual School accepts, or names the right way instead."""
    case = _case_given_by(request, outreach_id)
    form = AnswerForm.opened(request, about=case)
    if form.is_valid():
        told, seen = form.cleaned_data, form.version
        with form.refusals():
            if told["decision"] == "accept":
                actions.accept_outreach(case.pk, by=request.user, seen=seen, answer=told["answer"])
            else:
                actions.redirect_outreach(
                    case.pk, by=request.user, seen=seen, instead=told["instead"], answer=told["answer"]
                )
            messages.success(request, "The school has your answer by e-mail.")
            return redirect(case)
    return _form_page(request, case, form, title="Answer the school", button="Send the answer", with_request=True)


@require_POST
def take_back_outreach(request: SignedInRequest, outreach_id: int) -> HttpResponse:
    case = get_object_or_404(OutreachCase.objects.visible_to(request.user).with_names(), pk=outreach_id)
    looked_at(request, case.pupil_id)
    require(permissions.can_take_back(request.user, case))
    form = PressForm.opened(request, about=case)
    if form.is_valid():
        with form.refusals():
            actions.take_back_outreach(case.pk, by=request.user, seen=form.version)
            messages.success(request, "The request is taken back. It stays in the record.")
            return redirect(case)
    return render(request, "outreach/case.html", _case_page(request, case) | {"form": form})


def keep_contact(request: SignedInRequest, outreach_id: int) -> HttpResponse:
    case = _case_given_by(request, outreach_id)
    form = ContactForm.opened(request, about=case)
    if form.is_valid():
        with form.refusals():
            actions.keep_contact(case.pk, by=request.user, key=form.key, **form.answers)
            return redirect(case)
    return _form_page(request, case, form, title="Write down a contact", button="Keep this contact")


def strike_contact(request: SignedInRequest, contact_id: int) -> HttpResponse:
    """Strike out a contact that was written down wrongly."""
    contact = get_object_or_404(
        OutreachContact.objects.visible_to(request.user).select_related("pupil", "case__virtual_school"), pk=contact_id
    )
    looked_at(request, contact.pupil_id)
    require(permissions.can_give_outreach(request.user, contact.case))
    form = StrikeForm.opened(request, about=contact)
    if form.is_valid():
        with form.refusals():
            actions.strike_contact(contact.pk, by=request.user, **form.answers)
            return redirect(contact.case)
    return _form_page(
        request, contact.case, form, title="Strike out this contact", button="Strike it out",
        lead=f"{contact}: {hours(contact.minutes)}.",
    )  # fmt: skip


def agree_outreach_plan(request: SignedInRequest, outreach_id: int) -> HttpResponse:
    case = _case_given_by(request, outreach_id)
    form = PlanForm.opened(request, about=case)
    if form.is_valid():
        with form.refusals():
            actions.agree_outreach_plan(case.pk, by=request.user, seen=form.version, **form.answers)
            return redirect(case)
    return _form_page(request, case, form, title="Agree the outreach plan", button="Agree this plan", with_request=True)


def review_outreach(request: SignedInRequest, outreach_id: int) -> HttpResponse:
    case = _case_given_by(request, outreach_id)
    form = ReviewForm.opened(request, about=case)
    if form.is_valid():
        with form.refusals():
            actions.review_outreach(case.pk, by=request.user, key=form.key, **form.answers)
            return redirect(case)
    return _form_page(request, case, form, title="Review outreach", button="Keep this review")


def close_outreach(request: SignedInRequest, outreach_id: int) -> HttpResponse:
    case = _case_given_by(request, outreach_id)
    form = CloseForm.opened(request, about=case)
    if form.is_valid():
        with form.refusals():
            actions.close_outreach(case.pk, by=request.user, seen=form.version, **form.answers)
            messages.success(request, "Outreach is closed. My week will ask whether it held.")
            return redirect(case)
    return _form_page(
        request, case, form, title="Close outreach", button="Close outreach", lead="Write it with the school."
    )


def look_at_outcome(request: SignedInRequest, look_id: int) -> HttpResponse:
    """Some weeks later: did it hold?"""
    look = get_object_or_404(
        OutcomeLook.objects.visible_to(request.user).select_related("pupil", "case__virtual_school"), pk=look_id
    )
    looked_at(request, look.pupil_id)
    require(permissions.can_give_outreach(request.user, look.case))
    form = LookForm.opened(request, about=look)
    if form.is_valid():
        with form.refusals():
            actions.look_at_outcome(look.pk, by=request.user, seen=form.version, **form.answers)
            return redirect(look.case)
    return _form_page(
        request, look.case, form, title=f"{look.weeks} weeks after outreach", button="Keep what you found"
    )


def _case_given_by(request: SignedInRequest, outreach_id: int) -> OutreachCase:
    """The case for the Virtual School's teachers; for others who see it, the reason why not."""
    case = get_object_or_404(OutreachCase.objects.visible_to(request.user).with_names(), pk=outreach_id)
    looked_at(request, case.pupil_id)
    require(permissions.can_give_outreach(request.user, case))
    return case


def _case_page(request: SignedInRequest, case: OutreachCase) -> dict[str, Any]:
    """What a case's page shows. A school that the child left reads what it wrote, and nothing since."""
    frame = pupil_frame(request, case.pupil, queries.TAB)
    may_give = permissions.can_give_outreach(request.user, case)
    if frame["reading"].is_written_only and not may_give:
        return frame | {"case": case, "reads_back": True, "form": None}
    contacts = queries.contacts_of(case)
    return frame | {
        "case": case,
        "contacts": contacts,
        "time": queries.time_of(contacts),
        "award": standing_award(case.pupil),
        "reviews": list(OutreachReview.objects.filter(case=case).select_related("by")),
        "looks": list(OutcomeLook.objects.filter(case=case).select_related("looked_by")),
        "may_give": may_give,
        "may_take_back": permissions.can_take_back(request.user, case),
        "form": PressForm.opened(request, about=case),
    }


def _form_page(
    request: SignedInRequest, case: OutreachCase, form: Any, *, title: str, button: str, lead: str = "",
    with_request: bool = False,
) -> HttpResponse:  # fmt: skip
    """A page of one question about a case, beside it what the school asked."""
    shown = {
        "case": case, "form": form, "title": title, "button": button, "lead": lead,
        "back": reverse("outreach_case", args=[case.pk]),
    }  # fmt: skip
    page = "outreach/form_beside_request.html" if with_request else "pupils/form_page.html"
    return render(request, page, pupil_frame(request, case.pupil, queries.TAB) | shown)

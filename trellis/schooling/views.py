"""A pupil's place in school: what keeps them out of it, for how long, who was told, and what is owed."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from trellis.conduct import clock
from trellis.conduct.forms import ActionForm
from trellis.conduct.refusals import require
from trellis.history.actions import looked_at
from trellis.organisations.models import School
from trellis.people.requests import SignedInRequest
from trellis.people.roles import SCHOOL_LEADS
from trellis.pupils import slots
from trellis.pupils.models import Level, Pupil
from trellis.pupils.views_frame import pupil_frame
from trellis.schooling import actions, permissions, queries, rules
from trellis.schooling.forms import (
    ArrangeForm,
    AttainmentForm,
    AttendanceForm,
    CloseForm,
    PartTimeForm,
    PartTimeReviewForm,
    SentHomeForm,
    SuspensionForm,
    TellForm,
)
from trellis.schooling.models import PartTimeReview, PartTimeTimetable, SentHome, Suspension, Telling

TAB = "school place"
BY_HAND = "Written by hand"


def school_place(request: SignedInRequest, pupil_id: int) -> HttpResponse:
    """Counts, what keeps the pupil out of school, and who has still to be told."""
    pupil = get_object_or_404(Pupil.objects.visible_to(request.user, Level.WHOLE, Level.WRITTEN), pk=pupil_id)
    looked_at(request, pupil.pk)
    frame = pupil_frame(request, pupil, TAB)
    today = clock.today()
    place = queries.place_on(pupil, today)
    whole = frame["reading"].is_whole
    timetables = PartTimeTimetable.objects.visible_to(request.user).filter(pupil=pupil)
    return render(
        request,
        "schooling/school_place.html",
        frame
        | {
            "place": place if whole else None,
            "facts": queries.facts_at(place, pupil, today) if whole else None,
            "suspensions": queries.of_pupil_visible_to(request.user, pupil),
            "timetables": timetables.with_names().latest_first(),
            "sent_home": SentHome.objects.visible_to(request.user).of_child(pupil.pk).select_related("school"),
            "to_tell": Telling.objects.visible_to(request.user).filter(pupil=pupil).still_to_do().with_names(),
            "told": queries.told_of(request.user, pupil),
            "may_record": permissions.can_record_for(request.user, pupil, place.school if place else None),
            "leads_here": place is not None and request.user.plays_at(SCHOOL_LEADS, place.school_id),
            "beside": list(slots.beside.ask(pupil, request.user)) if whole else [],
            "unlawful": rules.pupil_is_not_sent_home_to_cool_off.sentence,
        },
    )


# --- attendance and attainment ---------------------------------------------------------------------------------------


def tell_attendance(request: SignedInRequest, pupil_id: int) -> HttpResponse:
    pupil, school = _pupil_recorded_for(request, pupil_id)
    form = AttendanceForm.opened(request, about=pupil)
    if form.is_valid():
        with form.refusals():
            actions.tell_attendance(pupil.pk, by=request.user, source=BY_HAND, **form.answers)
            return redirect("school_place", pupil.pk)
    return _form_page(
        request, pupil, form, title="Tell of attendance", button="Save the attendance", back=_home(pupil),
        lead=f"At {school}, as its register counts it. A file of the school’s system brings many pupils at once.",
    )  # fmt: skip


def tell_attainment(request: SignedInRequest, pupil_id: int) -> HttpResponse:
    pupil, school = _pupil_recorded_for(request, pupil_id)
    form = AttainmentForm.opened(request, about=pupil)
    if form.is_valid():
        with form.refusals():
            actions.tell_attainment(pupil.pk, by=request.user, source=BY_HAND, **form.answers)
            return redirect("school_place", pupil.pk)
    return _form_page(
        request, pupil, form, title="Tell a result", button="Save the result", back=_home(pupil), lead=f"At {school}."
    )


# --- suspensions -----------------------------------------------------------------------------------------------------


def suspension(request: SignedInRequest, suspension_id: int) -> HttpResponse:
    """One suspension: who was told, which clocks run, what is arranged."""
    suspension = get_object_or_404(Suspension.objects.visible_to(request.user).with_names(), pk=suspension_id)
    looked_at(request, suspension.pupil_id)
    return render(
        request,
        "schooling/suspension.html",
        pupil_frame(request, suspension.pupil, TAB)
        | {
            "suspension": suspension,
            "said": actions.told_as(suspension),
            "clocks": queries.clocks_of(suspension),
            "tellings": suspension.tellings.select_related("told_by"),
            "may_change": permissions.can_change_suspension(request.user, suspension),
        },
    )


def record_suspension(request: SignedInRequest, pupil_id: int) -> HttpResponse:
    pupil, school = _pupil_recorded_for(request, pupil_id)
    left = queries.facts_of(pupil, clock.today()).left_in_year_in_words
    form = SuspensionForm.opened(request, about=pupil)
    if form.is_valid():
        with form.refusals():
            made = actions.record_suspension(pupil.pk, by=request.user, key=form.key, **form.answers)
            messages.success(request, "It is recorded. See below who has been told, and whom to ring now.")
            return redirect(made)
    return _form_page(
        request, pupil, form, title="Record a suspension or permanent exclusion", button="Record what the head decided",
        back=_home(pupil), lead=f"At {school}. Those whom the law names are told at once; a list says whom to ring. "
        f"Of the 45 school days that the law allows in a school year, {left} are left.",
    )  # fmt: skip


def arrange(request: SignedInRequest, suspension_id: int) -> HttpResponse:
    suspension = _suspension_changed_by(request, suspension_id)
    form = ArrangeForm.opened(request, about=suspension)
    if form.is_valid():
        with form.refusals():
            actions.arrange(suspension.pk, by=request.user, seen=form.version, **form.answers)
            return redirect(suspension)
    return _form_page(
        request, suspension.pupil, form, title="What is arranged", button="Save what is arranged",
        back=suspension.get_absolute_url(), lead=f"{actions.told_as(suspension)}.",
    )  # fmt: skip


def cancel_suspension(request: SignedInRequest, suspension_id: int) -> HttpResponse:
    return _close(
        request, suspension_id, actions.cancel_suspension, "Cancel this suspension",
        "The headteacher may cancel it before the governing board has met. Days spent out of school go on counting.",
    )  # fmt: skip


def reinstate(request: SignedInRequest, suspension_id: int) -> HttpResponse:
    return _close(
        request, suspension_id, actions.reinstate, "Record that the pupil is reinstated",
        "The governing board decided that the pupil comes back.",
    )  # fmt: skip


def _close(
    request: SignedInRequest, suspension_id: int, action: Callable[..., Any], title: str, lead: str
) -> HttpResponse:
    suspension = _suspension_changed_by(request, suspension_id)
    form = CloseForm.opened(request, about=suspension)
    if form.is_valid():
        with form.refusals():
            action(suspension.pk, by=request.user, seen=form.version, **form.answers)
            return redirect(suspension)
    return _form_page(
        request, suspension.pupil, form, title=title, button=title, back=suspension.get_absolute_url(), lead=lead
    )


def record_sent_home(request: SignedInRequest, pupil_id: int) -> HttpResponse:
    pupil, _ = _pupil_recorded_for(request, pupil_id)
    form = SentHomeForm.opened(request, about=pupil)
    if form.is_valid():
        with form.refusals():
            actions.record_sent_home(pupil.pk, by=request.user, key=form.key, **form.answers)
            return redirect("school_place", pupil.pk)
    return _form_page(
        request, pupil, form, title="Record that the pupil was sent home", button="Record that the pupil was sent home",
        back=_home(pupil), lead=rules.pupil_is_not_sent_home_to_cool_off.sentence + " Write it down all the same.",
    )  # fmt: skip


def tell(request: SignedInRequest, telling_id: int) -> HttpResponse:
    telling = get_object_or_404(Telling.objects.visible_to(request.user).with_names(), pk=telling_id)
    looked_at(request, telling.pupil_id)
    require(permissions.can_tell(request.user, telling))
    if telling.is_done:
        return redirect(telling)
    form = TellForm.opened(request, about=telling)
    if form.is_valid():
        with form.refusals():
            actions.tell(telling.pk, by=request.user, seen=form.version, **form.answers)
            return redirect(telling)
    return _form_page(
        request, telling.pupil, form, title=f"Who was told: {_lower(telling.get_who_display())}",
        button="Record that they were told", back=telling.get_absolute_url(), lead=telling.how,
    )  # fmt: skip


# --- part-time timetables --------------------------------------------------------------------------------------------


def part_time(request: SignedInRequest, timetable_id: int) -> HttpResponse:
    """One part-time timetable: the hours, who agreed, its reviews."""
    timetable = get_object_or_404(PartTimeTimetable.objects.visible_to(request.user).with_names(), pk=timetable_id)
    looked_at(request, timetable.pupil_id)
    may = permissions.can_record_for(request.user, timetable.pupil, timetable.school)
    return render(
        request,
        "schooling/part_time.html",
        pupil_frame(request, timetable.pupil, TAB)
        | {
            "timetable": timetable,
            "reviews": PartTimeReview.objects.visible_to(request.user).filter(timetable=timetable),
            "tellings": timetable.tellings.select_related("told_by"),
            "may_review": timetable.is_current and may,
            "may_change": may,
        },
    )


def agree_part_time(request: SignedInRequest, pupil_id: int) -> HttpResponse:
    pupil, _ = _pupil_recorded_for(request, pupil_id)
    form = PartTimeForm.opened(request, about=pupil)
    if form.is_valid():
        with form.refusals():
            made = actions.agree_part_time(pupil.pk, by=request.user, key=form.key, **form.answers)
            return redirect(made)
    return _form_page(
        request, pupil, form, title="Agree a part-time timetable", button="Agree this part-time timetable",
        back=_home(pupil),
        lead="Only in exceptional cases, in the pupil’s interest, for the shortest time, with a date on which it ends.",
    )  # fmt: skip


def review_part_time(request: SignedInRequest, timetable_id: int) -> HttpResponse:
    timetable = get_object_or_404(PartTimeTimetable.objects.visible_to(request.user).with_names(), pk=timetable_id)
    looked_at(request, timetable.pupil_id)
    require(permissions.can_record_for(request.user, timetable.pupil, timetable.school))
    form = PartTimeReviewForm.opened(request, about=timetable)
    if form.is_valid():
        with form.refusals():
            actions.review_part_time(timetable.pk, by=request.user, seen=form.version, key=form.key, **form.answers)
            return redirect(timetable)
    return _form_page(
        request, timetable.pupil, form, title="Review the part-time timetable", button="Record the review",
        back=timetable.get_absolute_url(), lead="With the pupil and their parents. Only a review may extend it.",
    )  # fmt: skip


# --- what the views stand on -----------------------------------------------------------------------------------------


def _pupil_recorded_for(request: SignedInRequest, pupil_id: int) -> tuple[Pupil, School]:
    """The pupil and their present school, for those who record for it."""
    pupil = get_object_or_404(Pupil.objects.visible_to(request.user, Level.WHOLE), pk=pupil_id)
    looked_at(request, pupil.pk)
    place = queries.place_on(pupil, clock.today())
    require(permissions.can_record_for(request.user, pupil, place.school if place else None))
    assert place is not None
    return pupil, place.school


def _suspension_changed_by(request: SignedInRequest, suspension_id: int) -> Suspension:
    suspension = get_object_or_404(Suspension.objects.visible_to(request.user).with_names(), pk=suspension_id)
    looked_at(request, suspension.pupil_id)
    require(permissions.can_change_suspension(request.user, suspension))
    return suspension


def _home(pupil: Pupil) -> str:
    return reverse("school_place", args=[pupil.pk])


def _lower(words: str) -> str:
    return words if words.startswith("EHC") else words[:1].lower() + words[1:]


def _form_page(
    request: SignedInRequest, pupil: Pupil, form: ActionForm, *, title: str, button: str, back: str, lead: str = ""
) -> HttpResponse:
    words = {"title": title, "button": button, "back": back, "lead": lead, "form": form}
    return render(request, "pupils/form_page.html", pupil_frame(request, pupil, TAB) | words)

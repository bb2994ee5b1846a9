"""Keeping what is known of a pupil, and the classes and groups of a school."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from trellis.conduct import clock
from trellis.conduct.refusals import require
from trellis.history.actions import looked_at
from trellis.pupils import actions, permissions, queries
from trellis.pupils.forms import (
    AddPupilForm,
    AuthorityForm,
    GroupForm,
    OfficerForm,
    ParticularsForm,
    PersonForm,
    PupilOfGroupForm,
    SenStatusForm,
    StaffOfGroupForm,
    UpnForm,
)
from trellis.pupils.models import Level, PersonAround, Pupil, TeachingGroup
from trellis.pupils.views_frame import pupil_frame

PEOPLE = "people"  # the tab under which these pages lie
CHECKING = "We are checking with others whether this pupil has a record already. Go on working here meanwhile."


def add_pupil(request: HttpRequest) -> HttpResponse:
    """A school adds a pupil of its own. A child it can see who may be the same is shown first."""
    form = AddPupilForm.opened(request, user=request.user)
    if form.is_valid() and not form.has_new_doubts():
        with form.refusals():
            pupil = actions.add_pupil(by=request.user, key=form.key, **form.answers)  # type: ignore[arg-type]
            messages.success(request, f"{pupil.first_name} is added. {CHECKING}")
            return redirect(pupil)
    looked_at(request, *(twin.pk for twin in form.twins))
    return render(request, "pupils/add_pupil.html", {"form": form})


def change_particulars(request: HttpRequest, pupil_id: int) -> HttpResponse:
    pupil = _corrected_by(request, pupil_id)
    form = ParticularsForm.opened(request, about=pupil)
    if form.is_valid():
        with form.refusals():
            actions.correct_particulars(pupil.pk, by=request.user, seen=form.version, **form.answers)
            return _saved(request, pupil)
    return _page(request, "pupils/change_particulars.html", pupil, form)


def replace_upn(request: HttpRequest, pupil_id: int) -> HttpResponse:
    pupil = _corrected_by(request, pupil_id)
    form = UpnForm.opened(request, about=pupil)
    if form.is_valid() and not form.has_new_doubts():
        with form.refusals():
            actions.replace_upn(pupil.pk, by=request.user, **form.answers)
            return _saved(request, pupil)
    return _page(request, "pupils/replace_upn.html", pupil, form)


def change_sen_status(request: HttpRequest, pupil_id: int) -> HttpResponse:
    pupil = _corrected_by(request, pupil_id)
    form = SenStatusForm.opened(request, about=pupil)
    if form.is_valid():
        with form.refusals():
            sen = actions.set_sen_status(pupil.pk, by=request.user, seen=form.version, **form.answers)
            messages.success(request, f"{pupil.first_name}: {sen.in_words}.")
            return redirect(pupil)
    return _page(request, "pupils/change_sen_status.html", pupil, form)


def add_person(request: HttpRequest, pupil_id: int) -> HttpResponse:
    pupil = _kept_by(request, pupil_id)
    form = PersonForm.opened(request, about=pupil)
    if form.is_valid():
        with form.refusals():
            actions.add_person_around(pupil.pk, by=request.user, key=form.key, **form.answers)
            return _saved(request, pupil)
    return _page(request, "pupils/person.html", pupil, form)


def change_person(request: HttpRequest, person_id: int) -> HttpResponse:
    visible = Pupil.objects.visible_to(request.user, Level.WHOLE)  # type: ignore[arg-type]
    person = get_object_or_404(PersonAround.objects.select_related("pupil"), pk=person_id, pupil__in=visible)
    looked_at(request, person.pupil_id)
    require(permissions.can_keep_record(request.user, person.pupil))  # type: ignore[arg-type]
    form = PersonForm.opened(request, about=person)
    if form.is_valid():
        with form.refusals():
            actions.change_person_around(person.pk, by=request.user, seen=form.version, **form.answers)
            return _saved(request, person.pupil)
    return _page(request, "pupils/person.html", person.pupil, form, person=person)


def name_officer(request: HttpRequest, pupil_id: int) -> HttpResponse:
    """Name the social worker, reviewing officer or EHC coordinator, from those who work for the pupil's authorities."""
    pupil = _kept_by(request, pupil_id)
    officers = queries.officers_for(pupil)
    form = OfficerForm.opened(request, about=pupil, officers=officers)
    if form.is_valid():
        with form.refusals():
            actions.name_officer(pupil.pk, by=request.user, **form.answers)  # type: ignore[arg-type]
            return _saved(request, pupil)
    return _page(request, "pupils/name_officer.html", pupil, form, officers=officers)


def say_authority(request: HttpRequest, pupil_id: int) -> HttpResponse:
    pupil = _kept_by(request, pupil_id)
    form = AuthorityForm.opened(request, about=pupil)
    if form.is_valid():
        with form.refusals():
            actions.say_authority(pupil.pk, by=request.user, **form.answers)
            return _saved(request, pupil)
    return _page(request, "pupils/say_authority.html", pupil, form)


def groups(request: HttpRequest) -> HttpResponse:
    """The classes and groups of my school; makes one."""
    form = GroupForm.opened(request, user=request.user)
    if form.is_valid():
        with form.refusals():
            made = actions.make_group(by=request.user, **form.answers)
            return redirect("group", made.pk)
    return render(request, "pupils/groups.html", {"groups": queries.groups_kept_by(request.user), "form": form})  # type: ignore[arg-type]


def group(request: HttpRequest, group_id: int) -> HttpResponse:
    """Who is in one class or group, and its staff."""
    return _group_page(request, _own_group(request, group_id))


@require_POST
def put_in_group(request: HttpRequest, group_id: int) -> HttpResponse:
    group = _own_group(request, group_id)
    form = PupilOfGroupForm.opened(request, about=group, pupils=queries.candidates_for(group))
    if form.is_valid():
        with form.refusals():
            actions.put_in_group(form.cleaned_data["pupil"].pk, by=request.user, group=group)
            return redirect("group", group.pk)
    return _group_page(request, group, pupil_form=form)


@require_POST
def take_from_group(request: HttpRequest, group_id: int) -> HttpResponse:
    group = _own_group(request, group_id)
    form = PupilOfGroupForm.opened(request, about=group, pupils=queries.pupils_in(group))
    if form.is_valid():
        actions.take_from_group(form.cleaned_data["pupil"].pk, by=request.user, group=group)
    return redirect("group", group.pk)


@require_POST
def put_staff_in_group(request: HttpRequest, group_id: int) -> HttpResponse:
    group = _own_group(request, group_id)
    form = StaffOfGroupForm.opened(request, about=group, users=queries.staff_candidates_for(group))
    if form.is_valid():
        with form.refusals():
            actions.put_staff_in_group(by=request.user, group=group, user=form.cleaned_data["user"])
            return redirect("group", group.pk)
    return _group_page(request, group, staff_form=form)


@require_POST
def take_staff_from_group(request: HttpRequest, group_id: int) -> HttpResponse:
    group = _own_group(request, group_id)
    form = StaffOfGroupForm.opened(request, about=group, users=queries.staff_of(group))
    if form.is_valid():
        actions.take_staff_from_group(by=request.user, group=group, user=form.cleaned_data["user"])
    return redirect("group", group.pk)


def _kept_by(request: HttpRequest, pupil_id: int) -> Pupil:
    """The pupil, when this person reads the whole record and keeps it; else 404 or 403."""
    pupil = get_object_or_404(Pupil.objects.visible_to(request.user, Level.WHOLE), pk=pupil_id)  # type: ignore[arg-type]
    looked_at(request, pupil.pk)
    require(permissions.can_keep_record(request.user, pupil))  # type: ignore[arg-type]
    return pupil


def _corrected_by(request: HttpRequest, pupil_id: int) -> Pupil:
    """The pupil, when this person reads the whole record and may correct it; else 404 or 403."""
    pupil = get_object_or_404(Pupil.objects.visible_to(request.user, Level.WHOLE), pk=pupil_id)  # type: ignore[arg-type]
    looked_at(request, pupil.pk)
    require(permissions.can_correct_record(request.user, pupil))  # type: ignore[arg-type]
    return pupil


def _own_group(request: HttpRequest, group_id: int) -> TeachingGroup:
    return get_object_or_404(queries.groups_kept_by(request.user), pk=group_id)  # type: ignore[arg-type]


def _saved(request: HttpRequest, pupil: Pupil) -> HttpResponse:
    messages.success(request, "Saved.")
    return redirect("people_around", pupil.pk)


def _page(request: HttpRequest, template: str, pupil: Pupil, form: Any, **more: Any) -> HttpResponse:
    return render(request, template, {**pupil_frame(request, pupil, PEOPLE), "form": form, **more})


def _group_page(request: HttpRequest, group: TeachingGroup, **forms: Any) -> HttpResponse:
    """The page of one group, with the form that was refused, if one was."""
    pupils, candidates = list(queries.pupils_in(group)), queries.candidates_for(group)
    looked_at(request, *(pupil.pk for pupil in (*pupils, *candidates)))
    context = {
        "group": group,
        "pupils": pupils,
        "staff": queries.staff_of(group),
        "pupil_form": PupilOfGroupForm(pupils=candidates, auto_id="pupil_%s"),
        "staff_form": StaffOfGroupForm(users=queries.staff_candidates_for(group), auto_id="staff_%s"),
        "today": clock.today(),
        **forms,
    }
    context["form"] = forms.get("staff_form") or context["pupil_form"]  # whose errors the page tells first
    return render(request, "pupils/group.html", context)

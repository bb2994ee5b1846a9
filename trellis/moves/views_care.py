"""Care has changed: it began, it ended, or another authority took over. What follows is shown before it is done."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from trellis.conduct import clock
from trellis.conduct.refusals import YES, Answer, no, require
from trellis.history.actions import looked_at
from trellis.moves import actions, permissions, queries
from trellis.moves.forms import EnterCareForm, LeaveCareForm, MoveMadeForm, OtherAuthorityForm
from trellis.moves.models import CareChange, Verb
from trellis.organisations.models import LocalAuthority
from trellis.people.models import User
from trellis.pupils.models import CareEpisode, Level, Pupil
from trellis.pupils.views_frame import pupil_frame

WHOSE = "The head or an adviser of the Virtual School, or the named social worker, records a change of care."


def care_changed(request: HttpRequest, pupil_id: int) -> HttpResponse:
    """How care stands, what may be recorded, and what was recorded before."""
    pupil, user = _pupil(request, pupil_id), _user(request)
    looked_at(request, pupil.pk)
    care = queries.care_on(pupil, clock.today())
    deeds = list(_deeds(pupil, care, user))
    changes = queries.care_changes_of(pupil, user)
    if not deeds and not changes:
        require(no(WHOSE))
    frame = pupil_frame(request, pupil, "people")
    return render(
        request, "moves/care_changed.html", {**frame, "care": care, "deeds": deeds, "changes": changes}
    )  # fmt: skip


def _deeds(pupil: Pupil, care: CareEpisode | None, user: User) -> Any:
    """What this person may record now: (name of the page, words, what it means)."""
    if care is None:
        if enterable(pupil, user):
            yield "enter_care", "Came into care", "An authority looks after the child from a day on, or does so again."
        return
    if permissions.can_leave_care(user, pupil):
        yield "leave_care", "Left care", "Went home, was adopted, has a guardian; or care was recorded by mistake."
    if permissions.can_change_authority(user, pupil):
        yield "change_authority", "Another authority looks after the child", "It takes over the record from that day."
        yield "live_elsewhere", "Lives in another authority’s area", "This authority goes on looking after the child."
        yield "keep_plan_elsewhere", "Another authority keeps the EHC plan", "After it was handed over."


def leave_care(request: HttpRequest, pupil_id: int) -> HttpResponse:
    pupil, user = _pupil(request, pupil_id), _user(request)
    looked_at(request, pupil.pk)
    form = LeaveCareForm.opened(request, about=pupil)
    return _record(
        request, pupil, form, may=permissions.can_leave_care(user, pupil), title="Care has ended",
        button="Record that care has ended",
        do=lambda said: actions.leave_care(pupil.pk, on=said["on"], because=said["because"], by=user),
    )  # fmt: skip


def enter_care(request: HttpRequest, pupil_id: int) -> HttpResponse:
    pupil, user = _pupil(request, pupil_id), _user(request)
    looked_at(request, pupil.pk)
    authorities = enterable(pupil, user)
    form = EnterCareForm.opened(request, about=pupil, authorities=authorities)
    return _record(
        request, pupil, form, may=no(WHOSE) if not authorities else YES, title="Came into care",
        button="Record that care has begun",
        do=lambda said: actions.enter_care(
            pupil.pk, authority=said["authority"], since=said["since"], on=said["on"],
            legal_status=said["legal_status"], by=user,
        ),
    )  # fmt: skip


def enterable(pupil: Pupil, user: User) -> list[int]:
    """The authorities into whose care this person may record the pupil."""
    mine = LocalAuthority.objects.filter(pk__in=user.organisation_ids) | LocalAuthority.objects.filter(
        virtual_school__in=user.organisation_ids
    )
    return [one.pk for one in mine if permissions.can_enter_care(user, pupil, one)]


def change_authority(request: HttpRequest, pupil_id: int) -> HttpResponse:
    return _other_authority(
        request, pupil_id, Verb.CHANGE_AUTHORITY, actions.change_authority, "Record that it took over"
    )


def live_elsewhere(request: HttpRequest, pupil_id: int) -> HttpResponse:
    return _other_authority(
        request, pupil_id, Verb.LIVE_ELSEWHERE, actions.live_elsewhere, "Record where the child lives"
    )


def keep_plan_elsewhere(request: HttpRequest, pupil_id: int) -> HttpResponse:
    return _other_authority(
        request, pupil_id, Verb.KEEP_PLAN_ELSEWHERE, actions.keep_plan_elsewhere, "Record who keeps the plan"
    )


def _other_authority(
    request: HttpRequest, pupil_id: int, verb: Verb, action: Callable[..., CareChange], button: str
) -> HttpResponse:  # fmt: skip
    pupil, user = _pupil(request, pupil_id), _user(request)
    looked_at(request, pupil.pk)
    form = OtherAuthorityForm.opened(request, about=pupil, verb=verb)
    return _record(
        request, pupil, form, may=permissions.can_change_authority(user, pupil), title=str(verb.label), button=button,
        do=lambda said: action(pupil.pk, authority=said["authority"], on=said["on"], by=user),
    )  # fmt: skip


def _record(
    request: HttpRequest, pupil: Pupil, form: MoveMadeForm, *, may: Answer, title: str, button: str,
    do: Callable[[dict[str, Any]], CareChange],
) -> HttpResponse:  # fmt: skip
    """Show what follows; pressed again, do it. Whoever loses the record by it lands on their week."""
    require(may)
    if form.is_valid() and (made := form.does(lambda: do(form.cleaned_data))):
        messages.success(request, "Recorded. Those who work with the pupil were told that something changed.")
        may_read = CareChange.objects.visible_to(_user(request)).filter(pk=made.pk).exists()
        return redirect(made) if may_read else redirect("my_week")
    frame = pupil_frame(request, pupil, "people")
    return render(
        request, "moves/care_form.html",
        {**frame, "form": form, "title": title, "button": button if form.follows is not None else "Show what follows"},
    )  # fmt: skip


def care_change(request: HttpRequest, care_change_id: int) -> HttpResponse:
    """One change of care, and what followed."""
    changes = CareChange.objects.visible_to(_user(request)).select_related(
        "pupil", "from_authority", "to_authority", "recorded_by"
    )
    change = get_object_or_404(changes, pk=care_change_id)
    looked_at(request, change.pupil_id)
    frame = pupil_frame(request, change.pupil, "people")
    return render(request, "moves/care_change.html", {**frame, "change": change})


def _pupil(request: HttpRequest, pupil_id: int) -> Pupil:
    """A pupil whose record is open to this person, or was until care ended: a mistake is put right from there."""
    return get_object_or_404(Pupil.objects.visible_to(_user(request), Level.WHOLE, Level.WRITTEN), pk=pupil_id)


def _user(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]

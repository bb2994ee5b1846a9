"""Handing over what somebody has by name: choose, look at what goes, hand over; and the receipt."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from trellis.conduct.refusals import require
from trellis.design.in_words import full_date
from trellis.history.actions import looked_at
from trellis.people.requests import SignedInRequest
from trellis.pupils.models import Pupil
from trellis.teams import actions_handover as actions
from trellis.teams import held, permissions, queries
from trellis.teams.forms import HandOverForm, WithdrawHandoverForm
from trellis.teams.models import Handover
from trellis.teams.views import colleague_or_404, frame_of, frame_of_team


def hand_over(request: SignedInRequest, membership_id: int) -> HttpResponse:
    """All or some of what a colleague has, to another, from a day."""
    one = colleague_or_404(request, membership_id)
    require(permissions.can_hand_over(request.user, one.organisation))
    things = held.as_known_to(request.user, held.held_by(one.organisation, one.user_id))
    looked_at(request, *(thing.pupil_id for thing in things if thing.pupil_id))
    colleagues = queries.people_of(one.organisation).exclude(pk=one.user_id)
    form = HandOverForm.opened(request, about=one, things=things, colleagues=colleagues)
    shown = None
    if form.is_valid():
        shown = form.going
        if form.was_shown():
            with form.refusals():
                typed = form.cleaned_data
                made = actions.hand_over(
                    one.organisation.pk, one.user_id, by=request.user, key=form.key, seen=form.version, to=typed["to"],
                    chosen=typed["chosen"], on=typed["on"],
                )  # fmt: skip
                messages.success(request, _said(made))
                return redirect("handover", made.pk)
    context = {"form": form, "colleague": one, "things": things, "shown": shown, **frame_of(one, "Hand over")}
    return render(request, "teams/hand_over.html", context)


def _said(made: Handover) -> str:
    if made.is_planned:
        return f"Planned. It goes to {made.to_user} on {full_date(made.on)}; both are told."
    return f"Handed over to {made.to_user}. Both are told by e-mail."


def handover(request: SignedInRequest, handover_id: int) -> HttpResponse:
    """The receipt: what went, what did not and why; or what is planned."""
    one = get_object_or_404(queries.handovers_kept_by(request.user), pk=handover_id)
    lines: list[dict[str, Any]] = _planned(one) if one.is_planned else [dict(line) for line in one.receipt]
    pupils = {line["pupil"] for line in lines if line["pupil"]}
    names = {pupil.pk: pupil for pupil in Pupil.objects.filter(pk__in=pupils)}
    known = set(
        Pupil.objects.visible_to(request.user, *held.NAMED_AT).filter(pk__in=pupils).values_list("pk", flat=True)
    )
    for line in lines:
        if pupil := names.get(line["pupil"]):
            line["whose"] = pupil.name if pupil.pk in known else pupil.initials
    looked_at(request, *pupils)
    context = {"handover": one, "lines": lines, **frame_of_team(one.organisation, f"{one.from_user} to {one.to_user}")}
    return render(request, "teams/handover.html", context)


def _planned(one: Handover) -> list[dict[str, Any]]:
    things = [thing for thing in held.held_by(one.organisation, one.from_user_id) if thing.key in one.chosen]
    return [
        {"about": thing.kind.heading, "words": thing.words, "pupil": thing.pupil_id, "went": None, "why": ""}
        for thing in things
    ]


def withdraw_handover(request: SignedInRequest, handover_id: int) -> HttpResponse:
    one = get_object_or_404(queries.handovers_kept_by(request.user), pk=handover_id)
    form = WithdrawHandoverForm.opened(request, about=one)
    if form.is_valid():
        with form.refusals():
            actions.withdraw_handover(one.pk, by=request.user, seen=form.version)
            messages.success(request, "Withdrawn. Everything stays where it is.")
            return redirect("handover", one.pk)
    context = {"form": form, "handover": one, **frame_of_team(one.organisation, "Withdraw this handover")}
    return render(request, "teams/withdraw_handover.html", context)

"""People who work here: a list, one person's page, and what is done about either."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from trellis.conduct import clock
from trellis.conduct.refusals import require
from trellis.design.in_words import full_date
from trellis.organisations.models import Kind, Organisation
from trellis.people.requests import SignedInRequest
from trellis.people.roles import Role
from trellis.teams import actions, held, permissions, queries
from trellis.teams.forms import (
    AgainForm,
    ChangeRolesForm,
    CoverForm,
    EndCoverForm,
    EndWorkForm,
    InviteForm,
    OtherSchoolForm,
    WithdrawForm,
)
from trellis.teams.models import Invitation
from trellis.teams.queries import Colleague


def team(request: SignedInRequest) -> HttpResponse:
    """The people of one's own organisation."""
    shown = queries.teams_shown_to(request.user)
    if not shown:
        raise Http404
    return _show(request, shown[0], shown)


def team_of(request: SignedInRequest, organisation_id: int) -> HttpResponse:
    organisation = get_object_or_404(permissions.teams_kept_by(request.user), pk=organisation_id)
    return _show(request, organisation, queries.teams_shown_to(request.user))


def _show(request: SignedInRequest, organisation: Organisation, shown: list[Organisation]) -> HttpResponse:
    page, colleagues = queries.page_of(organisation, request.GET.get("page"))
    context = {
        "organisation": organisation,
        "page": page,
        "colleagues": colleagues,
        "invitations": queries.invitations_to(organisation),
        "tabs": _tabs(organisation, shown),
        "other_school": _finds_schools(request) and OtherSchoolForm(by=request.user),
    }
    return render(request, "teams/team.html", context)


def _finds_schools(request: SignedInRequest) -> bool:
    return request.user.plays(permissions.VIRTUAL_SCHOOL_MANAGERS | {Role.SYSTEM_ADMINISTRATOR})


def open_school(request: SignedInRequest) -> HttpResponse:
    """Find a school whose people nobody there keeps yet; for the system administrator any of the authority."""
    if not _finds_schools(request):
        raise Http404
    form = OtherSchoolForm(request.POST if request.method == "POST" else None, by=request.user)
    if form.is_valid():
        return redirect("team_of", form.cleaned_data["school"].pk)
    return render(request, "teams/open_school.html", {"form": form, "back": reverse("team")})


def invite(request: SignedInRequest, organisation_id: int) -> HttpResponse:
    """Ask somebody to work here."""
    organisation = get_object_or_404(permissions.teams_kept_by(request.user), pk=organisation_id)
    form = InviteForm.opened(request, about=None, by=request.user, organisation=organisation)
    if form.is_valid():
        with form.refusals():
            typed = {name: form.cleaned_data[name] for name in ("first_name", "last_name", "email", "roles", "since")}
            made = actions.invite(organisation.pk, by=request.user, key=form.key, until_day=form.until_day, **typed)
            messages.success(request, f"{made.name} is invited. The link in the e-mail works for two weeks.")
            return redirect("team_of", organisation.pk)
    return render(request, "teams/invite.html", {"form": form, **frame_of_team(organisation, "Invite somebody")})


def invite_again(request: SignedInRequest, invitation_id: int) -> HttpResponse:
    invitation = _invitation(request, invitation_id)
    form = AgainForm.opened(request, about=invitation)
    if form.is_valid():
        with form.refusals():
            actions.invite_again(invitation.pk, by=request.user, seen=form.version)
            messages.success(request, f"{invitation.name} is invited again. The link sent before works no more.")
            return redirect("team_of", invitation.organisation_id)
    return _about_invitation(request, invitation, form, "Send the invitation again")


def withdraw_invitation(request: SignedInRequest, invitation_id: int) -> HttpResponse:
    invitation = _invitation(request, invitation_id)
    form = WithdrawForm.opened(request, about=invitation)
    if form.is_valid():
        with form.refusals():
            actions.withdraw_invitation(invitation.pk, by=request.user, seen=form.version)
            messages.success(request, f"The invitation of {invitation.name} is withdrawn. Its link works no more.")
            return redirect("team_of", invitation.organisation_id)
    return _about_invitation(request, invitation, form, "Withdraw the invitation")


def _invitation(request: SignedInRequest, invitation_id: int) -> Invitation:
    return get_object_or_404(queries.invitations_kept_by(request.user), pk=invitation_id)


def _about_invitation(request: SignedInRequest, invitation: Invitation, form: Any, verb: str) -> HttpResponse:
    context = {"form": form, "invitation": invitation, "verb": verb, **frame_of_team(invitation.organisation, verb)}
    return render(request, "teams/invitation.html", context)


def colleague(request: SignedInRequest, membership_id: int) -> HttpResponse:
    """One person here: what they are, for how long, and what was done about it."""
    one = colleague_or_404(request, membership_id)
    given = set(permissions.roles_given_by(request.user, one.organisation))
    context = {
        "colleague": one,
        "is_oneself": one.user_id == request.user.pk,
        "may_change": one.user_id != request.user.pk,
        "may_end": one.user_id != request.user.pk and one.works_here and one.roles <= given,
        "may_cover": one.own_posts != [] and one.roles <= given,
        "may_hand_over": permissions.can_hand_over(request.user, one.organisation),
        "held": held.counted(held.held_by(one.organisation, one.user_id)),
        "handovers": queries.handovers_of(one),
        "history": one.history(),
        **frame_of_team(one.organisation, str(one)),
    }
    return render(request, "teams/colleague.html", context)


def change_roles(request: SignedInRequest, membership_id: int) -> HttpResponse:
    """What somebody is here from a day on."""
    one = colleague_or_404(request, membership_id)
    form = ChangeRolesForm.opened(request, about=one, by=request.user, colleague=one)
    if form.is_valid():
        with form.refusals():
            since = form.cleaned_data["since"]
            actions.change_roles(
                one.organisation.pk, one.user_id, by=request.user, seen=form.version, roles=form.roles, since=since,
                until_day=form.until_day,
            )  # fmt: skip
            said = "at once" if since == clock.today() else f"from {full_date(since)}"
            messages.success(request, f"The roles of {one} change {said}.")
            return redirect("colleague", one.pk)
    return render(request, "teams/change_roles.html", {"form": form, "colleague": one, **frame_of(one, "Change roles")})


def end_work(request: SignedInRequest, membership_id: int) -> HttpResponse:
    """End somebody's work here, at once or after a last day; first what they still hold."""
    one = colleague_or_404(request, membership_id)
    require(permissions.can_give_roles(request.user, one.organisation, one.roles))
    form = EndWorkForm.opened(request, about=one)
    if form.is_valid():
        with form.refusals():
            on = form.on
            actions.end_work(one.organisation.pk, one.user_id, by=request.user, seen=form.version, on=on)
            said = "has no role here from now on" if on == clock.today() else f"has no role here from {full_date(on)}"
            messages.success(request, f"{one} {said}.")
            return redirect("colleague", one.pk)
    context = {
        "form": form,
        "colleague": one,
        "held": held.counted(held.held_by(one.organisation, one.user_id)),
        "may_hand_over": permissions.can_hand_over(request.user, one.organisation),
        **frame_of(one, "End their work here"),
    }
    return render(request, "teams/end_work.html", context)


def arrange_cover(request: SignedInRequest, membership_id: int) -> HttpResponse:
    """A colleague stands in for a period."""
    one = colleague_or_404(request, membership_id)
    require(permissions.can_give_roles(request.user, one.organisation, one.roles))
    colleagues = queries.stand_ins_for(one, request.user)
    form = CoverForm.opened(request, about=one, colleagues=colleagues)
    if form.is_valid():
        with form.refusals():
            until_day = form.until_day
            assert until_day is not None
            stand_in, since = form.cleaned_data["stand_in"], form.cleaned_data["since"]
            actions.arrange_cover(
                one.organisation.pk, one.user_id, by=request.user, key=form.key, stand_in=stand_in, since=since,
                until_day=until_day,
            )  # fmt: skip
            messages.success(request, f"{stand_in} stands in for {one}. Both are told by e-mail.")
            return redirect("colleague", one.pk)
    frame = frame_of(one, "Arrange cover")
    return render(request, "teams/arrange_cover.html", {"form": form, "colleague": one, **frame})


def end_cover(request: SignedInRequest, cover_id: int) -> HttpResponse:
    """A colleague no longer stands in, from now on."""
    cover = queries.cover_kept_by(request.user, cover_id)
    if cover is None or cover.standing_in_for is None:
        raise Http404
    require(permissions.can_give_roles(request.user, cover.organisation, {cover.role}))
    form = EndCoverForm.opened(request)
    if form.is_valid():
        with form.refusals():
            actions.end_cover(cover.pk, by=request.user)
            messages.success(request, f"{cover.user} no longer stands in for {cover.standing_in_for}.")
            return redirect("team_of", cover.organisation_id)
    context = {
        "form": form,
        "cover": cover,
        "post": queries.Post(cover),
        **frame_of_team(cover.organisation, "End this cover"),
    }
    return render(request, "teams/end_cover.html", context)


def colleague_or_404(request: SignedInRequest, membership_id: int) -> Colleague:
    """Somebody whose account this person keeps; to others there is no such page."""
    found = queries.colleague_kept_by(request.user, membership_id)
    if found is None:
        raise Http404
    return found


def frame_of_team(organisation: Organisation, title: str) -> dict[str, Any]:
    back = reverse("team_of", args=[organisation.pk])
    return {
        "organisation": organisation,
        "back": back,
        "crumbs": [{"text": f"People at {organisation}", "url": back}, {"text": title}],
    }


def frame_of(one: Colleague, title: str) -> dict[str, Any]:
    back = reverse("colleague", args=[one.pk])
    frame = frame_of_team(one.organisation, title)
    return {**frame, "back": back, "crumbs": [frame["crumbs"][0], {"text": str(one), "url": back}, {"text": title}]}


def _tabs(organisation: Organisation, shown: list[Organisation]) -> list[dict[str, Any]]:
    """None for whoever keeps one team only."""
    teams = shown if organisation in shown else [*shown, organisation]
    return [
        {"text": _short(one), "url": reverse("team_of", args=[one.pk]), "current": one == organisation} for one in teams
    ] if len(teams) > 1 else []  # fmt: skip


def _short(organisation: Organisation) -> str:
    if organisation.kind == Kind.SERVICE:
        return str(organisation.specialistservice.abbreviation)  # type: ignore[attr-defined]
    return organisation.name

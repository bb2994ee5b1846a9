"""How we work here: what an organisation agreed, since when, and setting it from a day on."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from trellis.conduct import clock
from trellis.conduct.refusals import require
from trellis.design.in_words import full_date
from trellis.organisations import actions, policies, queries
from trellis.organisations.forms_policies import SetPolicyForm, WithdrawPolicyForm
from trellis.organisations.models import Kind, Organisation
from trellis.organisations.queries import Timeline


def own_policies(request: HttpRequest) -> HttpResponse:
    """Those of the organisation one works for."""
    first = queries.keepers(request.user).first()
    if first is None:
        raise Http404
    return _show(request, first)


def policies_of(request: HttpRequest, organisation_id: int) -> HttpResponse:
    return _show(request, get_object_or_404(queries.keepers(request.user), pk=organisation_id))


def _show(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    kept = queries.timelines(organisation, policies.kept_by(organisation.kind))
    others = [
        {"text": _short(one), "url": reverse("policies_of", args=[one.pk]), "current": one == organisation}
        for one in queries.keepers(request.user)
    ]
    parts = [{"timeline": one, "may_set": one.kind.who_sets(request.user, organisation)} for one in kept]
    context = {"organisation": organisation, "parts": parts, "keepers": others if len(others) > 1 else []}
    return render(request, "organisations/policies.html", context)


def policy(request: HttpRequest, organisation_id: int, policy: str) -> HttpResponse:
    """One policy through time: what is to hold later, what holds today, what held before, and who set it."""
    timeline = _timeline(request, organisation_id, policy)
    context = {
        "timeline": timeline,
        "may_set": timeline.kind.who_sets(request.user, timeline.organisation),
        "history": timeline.history(),
        **_frame(timeline),
    }
    return render(request, "organisations/policy.html", context)


def set_policy(request: HttpRequest, organisation_id: int, policy: str) -> HttpResponse:
    """Say what is to hold from a day on."""
    timeline = _timeline(request, organisation_id, policy)
    require(timeline.kind.who_sets(request.user, timeline.organisation))
    form = SetPolicyForm.opened(request, about=timeline, timeline=timeline)
    if form.is_valid():
        with form.refusals():
            since = form.cleaned_data["since"]
            actions.set_policy(
                timeline.kind, organisation_id, by=request.user, key=form.key, seen=form.version, since=since,
                agreed_by=form.cleaned_data["agreed_by"], source=form.cleaned_data["source"], settled=form.settled,
            )  # fmt: skip
            until = "" if since == clock.today() else " Until then what held before goes on."
            messages.success(request, f"Set. It holds from {full_date(since)}.{until}")
            return redirect("policy", organisation_id, policy)
    return render(request, "organisations/set_policy.html", {"form": form, "timeline": timeline, **_frame(timeline)})


def withdraw_policy(request: HttpRequest, organisation_id: int, policy: str, later_id: int) -> HttpResponse:
    """Take back what has not begun."""
    timeline = _timeline(request, organisation_id, policy)
    if later_id not in {row.pk for row in timeline.rows}:
        raise Http404
    require(timeline.kind.who_sets(request.user, timeline.organisation))
    later = next((row for row in timeline.later if row.pk == later_id), None)
    form = WithdrawPolicyForm.opened(request, about=timeline)
    if form.is_valid():
        with form.refusals():
            actions.withdraw_policy(
                timeline.kind, organisation_id, later_id, by=request.user, seen=form.version,
                because=form.cleaned_data["because"],
            )  # fmt: skip
            messages.success(request, "Withdrawn. What holds until then goes on.")
            return redirect("policy", organisation_id, policy)
    context = {"form": form, "timeline": timeline, "later": later, **_frame(timeline)}
    return render(request, "organisations/withdraw_policy.html", context)


def _timeline(request: HttpRequest, organisation_id: int, slug: str) -> Timeline:
    """One policy of an organisation whose policies this person may read; else there is no such page."""
    organisation = get_object_or_404(queries.keepers(request.user), pk=organisation_id)
    kind = policies.find(slug, organisation)
    if kind is None:
        raise Http404
    return Timeline(kind, organisation)


def _frame(timeline: Timeline) -> dict[str, Any]:
    organisation, slug = timeline.organisation, timeline.kind.slug
    return {
        "organisation": organisation,
        "back": reverse("policy", args=[organisation.pk, slug]),
        "crumbs": [
            {"text": "How we work here", "url": reverse("policies_of", args=[organisation.pk])},
            {"text": timeline.kind.title},
        ],
    }


def _short(organisation: Organisation) -> str:
    """A tab's words: services by their abbreviation."""
    if organisation.kind == Kind.SERVICE:
        return str(organisation.specialistservice.abbreviation)  # type: ignore[attr-defined]
    return organisation.name

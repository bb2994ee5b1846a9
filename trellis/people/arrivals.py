"""Somebody comes back from their organisation's sign-in: to sign in, to link it once, or to show who they are again."""

from typing import Any

import requests
from allauth.socialaccount.providers.base.constants import AuthError
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode

from trellis.conduct.refusals import Refused
from trellis.people import actions, sessions
from trellis.people.issuers import Issuer, issuers
from trellis.people.organisation_sign_in import AGAIN, LINK, had_second_factor


def answer(request: HttpRequest, sociallogin: Any) -> HttpResponse | None:
    """What the person sees now; None: they are somebody's account and sign in."""
    issuer = issuers()[sociallogin.account.provider]
    purpose = sociallogin.state["data"]
    if purpose == LINK:
        return _link(request, issuer, sociallogin)
    if purpose == AGAIN:
        return _again(request, issuer, sociallogin)
    if sociallogin.is_existing:
        return None
    return render(request, "people/not_linked.html", {"issuer": issuer}, status=403)


def not_signed_in(request: HttpRequest, issuer: Issuer, said: dict[str, Any]) -> HttpResponse:
    """Nobody came, or not as they should: a sentence, and the password is still there."""
    if said.get("error") == AuthError.CANCELLED:
        sentence = f"You did not sign in with {issuer.name}. You can use your password instead."
    elif isinstance(said.get("exception"), requests.RequestException):
        sentence = f"The sign-in of {issuer.name} does not answer. Use your password, or try again in a few minutes."
    else:
        sentence = (
            f"We could not be sure of what the sign-in of {issuer.name} told us, so nobody was signed in. "
            "Try again, or use your password. If it goes on, tell whoever looks after Trellis in your organisation."
        )
    messages.error(request, sentence)
    state = (said.get("extra_context") or {}).get("state") or {}
    back = urlencode({"next": state["next"]}) if state.get("next") else ""
    if request.user.is_authenticated:
        page = "sign_in_again" if state.get("data") == AGAIN else "how_i_sign_in"
        return redirect(f"{reverse(page)}?{back}")
    return redirect(f"{reverse('account_login')}?{back}")


def _link(request: HttpRequest, issuer: Issuer, sociallogin: Any) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect("account_login")
    said = sociallogin.account.extra_data
    try:
        actions.link_sign_in(
            by=request.user, issuer_id=issuer.id, issuer_name=issuer.name, number=sociallogin.account.uid,
            issuer=said["issuer"], subject=said["subject"],
        )  # fmt: skip
        messages.success(request, f"From now on you can sign in with {issuer.name}. Your password works as before.")
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    return redirect("how_i_sign_in")


def _again(request: HttpRequest, issuer: Issuer, sociallogin: Any) -> HttpResponse:
    """Believed of the person who is signed in, and only with as much as signing in asks of them."""
    from allauth.mfa.utils import is_mfa_enabled

    back = sociallogin.state.get("next") or ""
    if sociallogin.user.pk is None or sociallogin.user != request.user:
        messages.error(request, f"You signed in with {issuer.name} as someone else. Sign in again as yourself.")
    elif is_mfa_enabled(request.user) and not had_second_factor({"sociallogin": sociallogin}):
        messages.error(request, f"{issuer.name} did not ask for a second factor. Use your password and your code.")
    else:
        sessions.showed_themself(request)
        return redirect(back or "my_week")
    return redirect(f"{reverse('sign_in_again')}?{urlencode({'next': back})}")

"""Sessions that end, and the second factor."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from trellis.conduct import clock, drafts

KEEPS_TYPING = "save_draft"
PERSONAL_LINKS = {"open_link", "reply"}  # need no account, so no account's end may stand in their way
ALWAYS_OPEN = {"health", "privacy", "accessibility", "cookies"} | PERSONAL_LINKS
Next = Callable[[HttpRequest], HttpResponse]


class SessionEnds:
    """Ends a session nobody used for a while. What a form sent at that moment is kept as a draft and shown again
    after the person signed in. So is what is typed before: autosave neither ends such a session nor prolongs it."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not request.user.is_authenticated or getattr(request.resolver_match, "url_name", "") in PERSONAL_LINKS:
            return None
        now = clock.now().timestamp()
        last_seen = request.session.get("last_seen", now)
        if now - last_seen > settings.IDLE_MINUTES * 60:
            typing = getattr(request.resolver_match, "url_name", "") == KEEPS_TYPING
            return None if typing else self._end(request)
        if "last_seen" not in request.session or now - last_seen > 30:
            request.session["last_seen"] = now
        return None

    def _end(self, request: HttpRequest) -> HttpResponse:
        path = request.path
        if request.method == "POST":
            drafts.keep(request.user, request.POST)
        logout(request)
        return redirect_to_login(path)


class SecondFactorForStaff:
    """In a live database everybody who signed in sets up a second factor before anything else."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if settings.STAMP != "live" or not request.user.is_authenticated:
            return None
        if request.path.startswith("/accounts/") or getattr(request.resolver_match, "url_name", "") in ALWAYS_OPEN:
            return None
        from allauth.mfa.utils import is_mfa_enabled

        return None if is_mfa_enabled(request.user) else redirect("mfa_activate_totp")

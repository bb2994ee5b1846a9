"""Sessions that end, and the second factor."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from trellis.conduct import drafts
from trellis.people import sessions

KEEPS_TYPING = "save_draft"
PERSONAL_LINKS = {
    "open_link",
    "reply",
    "open_invitation",
}  # need no account; no account's end stands in their way
ALWAYS_OPEN = {"health", "privacy", "accessibility", "cookies"} | PERSONAL_LINKS
Next = Callable[[HttpRequest], HttpResponse]


class SessionEnds:
    """Ends a session nobody used for ``IDLE_MINUTES``, and any ``SESSION_HOURS`` after signing in. What a form sent at
    that moment is kept as a draft and shown again after the person signed in. So is what is typed before: autosave
    keeps what is typed whatever the time, and prolongs nothing."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        name = getattr(request.resolver_match, "url_name", "")
        if not request.user.is_authenticated or name in PERSONAL_LINKS or name == KEEPS_TYPING:
            return None
        if not sessions.is_counted(request):
            sessions.begin(request)
        is_idle = sessions.seconds_since(sessions.USED, request) > settings.IDLE_MINUTES * 60
        if is_idle or sessions.seconds_since(sessions.BEGAN, request) > settings.SESSION_HOURS * 60 * 60:
            return self._end(request)
        sessions.used(request)
        return None

    def _end(self, request: HttpRequest) -> HttpResponse:
        path = request.path
        if request.method == "POST":
            drafts.keep(request.user, request.POST)
        logout(request)
        return redirect_to_login(path)


class SecondFactorForStaff:
    """In a live database everybody who signed in sets up a second factor before anything else, unless the sign-in of
    their organisation asked for one."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if settings.STAMP != "live" or not request.user.is_authenticated or sessions.had_second_factor_there(request):
            return None
        if request.path.startswith("/accounts/") or getattr(request.resolver_match, "url_name", "") in ALWAYS_OPEN:
            return None
        from allauth.mfa.utils import is_mfa_enabled

        return None if is_mfa_enabled(request.user) else redirect("mfa_activate_totp")

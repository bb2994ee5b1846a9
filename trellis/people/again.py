"""Asking again who is there, before many records leave: a computer left signed in must not be enough for that."""

from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from trellis.conduct import drafts
from trellis.conduct.doors import View
from trellis.people import sessions


def asks_to_sign_in_again(view: View) -> View:
    """Let a person through who signed in within the last ``AGAIN_MINUTES``, or did so again. Everybody else is led to
    ``sign_in_again`` and from there back to the page they stood on; what a form sent is kept as its draft.

        path("export/", opens_to(READERS)(asks_to_sign_in_again(views.export)), name="export")
    """

    @wraps(view)
    def gate(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_fresh(request):
            return view(request, *args, **kwargs)
        return lead_to_sign_in_again(request)

    return gate


def is_fresh(request: HttpRequest) -> bool:
    """Whether the person showed who they are within the last ``AGAIN_MINUTES``."""
    return sessions.seconds_since(sessions.SHOWN, request) <= settings.AGAIN_MINUTES * 60


def lead_to_sign_in_again(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        drafts.keep(request.user, request.POST)
    return redirect(f"{reverse('sign_in_again')}?{urlencode({'next': _where_they_stood(request)})}")


def own_path(request: HttpRequest, address: str) -> str:
    """The path of an address of ours, with its query; "" for any other's."""
    if not url_has_allowed_host_and_scheme(address, {request.get_host()}, require_https=request.is_secure()):
        return ""
    parts = urlsplit(address)
    if not parts.path.startswith("/") or parts.path.startswith("//"):
        return ""
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def _where_they_stood(request: HttpRequest) -> str:
    """The page itself; for a button, the page it stands on: what a POST alone answers cannot be come back to."""
    if request.method == "POST":
        return own_path(request, request.META.get("HTTP_REFERER", "")) or request.get_full_path()
    return request.get_full_path()

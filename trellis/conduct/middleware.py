"""What stands before every view: the size of a request, letters nobody types, and refusals nobody caught."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from trellis.conduct.refusals import Conflict, KeyUsedForOther, Refused

Next = Callable[[HttpRequest], HttpResponse]


class RequestBodyLimit:
    """Answers 413 to a body that is too large, before anything is read of it."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdecimal() or int(length) > settings.LARGEST_REQUEST:
            return render(request, "413.html", status=413)
        return self.get_response(request)


class TextThatCanBeKept:
    """Answers 400 to the one character that no database text can hold; nobody types it, so no form asks about it."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        for sent in (request.GET, request.POST):
            if any("\x00" in text for name, values in sent.lists() for text in (name, *values)):
                raise SuspiciousOperation("A NUL character was sent.")


class Refusals:
    """Turns what a button without a form may raise into a page: refused or in conflict is 409."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, RequestDataTooBig):
            return render(request, "413.html", status=413)
        if isinstance(exception, Refused | Conflict | KeyUsedForOther):
            return render(request, "409.html", {"sentence": str(exception)}, status=409)
        return None

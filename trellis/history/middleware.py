"""Who looked, and who changed rows: both are known before an answer leaves."""

import logging
from collections.abc import Callable

import pghistory
from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from trellis.history import actions

Next = Callable[[HttpRequest], HttpResponse]
log = logging.getLogger(__name__)


class WhoLooked:
    """Writes one access row for each answer that shows pupils. When it cannot, the answer is 503 and shows nobody."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if getattr(request, "pupils_shown", None) and response.status_code == 200:
            try:
                actions.write_look(request)
            except Error:
                log.exception("the access row could not be written; the page was not shown")
                return render(request, "503.html", status=503)
        return response


class RowChangesKnowWho:
    """Gives the triggers the person's number and the address, for every row changed while answering."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method != "POST" or not request.user.is_authenticated:
            return self.get_response(request)
        with pghistory.context(user=request.user.pk, url=request.path):
            return self.get_response(request)

"""The number of a record that was put together with another one goes on working: it leads to the one that goes on."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from trellis.pupils.models import PUT_TOGETHER, Level, Pupil

Next = Callable[[HttpRequest], HttpResponse]


class OldAddresses:
    """An address that is not found, of a pupil whose record goes on under another number that this person may open,
    leads there. What was sent to it is not done; the page says why."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        if response.status_code != 404 or match is None or not request.user.is_authenticated:
            return response
        goes_on = _goes_on_as(request, match.kwargs.get("pupil_id"))
        if goes_on is None:
            return response
        if request.method == "GET":
            return redirect(match.view_name, *match.args, **{**match.kwargs, "pupil_id": goes_on.pk})
        return render(request, "409.html", {"sentence": PUT_TOGETHER}, status=409)


def _goes_on_as(request: HttpRequest, pupil_id: int | None) -> Pupil | None:
    if pupil_id is None:
        return None
    visible = Pupil.objects.visible_to(request.user, Level.WHOLE, Level.CLASS, Level.WRITTEN)  # type: ignore[arg-type]
    return visible.filter(put_together=pupil_id).first()

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from trellis.funding import queries
from trellis.funding.models import FundingRequest
from trellis.history.actions import looked_at
from trellis.people.models import User
from trellis.pupils.views_frame import pupil_frame


def funding_request(request: HttpRequest, funding_request_id: int) -> HttpResponse:
    """What was asked for one target, what was decided, and what became of it."""
    asked = _asked(request, funding_request_id)
    looked_at(request, asked.pupil_id)
    frame = pupil_frame(request, asked.pupil, "funding")
    return render(request, "funding/request.html", {**frame, "asked": asked, "tally": queries.tally_of(asked)})


def _user(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]


def _asked(request: HttpRequest, pk: int) -> FundingRequest:
    return get_object_or_404(FundingRequest.objects.visible_to(_user(request)).with_names(), pk=pk)

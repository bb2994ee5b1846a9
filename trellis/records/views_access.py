"""Who has access and why: on one page for a pupil, and on one for a person."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from trellis.history.actions import looked_at
from trellis.people.requests import SignedInRequest
from trellis.pupils.models import Level, Pupil
from trellis.pupils.queries import as_known_to
from trellis.pupils.views_frame import pupil_frame
from trellis.records import access_told
from trellis.records.tabs import WATCHERS
from trellis.teams.queries import colleague_kept_by


def who_has_access(request: SignedInRequest, pupil_id: int) -> HttpResponse:
    """Each person who can open this record today, by what, and who could before."""
    visible = Pupil.objects.visible_to(request.user, Level.WHOLE)
    pupil = get_object_or_404(as_known_to(request.user, visible), pk=pupil_id)
    looked_at(request, pupil.pk)
    page = access_told.access_page(pupil, request.GET.get("page"))
    frame = pupil_frame(request, pupil, "who looked" if request.user.plays(WATCHERS) else "people")
    return render(request, "records/who_has_access.html", {**frame, "page": page})


def what_i_see(request: SignedInRequest) -> HttpResponse:
    """What I can see, and why."""
    page = access_told.what_one_sees(request.user, request.GET.get("page"))
    _look(request, page)
    memberships = access_told.memberships_of(request.user)
    return render(request, "records/what_i_see.html", {"page": page, "memberships": memberships})


def what_colleague_sees(request: SignedInRequest, membership_id: int) -> HttpResponse:
    """What somebody's work here opens to them; to who does not keep their account there is no such page."""
    colleague = colleague_kept_by(request.user, membership_id)
    if colleague is None:
        raise Http404
    page = access_told.what_a_colleague_sees(colleague, request.user, request.GET.get("page"))
    _look(request, page)
    crumbs = [
        {"text": f"People at {colleague.organisation}", "url": reverse("team_of", args=[colleague.organisation.pk])},
        {"text": str(colleague), "url": reverse("colleague", args=[membership_id])},
        {"text": "What they can see"},
    ]
    return render(request, "records/what_colleague_sees.html", {"page": page, "colleague": colleague, "crumbs": crumbs})


def _look(request: HttpRequest, page: access_told.PersonPage) -> None:
    if page.shown_ids:
        looked_at(request, *page.shown_ids)

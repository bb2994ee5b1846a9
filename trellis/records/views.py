"""One pupil's whole record: where it stands today, who is around, what happened, who looked."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from trellis.conduct import clock
from trellis.history.actions import looked_at
from trellis.pupils.models import Level, Pupil
from trellis.pupils.queries import as_known_to
from trellis.pupils.views_frame import pupil_frame
from trellis.records import queries


def overview(request: HttpRequest, pupil_id: int) -> HttpResponse:
    """Where the pupil stands today, on one screen; for a school that the pupil left, what it wrote itself."""
    pupil = _seen(request, pupil_id, Level.WHOLE, Level.CLASS, Level.WRITTEN)
    frame = pupil_frame(request, pupil, "overview")
    if frame["reading"].is_written_only:
        left = queries.left_behind(pupil, request.user, frame["reading"])  # type: ignore[arg-type]
        return render(request, "records/left_behind.html", {**frame, "left": left})
    overview = queries.overview_of(pupil, request.user, frame["reading"], frame["standing"])  # type: ignore[arg-type]
    return render(request, "records/overview.html", {**frame, "overview": overview, "today": clock.today()})


def people_around(request: HttpRequest, pupil_id: int) -> HttpResponse:
    pupil = _seen(request, pupil_id, Level.WHOLE)
    page = queries.people_page(pupil, request.user)  # type: ignore[arg-type]
    return render(request, "records/people.html", {**pupil_frame(request, pupil, "people"), "page": page})


def timeline(request: HttpRequest, pupil_id: int) -> HttpResponse:
    """What happened, newest first, in the words in which it was recorded."""
    pupil = _seen(request, pupil_id, Level.WHOLE, Level.WRITTEN)
    frame = pupil_frame(request, pupil, "timeline")
    entries = queries.entries_seen_by(request.user, pupil, frame["reading"])  # type: ignore[arg-type]
    page, months = queries.timeline_page(entries, request.GET.get("page"))
    return render(request, "records/timeline.html", {**frame, "page": page, "months": months})


def who_looked(request: HttpRequest, pupil_id: int) -> HttpResponse:
    """Who opened a page that shows this pupil."""
    pupil = _seen(request, pupil_id, Level.WHOLE)
    page, days = queries.looks_page(pupil, request.GET.get("page"))
    return render(
        request, "records/who_looked.html", {**pupil_frame(request, pupil, "who looked"), "page": page, "days": days}
    )


def _seen(request: HttpRequest, pupil_id: int, *levels: str) -> Pupil:
    """The pupil, when one of these levels is open to this person; noted as looked at."""
    visible = Pupil.objects.visible_to(request.user, *levels)  # type: ignore[arg-type]
    pupil = get_object_or_404(as_known_to(request.user, visible), pk=pupil_id)  # type: ignore[arg-type]
    looked_at(request, pupil.pk)
    return pupil

"""One pupil's whole record."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from trellis.history.actions import looked_at
from trellis.pupils.models import Level, Pupil
from trellis.pupils.views_frame import pupil_frame


def overview(request: HttpRequest, pupil_id: int) -> HttpResponse:
    """Where the pupil stands today, on one screen; what one's own school wrote, after the pupil left."""
    pupil = get_object_or_404(
        Pupil.objects.visible_to(request.user, Level.WHOLE, Level.CLASS, Level.WRITTEN), pk=pupil_id
    )
    looked_at(request, pupil.pk)
    return render(request, "records/overview.html", pupil_frame(request, pupil, "overview"))

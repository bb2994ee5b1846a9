"""Writing down a view, and reading those there are."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from trellis.conduct.refusals import require
from trellis.history.actions import looked_at
from trellis.people.requests import SignedInRequest
from trellis.pupils.models import Level, Pupil
from trellis.pupils.views_frame import pupil_frame
from trellis.voices import actions, permissions, queries
from trellis.voices.forms import ViewForm


def pupil_views(request: SignedInRequest, pupil_id: int) -> HttpResponse:
    """All views of a pupil, newest first, word for word. A school the pupil left reads those it wrote down."""
    pupil = get_object_or_404(Pupil.objects.visible_to(request.user, Level.WHOLE, Level.WRITTEN), pk=pupil_id)
    looked_at(request, pupil.pk)
    frame = pupil_frame(request, pupil, "views")
    views = queries.views_of(pupil, request.user)
    may_write = permissions.can_write_down_view(request.user, pupil)
    return render(request, "voices/pupil_views.html", frame | {"views": views, "may_write": may_write})


def write_down_view(request: SignedInRequest, pupil_id: int) -> HttpResponse:
    """Type for somebody what they said."""
    pupil = get_object_or_404(Pupil.objects.visible_to(request.user, Level.WHOLE), pk=pupil_id)
    looked_at(request, pupil.pk)
    require(permissions.can_write_down_view(request.user, pupil))
    form = ViewForm.opened(request, about=pupil)
    if form.is_valid():
        with form.refusals():
            actions.write_down_view(pupil.pk, by=request.user, key=form.key, **form.answers)
            messages.success(request, "Kept word for word.")
            return redirect("pupil_views", pupil.pk)
    return render(request, "voices/write_down_view.html", pupil_frame(request, pupil, "views") | {"form": form})

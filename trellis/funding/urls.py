from django.urls import path

from trellis.conduct import doors
from trellis.conduct.doors import opens_to
from trellis.funding import permissions, views

READERS = doors.roles(
    "those who read what PP+ was asked for",
    permissions.READERS,
    reason="Pupil Premium Plus is for the people who read the whole record.",
)

urlpatterns = [
    path(
        "funding/requests/<int:funding_request_id>/",
        opens_to(READERS, level="written")(views.funding_request),
        name="funding_request",
    ),
]

from django.urls import path

from trellis.conduct.doors import opens_to, roles
from trellis.people.roles import READ_PUPILS
from trellis.records import views

READERS = roles(
    "those who read records",
    READ_PUPILS,
    reason="Records open to those who teach, support or look after the pupil. Your work with Trellis is elsewhere.",
)

urlpatterns = [
    path("pupils/<int:pupil_id>/", opens_to(READERS, level="any")(views.overview), name="pupil"),
]

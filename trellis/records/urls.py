from django.urls import path

from trellis.conduct.doors import opens_to, roles
from trellis.people.roles import READ_PUPILS, READ_RECORDS
from trellis.records import views
from trellis.records.tabs import WATCHERS

READERS = roles(
    "those who work with pupils",
    READ_PUPILS,
    reason="Records open to those who teach, support or look after the pupil. Your work with Trellis is elsewhere.",
)
RECORD_READERS = roles(
    "those who read whole records",
    READ_RECORDS,
    reason="This part of the record is for those who look after the whole of it.",
)
LOOK_READERS = roles(
    "those who answer for who reads",
    WATCHERS,
    reason="The school’s leads and the Virtual School see who looked.",
)

urlpatterns = [
    path("pupils/<int:pupil_id>/", opens_to(READERS, level="any")(views.overview), name="pupil"),
    path(
        "pupils/<int:pupil_id>/people/", opens_to(RECORD_READERS, level="whole")(views.people_around),
        name="people_around",
    ),
    path("pupils/<int:pupil_id>/timeline/", opens_to(RECORD_READERS, level="written")(views.timeline), name="timeline"),
    path(
        "pupils/<int:pupil_id>/who-looked/", opens_to(LOOK_READERS, level="whole")(views.who_looked),
        name="who_looked",
    ),
]  # fmt: skip

from django.urls import path

from trellis.conduct.doors import SIGNED_IN, opens_to, roles
from trellis.people.roles import READ_PUPILS, READ_RECORDS
from trellis.records import views, views_access
from trellis.records.tabs import ACCESS_READERS, WATCHERS
from trellis.teams.permissions import MANAGING_ROLES

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
ACCESS = roles(
    "those who answer for who has access",
    ACCESS_READERS,
    reason="The school’s leads, the Virtual School and the social worker see who has access.",
)
MANAGERS = roles(
    "those who manage people",
    MANAGING_ROLES,
    reason="What a colleague can see is for those who keep their account.",
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
    path(
        "pupils/<int:pupil_id>/access/", opens_to(ACCESS, level="whole")(views_access.who_has_access),
        name="who_has_access",
    ),
    path("what-i-see/", opens_to(SIGNED_IN)(views_access.what_i_see), name="what_i_see"),
    path(
        "team/people/<int:membership_id>/access/", opens_to(MANAGERS)(views_access.what_colleague_sees),
        name="what_colleague_sees",
    ),
]  # fmt: skip

from django.urls import path

from trellis.conduct.doors import opens_to, roles
from trellis.moves import views, views_care, views_closed
from trellis.moves.permissions import AREA_SPEAKERS, CARE_KEEPERS, READERS, SCHOOL_SPEAKERS
from trellis.people.roles import READ_RECORDS, VIRTUAL_SCHOOL_TEACHERS, Role
from trellis.pupils.permissions import KEEPERS

SCHOOLS_AND_VIRTUAL_SCHOOL = roles(
    "those who lead in a school, and the Virtual School",
    READERS,
    reason="School moves are for those who lead in a school and for the Virtual School.",
)
THOSE_WHO_MOVE = roles(
    "SENCOs, designated teachers and the Virtual School",
    KEEPERS | VIRTUAL_SCHOOL_TEACHERS,
    reason="The SENCO, the designated teacher or the Virtual School records a school move.",
)
THOSE_WHO_RECORD_CARE = roles(
    "the Virtual School head, advisers and social workers",
    CARE_KEEPERS | {Role.SOCIAL_WORKER},
    reason="The Virtual School head, an adviser or the named social worker records a change of care.",
)
THE_VIRTUAL_SCHOOL = roles(
    "the Virtual School head and advisers",
    CARE_KEEPERS,
    reason="The head or an adviser of the Virtual School records which authority took over.",
)
THOSE_WHO_READ_RECORDS = roles(
    "those who read whole records",
    READ_RECORDS,
    reason="What changed in a pupil’s care is for the people who look after the whole record.",
)

THOSE_WHO_SAY_WHERE_TO = roles(
    "heads, SENCOs and designated teachers of the school, and the Virtual School of its area",
    SCHOOL_SPEAKERS | AREA_SPEAKERS,
    reason="Where the pupils of a closed school go is said by that school, or by the Virtual School of its area.",
)

urlpatterns = [
    path("closed-schools/", opens_to(THOSE_WHO_SAY_WHERE_TO)(views_closed.closed_schools), name="closed_schools"),
    path(
        "closed-schools/<int:school_id>/",
        opens_to(THOSE_WHO_SAY_WHERE_TO)(views_closed.follow_successor),
        name="follow_successor",
    ),
    path("moves/", opens_to(SCHOOLS_AND_VIRTUAL_SCHOOL)(views.moves), name="moves"),
    path("moves/<int:move_id>/", opens_to(SCHOOLS_AND_VIRTUAL_SCHOOL, level="written")(views.move), name="move"),
    path(
        "moves/<int:move_id>/receive/",
        opens_to(SCHOOLS_AND_VIRTUAL_SCHOOL, level="written")(views.acknowledge_move),
        name="acknowledge_move",
    ),
    path(
        "moves/<int:move_id>/deliverers/",
        opens_to(THOSE_WHO_MOVE, level="written")(views.say_deliverers),
        name="say_deliverers",
    ),
    path(
        "pupils/<int:pupil_id>/care/",
        opens_to(THOSE_WHO_RECORD_CARE, level="written")(views_care.care_changed),
        name="care_changed",
    ),
    path(
        "pupils/<int:pupil_id>/care/began/",
        opens_to(THOSE_WHO_RECORD_CARE, level="written")(views_care.enter_care),
        name="enter_care",
    ),
    path(
        "pupils/<int:pupil_id>/care/ended/",
        opens_to(THOSE_WHO_RECORD_CARE, level="written")(views_care.leave_care),
        name="leave_care",
    ),
    path(
        "pupils/<int:pupil_id>/care/another-authority/",
        opens_to(THE_VIRTUAL_SCHOOL, level="written")(views_care.change_authority),
        name="change_authority",
    ),
    path(
        "pupils/<int:pupil_id>/care/another-area/",
        opens_to(THE_VIRTUAL_SCHOOL, level="written")(views_care.live_elsewhere),
        name="live_elsewhere",
    ),
    path(
        "pupils/<int:pupil_id>/care/ehc-plan/",
        opens_to(THE_VIRTUAL_SCHOOL, level="written")(views_care.keep_plan_elsewhere),
        name="keep_plan_elsewhere",
    ),
    path(
        "care-changes/<int:care_change_id>/",
        opens_to(THOSE_WHO_READ_RECORDS, level="written")(views_care.care_change),
        name="care_change",
    ),
    path("pupils/<int:pupil_id>/move/", opens_to(THOSE_WHO_MOVE, level="whole")(views.move_school), name="move_school"),
]

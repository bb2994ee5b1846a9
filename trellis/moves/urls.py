from django.urls import path

from trellis.conduct.doors import opens_to, roles
from trellis.moves import views
from trellis.moves.permissions import READERS
from trellis.people.roles import VIRTUAL_SCHOOL_TEACHERS
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

urlpatterns = [
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
    path("pupils/<int:pupil_id>/move/", opens_to(THOSE_WHO_MOVE, level="whole")(views.move_school), name="move_school"),
]

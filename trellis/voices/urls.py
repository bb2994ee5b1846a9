from django.urls import path

from trellis.conduct.doors import opens_to, roles
from trellis.people.roles import READ_RECORDS
from trellis.voices import views
from trellis.voices.permissions import LISTENERS

READ = roles("those who read whole records", READ_RECORDS, reason="Views are for those who read the whole record.")
LISTEN = roles(
    "those who write down views",
    LISTENERS,
    reason="The school’s leads, the Virtual School and the social worker write down views.",
)

urlpatterns = [
    path("pupils/<int:pupil_id>/views/", opens_to(READ, level="whole")(views.pupil_views), name="pupil_views"),
    path(
        "pupils/<int:pupil_id>/views/write-down/",
        opens_to(LISTEN, level="whole")(views.write_down_view),
        name="write_down_view",
    ),
    path("pupils/<int:pupil_id>/views/ask/", opens_to(LISTEN, level="whole")(views.ask_view), name="ask_view"),
    path("views/asked/<int:asked_id>/", opens_to(LISTEN, level="whole")(views.view_asked), name="view_asked"),
    path("views/asked/<int:asked_id>/read/", opens_to(LISTEN, level="whole")(views.read_view), name="read_view"),
    path("views/asked/<int:asked_id>/again/", opens_to(LISTEN, level="whole")(views.ask_again), name="ask_again"),
    path(
        "views/asked/<int:asked_id>/take-back/",
        opens_to(LISTEN, level="whole")(views.take_back_ask),
        name="take_back_ask",
    ),
    path("views/worries/<int:worry_id>/", opens_to(LISTEN, level="whole")(views.worry), name="worry"),
]

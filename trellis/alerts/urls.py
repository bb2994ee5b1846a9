from django.urls import path

from trellis.alerts import views
from trellis.conduct.doors import opens_to, roles
from trellis.people.roles import READ_RECORDS, SCHOOL_LEADS, VIRTUAL_SCHOOL_TEACHERS

READERS = roles(
    "those who read whole records",
    READ_RECORDS,
    reason="Alerts are for the people who look after the whole record.",
)
SCHOOLS_AND_VIRTUAL_SCHOOL = roles(
    "those who lead in a school, and the Virtual School",
    SCHOOL_LEADS | VIRTUAL_SCHOOL_TEACHERS,
    reason="Pupils at risk are for those who lead in a school and for the Virtual School.",
)

urlpatterns = [
    path("at-risk/", opens_to(SCHOOLS_AND_VIRTUAL_SCHOOL)(views.at_risk), name="at_risk"),
    path("at-risk/<int:alert_id>/", opens_to(READERS, level="written")(views.alert), name="alert"),
    path(
        "at-risk/<int:alert_id>/set-aside/",
        opens_to(SCHOOLS_AND_VIRTUAL_SCHOOL, level="written")(views.set_aside),
        name="set_aside_alert",
    ),
    path(
        "at-risk/<int:alert_id>/done/",
        opens_to(SCHOOLS_AND_VIRTUAL_SCHOOL, level="written")(views.say_what_is_done),
        name="say_what_is_done",
    ),
    path(
        "pupils/<int:pupil_id>/place-in-doubt/",
        opens_to(SCHOOLS_AND_VIRTUAL_SCHOOL, level="whole")(views.say_in_doubt),
        name="say_in_doubt",
    ),
    path(
        "places-in-doubt/<int:doubt_id>/take-back/",
        opens_to(SCHOOLS_AND_VIRTUAL_SCHOOL, level="written")(views.take_back_doubt),
        name="take_back_doubt",
    ),
]

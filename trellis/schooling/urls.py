from django.urls import path

from trellis.conduct.doors import opens_to, roles
from trellis.people.roles import READ_RECORDS, SCHOOL_LEADS, VIRTUAL_SCHOOL_TEACHERS
from trellis.schooling import views

READERS = roles(
    "those who read whole records",
    READ_RECORDS,
    reason="A pupil’s school place is for the people who look after the whole record.",
)
RECORDERS = roles(
    "those who lead in a school, and the Virtual School for a school without accounts",
    SCHOOL_LEADS | VIRTUAL_SCHOOL_TEACHERS,
    reason="The headteacher, safeguarding lead, SENCO or designated teacher of the pupil’s school records this.",
)

urlpatterns = [
    path(
        "pupils/<int:pupil_id>/school-place/",
        opens_to(READERS, level="written")(views.school_place),
        name="school_place",
    ),
    path(
        "pupils/<int:pupil_id>/attendance/new/",
        opens_to(RECORDERS, level="whole")(views.tell_attendance),
        name="tell_attendance",
    ),
    path(
        "pupils/<int:pupil_id>/attainment/new/",
        opens_to(RECORDERS, level="whole")(views.tell_attainment),
        name="tell_attainment",
    ),
    path(
        "pupils/<int:pupil_id>/suspensions/new/",
        opens_to(RECORDERS, level="whole")(views.record_suspension),
        name="record_suspension",
    ),
    path("suspensions/<int:suspension_id>/", opens_to(READERS, level="written")(views.suspension), name="suspension"),
    path(
        "suspensions/<int:suspension_id>/arrange/", opens_to(RECORDERS, level="written")(views.arrange), name="arrange"
    ),
    path(
        "suspensions/<int:suspension_id>/cancel/",
        opens_to(RECORDERS, level="written")(views.cancel_suspension),
        name="cancel_suspension",
    ),
    path(
        "suspensions/<int:suspension_id>/reinstate/",
        opens_to(RECORDERS, level="written")(views.reinstate),
        name="reinstate",
    ),
    path("tellings/<int:telling_id>/", opens_to(RECORDERS, level="written")(views.tell), name="tell"),
    path(
        "pupils/<int:pupil_id>/sent-home/new/",
        opens_to(RECORDERS, level="whole")(views.record_sent_home),
        name="record_sent_home",
    ),
    path(
        "pupils/<int:pupil_id>/part-time/new/",
        opens_to(RECORDERS, level="whole")(views.agree_part_time),
        name="agree_part_time",
    ),
    path("part-time/<int:timetable_id>/", opens_to(READERS, level="written")(views.part_time), name="part_time"),
    path(
        "part-time/<int:timetable_id>/review/",
        opens_to(RECORDERS, level="written")(views.review_part_time),
        name="review_part_time",
    ),
]

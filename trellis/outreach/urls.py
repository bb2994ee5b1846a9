from django.urls import path

from trellis.conduct.doors import opens_to, roles
from trellis.outreach import views
from trellis.outreach.permissions import ONLY_LEADS, ONLY_TEACHERS
from trellis.people.roles import READ_RECORDS, SCHOOL_LEADS, VIRTUAL_SCHOOL_TEACHERS

READERS = roles(
    "those who read whole records", READ_RECORDS, reason="This is for the people who look after the whole record."
)
THE_VIRTUAL_SCHOOL = roles("the Virtual School’s teachers", VIRTUAL_SCHOOL_TEACHERS, reason=ONLY_TEACHERS)
THOSE_WHO_ASK = roles(
    "those who lead in a school, and the Virtual School", SCHOOL_LEADS | VIRTUAL_SCHOOL_TEACHERS, reason=ONLY_LEADS
)
OF_THE_CASE = opens_to(THE_VIRTUAL_SCHOOL, level="written")

urlpatterns = [
    path("outreach/", opens_to(THE_VIRTUAL_SCHOOL)(views.outreach_cases), name="outreach_cases"),
    path("outreach/<int:outreach_id>/", opens_to(READERS, level="written")(views.outreach_case), name="outreach_case"),
    path("outreach/<int:outreach_id>/answer/", OF_THE_CASE(views.answer_outreach), name="answer_outreach"),
    path(
        "outreach/<int:outreach_id>/take-back/",
        opens_to(THOSE_WHO_ASK, level="written")(views.take_back_outreach),
        name="take_back_outreach",
    ),
    path("outreach/<int:outreach_id>/contact/", OF_THE_CASE(views.keep_contact), name="keep_contact"),
    path("outreach/<int:outreach_id>/plan/", OF_THE_CASE(views.agree_outreach_plan), name="agree_outreach_plan"),
    path("outreach/<int:outreach_id>/review/", OF_THE_CASE(views.review_outreach), name="review_outreach"),
    path("outreach/<int:outreach_id>/close/", OF_THE_CASE(views.close_outreach), name="close_outreach"),
    path("outreach/contacts/<int:contact_id>/strike-out/", OF_THE_CASE(views.strike_contact), name="strike_contact"),
    path("outreach/looks/<int:look_id>/", OF_THE_CASE(views.look_at_outcome), name="look_at_outcome"),
    path(
        "pupils/<int:pupil_id>/outreach/", opens_to(READERS, level="whole")(views.pupil_outreach), name="pupil_outreach"
    ),
    path(
        "pupils/<int:pupil_id>/outreach/ask/",
        opens_to(THOSE_WHO_ASK, level="whole")(views.raise_outreach),
        name="raise_outreach",
    ),
]

from django.urls import path

from trellis.conduct.doors import opens_to, roles
from trellis.hv import views
from trellis.hv.permissions import ONLY_HEAD, ONLY_PROPOSERS, PROPOSERS
from trellis.people.roles import READ_RECORDS, VIRTUAL_SCHOOL_TEACHERS, Role

READERS = roles(
    "those who read whole records", READ_RECORDS, reason="This is for the people who look after the whole record."
)
THE_VIRTUAL_SCHOOL = roles(
    "the Virtual School", VIRTUAL_SCHOOL_TEACHERS, reason="The list of cases is for the Virtual School."
)
THOSE_WHO_PROPOSE = roles(
    "SENCOs, designated teachers, headteachers and the Virtual School", PROPOSERS | VIRTUAL_SCHOOL_TEACHERS,
    reason=ONLY_PROPOSERS,
)  # fmt: skip
THE_HEAD = roles("the Virtual School head", {Role.VIRTUAL_SCHOOL_HEAD}, reason=ONLY_HEAD)

urlpatterns = [
    path("highly-vulnerable/", opens_to(THE_VIRTUAL_SCHOOL)(views.hv_cases), name="hv_cases"),
    path("highly-vulnerable/panel/", opens_to(THE_HEAD)(views.hv_panel), name="hv_panel"),
    path("highly-vulnerable/<int:case_id>/", opens_to(READERS, level="written")(views.hv_case), name="hv_case"),
    path(
        "highly-vulnerable/<int:case_id>/panel/",
        opens_to(THE_HEAD, level="written")(views.decide_hv),
        name="decide_hv",
    ),
    path(
        "highly-vulnerable/<int:case_id>/urgent/",
        opens_to(THE_HEAD, level="written")(views.award_hv_urgently),
        name="award_hv_urgently",
    ),
    path(
        "highly-vulnerable/<int:case_id>/answer/",
        opens_to(THOSE_WHO_PROPOSE, level="written")(views.answer_hv),
        name="answer_hv",
    ),
    path(
        "highly-vulnerable/<int:case_id>/take-back/",
        opens_to(THOSE_WHO_PROPOSE, level="written")(views.withdraw_hv),
        name="withdraw_hv",
    ),
    path(
        "highly-vulnerable/<int:case_id>/extend/",
        opens_to(THE_HEAD, level="written")(views.extend_hv),
        name="extend_hv",
    ),
    path(
        "highly-vulnerable/<int:case_id>/go-on/", opens_to(THE_HEAD, level="written")(views.go_on_hv), name="go_on_hv"
    ),
    path(
        "highly-vulnerable/<int:case_id>/spend/",
        opens_to(THE_VIRTUAL_SCHOOL, level="written")(views.spend_hv_money),
        name="spend_hv_money",
    ),
    path(
        "highly-vulnerable/<int:case_id>/end/",
        opens_to(THE_VIRTUAL_SCHOOL, level="written")(views.end_hv),
        name="end_hv",
    ),
    path("pupils/<int:pupil_id>/highly-vulnerable/", opens_to(READERS, level="whole")(views.pupil_hv), name="pupil_hv"),
    path(
        "pupils/<int:pupil_id>/highly-vulnerable/propose/",
        opens_to(THOSE_WHO_PROPOSE, level="whole")(views.propose_hv),
        name="propose_hv",
    ),
]

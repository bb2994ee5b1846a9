from django.urls import path

from trellis.conduct.doors import opens_to, roles
from trellis.cycles import views, views_assess, views_do, views_plan, views_review
from trellis.people.roles import CLASS_STAFF, READ_PUPILS, READ_RECORDS, VIRTUAL_SCHOOL_TEACHERS, Role

KEEPING = {Role.SENCO, Role.DESIGNATED_TEACHER} | VIRTUAL_SCHOOL_TEACHERS
READ = roles("those who work with pupils", READ_PUPILS, reason="Cycles are for those who work with the pupil.")
READ_ALL = roles(
    "those who read whole records", READ_RECORDS, reason="The assessment is for those who read the whole record."
)
KEEP = roles("those who keep cycles", KEEPING, reason="The SENCO or the designated teacher of the school does this.")
ADD = roles(
    "those who add to assessments",
    KEEPING | {Role.CLASS_TEACHER},
    reason="The class teacher and the SENCO add to the assessment.",
)
RECORD = roles(
    "those who record sessions",
    KEEPING | CLASS_STAFF,
    reason="The pupil’s class staff and the SENCO record sessions.",
)
TODAY = roles("class staff", CLASS_STAFF, reason="Today is for class teachers and teaching assistants.")

urlpatterns = [
    path("pupils/<int:pupil_id>/cycle/", opens_to(READ, level="class")(views.pupil_cycle), name="pupil_cycle"),
    path("pupils/<int:pupil_id>/cycle/start/", opens_to(KEEP, level="whole")(views.start_cycle), name="start_cycle"),
    path("cycles/<int:cycle_id>/", opens_to(READ, level="class")(views.cycle), name="cycle"),
    path("cycles/<int:cycle_id>/end/", opens_to(KEEP, level="whole")(views.end_cycle), name="end_cycle"),
    # assess
    path("cycles/<int:cycle_id>/assess/", opens_to(READ_ALL, level="whole")(views_assess.assess), name="assess"),
    path(
        "cycles/<int:cycle_id>/assess/add/",
        opens_to(ADD, level="class")(views_assess.add_assessment_entry),
        name="add_assessment_entry",
    ),
    path(
        "cycles/<int:cycle_id>/assess/views/<int:view_id>/",
        opens_to(KEEP, level="whole")(views_assess.bring_in_view),
        name="bring_in_view",
    ),
    path(
        "cycles/<int:cycle_id>/assess/finish/",
        opens_to(KEEP, level="whole")(views_assess.finish_assessment),
        name="finish_assessment",
    ),
    path(
        "cycles/entries/<int:entry_id>/",
        opens_to(KEEP, level="whole")(views_assess.change_assessment_entry),
        name="change_assessment_entry",
    ),
    # plan
    path("cycles/<int:cycle_id>/plan/", opens_to(READ, level="class")(views_plan.plan), name="plan"),
    path("cycles/<int:cycle_id>/plan/print/", opens_to(READ, level="class")(views_plan.print_plan), name="print_plan"),
    path(
        "cycles/<int:cycle_id>/outcomes/add/", opens_to(KEEP, level="whole")(views_plan.add_outcome), name="add_outcome"
    ),
    path(
        "cycles/<int:cycle_id>/review-date/",
        opens_to(KEEP, level="whole")(views_plan.set_review_date),
        name="set_review_date",
    ),
    path("cycles/<int:cycle_id>/share/", opens_to(KEEP, level="whole")(views_plan.share_plan), name="share_plan"),
    path("cycles/<int:cycle_id>/agree/", opens_to(KEEP, level="whole")(views_plan.agree_plan), name="agree_plan"),
    path(
        "cycles/outcomes/<int:outcome_id>/",
        opens_to(KEEP, level="whole")(views_plan.change_outcome),
        name="change_outcome",
    ),
    path(
        "cycles/outcomes/<int:outcome_id>/remove/",
        opens_to(KEEP, level="whole")(views_plan.remove_outcome),
        name="remove_outcome",
    ),
    path(
        "cycles/outcomes/<int:outcome_id>/interventions/add/",
        opens_to(KEEP, level="whole")(views_plan.add_intervention),
        name="add_intervention",
    ),
    path(
        "cycles/outcomes/<int:outcome_id>/adjustments/add/",
        opens_to(KEEP, level="whole")(views_plan.add_adjustment),
        name="add_adjustment",
    ),
    path(
        "cycles/interventions/<int:intervention_id>/",
        opens_to(KEEP, level="whole")(views_plan.change_intervention),
        name="change_intervention",
    ),
    path(
        "cycles/interventions/<int:intervention_id>/remove/",
        opens_to(KEEP, level="whole")(views_plan.remove_intervention),
        name="remove_intervention",
    ),
    path(
        "cycles/adjustments/<int:adjustment_id>/",
        opens_to(KEEP, level="whole")(views_plan.change_adjustment),
        name="change_adjustment",
    ),
    path(
        "cycles/adjustments/<int:adjustment_id>/remove/",
        opens_to(KEEP, level="whole")(views_plan.remove_adjustment),
        name="remove_adjustment",
    ),
    # do
    path("cycles/<int:cycle_id>/sessions/", opens_to(READ, level="class")(views_do.sessions), name="sessions"),
    path(
        "cycles/<int:cycle_id>/sessions/<str:week_of>/",
        opens_to(RECORD, level="class")(views_do.record_week),
        name="record_week",
    ),
    path("today/", opens_to(TODAY)(views_do.today), name="today"),
    path(
        "today/<int:intervention_id>/done/", opens_to(RECORD, level="class")(views_do.hold_session), name="hold_session"
    ),
    path(
        "today/<int:intervention_id>/not-today/",
        opens_to(RECORD, level="class")(views_do.miss_session),
        name="miss_session",
    ),
    path(
        "today/<int:intervention_id>/undo/",
        opens_to(RECORD, level="class")(views_do.take_back_session),
        name="take_back_session",
    ),
    # review
    path(
        "cycles/<int:cycle_id>/review/", opens_to(KEEP, level="whole")(views_review.record_review), name="record_review"
    ),
]

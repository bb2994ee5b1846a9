from django.urls import path

from trellis.conduct.doors import opens_to, roles
from trellis.intervention_plans import views
from trellis.intervention_plans.permissions import ONLY_WRITERS, WRITERS
from trellis.people.roles import READ_PUPILS

READ = roles(
    "those who work with pupils",
    READ_PUPILS,
    reason="Positive intervention plans are for those who work with the pupil.",
)
WRITE = roles("those who write positive intervention plans", WRITERS, reason=ONLY_WRITERS)

PLAN = "intervention-plans/<int:intervention_plan_id>"
DRAFT = "intervention-plans/drafts/<int:intervention_plan_draft_id>"

urlpatterns = [
    path(
        "pupils/<int:pupil_id>/intervention-plan/",
        opens_to(READ, level="any")(views.pupil_intervention_plan),
        name="pupil_intervention_plan",
    ),
    path(
        "pupils/<int:pupil_id>/intervention-plan/start/",
        opens_to(WRITE, level="whole")(views.start_intervention_plan),
        name="start_intervention_plan",
    ),
    path(f"{PLAN}/", opens_to(READ, level="any")(views.intervention_plan), name="intervention_plan"),
    path(f"{PLAN}/print/", opens_to(READ, level="any")(views.print_intervention_plan), name="print_intervention_plan"),
    path(f"{PLAN}/word/", opens_to(READ, level="any")(views.intervention_plan_word), name="intervention_plan_word"),
    path(
        f"{PLAN}/still-right/",
        opens_to(WRITE, level="written")(views.confirm_intervention_plan),
        name="confirm_intervention_plan",
    ),
    path(f"{PLAN}/look-again/", opens_to(WRITE, level="written")(views.look_again_at_plan), name="look_again_at_plan"),
    path(
        f"{PLAN}/share/",
        opens_to(WRITE, level="written")(views.share_intervention_plan),
        name="share_intervention_plan",
    ),
    *(
        path(
            f"{DRAFT}/{part}/",
            opens_to(WRITE, level="whole")(views.write_part),
            {"part": part},
            name=f"write_plan_{part}",
        )
        for part in views.PARTS
    ),
    path(
        f"{DRAFT}/agree/",
        opens_to(WRITE, level="whole")(views.agree_intervention_plan),
        name="agree_intervention_plan",
    ),
    path(
        f"{DRAFT}/set-aside/",
        opens_to(WRITE, level="whole")(views.set_aside_intervention_plan),
        name="set_aside_intervention_plan",
    ),
]

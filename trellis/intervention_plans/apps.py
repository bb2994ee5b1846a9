from django.apps import AppConfig


class InterventionPlansConfig(AppConfig):
    name = "trellis.intervention_plans"
    label = "intervention_plans"

    def ready(self) -> None:
        from trellis.intervention_plans import actions, shown
        from trellis.pupils import slots
        from trellis.schooling.slots import suspension_recorded

        slots.beside.fill(shown.plan_beside)
        slots.next_steps.fill(shown.next_steps, rests_on=shown.rows_of_next_steps)
        suspension_recorded.fill(actions.look_again_after_suspension)

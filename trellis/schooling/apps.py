from django.apps import AppConfig


class SchoolingConfig(AppConfig):
    name = "trellis.schooling"
    label = "schooling"

    def ready(self) -> None:
        from trellis.organisations import policies
        from trellis.pupils import slots
        from trellis.schooling import shown
        from trellis.schooling.policies import POLICIES

        slots.pupil_tabs.fill(shown.school_place_tab)
        slots.deeds.fill(shown.record_from_overview)
        slots.next_steps.fill(shown.next_steps, rests_on=shown.rows_of_next_steps)
        policies.add(*POLICIES)

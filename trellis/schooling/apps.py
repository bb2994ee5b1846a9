from django.apps import AppConfig


class SchoolingConfig(AppConfig):
    name = "trellis.schooling"
    label = "schooling"

    def ready(self) -> None:
        from trellis.pupils import slots
        from trellis.schooling import shown

        slots.pupil_tabs.fill(shown.school_place_tab)
        slots.next_steps.fill(shown.next_steps)

from django.apps import AppConfig


class HvConfig(AppConfig):
    name = "trellis.hv"
    label = "hv"

    def ready(self) -> None:
        from trellis.hv import actions
        from trellis.pupils import slots

        slots.care_changed.fill(actions.end_when_care_ended)

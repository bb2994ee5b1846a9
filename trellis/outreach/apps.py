from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "trellis.outreach"
    label = "outreach"

    def ready(self) -> None:
        from trellis.hv import slots as hv
        from trellis.outreach import actions, shown
        from trellis.pupils import slots

        slots.next_steps.fill(shown.next_steps)
        slots.care_changed.fill(actions.close_when_care_ended)
        hv.awarded.fill(actions.cover_award)

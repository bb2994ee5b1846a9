from django.apps import AppConfig


class OutreachConfig(AppConfig):
    name = "trellis.outreach"
    label = "outreach"

    def ready(self) -> None:
        from trellis.alerts import slots as alerts
        from trellis.hv import slots as hv
        from trellis.organisations import policies
        from trellis.outreach import actions, queries, shown
        from trellis.outreach.policies import POLICIES
        from trellis.pupils import slots

        alerts.what_can_be_done.fill(shown.ask_from_alert)
        slots.deeds.fill(shown.ask_from_overview)
        slots.next_steps.fill(shown.next_steps, rests_on=shown.rows_of_next_steps)
        slots.care_changed.fill(actions.close_when_care_ended, concerned=queries.with_open_cases)
        hv.awarded.fill(actions.cover_award)
        policies.add(*POLICIES)

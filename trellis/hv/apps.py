from django.apps import AppConfig


class HvConfig(AppConfig):
    name = "trellis.hv"
    label = "hv"

    def ready(self) -> None:
        from trellis.alerts import slots as alerts
        from trellis.hours import slots as hours
        from trellis.hv import actions, queries, shown
        from trellis.hv.policies import POLICIES
        from trellis.organisations import policies
        from trellis.pupils import slots

        hours.visit_ended.fill(actions.return_what_a_visit_left)
        alerts.what_can_be_done.fill(shown.propose_from_alert)
        slots.next_steps.fill(shown.next_steps, rests_on=shown.rows_of_next_steps)
        slots.care_changed.fill(actions.end_when_care_ended, concerned=queries.with_open_cases)
        policies.add(*POLICIES)

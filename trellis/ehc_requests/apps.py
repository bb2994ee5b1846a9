from django.apps import AppConfig


class EhcRequestsConfig(AppConfig):
    name = "trellis.ehc_requests"
    label = "ehc_requests"

    def ready(self) -> None:
        from trellis.design import navigation
        from trellis.ehc_requests import queries, shown
        from trellis.ehc_requests.permissions import DECIDERS
        from trellis.ehc_requests.policies import POLICIES
        from trellis.organisations import policies
        from trellis.pupils import slots
        from trellis.who_pays import slots as who_pays

        who_pays.statutory_advice.fill(queries.is_statutory)
        slots.pupil_tabs.fill(shown.ehc_tab)
        slots.next_steps.fill(shown.next_steps, rests_on=shown.rows_of_next_steps)
        navigation.add(
            text="EHC requests", url_name="ehc_requests", order=60, shown_to=lambda user: user.plays(DECIDERS)
        )
        policies.add(*POLICIES)

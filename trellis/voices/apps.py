from django.apps import AppConfig


class VoicesConfig(AppConfig):
    name = "trellis.voices"
    label = "voices"

    def ready(self) -> None:
        from trellis.links import purposes
        from trellis.organisations import policies
        from trellis.pupils import slots
        from trellis.voices import actions, shown, views_link
        from trellis.voices.policies import POLICIES

        slots.pupil_tabs.fill(shown.views_tab)
        slots.deeds.fill(shown.ask_from_overview)
        slots.next_steps.fill(shown.next_steps, rests_on=shown.rows_of_next_steps)
        purposes.add(actions.PURPOSE, views_link.give_view, "What you said has been sent.", thanks=views_link.thanks)
        policies.add(*POLICIES)

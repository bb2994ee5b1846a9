from django.apps import AppConfig


class ConsentsConfig(AppConfig):
    name = "trellis.consents"
    label = "consents"

    def ready(self) -> None:
        from trellis.consents import actions, queries, shown, views
        from trellis.consents.policies import POLICIES
        from trellis.links import purposes
        from trellis.organisations import policies
        from trellis.pupils import slots

        slots.care_changed.fill(actions.look_again, concerned=queries.with_open_consents)
        slots.next_steps.fill(shown.next_steps, rests_on=shown.rows_of_next_steps)
        purposes.add(actions.PURPOSE, views.reply, "Your answer has been sent to the people who asked you.")
        policies.add(*POLICIES)

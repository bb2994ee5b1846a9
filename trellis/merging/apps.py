from django.apps import AppConfig


class MergingConfig(AppConfig):
    name = "trellis.merging"
    label = "merging"

    def ready(self) -> None:
        from trellis.design import navigation
        from trellis.merging import actions, queries
        from trellis.merging.models import DECIDERS
        from trellis.pupils import slots

        slots.pupil_added.fill(actions.ask_about_added)
        slots.next_steps.fill(queries.next_steps, rests_on=queries.rows_of_next_steps)
        navigation.add_at_foot(text="Same child?", url_name="same_children", shown_to=lambda user: user.plays(DECIDERS))

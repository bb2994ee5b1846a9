from django.apps import AppConfig


class TransfersConfig(AppConfig):
    name = "trellis.transfers"
    label = "transfers"

    def ready(self) -> None:
        from trellis.pupils import slots
        from trellis.pupils.queries import not_the_first
        from trellis.transfers import actions, queries

        slots.school_place_began.fill(actions.open_when_place_began, concerned=not_the_first)
        slots.school_place_ended.fill(actions.open_when_place_ended)
        slots.next_steps.fill(queries.next_steps, rests_on=queries.rows_of_next_steps)
        slots.steps_after_leaving.fill(queries.steps_after_leaving)

from django.apps import AppConfig


class MovesConfig(AppConfig):
    name = "trellis.moves"
    label = "moves"

    def ready(self) -> None:
        from trellis.moves import queries
        from trellis.pupils import slots

        slots.next_steps.fill(queries.next_steps, rests_on=queries.rows_of_next_steps)

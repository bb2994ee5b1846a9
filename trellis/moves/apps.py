from django.apps import AppConfig


class MovesConfig(AppConfig):
    name = "trellis.moves"
    label = "moves"

    def ready(self) -> None:
        from trellis.design import navigation
        from trellis.moves import queries
        from trellis.people.roles import READ_WHOLE_ORGANISATION
        from trellis.pupils import slots

        navigation.add(
            text="Moves", url_name="moves", order=50, shown_to=lambda user: user.plays(READ_WHOLE_ORGANISATION)
        )
        slots.next_steps.fill(queries.next_steps)

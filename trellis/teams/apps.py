from django.apps import AppConfig


class TeamsConfig(AppConfig):
    name = "trellis.teams"
    label = "teams"

    def ready(self) -> None:
        from trellis.design import navigation
        from trellis.teams.permissions import MANAGING_ROLES

        navigation.add_at_foot(
            text="People who work here", url_name="team", shown_to=lambda user: user.plays(MANAGING_ROLES)
        )

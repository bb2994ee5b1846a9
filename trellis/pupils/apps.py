from django.apps import AppConfig


class PupilsConfig(AppConfig):
    name = "trellis.pupils"
    label = "pupils"

    def ready(self) -> None:
        from trellis.people import slots
        from trellis.pupils import actions

        slots.roles_changed.fill(actions.follow_roles)

from django.apps import AppConfig


class ConductConfig(AppConfig):
    name = "trellis.conduct"
    label = "conduct"

    def ready(self) -> None:
        from trellis.conduct import migrating

        migrating.render_only_what_changes()

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "trellis.records"
    label = "records"

    def ready(self) -> None:
        from trellis.pupils import slots
        from trellis.records import tabs

        for tab in (tabs.people, tabs.timeline, tabs.who_looked):
            slots.pupil_tabs.fill(tab)

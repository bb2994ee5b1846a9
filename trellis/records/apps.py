from django.apps import AppConfig


class RecordsConfig(AppConfig):
    name = "trellis.records"
    label = "records"

    def ready(self) -> None:
        from trellis.design import navigation
        from trellis.pupils import slots
        from trellis.records import tabs

        for tab in (tabs.people, tabs.timeline, tabs.who_looked):
            slots.pupil_tabs.fill(tab)

        navigation.add_at_foot(
            text="What I can see and why", url_name="what_i_see", shown_to=lambda user: user.is_authenticated
        )

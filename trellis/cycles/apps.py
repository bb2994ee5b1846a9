from django.apps import AppConfig


class CyclesConfig(AppConfig):
    name = "trellis.cycles"
    label = "cycles"

    def ready(self) -> None:
        from trellis.cycles import shown
        from trellis.design import navigation
        from trellis.people.roles import CLASS_STAFF
        from trellis.pupils import slots

        slots.pupil_tabs.fill(shown.cycle_tab)
        slots.identity_tags.fill(shown.delivery_tag)
        slots.next_steps.fill(shown.next_steps)
        navigation.add(text="Today", url_name="today", order=5, shown_to=lambda user: user.plays(CLASS_STAFF))

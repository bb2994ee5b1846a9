from django.apps import AppConfig


class VoicesConfig(AppConfig):
    name = "trellis.voices"
    label = "voices"

    def ready(self) -> None:
        from trellis.pupils import slots
        from trellis.voices import shown

        slots.pupil_tabs.fill(shown.views_tab)

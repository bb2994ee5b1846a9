from django.apps import AppConfig


class PassportsConfig(AppConfig):
    name = "trellis.passports"
    label = "passports"

    def ready(self) -> None:
        from trellis.passports import shown
        from trellis.pupils import slots

        slots.identity_links.fill(shown.passport_link)
        slots.next_steps.fill(shown.next_steps, rests_on=shown.rows_of_next_steps)

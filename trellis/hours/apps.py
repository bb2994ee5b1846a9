from django.apps import AppConfig


class HoursConfig(AppConfig):
    name = "trellis.hours"
    label = "hours"

    def ready(self) -> None:
        from trellis.design import navigation
        from trellis.people.roles import SERVICE_STAFF, Role

        navigation.add(text="Visits", url_name="visits", order=42, shown_to=lambda user: user.plays(SERVICE_STAFF))
        navigation.add(
            text="Hours",
            url_name="hours",
            order=44,
            shown_to=lambda user: user.plays(SERVICE_STAFF | {Role.BUSINESS_OFFICER}),
        )

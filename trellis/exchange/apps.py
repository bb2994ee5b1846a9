from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "trellis.exchange"
    label = "exchange"

    def ready(self) -> None:
        from trellis.design import navigation
        from trellis.exchange.models import BRING_SCHOOL_FILES
        from trellis.exchange.permissions import READ_SCHOOLS
        from trellis.exchange.pupil_list import landing
        from trellis.merging import slots
        from trellis.people.roles import Role

        slots.answered.fill(landing.follow_answer)

        navigation.add(
            text="Imports", url_name="imports", order=60, shown_to=lambda user: user.plays({Role.BUSINESS_OFFICER})
        )
        navigation.add_at_foot(
            text="Bring a file", url_name="imports", shown_to=lambda user: user.plays(BRING_SCHOOL_FILES)
        )
        navigation.add_at_foot(text="Schools", url_name="schools_known", shown_to=lambda user: user.plays(READ_SCHOOLS))

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "trellis.people"
    label = "people"

    def ready(self) -> None:
        from trellis.design import navigation
        from trellis.people import issuers
        from trellis.people.permissions import SETTERS

        issuers.check_setting()
        navigation.add_at_foot(
            text="How I sign in", url_name="how_i_sign_in", shown_to=lambda user: user.is_authenticated
        )
        navigation.add_at_foot(text="How we work here", url_name="policies", shown_to=lambda user: user.plays(SETTERS))

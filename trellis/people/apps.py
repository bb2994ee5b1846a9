from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "trellis.people"
    label = "people"

    def ready(self) -> None:
        from trellis.design import navigation
        from trellis.people.permissions import SETTERS

        navigation.add_at_foot(text="How we work here", url_name="policies", shown_to=lambda user: user.plays(SETTERS))

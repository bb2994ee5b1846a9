from django.apps import AppConfig


class CaseloadsConfig(AppConfig):
    name = "trellis.caseloads"
    label = "caseloads"

    def ready(self) -> None:
        from trellis.design import navigation
        from trellis.people.roles import READ_PUPILS
        from trellis.pupils.permissions import works_in_class_only

        navigation.add(
            text="My week", url_name="my_week", order=10, shown_to=lambda user: not works_in_class_only(user)
        )
        navigation.add(text="Pupils", url_name="pupils", order=20, shown_to=lambda user: user.plays(READ_PUPILS))

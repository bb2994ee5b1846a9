from django.apps import AppConfig


class HoursConfig(AppConfig):
    name = "trellis.hours"
    label = "hours"

    def ready(self) -> None:
        from trellis.advice import slots as advice
        from trellis.consents import slots as consents
        from trellis.design import navigation
        from trellis.hours import actions, shown
        from trellis.hours.policies import POLICIES
        from trellis.organisations import policies
        from trellis.people.roles import SERVICE_STAFF, Role
        from trellis.pupils import slots

        consents.consent_withdrawn.fill(actions.release_without_consent)
        advice.request_declined.fill(actions.release_when_request_ends)
        advice.request_withdrawn.fill(actions.release_when_request_ends)
        advice.request_closed.fill(actions.release_when_request_ends)
        advice.shown_on_request.fill(shown.on_request)
        advice.capacity_words.fill(shown.capacity_words)
        slots.next_steps.fill(shown.next_steps, rests_on=shown.rows_of_next_steps)
        navigation.add(text="Visits", url_name="visits", order=42, shown_to=lambda user: user.plays(SERVICE_STAFF))
        navigation.add(
            text="Hours",
            url_name="hours",
            order=44,
            shown_to=lambda user: user.plays(SERVICE_STAFF | {Role.BUSINESS_OFFICER}),
        )
        policies.add(*POLICIES)

from django.apps import AppConfig


class AdviceConfig(AppConfig):
    name = "trellis.advice"
    label = "advice"

    def ready(self) -> None:
        from trellis.advice import actions, permissions, queries, shown
        from trellis.advice.policies import POLICIES
        from trellis.consents import slots as consents
        from trellis.cycles import slots as cycles
        from trellis.design import navigation
        from trellis.files import slots as files
        from trellis.organisations import policies
        from trellis.people.roles import SERVICE_STAFF
        from trellis.pupils import slots

        slots.access_facts.fill(queries.access_facts)
        cycles.specialist_advice.fill(queries.advice_told)
        consents.consent_asked.fill(actions.consent_changed)
        consents.consent_given.fill(actions.consent_given)
        consents.consent_declined.fill(actions.consent_changed)
        consents.consent_withdrawn.fill(actions.consent_ended)
        files.may_open.fill(queries.may_open_file)
        slots.pupil_tabs.fill(shown.advice_tab)
        slots.deeds.fill(shown.ask_from_overview)
        slots.next_steps.fill(shown.next_steps, rests_on=shown.rows_of_next_steps)
        schools = permissions.SCHOOLS_AND_VIRTUAL_SCHOOL
        navigation.add(
            text="Requests and hours", url_name="requests", order=40, shown_to=lambda user: user.plays(schools)
        )
        navigation.add(
            text="Requests",
            url_name="requests",
            order=40,
            shown_to=lambda user: user.plays(SERVICE_STAFF) and not user.plays(schools),
        )
        policies.add(*POLICIES)

from django.apps import AppConfig


class PepsConfig(AppConfig):
    name = "trellis.peps"
    label = "peps"

    def ready(self) -> None:
        from trellis.advice import slots as advice
        from trellis.design import navigation
        from trellis.organisations import policies
        from trellis.peps import actions, permissions, queries, shown
        from trellis.peps.policies import POLICIES
        from trellis.pupils import slots

        advice.targets_of.fill(queries.targets_told)
        slots.pupil_tabs.fill(shown.pep_tab)
        slots.next_steps.fill(shown.next_steps, rests_on=shown.rows_of_next_steps)
        slots.care_began.fill(actions.open_pep_on_coming_into_care, many=actions.open_peps_on_coming_into_care)
        slots.care_changed.fill(actions.end_when_care_ended, concerned=queries.with_peps_of_others)
        slots.sen_status_changed.fill(actions.ask_for_send_section, many=actions.ask_for_send_sections)
        slots.school_place_began.fill(actions.open_pep_at_new_school, concerned=queries.of_those_in_care)
        navigation.add(text="PEPs", url_name="peps", order=30, shown_to=lambda user: user.plays(permissions.READERS))
        policies.add(*POLICIES)

from django.apps import AppConfig


class FundingConfig(AppConfig):
    name = "trellis.funding"
    label = "funding"

    def ready(self) -> None:
        from trellis.advice import slots as advice
        from trellis.design import navigation
        from trellis.funding import actions, permissions, queries, shown
        from trellis.funding.policies import POLICIES
        from trellis.organisations import policies
        from trellis.peps import slots as peps
        from trellis.pupils import slots as pupils

        pupils.pupil_tabs.fill(shown.funding_tab)
        pupils.next_steps.fill(shown.next_steps)
        pupils.care_changed.fill(actions.withdraw_when_care_ended, concerned=queries.with_requests_waiting)
        peps.target_notes.fill(shown.target_notes)
        peps.hangs_on_target.fill(queries.hanging_on)
        peps.pupil_premium_of.fill(queries.pupil_premium_of)
        advice.request_declined.fill(actions.withdraw_with_advice)
        advice.request_withdrawn.fill(actions.withdraw_with_advice)
        navigation.add(
            text="Funding", url_name="funding", order=50, shown_to=lambda user: user.plays(permissions.OVERVIEW)
        )
        policies.add(*POLICIES)

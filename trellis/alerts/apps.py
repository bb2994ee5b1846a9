from django.apps import AppConfig


class AlertsConfig(AppConfig):
    name = "trellis.alerts"
    label = "alerts"

    def ready(self) -> None:
        from trellis.advice import slots as advice
        from trellis.alerts import queries, shown
        from trellis.alerts.policies import POLICIES
        from trellis.cycles import slots as cycles
        from trellis.design import navigation
        from trellis.organisations import policies
        from trellis.people.roles import SCHOOL_LEADS, VIRTUAL_SCHOOL_TEACHERS
        from trellis.pupils import slots as pupils
        from trellis.pupils.queries import not_the_first
        from trellis.schooling import slots as schooling

        for happened in (
            schooling.suspension_recorded,
            schooling.suspension_closed,
            schooling.part_time_agreed,
            schooling.part_time_ended,
            schooling.sent_home_recorded,
            advice.request_accepted,
            advice.request_declined,
            advice.request_withdrawn,
            advice.report_issued,
        ):
            happened.fill(shown.look_again_after)
        cycles.review_recorded.fill(shown.look_again_after_review)
        pupils.school_place_began.fill(shown.look_again_after_move, concerned=not_the_first)
        pupils.identity_tags.fill(shown.at_risk_tag)
        pupils.next_steps.fill(queries.next_steps, rests_on=queries.rows_of_next_steps)
        navigation.add(
            text="At risk",
            url_name="at_risk",
            order=60,
            shown_to=lambda user: user.plays(SCHOOL_LEADS | VIRTUAL_SCHOOL_TEACHERS),
        )
        policies.add(*POLICIES)

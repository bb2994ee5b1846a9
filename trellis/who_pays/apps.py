from django.apps import AppConfig


class WhoPaysConfig(AppConfig):
    name = "trellis.who_pays"
    label = "who_pays"

    def ready(self) -> None:
        from trellis.advice import slots as advice
        from trellis.funding import slots as funding
        from trellis.pupils import slots as pupils
        from trellis.who_pays import actions, queries, shown

        advice.last_page.fill(shown.last_page)
        advice.who_pays_words.fill(queries.who_pays_words)
        advice.payment_missing.fill(queries.payment_missing)
        advice.shown_on_request.fill(shown.on_request)
        advice.request_sent.fill(actions.split_when_sent)
        advice.request_handed_over.fill(actions.plan_goes_along)
        funding.funding_agreed.fill(actions.minutes_when_agreed)
        funding.funding_declined.fill(actions.open_when_declined)
        pupils.next_steps.fill(shown.next_steps, rests_on=shown.rows_of_next_steps)

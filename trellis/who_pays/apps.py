from django.apps import AppConfig


class WhoPaysConfig(AppConfig):
    name = "trellis.who_pays"
    label = "who_pays"

    def ready(self) -> None:
        from trellis.advice import slots as advice
        from trellis.funding import slots as funding
        from trellis.who_pays import actions, queries, shown

        advice.last_page.fill(shown.last_page)
        advice.who_pays_words.fill(queries.who_pays_words)
        advice.request_sent.fill(actions.split_when_sent)
        advice.request_handed_over.fill(actions.plan_goes_along)
        funding.funding_agreed.fill(actions.minutes_when_agreed)

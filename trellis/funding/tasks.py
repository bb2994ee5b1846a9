from procrastinate.contrib.django import app

from trellis.funding import actions


@app.periodic(cron="15 6 * * *")
@app.task(queueing_lock="alert_before_year_ends", pass_context=False)
def alert_before_year_ends(timestamp: int) -> int:
    """60, 30 and 10 days before 31 March, those who look after the money hear what is not passed on yet. Returns how
    many Virtual Schools were told."""
    return actions.alert_before_year_ends()

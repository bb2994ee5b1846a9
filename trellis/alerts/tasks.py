import logging

from procrastinate.contrib.django import app

from trellis.alerts import actions, queries
from trellis.conduct import clock
from trellis.pupils.models import Pupil

log = logging.getLogger(__name__)


@app.periodic(cron="15 4 * * *")
@app.task(queueing_lock="look_at_places_again", pass_context=False)
def look_at_places_again(timestamp: int) -> int:
    """Each night, look again at those about whom days alone may change something: a fortnight passes, three terms end.
    One transaction a pupil. Returns how many alerts are open among them."""
    open_now = 0
    for pupil_id in queries.to_look_at_again(clock.today()).order_by("pk").values_list("pk", flat=True).iterator():
        open_now += actions.look_again(Pupil(pk=pupil_id), None) is not None
    log.info("looked again at school places: %s at risk", open_now)
    return open_now

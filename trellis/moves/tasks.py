import logging

from procrastinate.contrib.django import app

from trellis.conduct import clock
from trellis.conduct.refusals import Refused
from trellis.moves import actions, queries

log = logging.getLogger(__name__)


@app.periodic(cron="15 0 * * *")
@app.task(queueing_lock="turn_18", pass_context=False)
def turn_18(timestamp: int) -> int:
    """Each night: the care of those who turned 18 ends; a night that was missed is made up for. Returns how many."""
    turned = 0
    for episode in queries.turned_18(clock.today()):
        try:
            turned += actions.turn_18(episode.pupil_id) is not None
        except Refused as refusal:  # a care episode recorded for after the birthday: a person puts the dates right
            log.error("the care of pupil %s goes on past 18: %s", episode.pupil_id, refusal.sentence)
    return turned

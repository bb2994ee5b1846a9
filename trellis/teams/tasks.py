from procrastinate.contrib.django import app

from trellis.conduct import clock
from trellis.teams import actions_handover
from trellis.teams.models import Handover


@app.periodic(cron="15 0 * * *")
@app.task(queueing_lock="hand_over_what_is_due", pass_context=False)
def hand_over_what_is_due(timestamp: int) -> int:
    """Early each day, carry out what was planned for it, or for a day that no worker saw. Returns how many."""
    due = list(Handover.objects.due_on(clock.today()).order_by("on", "pk").values_list("pk", flat=True))
    for handover_id in due:
        actions_handover.carry_out(handover_id)
    return len(due)

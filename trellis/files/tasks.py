from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from trellis.files import actions
from trellis.files.models import File


@app.task(retry=RetryStrategy(max_attempts=5, exponential_wait=4))
def scan_file(file_id: int) -> None:
    """Ask the scanner about one file; tried again with growing pauses when it does not answer."""
    actions.scan(file_id)


@app.periodic(cron="17 * * * *")
@app.task(queueing_lock="scan_what_waits", pass_context=False)
def scan_what_waits(timestamp: int) -> int:
    """Each hour, ask again about files still pending: the scanner may have been down for long. Returns how many."""
    waiting = list(File.objects.pending().values_list("pk", flat=True)[:200])
    for file_id in waiting:
        scan_file.defer(file_id=file_id)
    return len(waiting)

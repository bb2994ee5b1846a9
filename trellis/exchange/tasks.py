from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from trellis.exchange import actions


@app.task(retry=RetryStrategy(max_attempts=3, wait=5), queue="imports")
def read_import(import_id: int) -> None:
    """Read one import; run again after a worker was killed, it is read once."""
    actions.read_import(import_id)


@app.task(retry=RetryStrategy(max_attempts=3, wait=5), queue="imports")
def land_import(import_id: int) -> None:
    """Land one import; run again after a worker was killed, it lands once."""
    actions.land_import(import_id)


@app.task(retry=RetryStrategy(max_attempts=3, wait=5), queue="imports")
def take_back_import(import_id: int) -> None:
    """Take one import back; run again after a worker was killed, it is taken back once."""
    actions.take_back_as_asked(import_id)


@app.periodic(cron="43 * * * *")
@app.task(queueing_lock="forget_unread_files", pass_context=False)
def forget_unread_files(timestamp: int) -> int:
    """Each hour, forget files that nobody could read for a day. Returns how many imports they were."""
    return actions.refuse_what_was_never_read()

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from trellis.exchange import actions


@app.task(retry=RetryStrategy(max_attempts=3, wait=5), queue="imports")
def land_import(import_id: int) -> None:
    """Land one import; run again after a worker was killed, it lands once."""
    actions.land_import(import_id)

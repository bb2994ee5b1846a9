"""A job worker of the product's own, in a process of its own, on a test's own database."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from trellis.conduct.tasks import rescue_stalled_jobs
from trellis.testing import _owner_connection

SECONDS = 120  # before it is given up


@contextlib.contextmanager
def working(database, day):
    """A worker that stops when nothing is left to do; ended with the block, if it has not ended before."""
    env = dict(os.environ) | {
        "TRELLIS_STAMP": "test", "TRELLIS_TODAY": day.isoformat(), "SECRET_KEY": settings.SECRET_KEY,
        "DATABASE_URL": urlsplit(settings.DATABASE_URL)._replace(path=f"/{database}").geturl(),
    }  # fmt: skip
    for owners in ("TRELLIS_AS_OWNER", "DATABASE_OWNER_URL"):
        env.pop(owners, None)
    command = [sys.executable, "manage.py", "procrastinate", "worker", "--one-shot"]
    worker = subprocess.Popen(command, env=env, cwd=settings.BASE_DIR, stderr=subprocess.DEVNULL)
    try:
        yield worker
    finally:
        worker.kill()
        worker.wait()


def works_until_nothing_is_left(database, day):
    with working(database, day) as worker:
        assert worker.wait(SECONDS) == 0


def kill_where_it_waits(worker, database):
    """SIGKILL the worker once it has written something and waits for a lock that the test holds."""
    waits = "SELECT 1 FROM pg_stat_activity WHERE datname = %s AND wait_event_type = 'Lock' AND backend_xid IS NOT NULL"
    ends = time.monotonic() + SECONDS
    with _owner_connection("postgres") as owner:
        while not owner.execute(waits, [database]).fetchone():
            assert worker.poll() is None, "the worker ended before it was killed"
            assert time.monotonic() < ends, "took too long"
            time.sleep(0.05)
    worker.send_signal(signal.SIGKILL)
    worker.wait()


def has_been_silent():
    """As if the dead worker had said an hour ago for the last time that it lives."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour'")


def a_minute_passes():
    """The rescue is due; a worker that started meanwhile may have asked for it already."""
    with contextlib.suppress(AlreadyEnqueued):
        rescue_stalled_jobs.defer(timestamp=1)


def states_of(task):
    """How the jobs of a task stand, the oldest first."""
    jobs = ProcrastinateJob.objects.filter(task_name__endswith=f".{task}")
    return list(jobs.order_by("pk").values_list("status", flat=True))

"""A job whose worker was killed is begun again, whatever waits beside it."""

import asyncio

import pytest
from django.db import connection
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from trellis.conduct import jobs
from trellis.conduct.tasks import rescue_stalled_jobs
from trellis.conduct.tests.workers import has_been_silent, states_of
from trellis.moves.tasks import turn_18


def taken_up(job_id, *, by=None):
    """The job as a worker leaves it that has been killed over it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s WHERE id = %s", [by and by.pk, job_id]
        )


def registered():
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers DEFAULT VALUES RETURNING id")
        return ProcrastinateWorker.objects.get(pk=cursor.fetchone()[0])


def rescued():
    async def as_a_worker():
        with app.replace_connector(app.connector.get_worker_connector()) as worker:
            async with worker.open_async():
                return await jobs.rescue(worker.job_manager)

    return asyncio.run(as_a_worker())


def test_rescue_leaves_the_job_of_a_living_worker(own_database):
    taken_up(turn_18.defer(timestamp=1), by=registered())

    assert rescued() == 0
    assert states_of("turn_18") == ["doing"]


def test_rescue_begins_the_job_of_a_silent_worker_again(own_database):
    taken_up(turn_18.defer(timestamp=1), by=registered())
    has_been_silent()

    assert rescued() == 1
    assert list(ProcrastinateJob.objects.values_list("status", "attempts")) == [("todo", 1)]


def test_rescue_ends_the_job_whose_sibling_waits_and_goes_on(own_database):
    """Begun again, it would break the rule that one job waits under one queueing lock: procrastinate's issue 1446."""
    taken_up(turn_18.defer(timestamp=1))
    turn_18.defer(timestamp=2)
    taken_up(rescue_stalled_jobs.defer(timestamp=1))

    assert rescued() == 1
    assert states_of("turn_18") == ["failed", "todo"]
    assert states_of("rescue_stalled_jobs") == ["todo"]


@pytest.mark.parametrize(("attempts", "state"), [(jobs.MOST_ATTEMPTS - 2, "todo"), (jobs.MOST_ATTEMPTS - 1, "failed")])
def test_rescue_gives_up_a_job_that_ends_every_worker(own_database, attempts, state):
    job_id = turn_18.defer(timestamp=1)
    taken_up(job_id)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET attempts = %s WHERE id = %s", [attempts, job_id])

    rescued()

    assert states_of("turn_18") == [state]

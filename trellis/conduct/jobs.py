"""Jobs whose worker was killed are begun again.

A worker says every ten seconds that it lives. One that was killed leaves its job marked as being done, for ever if
nobody looks. Every job of ours may be run twice, so it is simply begun again.
"""

import logging

from procrastinate import exceptions, jobs
from procrastinate.manager import JobManager

log = logging.getLogger(__name__)

SILENT_FOR = 30  # seconds: three times a worker did not say that it lives
MOST_ATTEMPTS = 10  # a job that kills each worker that takes it up is given up


async def rescue(manager: JobManager) -> int:
    """Begin again each job whose worker has gone. Returns how many."""
    stalled = list(await manager.get_stalled_jobs(seconds_since_heartbeat=SILENT_FOR))
    return sum([await _begin_again(manager, job) for job in stalled])


async def _begin_again(manager: JobManager, job: jobs.Job) -> bool:
    if job.attempts + 1 >= MOST_ATTEMPTS:
        log.error("job %s (%s) was begun %s times and is given up", job.id, job.task_name, job.attempts + 1)
        await manager.finish_job(job, jobs.Status.FAILED, delete_job=False)
        return False
    try:
        await manager.retry_job(job)
    except exceptions.UniqueViolation:
        log.warning("job %s (%s) lost its worker; another like it waits and does its work", job.id, job.task_name)
        await manager.finish_job(job, jobs.Status.FAILED, delete_job=False)
        return False
    log.warning("job %s (%s) lost its worker and is begun again", job.id, job.task_name)
    return True

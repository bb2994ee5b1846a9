from procrastinate import JobContext
from procrastinate.contrib.django import app

from trellis.conduct import jobs


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="rescue_stalled_jobs", pass_context=True)
async def rescue_stalled_jobs(context: JobContext, timestamp: int) -> int:
    """Each minute, begin again what a killed worker left. It holds no lock: one that was itself killed would keep all
    later ones waiting. Returns how many."""
    return await jobs.rescue(context.app.job_manager)

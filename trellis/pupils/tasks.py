import logging

from django.db import transaction
from procrastinate.contrib.django import app

from trellis.conduct.locks import lock
from trellis.pupils import access
from trellis.pupils.models import Pupil

log = logging.getLogger(__name__)


@app.periodic(cron="30 2 * * *")
@app.task(queueing_lock="rebuild_access", pass_context=False)
def rebuild_access(timestamp: int) -> int:
    """Each night, compare the access table with the facts, pupil by pupil. A difference is mended and is an error in
    the log, since an action forgot to keep it. Returns how many pupils differed."""
    differing = 0
    for pupil_id in Pupil.objects.going_on().order_by("pk").values_list("pk", flat=True).iterator():
        with transaction.atomic():
            pupil = lock(Pupil, pupil_id)
            if any(access.differences(one) != ([], []) for one in (pupil, *pupil.put_together.all())):
                access.bring_up_to_date(pupil)
                log.error("access of pupil %s differed from the facts and was mended", pupil_id)
                differing += 1
    return differing

"""How far the job of an import is. Said beside the job's own transaction, so that the page sees it move."""

from typing import Any

from django.db import connections, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from trellis.conduct import clock
from trellis.exchange.models import Import, ImportProgress, Step

EVERY = 10  # lines
SAY_STEP = "UPDATE exchange_importprogress SET step = %s, said_at = %s WHERE of_import_id = %s"
SAY_LINES = "UPDATE exchange_importprogress SET done = %s, of = %s, said_at = %s WHERE of_import_id = %s"
AT_WORK = ("todo", "doing")  # a job that waits or runs; one whose worker was killed is begun again


class Progress:
    """The step a job has come to, and lines done of lines to do. Used as
    ``with Progress.of(made) as progress: progress.step()``; outside the block nothing is said."""

    def __init__(self, import_id: int) -> None:
        self.import_id, self.done, self._beside = import_id, 0, None

    _beside: Any

    @classmethod
    def of(cls, made: Import) -> "Progress":
        return cls(made.pk)

    @classmethod
    def begin(cls, made: Import, *, of: int = 0) -> None:
        """Nothing done yet. Written with the asking, in its transaction."""
        ImportProgress.objects.update_or_create(
            of_import=made, defaults={"step": Step.WAITING, "done": 0, "of": of, "said_at": clock.now()}
        )

    @staticmethod
    def has_stopped(made: Import) -> bool:
        """Whether no job that reads it, lands it or takes it back is left, waiting or at work."""
        return not ProcrastinateJob.objects.filter(args={"import_id": made.pk}, status__in=AT_WORK).exists()

    def __enter__(self) -> "Progress":
        self._beside = (
            connections.create_connection("default") if transaction.get_connection().in_atomic_block else None
        )
        return self

    def __exit__(self, *error: Any) -> None:
        if self._beside is not None:
            self._beside.close()
            self._beside = None

    def comes_to(self, step: Step) -> None:
        self._say(SAY_STEP, step)

    def step(self, of: int, *, steps: int = 1) -> None:
        said = self.done // EVERY
        self.done += steps
        if self.done // EVERY > said:
            self._say(SAY_LINES, self.done, of)

    def _say(self, statement: str, *values: Any) -> None:
        if self._beside is not None:
            with self._beside.cursor() as cursor:
                cursor.execute(statement, [*values, clock.now(), self.import_id])

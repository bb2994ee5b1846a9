"""How far a landing is. Said beside the landing's own transaction, so that the page sees it move."""

from datetime import timedelta
from typing import Any

from django.db import connections, transaction

from trellis.conduct import clock
from trellis.exchange.models import Import, ImportProgress

EVERY = 10  # steps
STOPPED_AFTER = timedelta(minutes=2)


class Progress:
    """Steps done of steps to do. Used as ``with Progress.of(made) as progress: progress.step()``."""

    def __init__(self, import_id: int) -> None:
        self.import_id, self.done, self._beside = import_id, 0, None

    _beside: Any

    @classmethod
    def of(cls, made: Import) -> "Progress":
        return cls(made.pk)

    @classmethod
    def begin(cls, made: Import, *, of: int) -> None:
        """Nothing done yet. Written with the asking, in its transaction."""
        ImportProgress.objects.update_or_create(of_import=made, defaults={"done": 0, "of": of, "said_at": clock.now()})

    @staticmethod
    def has_stopped(made: Import) -> bool:
        """Whether a landing that was asked for has not been heard of for a while."""
        progress = ImportProgress.objects.filter(of_import=made).first()
        return progress is None or clock.now() - progress.said_at > STOPPED_AFTER

    def __enter__(self) -> "Progress":
        self._beside = (
            connections.create_connection("default") if transaction.get_connection().in_atomic_block else None
        )
        return self

    def __exit__(self, *error: Any) -> None:
        if self._beside is not None:
            self._beside.close()

    def step(self, of: int, *, steps: int = 1) -> None:
        said = self.done // EVERY
        self.done += steps
        if self.done // EVERY > said and self._beside is not None:
            with self._beside.cursor() as cursor:
                cursor.execute(
                    "UPDATE exchange_importprogress SET done = %s, of = %s, said_at = %s WHERE of_import_id = %s",
                    [self.done, of, clock.now(), self.import_id],
                )

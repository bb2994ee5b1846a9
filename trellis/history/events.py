"""The shape of a row change: what triggers write, with who did it in the row itself."""

from typing import Any, TypeVar

import pghistory
from django.db import models
from pghistory.models import Event

M = TypeVar("M", bound=type[models.Model])


class RowChange(Event):
    """One change of one row, written by a trigger; numbered in 64 bits."""

    pgh_id = models.BigAutoField(primary_key=True)

    class Meta:
        abstract = True


def keeps_row_changes(model: M) -> M:
    """Keep every insert, update and delete of the model's rows, whatever code did it."""
    tracked: Any = pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
    return tracked(model)  # type: ignore[no-any-return]

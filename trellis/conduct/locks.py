"""Locks and versions: look only after locking, write only over what was seen.

Order of locks, always: the pupil, then the thing, then ledger accounts. Two people at once then wait for each other
and never for ever.
"""

from collections.abc import Iterable
from typing import Any, TypeVar

from django.db import models

from trellis.conduct.refusals import Conflict, Refused

M = TypeVar("M", bound=models.Model)


def lock(model: type[M], pk: int) -> M:
    """The row, locked until the action ends, its pupil first when it is about one.

    Raises the model's DoesNotExist, which a view has already turned into 404 by asking ``visible_to`` first, and
    Refused when the record itself says ``why_closed``.
    """
    fields = {field.name for field in model._meta.get_fields()}
    if "pupil" in fields:
        pupil_model: Any = model._meta.get_field("pupil").related_model
        pupil_id = model._default_manager.values_list("pupil_id", flat=True).get(pk=pk)
        if pupil_id is not None:  # a visit may be about no named child
            _still_open(pupil_model._default_manager.select_for_update().get(pk=pupil_id))
    return _still_open(model._default_manager.select_for_update().get(pk=pk))


def lock_all(model: type[M], pks: Iterable[int]) -> dict[int, M]:
    """Many rows that are about no pupil, or are the pupils themselves, locked in the order of their numbers."""
    rows = model._default_manager.select_for_update().filter(pk__in=list(pks)).order_by("pk")
    return {row.pk: _still_open(row) for row in rows}


def _still_open(row: M) -> M:
    if why := getattr(row, "why_closed", ""):
        raise Refused(why)
    return row


def unchanged(thing: Any, seen: int | None) -> None:
    """Raise Conflict unless the thing still has the version that the person saw. None: nothing was shown to compare."""
    if seen is not None and thing.version != seen:
        raise Conflict(thing)


def change(thing: Any, **fields: Any) -> None:
    """Write the fields given and step the version, in one statement."""
    for name, value in fields.items():
        setattr(thing, name, value)
    thing.version += 1
    thing.save(update_fields=[*fields, "version"])

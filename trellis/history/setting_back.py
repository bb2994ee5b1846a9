"""What one cause brought about in rows, read from the row changes that name it, and set back to what was there before.

Nothing is deleted: a changed row says again what it said, an added one is made to count for nothing by whoever knows
how. Both are row changes of their own.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any, TypeVar

import pghistory
from django.apps import apps
from django.db import connection
from django.db.models import F, Field, GeneratedField, Model, QuerySet

from trellis.history.events import RowChange

M = TypeVar("M", bound=Model)

PARKED: dict[str, Any] = {"during": "empty", "upn": None}  # until every row is set back, none is in another's way


@contextmanager
def caused_by(**cause: Any) -> Iterator[None]:
    """Write the cause into every row change of the block, which is inside one transaction. While a request is answered
    its row changes say who and where as well, and the cause goes along with that."""
    pghistory.context(**cause)
    _say_cause(json.dumps(cause))
    yield
    pghistory.context(**dict.fromkeys(cause))
    _say_cause("")


def _say_cause(cause: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pghistory.context_metadata', %s, true)", [cause])


def newest_row_changes() -> dict[str, int]:
    """The number of the newest row change of each table: what is brought about from now on has a higher one."""
    tables = sorted({_events(model) for model in tracked()})
    each = " UNION ALL ".join(f"SELECT '{table}', coalesce(max(pgh_id), 0) FROM \"{table}\"" for table in tables)
    with connection.cursor() as cursor:
        cursor.execute(each)
        return dict(cursor.fetchall())


@cache
def tracked() -> dict[type[Model], type[RowChange]]:
    """Every model whose row changes are kept, and where."""
    return {model.pgh_tracked_model: model for model in apps.get_models() if issubclass(model, RowChange)}


def _events(model: type[Model]) -> str:
    return tracked()[model]._meta.db_table


@dataclass(frozen=True)
class BroughtAbout:
    """Rows that a cause added and changed. ``before``: what ``newest_row_changes`` said when it began."""

    cause: Mapping[str, Any]
    before: Mapping[str, int]
    _known: dict[type[Model], list[tuple[int, bool]]] = field(default_factory=dict)

    @cached_property
    def models(self) -> list[type[Model]]:
        """Those of which a row was added or changed, asked of all at once."""
        of_this = 'SELECT %s AS number WHERE EXISTS (SELECT 1 FROM "{}" WHERE pgh_id > %s AND pgh_context @> %s::jsonb)'
        cause, models = json.dumps(self.cause), list(tracked())
        tables = [_events(model) for model in models]
        each = " UNION ALL ".join(of_this.format(table) for table in tables)
        asked: list[list[Any]] = [[number, self.before.get(table, 0), cause] for number, table in enumerate(tables)]
        with connection.cursor() as cursor:
            cursor.execute(each, [value for values in asked for value in values])
            return [models[row[0]] for row in cursor.fetchall()]

    def added(self, model: type[Model]) -> list[int]:
        return [pk for pk, is_new in self._mine(model) if is_new]

    def changed(self, model: type[Model]) -> list[int]:
        return [pk for pk, is_new in self._mine(model) if not is_new]

    def _mine(self, model: type[Model]) -> list[tuple[int, bool]]:
        """Its rows and whether each is new. What a cause brought about is over, so it is asked once."""
        if model not in self._known:
            asked = model in self.models
            self._known[model] = self._run(model, "SELECT id, is_new FROM mine ORDER BY id") if asked else []
        return self._known[model]

    def changed_again(self, model: type[Model]) -> list[int]:
        """Those that somebody has changed since."""
        later = f'SELECT 1 FROM "{_events(model)}" e WHERE e.pgh_obj_id = mine.id AND e.pgh_id > mine.last'
        return self._ids(model, f"SELECT id FROM mine WHERE EXISTS ({later})")

    def without_past(self, model: type[Model]) -> list[int]:
        """Changed ones of which nobody wrote down what they said before."""
        earlier = f'SELECT 1 FROM "{_events(model)}" e WHERE e.pgh_obj_id = mine.id AND e.pgh_id < mine.first'
        return self._ids(model, f"SELECT id FROM mine WHERE NOT is_new AND NOT EXISTS ({earlier})")

    def added_rows(self, model: type[M]) -> "QuerySet[M]":
        return model._default_manager.filter(pk__in=self.added(model))

    def count_for_nothing(self, model: type[Model], **says: Any) -> None:
        """Let each added row say what makes it count for nothing."""
        if "version" in {field.name for field in model._meta.get_fields()}:
            says["version"] = F("version") + 1
        self.added_rows(model).update(**says)

    def set_back(self, model: type[Model]) -> None:
        """Let each changed row say what it said before. What has a version gets another one."""
        if model not in self.models:
            return
        columns = [str(field.column) for field in _kept_fields(model)]
        values = {column: f'was."{column}"' for column in columns if column != "version"}
        if parked := {column: value for column, value in PARKED.items() if column in columns}:
            self._update(model, {column: f"'{value}'" if value else "NULL" for column, value in parked.items()})
        self._update(model, values | ({"version": "now.version + 1"} if "version" in columns else {}))

    def _update(self, model: type[Model], values: Mapping[str, str]) -> None:
        table, key = model._meta.db_table, model._meta.pk.column  # type: ignore[union-attr]
        sets = ", ".join(f'"{column}" = {value}' for column, value in values.items())
        was = f'SELECT * FROM "{_events(model)}" e WHERE e.pgh_obj_id = mine.id AND e.pgh_id < mine.first'
        self._run(
            model,
            f'UPDATE "{table}" now SET {sets} FROM mine, LATERAL ({was} ORDER BY e.pgh_id DESC LIMIT 1) was '
            f'WHERE now."{key}" = mine.id AND NOT mine.is_new',
        )

    def _ids(self, model: type[Model], statement: str) -> list[int]:
        if model not in self.models:
            return []
        return [row[0] for row in self._run(model, f"{statement} ORDER BY id")]

    def _run(self, model: type[Model], statement: str) -> list[Any]:
        table = _events(model)
        mine = (
            "WITH mine AS MATERIALIZED (SELECT pgh_obj_id AS id, min(pgh_id) AS first, max(pgh_id) AS last, "
            f"bool_or(pgh_label = 'insert') AS is_new FROM \"{table}\" "
            "WHERE pgh_id > %s AND pgh_context @> %s::jsonb GROUP BY pgh_obj_id) "
        )
        with connection.cursor() as cursor:
            cursor.execute(mine + statement, [self.before.get(table, 0), json.dumps(self.cause)])
            return cursor.fetchall() if cursor.description else []


def _kept_fields(model: type[Model]) -> "list[Field[Any, Any]]":
    """Fields of the row that row changes keep, but for its number."""
    events = {field.column for field in tracked()[model]._meta.concrete_fields}
    own = model._meta.local_concrete_fields
    return [
        field
        for field in own
        if not field.primary_key and not isinstance(field, GeneratedField) and field.column in events
    ]

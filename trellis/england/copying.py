"""Rows by the hundred thousand: written as lines, sent by COPY, numbered here.

While they come, the indexes, unique and exclusion constraints and foreign keys of the tables they go to are taken down,
and triggers are off. All are put back as they were before the transaction ends: PostgreSQL then looks at every row, as
if it had come one by one, and refuses the whole where one is wrong.
"""

import json
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import blake2b
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Field, JSONField, Max, Model

NOTHING = r"\N"
LINES_AT_ONCE = 20_000
TO_BUILD_INDEXES = "256MB"


# --- one value, one table --------------------------------------------------------------------------------------------


def text_of(value: Any) -> str:
    """A value as COPY reads it."""
    writer = WRITERS.get(type(value))
    return writer(value) if writer else _escaped(str(value))


def period(begins: date, ends: date | None = None) -> str:
    return f"[{begins},{ends or ''})"


def _escaped(text: str) -> str:
    if "\\" in text or "\n" in text or "\t" in text:
        return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")
    return text


WRITERS: dict[type, Callable[[Any], str]] = {
    type(None): lambda value: NOTHING,
    bool: lambda value: "t" if value else "f",
    int: str,
    str: _escaped,
    date: date.isoformat,
    datetime: datetime.isoformat,
}


def _as_json(value: Any) -> str:
    return NOTHING if value is None else _escaped(json.dumps(value, ensure_ascii=False))


def _as_array(value: Any) -> str:
    if value is None:
        return NOTHING
    return _escaped("{" + ",".join(json.dumps(str(item), ensure_ascii=False) for item in value) + "}")


class Sheet:
    """Lines for one table. What a line does not say is the field's default."""

    def __init__(self, model: type[Model]) -> None:
        self.model = model
        fields = [field for field in model._meta.local_concrete_fields if not field.generated]
        self.columns = [str(field.column) for field in fields]
        self.fields = {field.attname: (place, _writer_of(field)) for place, field in enumerate(fields)}
        self.key = str(model._meta.pk.attname)
        self.usual = [_writer_of(field)(field.get_default()) for field in fields]
        self.lines: list[str] = []
        self.last_id = 0

    def add(self, **values: Any) -> int:
        """A line, and its number."""
        line = self.usual.copy()
        if self.key not in values:
            values[self.key] = self.last_id + 1
        self.last_id = values[self.key]
        for name, value in values.items():
            place, write = self.fields[name]
            line[place] = write(value)
        self.lines.append("\t".join(line))
        return self.last_id


def _writer_of(field: Field) -> Callable[[Any], str]:
    if isinstance(field, JSONField):
        return _as_json
    return _as_array if isinstance(field, ArrayField) else text_of


# --- all of them -----------------------------------------------------------------------------------------------------


class Pouring:
    """Sheets, by model, that go to the database as they fill; how many rows went, and their checksum."""

    def __init__(self, models: Collection[type[Model]]) -> None:
        self.sheets = {model: Sheet(model) for model in models}
        self.poured: dict[type[Model], int] = dict.fromkeys(models, 0)
        self._sum = blake2b(digest_size=8)

    def __getitem__(self, model: type[Model]) -> Sheet:
        return self.sheets[model]

    def send(self, *, all_of_it: bool = False) -> None:
        """Send what is full, or everything."""
        for model, sheet in self.sheets.items():
            if sheet.lines and (all_of_it or len(sheet.lines) >= LINES_AT_ONCE):
                self._copy(sheet)
                self.poured[model] += len(sheet.lines)
                sheet.lines.clear()

    @property
    def checksum(self) -> str:
        """The same seed on the same day gives the same."""
        return self._sum.hexdigest()

    def _copy(self, sheet: Sheet) -> None:
        lines = ("\n".join(sheet.lines) + "\n").encode()
        self._sum.update(lines)
        columns = ", ".join(f'"{column}"' for column in sheet.columns)
        with (
            connection.cursor() as cursor,
            cursor.copy(f'COPY "{sheet.model._meta.db_table}" ({columns}) FROM STDIN') as copy,
        ):
            copy.write(lines)


@contextmanager
def pouring(models: Collection[type[Model]]) -> Iterator[Pouring]:
    """Pour rows into the tables of these models, whole or not at all. Only their owner may."""
    tables = [model._meta.db_table for model in models]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute(f"SET LOCAL maintenance_work_mem = '{TO_BUILD_INDEXES}'")
        taken_down = _take_down(cursor, tables)
        poured = Pouring(models)
        for sheet in poured.sheets.values():
            sheet.last_id = sheet.model._default_manager.aggregate(last=Max("pk", default=0))["last"]
        yield poured
        poured.send(all_of_it=True)
        for model, sheet in poured.sheets.items():
            _go_on_numbering(cursor, model, sheet.last_id)
        _put_back(cursor, tables, taken_down)
        for table in tables:
            cursor.execute(f'ANALYZE "{table}"')


@dataclass(frozen=True)
class TakenDown:
    """Something that holds a table in order: the statement that takes it down, and the one that puts it back."""

    take_down: str
    put_back: str


CONSTRAINTS = """
    SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
           format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))
    FROM pg_constraint WHERE conrelid::regclass::text = ANY(%s) AND contype = ANY(%s) ORDER BY conrelid, oid
"""
INDEXES = """
    SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
    FROM pg_index WHERE indrelid::regclass::text = ANY(%s)
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid) ORDER BY indexrelid
"""


def _take_down(cursor: CursorWrapper, tables: list[str]) -> list[TakenDown]:
    """Everything that is looked at row by row; primary keys, NOT NULL and CHECK stay."""
    found: list[TakenDown] = []
    cursor.execute(INDEXES, [tables])
    found += [TakenDown(*row) for row in cursor.fetchall()]
    for kinds in (["u", "x"], ["f"]):
        cursor.execute(CONSTRAINTS, [tables, kinds])
        found += [TakenDown(*row) for row in cursor.fetchall()]
    for one in reversed(found):
        cursor.execute(one.take_down)
    for table in tables:
        cursor.execute(f'ALTER TABLE "{table}" DISABLE TRIGGER USER')
    return found


def _put_back(cursor: CursorWrapper, tables: list[str], taken_down: list[TakenDown]) -> None:
    for one in taken_down:
        cursor.execute(one.put_back)
    for table in tables:
        cursor.execute(f'ALTER TABLE "{table}" ENABLE TRIGGER USER')


def _go_on_numbering(cursor: CursorWrapper, model: type[Model], last_id: int) -> None:
    """What is added later has the next number."""
    table, key = model._meta.db_table, model._meta.pk.column
    if last_id and model._meta.pk.get_internal_type().endswith("AutoField"):
        cursor.execute("SELECT setval(pg_get_serial_sequence(%s, %s), %s)", [f'"{table}"', key, last_id])

"""The weekly pupil list, previewed and landed, against reading the same file and copying the same rows into the same
tables, with their triggers on. Neither is kept."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.models import AutoField, Max, Model

from bench.measured import Measured, seconds
from trellis.conduct import clock
from trellis.exchange import actions, samples
from trellis.exchange.kinds import Brought
from trellis.exchange.models import ImportKind
from trellis.organisations.models import VirtualSchool
from trellis.pupils.tests.world import World

Copy = tuple[str, bytes]  # COPY … FROM STDIN, and its lines


def measure(world: World, *, children: int) -> Measured:
    lists = samples.make(children=children, schools=max(12, children // 40))
    with clock.at(samples.DAY):
        bring(ImportKind.SCHOOLS, lists.schools, None)
        with taken_back():
            before = highest_ids()
            ours = seconds(lambda: bring(ImportKind.PUPIL_LIST, lists.week_1, world.virtual_school))
            rows = list(rows_since(before))
    with taken_back():
        reference = seconds(lambda: read_and_copy(lists.week_1, rows))
    return Measured(f"Import of {children:,} children", ours, reference, "s", at_most=3)


@contextmanager
def taken_back() -> Iterator[None]:
    with transaction.atomic():
        connection.cursor().execute("SET LOCAL statement_timeout = '30min'")
        yield
        transaction.set_rollback(True)


def bring(kind: str, content: bytes, virtual_school: VirtualSchool | None) -> None:
    made = actions.preview_import(
        kind=kind, files=[Brought("list.csv", content)], virtual_school=virtual_school, by=None
    )
    assert not made.is_refused, made.preview
    assert actions.land_import(made.pk).is_landed
    connection.check_constraints()


def read_and_copy(content: bytes, rows: list[Copy]) -> None:
    assert list(csv.DictReader(io.StringIO(content.decode())))
    with connection.cursor() as cursor:
        for statement, lines in rows:
            with cursor.copy(statement) as copy:
                copy.write(lines)
    connection.check_constraints()


# --- which rows an import made ---------------------------------------------------------------------------------------


def tables() -> list[type[Model]]:
    """Ours, earlier folders first: not what triggers write, nor the import itself."""
    return [
        model
        for folder in settings.FOLDERS
        for model in apps.get_app_config(folder).get_models()
        if not hasattr(model, "pgh_tracked_model") and isinstance(model._meta.pk, AutoField) and folder != "exchange"
    ]


def highest_ids() -> dict[type[Model], int]:
    return {model: model._default_manager.aggregate(top=Max("pk", default=0))["top"] for model in tables()}


def rows_since(before: dict[type[Model], int]) -> Iterator[Copy]:
    with connection.cursor() as cursor:
        for model, top in before.items():
            columns = ", ".join(f'"{field.column}"' for field in model._meta.local_fields if not field.generated)
            table, key = model._meta.db_table, model._meta.pk.column
            selected = f'SELECT {columns} FROM "{table}" WHERE "{key}" > {top} ORDER BY "{key}"'
            with cursor.copy(f"COPY ({selected}) TO STDOUT") as copy:
                lines = b"".join(bytes(part) for part in copy)
            if lines:
                yield f'COPY "{table}" ({columns}) FROM STDIN', lines

"""What many tests stand on is built once in each process, by the product's actions, and then laid down as rows.

Tests share nothing by it. The building is done on a second connection, from the bare database, in a transaction that
is rolled back; of it we keep the rows as text and the objects as a pickle. A test has the rows copied into its own
transaction, which is rolled back as ever, and objects of its own from the pickle. The numbers of the rows come from
the sequences of the process's database; no rollback gives a number back, so no other row ever has one of them.

The actions build as they always did wherever that does not hold: in a database of a test's own (``own_database``),
where the clock does not stand, and where a test already has what would be laid down.
"""

import pickle
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections, transaction
from psycopg.errors import IntegrityError, LockNotAvailable

from trellis.conduct import clock
from trellis.testing import OWN

TABLES = """
    SELECT quote_ident(t.relname), string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
    FROM pg_class t JOIN pg_attribute a ON a.attrelid = t.oid
    WHERE t.relkind = 'r' AND t.relnamespace = 'public'::regnamespace
      AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    GROUP BY t.relname ORDER BY t.relname
"""
ON_INSERT = """
    SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgtype & 4 <> 0 AND tgrelid::regclass::text = ANY(%s)
"""
T = TypeVar("T")
Places = dict[str, set[str]]  # where each row stands, by table


class ChangesWhatStood(Exception):
    """A building that changes rows of the bare database cannot be kept as rows to add."""


class HeldByTheTest(Exception):
    """The test has made some of it itself: building apart would wait for the test's transaction for ever."""


@dataclass(frozen=True)
class Kept:
    """Each table's COPY with its rows, the triggers whose work is among them, and what the building gave."""

    rows: list[tuple[str, bytes]]
    triggers: list[str]
    given: bytes

    def lay_down(self) -> Any:
        """Add the rows to the test's transaction; gives objects that are this test's own."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('pgtrigger.ignore', %s::text[]::text, true)", [self.triggers])
            for statement, rows in self.rows:
                with cursor.copy(statement) as copy:
                    copy.write(rows)
            cursor.execute("SELECT set_config('pgtrigger.ignore', '{}', true)")
        return pickle.loads(self.given)


_kept: dict[Any, Kept] = {}


def stands(build: Callable[..., T]) -> Callable[..., T]:
    """Whatever this function builds, from nothing but its arguments and the day, is built once and then laid down."""

    @wraps(build)
    def standing(*args: Any, **kwargs: Any) -> T:
        if not can_be_laid_down():
            return build(*args, **kwargs)
        key = (build.__module__, build.__qualname__, args, *sorted(kwargs.items()), clock.now(), settings.STAMP)
        try:
            if key not in _kept:
                _kept[key] = kept(lambda: build(*args, **kwargs))
            return _kept[key].lay_down()
        except (IntegrityError, HeldByTheTest):
            return build(*args, **kwargs)

    return standing


def can_be_laid_down() -> bool:
    """Whether the clock stands, and what we add is rolled back and numbered by the process's own database."""
    stands_still = clock._standing_at.get() is not None
    return stands_still and connection.in_atomic_block and not connection.settings_dict["NAME"].startswith(OWN)


def kept(build: Callable[[], Any]) -> Kept:
    """Build in the bare database, keep what that added, and leave the database bare."""
    with on_a_second_connection(), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '1s'")
            columns = tables(cursor)
            before = places(cursor, columns)
            given = build()
            after = places(cursor, columns)
            if any(before[table] - after[table] for table in columns):
                raise ChangesWhatStood(build)
            added = {table: after[table] - before[table] for table in columns if after[table] - before[table]}
            rows = [copied(cursor, table, columns[table], added[table]) for table in added]
            triggers = [name for (name,) in cursor.execute(ON_INSERT, [list(added)]).fetchall()]
        transaction.set_rollback(True)
    return Kept(rows, triggers, pickle.dumps(given))


@contextmanager
def on_a_second_connection() -> Iterator[None]:
    """Everything in the block asks the same database, outside the test's transaction."""
    the_tests = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = second = the_tests.copy()
    try:
        yield
    except OperationalError as trouble:
        if isinstance(trouble.__cause__, LockNotAvailable):
            raise HeldByTheTest from trouble
        raise
    finally:
        second.close()
        connections[DEFAULT_DB_ALIAS] = the_tests


def tables(cursor: Any) -> dict[str, str]:
    """The columns of every table; none that the database reckons for itself."""
    return dict(cursor.execute(TABLES).fetchall())


def places(cursor: Any, tables: Iterable[str]) -> Places:
    """Where each row stands that can be seen; a row that is changed stands elsewhere from then on."""
    asked = " UNION ALL ".join(f"SELECT '{table}', array_agg(ctid::text) FROM {table}" for table in tables)
    return {table: set(there or ()) for table, there in cursor.execute(asked).fetchall()}


def copied(cursor: Any, table: str, columns: str, these: set[str]) -> tuple[str, bytes]:
    """A table's rows as COPY writes them, in the order they stand in, and the statement that adds them again."""
    chosen = ", ".join(f"'{place}'" for place in these)
    asked = f"COPY (SELECT {columns} FROM {table} WHERE ctid IN ({chosen}) ORDER BY ctid) TO STDOUT"
    with cursor.copy(asked) as copy:
        return f"COPY {table} ({columns}) FROM STDIN", b"".join(copy)

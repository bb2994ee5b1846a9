"""Many who book on one balance at once, through our action; and the statements of such a booking by bare psycopg.

The statements are taken down from two bookings. Where the two differ stands what each booking has of its own: a fresh
key, or the id that an earlier statement of it returned.
"""

import secrets
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from django.db import connection

from bench.measured import Measured, seconds
from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.hours import actions
from trellis.hours.models import HoursAccount
from trellis.hours.tests.world import VISIT_ON, give_hours
from trellis.ledgers.models import Entry
from trellis.pupils.tests.world import DAY, World

QUARTER = 15  # minutes, of which each booking takes so many


def measure(world: World, *, bookers: int = 32, each: int = 8) -> Measured:
    many = bookers * each
    hours = give_hours(world, minutes=2 * (many + 1) * QUARTER)
    script = written_down(hours, world)
    own = together(bookers, lambda: book_by_action(hours, world, each))
    bare = together(bookers, lambda: replay(script, each))
    check_the_books(hours, 2 * (many + 1))
    return Measured(f"{bookers} bookers on one balance", many / own, many / bare, "a second", at_least=0.5)


def together(bookers: int, doing: Callable[[], None]) -> float:
    """The seconds until all of them have done it."""

    def all_at_once() -> None:
        with ThreadPoolExecutor(bookers) as pool:
            for one in [pool.submit(doing) for _ in range(bookers)]:
                one.result()

    return seconds(all_at_once)


def check_the_books(hours: HoursAccount, bookings: int) -> None:
    """Whoever booked, and however: nothing is lost and nothing is overdrawn."""
    entries = Entry.objects.of(HoursAccount.objects.get(pk=hours.pk).account)
    amounts = [entry.amount for entry in entries]
    assert sum(amounts) == HoursAccount.objects.with_names().get(pk=hours.pk).account.balance == 0
    assert amounts.count(-QUARTER) == bookings


# --- through our action ----------------------------------------------------------------------------------------------


def book(hours: HoursAccount, world: World) -> None:
    actions.book_visit(
        hours.pk, by=world.sam, key=Key.fresh(world.sam), work="training", on=VISIT_ON, minutes=QUARTER,
        what_for="Calm corners",
    )  # fmt: skip


def book_by_action(hours: HoursAccount, world: World, times: int) -> None:
    with clock.at(DAY):
        for _ in range(times):
            book(hours, world)
    connection.close()


# --- the same statements, by bare psycopg ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """One statement as it was sent, and the id that it returned, where it put a row in."""

    sql: str
    parameters: dict[Any, Any]
    returned: int | None


Slot = Callable[[list[Any]], Any]  # what stands there, by what the statements before have returned


@dataclass(frozen=True)
class Line:
    sql: str
    slots: dict[Any, Slot]  # by name, or by place
    puts_in: bool

    def parameters(self, returned: list[Any]) -> Any:
        filled = {name: slot(returned) for name, slot in self.slots.items()}
        return filled if any(isinstance(name, str) for name in filled) else list(filled.values())


def written_down(hours: HoursAccount, world: World) -> list[Line]:
    assert world.sam.memberships_today  # asked once for each request, not for each booking
    with clock.at(DAY):
        both = []
        for _ in range(2):
            with taken_down() as said:
                book(hours, world)
            both.append(said)
    first, second = both
    assert [unnumbered(one.sql) for one in first] == [unnumbered(one.sql) for one in second]
    return [
        Line(
            one.sql,
            {name: slot(value, other.parameters[name], first, second) for name, value in one.parameters.items()},
            one.returned is not None,
        )
        for one, other in zip(first, second, strict=True)
    ]


def unnumbered(sql: str) -> str:
    """Without the number that each savepoint has."""
    return sql.partition("SAVEPOINT")[0] + "SAVEPOINT" if "SAVEPOINT" in sql else sql


@contextmanager
def taken_down() -> Iterator[list[Said]]:
    said: list[Said] = []

    def note(execute: Any, sql: str, parameters: Any, many: bool, context: Any) -> Any:
        result = execute(sql, parameters, many, context)
        cursor, returned = context["cursor"], None
        if sql.startswith("INSERT") and cursor.description:
            (returned, *_) = cursor.fetchone()
            cursor.scroll(0, mode="absolute")
        named = parameters if isinstance(parameters, dict) else dict(enumerate(parameters or ()))
        said.append(Said(sql, named, returned))
        return result

    with connection.execute_wrapper(note):
        yield said


def slot(value: Any, in_second: Any, first: list[Said], second: list[Said]) -> Slot:
    ids = [(one.returned, other.returned) for one, other in zip(first, second, strict=True)]
    plain = (getattr(value, "obj", value), getattr(in_second, "obj", in_second))
    if isinstance(value, uuid.UUID):
        return lambda returned: uuid.uuid4()
    if plain[0] != plain[1] and plain in ids:
        place = ids.index(plain)
        return lambda returned: returned[place]
    if isinstance(value, int) and value != in_second:
        return lambda returned: secrets.randbelow(2**62)  # the lock of a key
    return lambda returned: value


def replay(script: list[Line], times: int) -> None:
    settings = connection.get_connection_params()
    for name in ("cursor_factory", "context", "prepare_threshold"):
        settings.pop(name, None)
    with psycopg.connect(**settings, autocommit=True) as bare:
        for _ in range(times):
            with bare.transaction():
                returned: list[Any] = []
                for line in script:
                    cursor = bare.execute(line.sql, line.parameters(returned) or None)
                    returned.append(cursor.fetchone()[0] if line.puts_in else None)  # type: ignore[index]

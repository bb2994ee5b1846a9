"""What is to be done about pupils: every folder tells its own part, and is asked only where it may have one.

Some twenty folders tell next steps, and about most pupils most of them have nothing to say. So each says on which rows
its steps rest (``slots.next_steps.fill(…, rests_on=…)``), and one question finds whose rows there are. It decides only
whom to ask: what somebody may read and do, the folder asked decides as ever
(docs/decisions/0017-next-steps-are-asked-where-there-may-be-one.md).
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any

from django.db import connection

from trellis.people.models import User
from trellis.pupils import slots
from trellis.pupils.models import Pupil
from trellis.pupils.shown import NextStep

Filling = Callable[..., list[NextStep]]

ANY_ROW = "SELECT {number} WHERE EXISTS (SELECT 1 FROM ({rows}) r (pupil) WHERE r.pupil = ANY({pupils}))"
PUPILS = "(SELECT numbers FROM asked_about)::bigint[]"


def next_steps_about(user: User, pupil_ids: Sequence[int], today: date) -> Iterator[NextStep]:
    """What this person has to do about these pupils, whom they may see, in no order."""
    pupils = Pupil.objects.filter(pk__in=pupil_ids)
    for filling in with_rows_about(pupil_ids):
        yield from filling(user, pupils, today)


def with_rows_about(pupil_ids: Sequence[int]) -> list[Filling]:
    """The fillings of the slot that may have anything to say about these pupils, in one query."""
    fillings = slots.next_steps.fillings
    sql, values = _question(tuple(fillings))
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(pupil_ids), *values])
        found = {number for (number,) in cursor.fetchall()}
    return [
        filling
        for number, filling in enumerate(fillings)
        if number in found or slots.next_steps.rests_on(filling) is None
    ]


@cache
def _question(fillings: tuple[Filling, ...]) -> tuple[str, tuple[Any, ...]]:
    """The question and its values. It names no pupil, person or day, so it is put together once."""
    parts: list[str] = []
    values: list[Any] = []
    for number, filling in enumerate(fillings):
        for rows in (slots.next_steps.rests_on(filling) or list)():
            sql, of_rows = rows.order_by().query.sql_with_params()
            parts.append(ANY_ROW.format(number=number, rows=sql, pupils=PUPILS))
            values += of_rows
    about = "WITH asked_about AS MATERIALIZED (SELECT %s::bigint[] AS numbers)"
    return f"{about} {' UNION ALL '.join(parts)}", tuple(values)

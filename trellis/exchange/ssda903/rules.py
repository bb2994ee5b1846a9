"""The rules of the yearly return that can be judged from its tables alone, by their published codes. Each is a pure
function whose first line says, in our words, what is the matter. They are advice: none keeps a row from landing.

Source: rule codes and meanings as published with the SSDA903 validation rules 2024/25 (MIT, csc-validator-be-903).
Rules that need last year's return, postcodes or the list of care providers are not judged.
"""

import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from trellis.exchange.ssda903.returned import Return
from trellis.exchange.ssda903.tables import Remark, Row

Found = Iterator[tuple[Row, str]]  # the row, and the column in it


@dataclass(frozen=True)
class Judge:
    """A rule by its code, and the function that finds what breaks it."""

    code: str
    sense: str
    find: Callable[[Return], Iterable[tuple[Row, str]]]


JUDGES: dict[str, Judge] = {}


def judges(code: str) -> Callable[[Callable[[Return], Iterable[tuple[Row, str]]]], Any]:
    """A rule about the whole return."""

    def add(find: Callable[[Return], Iterable[tuple[Row, str]]]) -> Any:
        return _add(code, (inspect.getdoc(find) or "").split("\n", 1)[0], find)

    return add


def in_each(table: str, code: str) -> Callable[[Callable[[Row, Return], str]], Any]:
    """A rule about each row of a table: answers with the column that is the matter, or nothing."""

    def add(ask: Callable[[Row, Return], str]) -> Any:
        def find(returned: Return) -> Found:
            for row in returned.table(table):
                if column := ask(row, returned):
                    yield row, column

        return _add(code, (inspect.getdoc(ask) or "").split("\n", 1)[0], find)

    return add


def of_two(code: str) -> Callable[[Callable[[Row, Row], tuple[Row, str] | None]], Any]:
    """A rule about an episode and the next of the same child."""

    def add(ask: Callable[[Row, Row], tuple[Row, str] | None]) -> Any:
        def find(returned: Return) -> Found:
            for episodes in returned.all_episodes().values():
                for before, after in pairwise(episodes):
                    if found := ask(before, after):
                        yield found

        return _add(code, (inspect.getdoc(ask) or "").split("\n", 1)[0], find)

    return add


def _add(code: str, sense: str, find: Any) -> Any:
    assert code not in JUDGES, code
    JUDGES[code] = Judge(code, sense, find)
    return find


def advice_on(returned: Return) -> list[Remark]:
    """What breaks a rule, by code."""
    return [
        row.remark(column, judge.sense, judge.code) for judge in JUDGES.values() for row, column in judge.find(returned)
    ]


def sorted_out(remarks: list[Remark]) -> dict[str, list[dict[str, Any]]]:
    """Rows that do not land; advice by rule; and what was written otherwise and read all the same."""
    ordered = [one.as_dict() for one in sorted(remarks, key=lambda one: (one.file, one.line, one.column))]
    return {
        "left_out": [one for one in ordered if not one["lands"]],
        "advice": [one for one in ordered if one["lands"] and one["code"]],
        "notes": [one for one in ordered if one["lands"] and not one["code"]],
    }


# --- the tables among each other -------------------------------------------------------------------------------------

NOT_IN_HEADER = {
    "INT01": "ad1", "INT02": "placed_for_adoption", "INT03": "episodes", "INT04": "missing", "INT05": "oc2",
    "INT06": "oc3", "INT07": "previous_permanence", "INT08": "reviews", "INT09": "uasc",
}  # fmt: skip
OTHER_BIRTHDAY = {
    "INT11": "ad1", "INT12": "placed_for_adoption", "INT13": "missing", "INT14": "oc2", "INT15": "oc3",
    "INT16": "previous_permanence", "INT17": "reviews", "INT18": "uasc",
}  # fmt: skip
ONCE = {
    "INT31": "ad1", "INT32": "header", "INT33": "oc2", "INT34": "oc3", "INT35": "previous_permanence", "INT36": "uasc",
}  # fmt: skip


def _is_in_header(table: str) -> Callable[[Return], Found]:
    def find(returned: Return) -> Found:
        if "header" in returned.rows:
            for child, rows in returned.children(table).items():
                if child and not returned.of("header", child):
                    yield from ((row, "CHILD") for row in rows)

    return find


def _has_the_same_birthday(table: str) -> Callable[[Return], Found]:
    def find(returned: Return) -> Found:
        for child, rows in returned.children(table).items():
            born = returned.born(child)
            yield from ((row, "DOB") for row in rows if born and row.day("DOB") and row.day("DOB") != born)

    return find


def _stands_once(table: str) -> Callable[[Return], Found]:
    def find(returned: Return) -> Found:
        for child, rows in returned.children(table).items():
            yield from ((row, "CHILD") for row in (rows[1:] if child else []))

    return find


for _code, _table in NOT_IN_HEADER.items():
    _add(_code, "This child is not in the Header.", _is_in_header(_table))
for _code, _table in OTHER_BIRTHDAY.items():
    _add(_code, "The date of birth is another than in the Header.", _has_the_same_birthday(_table))
for _code, _table in ONCE.items():
    _add(_code, "The child stands in this table more than once.", _stands_once(_table))


# --- episodes --------------------------------------------------------------------------------------------------------


@of_two("142")
def an_episode_ends_before_the_next_begins(before: Row, after: Row) -> tuple[Row, str] | None:
    """The next episode begins, but this one has no end."""
    return None if before.holds("DEC") else (before, "DEC")

"""How PostgreSQL answers what a page asks: which long tables it reads from one end to the other."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

LONG = 10_000  # rows


@dataclass(frozen=True)
class Question:
    """One question put to the database, with its values."""

    sql: str
    values: Any


def long_tables() -> dict[str, int]:
    """The tables of more than LONG rows, as PostgreSQL has counted them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname, reltuples FROM pg_class WHERE relkind = 'r' AND reltuples > %s", [LONG])
        return dict(cursor.fetchall())


@contextmanager
def asked() -> Iterator[list[Question]]:
    """Every question put to the database in the block, once; known when the block has ended."""
    questions: dict[str, Question] = {}

    def note(execute: Any, sql: str, values: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT"):
            questions[sql] = Question(sql, values)
        return execute(sql, values, many, context)

    seen: list[Question] = []
    with connection.execute_wrapper(note):
        yield seen
    seen += questions.values()


def read_whole(question: Question, long: Mapping[str, int], *, if_it_must: bool = False) -> list[str]:
    """The long tables that PostgreSQL reads from end to end, or walks through by an index without a condition.

    Where tables are so small that reading a whole one may be cheapest, it is told to avoid that (``if_it_must``): what
    it then still reads whole, it would read whole at any size.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if if_it_must:
            cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {question.sql}", question.values)
        (plan,) = cursor.fetchone()
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return [table for table in _whole_tables(plan[0]["Plan"]) if table in long]


def _whole_tables(node: dict[str, Any]) -> Iterator[str]:
    is_scan = node["Node Type"] in {"Seq Scan", "Index Scan", "Index Only Scan"}
    if is_scan and "Index Cond" not in node:
        yield node["Relation Name"]
    for below in node.get("Plans", []):
        yield from _whole_tables(below)

"""The ten pages that are opened most ask nothing that reads a long table from one end to the other."""

import json
from contextlib import contextmanager
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from trellis.conduct import clock
from trellis.cycles.models import Cycle
from trellis.people.models import User
from trellis.peps.models import Pep
from trellis.pupils.models import Pupil
from trellis.testing import cloned_database

DAY = date(2026, 11, 24)
CHILDREN = 2600  # so many that there are more than LONG pupils, with those who left
LONG = 10_000  # rows
HOTTEST = [
    ("my_week", "sam"),
    ("my_week", "vic"),
    ("my_week", "ada"),
    ("pupils", "sam"),
    ("pupils", "vic"),
    ("pupil", "sam"),
    ("pupil", "ada"),
    ("cycle", "sam"),
    ("pep", "dee"),
    ("pep", "ada"),
    ("peps", "ada"),
    ("requests", "sam"),
    ("requests", "eve"),
    ("hours", "bea"),
    ("imports", "bea"),
    ("timeline", "sam"),
]


@pytest.fixture(scope="module")
def england(django_db_setup, django_db_blocker):
    """A small England, and how many rows each of its tables has, as PostgreSQL knows them."""
    with django_db_blocker.unblock(), cloned_database(connection.settings_dict["NAME"], "demo"), clock.at(DAY):
        with connection.cursor() as cursor:
            cursor.execute("SET ROLE NONE")
            call_command("england", children=CHILDREN, stdout=StringIO())
            cursor.execute("RESET ROLE")
            cursor.execute("SELECT relname, reltuples FROM pg_class WHERE relkind = 'r' AND reltuples > %s", [LONG])
            long = dict(cursor.fetchall())
        yield long


def test_the_tables_that_grow_are_long_here(england):
    assert england.keys() >= {"pupils_pupil", "pupils_access", "pupils_schoolplace", "peps_pep", "history_entry"}


@pytest.mark.parametrize(("view", "who"), HOTTEST)
def test_page_reads_no_long_table_from_end_to_end(england, view, who):
    user = User.objects.get(email=f"{who}@cast.trellis.example")
    client = Client()
    client.force_login(user)
    path = reverse(view, args=asked_for(view, user))

    with asked() as questions:
        assert client.get(path).status_code == 200

    whole = [read for sql, values in questions for read in read_whole(sql, values, england)]
    assert whole == [], "\n".join(whole)


def asked_for(view, user):
    pupils = Pupil.objects.visible_to(user)
    match view:
        case "pupil" | "timeline":
            return [pupils.order_by("pk").first().pk]
        case "cycle":
            return [Cycle.objects.visible_to(user).order_by("pk").first().pk]
        case "pep":
            return [Pep.objects.visible_to(user).filter(state="IN_PROGRESS").order_by("pk").first().pk]
    return []


@contextmanager
def asked():
    """Every question put to the database, once, with its values."""
    questions = {}

    def note(execute, sql, values, many, context):
        if sql.startswith("SELECT"):
            questions[sql] = values
        return execute(sql, values, many, context)

    seen = []
    with connection.execute_wrapper(note):
        yield seen
    seen += questions.items()


def read_whole(sql, values, long):
    """The long tables that PostgreSQL must read from end to end, each with its question.

    This England is so small that reading a whole table may be cheapest; so PostgreSQL is told to avoid that. What it
    then still reads whole, or walks through by an index without a condition, it would read whole at any size.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", values)
        (plan,) = cursor.fetchone()
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return [f"{table}: {sql}" for table in whole_tables(plan[0]["Plan"]) if table in long]


def whole_tables(node):
    is_scan = node["Node Type"] in {"Seq Scan", "Index Scan", "Index Only Scan"}
    if is_scan and "Index Cond" not in node:
        yield node["Relation Name"]
    for below in node.get("Plans", []):
        yield from whole_tables(below)

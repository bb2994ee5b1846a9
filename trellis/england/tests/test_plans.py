"""The ten pages that are opened most ask nothing that reads a long table from one end to the other."""

from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from trellis.conduct import clock
from trellis.cycles.models import Cycle
from trellis.england.plans import asked, long_tables, read_whole
from trellis.people.models import User
from trellis.peps.models import Pep
from trellis.pupils.models import Pupil
from trellis.testing import cloned_database

DAY = date(2026, 11, 24)
CHILDREN = 2600  # so many that the table of pupils is long, with those who left
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
        yield long_tables()


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

    whole = {
        question.sql: tables for question in questions if (tables := read_whole(question, england, if_it_must=True))
    }
    assert whole == {}


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

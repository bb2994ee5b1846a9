"""A small England: the same each time, true to its own facts, and every page of it opens."""

import re
from dataclasses import dataclass
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.urls import reverse

from trellis.advice.models import AdviceRequest
from trellis.conduct import clock
from trellis.cycles.models import Cycle
from trellis.england import build
from trellis.hours.models import HoursAccount
from trellis.ledgers.models import Account, Entry
from trellis.organisations.models import LocalAuthority, School
from trellis.people.models import User
from trellis.peps.models import Pep
from trellis.pupils import access
from trellis.pupils.models import CareEpisode, Pupil, SenStatus
from trellis.testing import cloned_database

DAY = date(2026, 11, 24)
CHILDREN = 200
OF_A_PUPIL = ["pupil", "people_around", "timeline", "pupil_cycle", "pupil_pep"]
HELD_TOGETHER = """
    SELECT 'constraint', conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    UNION ALL SELECT 'index', tablename::text, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT 'trigger', tgrelid::regclass::text, tgname, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal
    ORDER BY 1, 2, 3
"""
AS_POSTGRESQL_WRITES = re.compile(r"[() ]|::text(\[\])?|::character varying")  # read again, it adds types and brackets


def as_owner(cursor):
    cursor.execute("SET ROLE NONE")


def make(**options):
    said = StringIO()
    with clock.at(DAY):
        call_command("england", children=CHILDREN, years=4, stdout=said, **options)
    return said.getvalue()


def what_holds_the_tables():
    with connection.cursor() as cursor:
        cursor.execute(HELD_TOGETHER)
        return [(*row[:3], AS_POSTGRESQL_WRITES.sub("", row[3])) for row in cursor.fetchall()]


@dataclass
class England:
    template: str
    said: str
    before: list  # what held the tables
    after: list


@pytest.fixture(scope="module")
def england(django_db_setup, django_db_blocker):
    """The database that the command filled, and what it said."""
    template = connection.settings_dict["NAME"]
    with django_db_blocker.unblock(), cloned_database(template, "demo"):
        before = what_holds_the_tables()
        with connection.cursor() as cursor:
            as_owner(cursor)
        said = make()
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
        with clock.at(DAY):
            yield England(template, said, before, what_holds_the_tables())


def cast(name):
    return User.objects.get(email=f"{name}@cast.trellis.example")


def test_there_are_so_many_children_and_those_who_left(england):
    today = CareEpisode.objects.filter(during__contains=DAY)

    assert abs(today.count() - CHILDREN) <= LocalAuthority.objects.count()
    assert Pupil.objects.count() > 2 * CHILDREN
    assert {one.status for one in SenStatus.objects.filter(during__contains=DAY)} == {"N", "K", "E"}
    assert set(Pep.objects.values_list("state", flat=True)) == {
        "NOT_STARTED", "IN_PROGRESS", "SUBMITTED", "RETURNED", "SIGNED_OFF",
    }  # fmt: skip
    assert set(Cycle.objects.values_list("state", flat=True)) == {"DO", "REVIEWED"}
    assert AdviceRequest.objects.exists()
    assert HoursAccount.objects.count() == 3 * 3 * School.objects.count()


def test_access_is_what_the_facts_say(england):
    assert [pupil.pk for pupil in Pupil.objects.order_by("pk")[::3] if access.differences(pupil) != ([], [])] == []


def test_each_balance_is_the_sum_of_its_entries(england):
    build.check_the_books()

    assert all(a.balance == sum(e.amount for e in a.entries.all()) for a in Account.objects.prefetch_related("entries"))
    assert Entry.objects.exists()


def test_what_holds_the_tables_is_put_back(england):
    assert england.after == england.before


def test_ids_go_on_after_the_last(england):
    pupil = Pupil.objects.create(legal_first_name="Next", legal_last_name="Child", date_of_birth=date(2019, 1, 1))

    assert pupil.pk == Pupil.objects.exclude(pk=pupil.pk).latest("pk").pk + 1


@pytest.mark.parametrize("name", ["sam", "dee", "hana", "vic", "ada", "bea", "sol", "iris", "ed", "eve", "edith"])
def test_every_page_opens(england, name):
    user, client = cast(name), Client()
    client.force_login(user)
    pupils = list(Pupil.objects.visible_to(user).order_by("pk"))
    asked = [reverse(view) for view in ("front_page", "my_week", "pupils", "peps", "requests", "hours", "imports")]
    for pupil in pupils[:4]:
        asked += [
            reverse(view, args=[pupil.pk])
            for view in ("pupil", "people_around", "timeline", "pupil_cycle", "pupil_pep")
        ]
        asked += [pep.get_absolute_url() for pep in Pep.objects.filter(pupil=pupil)]
        asked += [cycle.get_absolute_url() for cycle in Cycle.objects.filter(pupil=pupil)]
        asked += [request.get_absolute_url() for request in AdviceRequest.objects.filter(pupil=pupil)]

    wrong = [(path, status) for path in asked if (status := client.get(path).status_code) >= 500]

    assert wrong == []
    assert len(pupils) >= (15 if name in {"sam", "dee", "hana", "vic", "ada"} else 0)


def test_the_same_seed_makes_the_same(england):
    again, other = (made_afresh(england, seed) for seed in ("1", "2"))

    assert checksum(again) == checksum(england.said)
    assert checksum(other) != checksum(england.said)


def made_afresh(england, seed):
    with cloned_database(england.template, "demo"):
        with connection.cursor() as cursor:
            as_owner(cursor)
        return make(seed=seed)


def checksum(said):
    return said.rpartition("Checksum ")[2]


def test_refuses_where_somebody_works_already(england):
    with pytest.raises(CommandError, match="empty database"):
        make()


def test_refuses_in_a_database_not_stamped_demo(own_database):
    with pytest.raises(CommandError, match="stamped demo"):
        make()


def test_refuses_beside_what_is_there_in_a_demonstration(england):
    with pytest.raises(CommandError, match="stamped test"):
        call_command("england", children=200, beside=True)

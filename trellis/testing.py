"""How tests stand on a database: made by its owner, used by the serving role, cloned for tests that need real commits.

Loaded by pytest before the settings are. Journeys and tests of two people at once take ``own_database``; all others
run in a transaction that is rolled back.
"""

import os

os.environ["TRELLIS_STAMP"] = "test"
os.environ["TRELLIS_AS_OWNER"] = "1"
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")  # Playwright keeps an event loop in the main thread

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

OWN = "own_"  # how the name of a test's own database begins
LONGEST_FIRST = ["journeys/test_one_child_end_to_end.py", "journeys/test_every_page.py"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys are begun first, the longest before all: one that is begun last keeps a single core busy to the end."""
    items.sort(key=lambda item: turn_of(item.nodeid))


def turn_of(nodeid: str) -> int:
    file = nodeid.partition("::")[0]
    if file in LONGEST_FIRST:
        return LONGEST_FIRST.index(file)
    return len(LONGEST_FIRST) + (not file.startswith("journeys/"))


def _owner_connection(database: str) -> psycopg.Connection:
    from django.db import connection

    parameters = dict(connection.get_connection_params())
    parameters = {k: v for k, v in parameters.items() if k in {"user", "password", "host", "port"}}
    return psycopg.connect(**parameters, dbname=database, autocommit=True)


@pytest.fixture(scope="session")
def django_db_setup(request: Any, django_test_environment: Any, django_db_blocker: Any) -> Iterator[None]:
    """The test database, made by the owner; from then on every connection is the serving role."""
    from django.core.management import call_command
    from django.db import connection

    from trellis.conduct import grants
    from trellis.conduct.models import Stamp

    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["NAME"] = f"test_trellis_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}"
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        call_command("createcachetable", verbosity=0)
        Stamp.objects.create(kind="test")
        grants.grant("trellis_app")
        connection.close()
        options = connection.settings_dict["OPTIONS"]
        as_owner = options["options"]
        options["options"] = f"{as_owner} -c role=trellis_app"
    yield
    with django_db_blocker.unblock():
        options["options"] = as_owner
        connection.close()
        drop_database(connection.settings_dict["NAME"])


def drop_database(name: str) -> None:
    """Drop a database of the tests, whatever one of them has left connected to it: a thread, a live server."""
    with _owner_connection("postgres") as owner:
        _disconnect_all(owner, name)
        owner.execute(f'DROP DATABASE "{name}"')


def _disconnect_all(owner: psycopg.Connection, database: str) -> None:
    """End what our own tests left connected to a database.

    Not by ``DROP DATABASE … WITH (FORCE)``: that refuses an owner who is no superuser while autovacuum is in there.
    A plain one ends autovacuum by itself.
    """
    owner.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user",
        [database],
    )


@contextmanager
def cloned_database(template: str, stamp: str) -> Iterator[str]:
    """A copy of a database, pointed to by Django's connection for the block, then dropped."""
    from django.conf import settings
    from django.db import connection, connections

    name = f"{OWN}{uuid.uuid4().hex[:12]}"
    before, stamp_before, set_on = connection.settings_dict["NAME"], settings.STAMP, settings._wrapped  # type: ignore[misc]
    connections.close_all()
    with _owner_connection("postgres") as owner:
        _disconnect_all(owner, template)
        owner.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    with _owner_connection(name) as owner:
        owner.execute("UPDATE conduct_stamp SET kind = %s", [stamp])
    connection.settings_dict["NAME"] = name
    _stamp(set_on, stamp)
    try:
        yield name
    finally:
        connections.close_all()
        connection.settings_dict["NAME"] = before
        _stamp(set_on, stamp_before)
        drop_database(name)


def _stamp(set_on: Any, kind: str) -> None:
    """Set the stamp where it stood at first: a test's own ``settings`` lays others over it and takes them away."""
    from django.conf import settings

    set_on.STAMP = kind
    settings.__dict__.pop("STAMP", None)  # what the lazy settings remember


@pytest.fixture
def own_database(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """A database of this test's own, where commits are real."""
    from django.db import connection

    with django_db_blocker.unblock(), cloned_database(connection.settings_dict["NAME"], "test") as name:
        yield name

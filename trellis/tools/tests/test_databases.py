"""A database of the tests goes when they end, whoever is still connected to it."""

import psycopg
import pytest

from trellis.testing import _owner_connection, drop_database


def test_database_with_a_forgotten_connection_is_dropped(django_db_setup):
    with _owner_connection("postgres") as owner:
        owner.execute('CREATE DATABASE "own_forgotten"')
    forgotten = _owner_connection("own_forgotten")
    forgotten.execute("SELECT 1")

    drop_database("own_forgotten")

    with pytest.raises(psycopg.OperationalError):
        forgotten.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        _owner_connection("own_forgotten")
    forgotten.close()

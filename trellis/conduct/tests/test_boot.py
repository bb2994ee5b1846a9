import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import ProgrammingError, connection, transaction

from trellis.conduct import boot, clock, grants
from trellis.history import actions as history
from trellis.history.models import Entry, Look
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db


def test_server_starts_as_a_plain_role_on_the_stamp_it_expects(settings):
    boot.refuse_unless_safe()

    settings.STAMP = "live"
    with pytest.raises(ImproperlyConfigured, match="stamped test"):
        boot.refuse_unless_safe()


def test_server_refuses_to_start_as_the_owner():
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("SET LOCAL ROLE NONE")
        with pytest.raises(ImproperlyConfigured, match="owner"):
            boot.refuse_unless_safe()
        cursor.execute("SET LOCAL ROLE trellis_app")


def test_serving_role_may_not_rewrite_history():
    with clock.at(world.DAY):
        history.record(world.ours().jordan, None, "Something happened.")
    for table in sorted(grants.insert_only_tables()):
        for statement in (f'UPDATE "{table}" SET id = 0', f'DELETE FROM "{table}"', f'TRUNCATE "{table}"'):
            with pytest.raises(ProgrammingError, match=r"permission denied|column"), transaction.atomic():
                connection.cursor().execute(
                    statement.replace("SET id", "SET pgh_id" if "rowchange" in table else "SET id")
                )


def test_serving_role_may_not_change_what_any_trigger_protects():
    protected = {
        model._meta.db_table
        for model in apps.get_models()
        for trigger in getattr(model._meta, "triggers", [])
        if trigger.name == "never_changed"
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.role_table_grants"
            " WHERE grantee = 'trellis_app' AND privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE')"
        )
        changeable = {table for (table,) in cursor.fetchall()}

    assert len(protected) > 20
    assert sorted(protected & changeable) == []
    assert sorted(protected - grants.insert_only_tables()) == []


def test_history_tables_are_named_as_insert_only():
    tables = grants.insert_only_tables()

    assert {Entry._meta.db_table, Look._meta.db_table, "pupils_pupilrowchange"} <= tables

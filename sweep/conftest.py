import pytest
from django.db import connection

from sweep.walk import add_all_rows, sign_in
from trellis.conduct import clock
from trellis.pupils.tests import world
from trellis.testing import cloned_database

THE_DAY_AFTER = world.DAY.replace(day=3)


@pytest.fixture(scope="package")
def worlds(django_db_setup, django_db_blocker):
    """Ours and its twin, with every folder's rows, in a database of the sweep's own."""
    with django_db_blocker.unblock(), cloned_database(connection.settings_dict["NAME"], "demo"):
        with clock.at(world.DAY):
            ours, twin = add_all_rows(world.ours()), add_all_rows(world.twin())
        with clock.at(THE_DAY_AFTER):
            yield sign_in(ours), sign_in(twin)


@pytest.fixture(autouse=True)
def day(worlds):
    with clock.at(THE_DAY_AFTER):
        yield

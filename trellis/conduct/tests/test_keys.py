"""A form sent twice makes one thing, whatever the order and however close together."""

import threading
import uuid
from datetime import date

import pytest
from django.db import connection

from trellis.conduct import clock
from trellis.conduct.keys import Key, digest
from trellis.conduct.locks import change, unchanged
from trellis.conduct.refusals import Conflict, KeyUsedForOther
from trellis.pupils import actions
from trellis.pupils.models import Pupil
from trellis.pupils.tests import world


def add_alex(ours, key):
    return actions.add_pupil(
        by=ours.sam, school=ours.school, key=key, started_on=date(2026, 9, 1), legal_first_name="Alex",
        legal_last_name="O'Neill", date_of_birth=date(2017, 5, 5),
    )  # fmt: skip


@pytest.mark.django_db
def test_same_key_and_content_makes_one():
    with clock.at(world.DAY):
        ours = world.ours()
        key = Key(uuid.uuid4(), ours.sam.pk, digest({"name": "Alex"}))

        assert add_alex(ours, key) == add_alex(ours, key)
        assert Pupil.objects.filter(legal_first_name="Alex").count() == 1


@pytest.mark.django_db
def test_same_key_with_other_content_asks():
    with clock.at(world.DAY):
        ours = world.ours()
        value = uuid.uuid4()
        made = add_alex(ours, Key(value, ours.sam.pk, digest({"name": "Alex"})))

        with pytest.raises(KeyUsedForOther) as used:
            add_alex(ours, Key(value, ours.sam.pk, digest({"name": "Sasha"})))
        assert used.value.made == made


@pytest.mark.django_db
def test_key_of_another_person_is_another_key():
    with clock.at(world.DAY):
        ours = world.ours()
        add_alex(ours, Key(uuid.uuid4(), ours.sam.pk, "x"))

        assert Key(uuid.uuid4(), ours.dee.pk, "x").made_before() is None


def test_two_presses_at_once_make_one(own_database):
    with clock.at(world.DAY):
        ours = world.ours()
    key = Key(uuid.uuid4(), ours.sam.pk, "x")
    start, made = threading.Barrier(2), []

    def press():
        try:
            with clock.at(world.DAY):
                start.wait(timeout=10)
                made.append(add_alex(ours, Key(key.value, key.user_id, key.content)).pk)
        finally:
            connection.close()

    presses = [threading.Thread(target=press) for _ in range(2)]
    for thread in presses:
        thread.start()
    for thread in presses:
        thread.join(timeout=30)

    assert len(made) == 2
    assert Pupil.objects.filter(legal_first_name="Alex").count() == 1


@pytest.mark.django_db
def test_version_seen_must_be_the_version_there():
    with clock.at(world.DAY):
        jordan = world.ours().jordan
        jordan.refresh_from_db()
        seen = jordan.version
        unchanged(jordan, seen)
        change(jordan, first_language="Welsh")

        assert jordan.version == seen + 1
        with pytest.raises(Conflict):
            unchanged(jordan, seen)

"""Kept once, for good, for those who may read it."""

import hashlib
from datetime import date

import pytest
import typst
from django.db import DatabaseError, connection, transaction
from django.test import Client

from trellis.conduct import clock
from trellis.documents import actions
from trellis.documents.models import Document, Rendition
from trellis.documents.tests.test_printing import SNAPSHOT
from trellis.history.models import Look
from trellis.pupils import actions as pupils
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        yield world.ours()


def frozen(ours, written_for=None, **more):
    return actions.freeze(
        subject=ours.jordan, kind="pep", title=SNAPSHOT["title"], audience="designated teacher", template="pep",
        by=ours.ada, pupil=ours.jordan, written_for=written_for or ours.virtual_school,
        **({"snapshot": SNAPSHOT} | more),
    )  # fmt: skip


def test_freeze_keeps_words_and_bytes_with_their_sum(ours):
    document = frozen(ours)

    rendition = document.renditions.get()
    assert (document.snapshot, document.frozen_at) == (SNAPSHOT, clock.now())
    assert rendition.sha256 == hashlib.sha256(bytes(rendition.bytes)).hexdigest()
    assert bytes(rendition.bytes[:5]) == b"%PDF-"


def test_freeze_of_what_cannot_be_printed_keeps_nothing(ours):
    with pytest.raises(typst.TypstError):
        frozen(ours, snapshot={"title": "A PEP without its parts"})

    assert (Document.objects.count(), Rendition.objects.count()) == (0, 0)


@pytest.mark.parametrize("model", [Document, Rendition])
@pytest.mark.parametrize("verb", ["update", "delete"])
def test_a_document_is_never_changed_nor_deleted(ours, model, verb):
    frozen(ours)
    table = model._meta.db_table
    statement = f"UPDATE {table} SET id = id" if verb == "update" else f"DELETE FROM {table}"

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    ("who", "status"),
    [("sam", 200), ("dee", 200), ("vic", 200), ("sol", 200), ("tia", 403), ("bea", 403), ("root", 403), ("nia", 404)],
)
def test_document_opens_to_who_reads_the_record(ours, client, who, status):
    client.force_login(ours.people[who])

    assert client.get(frozen(ours).get_absolute_url()).status_code == status


def test_document_is_an_attachment_whose_name_does_not_tell_the_child(ours, client):
    client.force_login(ours.sam)

    answer = client.get(frozen(ours).get_absolute_url())

    assert answer["Content-Disposition"] == 'attachment; filename="personal-education-plan-autumn-term-2026.pdf"'
    assert (answer["Content-Type"], answer["X-Content-Type-Options"]) == ("application/pdf", "nosniff")
    assert Look.objects.latest("pk").pupil_ids == [ours.jordan.pk]


def test_school_that_was_left_reads_on_what_was_kept_for_it(ours):
    theirs, authoritys = frozen(ours, written_for=ours.school), frozen(ours)
    pupils.start_school_place(ours.jordan.pk, by=ours.vic, school=ours.next_school, on=date(2026, 11, 2))

    client = Client()
    client.force_login(ours.sam)

    assert client.get(theirs.get_absolute_url()).status_code == 200
    assert client.get(authoritys.get_absolute_url()).status_code == 404

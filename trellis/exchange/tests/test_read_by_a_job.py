"""A file that would take long is read by a job: kept until then, forgotten after, and the page says how far it is."""

import io
import uuid
import zipfile
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.urls import reverse

from trellis.conduct import clock
from trellis.conduct.refusals import Refused
from trellis.conduct.tests.workers import (
    a_minute_passes,
    has_been_silent,
    kill_where_it_waits,
    states_of,
    working,
    works_until_nothing_is_left,
)
from trellis.exchange import actions, brought, samples
from trellis.exchange.kinds import Brought
from trellis.exchange.models import BroughtFile, Import, ImportKind, ImportProgress, ImportState, Step
from trellis.exchange.sample_workbooks import as_text, messy
from trellis.exchange.tasks import forget_unread_files
from trellis.exchange.tests.world import row, say_all
from trellis.history.models import Entry
from trellis.pupils.tests import world


@pytest.fixture
def by_a_job(monkeypatch):
    """However small a file is, a job reads it."""
    monkeypatch.setattr(brought, "READ_AT_ONCE", 0)
    monkeypatch.setattr(brought, "LINES_AT_ONCE", 0)


@pytest.fixture
def bea(ours, client):
    client.force_login(ours.bea)
    return client


def upload(client, content, kind=ImportKind.PUPIL_LIST, key=None):
    file = SimpleUploadedFile("week.csv", content)
    answer = client.post(reverse("imports"), {"kind": kind, "file": file, "one_time_key": key or uuid.uuid4()})
    assert answer.status_code == 302
    return Import.objects.latest("pk")


def a_list(ours, **says):
    return samples.as_csv([row(ours, child_id="2", legal_first_name="Zoë", **says)])


def under_other_headings(ours):
    return as_text(messy(a_list(ours)))


def the_job_fails(made):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE procrastinate_jobs SET status = 'failed' WHERE args = jsonb_build_object('import_id', %s::bigint)",
            [made.pk],
        )


def forgotten(made):
    return [bytes(file.content) for file in made.brought_files.all()] == [b""]


def said(made):
    return [entry.sentence for entry in Entry.objects.filter(sentence__contains=made.file_name).order_by("pk")]


def test_waits_is_read_once_and_then_shows_what_would_change(by_a_job, bea, ours):
    made = upload(bea, a_list(ours))
    assert (made.state, made.rows, bytes(made.brought_files.get().content)) == ("READING", [], a_list(ours))
    waiting = bea.get(made.get_absolute_url())
    assert waiting["Refresh"] == "3"
    assert "Being read" in (page := waiting.content.decode())
    assert "Waiting for its turn." in page
    assert "Land this import" not in page
    assert "Waiting for its turn." in bea.get(reverse("imports")).content.decode()

    for _ in range(2):
        made = actions.read_import(made.pk)

    assert made.is_previewed
    assert forgotten(made)
    assert said(made) == [
        "Brought the weekly pupil list week.csv, to be read.",
        "Read the weekly pupil list week.csv: previewed.",
    ]
    page = bea.get(made.get_absolute_url())
    assert "Land this import" in page.content.decode()
    assert not page.has_header("Refresh")
    assert actions.land_import(made.pk).is_landed


def test_reads_what_would_have_been_read_at_once(by_a_job, ours):
    lists = samples.make(seed=3, children=40)
    files = {ImportKind.SCHOOLS: lists.schools, ImportKind.PUPIL_LIST: lists.week_1}
    for kind, content in files.items():
        about = {"kind": kind, "virtual_school": ours.virtual_school, "by": ours.bea, "files": [Brought("a", content)]}
        at_once = actions.preview_import(**about)
        by_job = actions.read_import(actions.bring(**about).pk)

        for name in ("state", "rows", "preview", "waiting", "sha256", "file_name"):
            assert getattr(by_job, name) == getattr(at_once, name), name
        actions.land_import(by_job.pk)


def test_brought_twice_with_one_key_is_one_import_and_one_job(by_a_job, bea, ours):
    key = uuid.uuid4()

    assert len({upload(bea, a_list(ours), key=key).pk for _ in range(2)}) == 1
    assert (BroughtFile.objects.count(), states_of("read_import")) == (1, ["todo"])


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (ImportProgress(step=Step.CHECKING), "Checking its lines."),
        (ImportProgress(step=Step.LANDING, done=20, of=300), "20 of 300 lines done."),
        (ImportProgress(), "Waiting for its turn."),
    ],
)
def test_progress_in_words(progress, words):
    assert progress.in_words == words


def test_what_is_no_such_list_is_refused_with_its_sentence_on_the_page(by_a_job, bea, ours):
    made = upload(bea, b"a,b\n1,2")

    made = actions.read_import(made.pk)

    assert made.is_refused
    assert forgotten(made)
    page = bea.get(made.get_absolute_url()).content.decode()
    assert "Too few headings of this file are those of such a list." in page
    assert "Bring another file" in page
    assert "Mend these lines" not in page


def test_lines_to_mend_are_shown(by_a_job, bea, ours):
    made = actions.read_import(upload(bea, a_list(ours, date_of_birth="31/02/2015")).pk)

    assert made.is_refused
    assert "There is no such date." in bea.get(made.get_absolute_url()).content.decode()


def test_list_under_other_headings_is_asked_about_then_read_by_another_job(by_a_job, bea, ours):
    made = actions.read_import(upload(bea, under_other_headings(ours)).pk)
    assert made.is_to_be_mapped
    assert forgotten(made)

    made = say_all(made, by=ours.bea)
    assert (made.is_being_read, bool(made.waiting), states_of("read_import")) == (True, True, ["todo", "todo"])

    made = actions.read_import(made.pk)
    assert (made.is_previewed, made.waiting, made.counts["refused"]) == (True, {}, 0)
    assert made.mapping.agreed_by == ours.bea


def test_one_whose_job_failed_can_be_read_again_or_abandoned(by_a_job, bea, ours):
    made = upload(bea, a_list(ours))
    page = made.get_absolute_url()
    assert bea.post(reverse("abandon_import", args=[made.pk])).status_code == 409
    assert bea.post(reverse("read_import", args=[made.pk])).url == page
    assert states_of("read_import") == ["todo"]

    the_job_fails(made)
    assert "Read it again" in bea.get(page).content.decode()
    for _ in range(2):
        assert bea.post(reverse("read_import", args=[made.pk])).url == page
    assert states_of("read_import") == ["failed", "todo"]

    the_job_fails(made)
    assert bea.post(reverse("abandon_import", args=[made.pk])).url == reverse("imports")
    made.refresh_from_db()
    assert made.state == ImportState.ABANDONED
    assert forgotten(made)
    assert actions.read_import(made.pk).state == ImportState.ABANDONED


def test_business_officer_of_another_authority_starts_nothing(by_a_job, ours, twin, bea, client):
    made = upload(bea, a_list(ours))
    the_job_fails(made)
    client.force_login(twin.bea)

    assert client.post(reverse("read_import", args=[made.pk])).status_code == 404
    assert states_of("read_import") == ["failed"]


def test_file_that_nobody_could_read_is_forgotten_after_a_day(by_a_job, bea, ours):
    waits, failed = upload(bea, a_list(ours)), upload(bea, a_list(ours, legal_last_name="Marsh"))
    the_job_fails(failed)
    assert forget_unread_files(timestamp=1) == 0

    with clock.at(clock.now() + timedelta(days=1, hours=1)):
        assert forget_unread_files(timestamp=1) == 1

    failed.refresh_from_db()
    waits.refresh_from_db()
    assert (failed.is_refused, forgotten(failed), failed.preview["sentence"]) == (True, True, actions.NEVER_READ)
    assert (waits.is_being_read, forgotten(waits)) == (True, False)


@pytest.mark.parametrize(
    ("content", "at_once"),
    [
        (b"x" * 1_000_000, True),
        (b"x" * 1_000_001, False),
        (b"PK" + b"x" * 124_998, True),
        (b"PK" + b"x" * 125_000, False),
    ],
)
def test_a_small_file_is_read_at_once_a_workbook_by_what_it_holds(content, at_once):
    assert brought.are_read_at_once([Brought("a", content)]) is at_once


def test_several_files_count_together():
    assert not brought.are_read_at_once([Brought("a", b"x" * 600_000)] * 2)


def test_large_list_of_schools_by_its_zip(bea, ours):
    """As the whole country's list comes: far more than is read at once."""
    lists = samples.make(seed=3)
    heading, *lines = lists.schools.decode().splitlines()
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as into:
        into.writestr("edubasealldata.csv", "\n".join([heading, *lines]) + "\n" * 1_100_000)

    made = upload(bea, packed.getvalue(), kind=ImportKind.SCHOOLS)
    assert made.is_being_read
    made = actions.read_import(made.pk)
    assert (made.is_previewed, made.counts["new"]) == (True, len(lines))


def test_worker_killed_in_mid_reading_leaves_nothing_and_it_is_read_once_when_rescued(own_database, by_a_job):
    with clock.at(samples.DAY):
        ours, lists = world.ours(), samples.make(seed=3, children=40)
        about = {"virtual_school": ours.virtual_school, "by": ours.bea}
        made = actions.preview_import(kind=ImportKind.SCHOOLS, files=[Brought("s.csv", lists.schools)], **about)
        actions.land_import(made.pk)
        made = actions.bring(kind=ImportKind.PUPIL_LIST, files=[Brought("list.csv", lists.week_1)], **about)

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("LOCK TABLE exchange_broughtfile IN SHARE MODE")  # what is read would now be forgotten
        with working(own_database, samples.DAY) as worker:
            kill_where_it_waits(worker, own_database)
    made.refresh_from_db()
    assert (made.is_being_read, forgotten(made), states_of("read_import")) == (True, False, ["doing"])
    assert made.progress.step == Step.COMPARING

    has_been_silent()
    a_minute_passes()
    works_until_nothing_is_left(own_database, samples.DAY)

    made.refresh_from_db()
    assert (made.is_previewed, forgotten(made), made.counts["new"]) == (True, True, 40)
    assert states_of("read_import") == ["succeeded"]


def test_refusal_at_once_keeps_nothing(ours):
    with pytest.raises(Refused):
        actions.bring(
            kind=ImportKind.PUPIL_LIST, files=[Brought("a", b"a,b\n1,2")], virtual_school=ours.virtual_school,
            by=ours.bea,
        )  # fmt: skip

    assert not Import.objects.exists()

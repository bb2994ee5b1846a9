"""The business officer's pages: bring, look, land or abandon, answer."""

import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from trellis.exchange import actions, samples
from trellis.exchange.models import Import, ImportKind, ImportState
from trellis.exchange.tests.world import bring, land, row
from trellis.history.models import Look
from trellis.pupils import actions as pupils


@pytest.fixture
def bea(ours, client):
    client.force_login(ours.bea)
    return client


def upload(client, content, kind=ImportKind.PUPIL_LIST, key=None):
    file = SimpleUploadedFile("week.csv", content, content_type="text/csv")
    posted = {"kind": kind, "file": file, "one_time_key": key or uuid.uuid4()}
    return client.post(reverse("imports"), posted)


def zoe(ours, **says):
    return row(ours, child_id="2", legal_first_name="Zoë", **says)


def test_bring_look_and_land(bea, ours):
    answer = upload(bea, samples.as_csv([zoe(ours)]))
    made = Import.objects.get()
    assert answer.url == reverse("import", args=[made.pk])
    assert "Land this import" in bea.get(answer.url).content.decode()

    for _ in range(2):
        assert bea.post(reverse("land_import", args=[made.pk])).url == answer.url
    waiting = bea.get(answer.url)
    assert (waiting["Refresh"], ProcrastinateJob.objects.filter(queue_name="imports").count()) == ("3", 1)

    actions.land_import(made.pk)
    page = bea.get(answer.url)
    assert "Landed on" in page.content.decode()
    assert not page.has_header("Refresh")


def test_bring_twice_with_one_key_makes_one(bea, ours):
    key = uuid.uuid4()

    answers = [upload(bea, samples.as_csv([zoe(ours)]), key=key).url for _ in range(2)]

    assert (len(set(answers)), Import.objects.count()) == (1, 1)


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"a,b\n1,2", b"\x00", b"\n"])
def test_a_file_that_is_no_list_is_a_sentence_on_the_form(bea, ours, content):
    answer = upload(bea, content)

    assert answer.status_code == 200
    assert "There is a problem" in answer.content.decode()
    assert Import.objects.count() == 0


def test_refused_import_shows_line_and_column_and_cannot_land(bea, ours):
    upload(bea, samples.as_csv([zoe(ours, date_of_birth="31/02/2015")]))
    made = Import.objects.get()

    page = bea.get(made.get_absolute_url()).content.decode()

    assert made.state == ImportState.REFUSED
    assert all(words in page for words in ("Line 2", "date_of_birth", "31/02/2015", "There is no such date."))
    assert "Land this import" not in page
    assert bea.post(reverse("land_import", args=[made.pk])).status_code == 409


def test_abandon(bea, ours):
    made = bring(ours, zoe(ours))

    for _ in range(2):
        assert bea.post(reverse("abandon_import", args=[made.pk])).url == reverse("imports")
    assert bea.post(reverse("land_import", args=[made.pk])).status_code == 409


def test_take_back_says_what_goes_back_and_then_what_was_built_on_it(bea, ours):
    made = land(ours, zoe(ours, date_of_birth="2016-02-02"))
    url = reverse("take_back_import", args=[made.pk])
    assert url in bea.get(made.get_absolute_url()).content.decode()

    page = bea.get(url).content.decode()
    assert "1 record that it began is entered in error" in page
    for _ in range(2):
        assert bea.post(url).url == made.get_absolute_url()
    assert "Everything is as it was before it landed." in bea.get(made.get_absolute_url()).content.decode()

    other = land(ours, zoe(ours, date_of_birth="2016-02-02"))
    pupils.say_year_group(other.preview["landed"][0]["pupil_id"], by=ours.sam, year_group=6)
    kept = bea.get(reverse("take_back_import", args=[other.pk])).content.decode()
    assert "Since then, Sam Ours changed the record of Zoë Vale." in kept
    assert "Keep it" not in kept
    refused = bea.post(reverse("take_back_import", args=[other.pk]))
    assert (refused.status_code, Import.objects.get(pk=other.pk).state) == (200, ImportState.LANDED)


def test_list_and_page_say_who_when_and_which_file(bea, ours):
    made = land(ours, zoe(ours))

    listed = bea.get(reverse("imports")).content.decode()
    page = bea.get(made.get_absolute_url()).content.decode()

    assert all(words in listed for words in (made.file_name, made.sha256[:12], "by Bea Ours", "1 new"))
    assert made.sha256 not in listed
    assert all(words in page for words in (made.sha256, "by Bea Ours", "Landed on"))


def test_answer_a_question(bea, ours):
    question = land(ours, row(ours)).questions.get()
    url = reverse("answer_question", args=[question.pk])
    assert "Say whether this is the same child" in bea.get(reverse("imports")).content.decode()

    page = bea.get(url).content.decode()
    assert "in your authority’s care, without a number yet" in page
    assert ours.school.name not in page.partition("Known already")[2]
    assert bea.post(url, {"answer": "different"}).url == reverse("imports")
    assert bea.post(url, {"answer": "same"}).status_code == 200


def test_every_pupil_shown_is_logged(bea, ours):
    land(ours, zoe(ours))
    made = bring(ours, zoe(ours, legal_last_name="Marsh"))

    bea.get(made.get_absolute_url())

    (look,) = Look.objects.filter(page="import")
    assert look.pupil_ids == [made.preview["changed"][0]["pupil_id"]]


@pytest.mark.parametrize("who", ["vic", "dina", "tia", "sol", "root"])
def test_others_are_told_why_not(ours, client, who):
    made = bring(ours, zoe(ours))
    client.force_login(ours.people[who])

    for url in (reverse("imports"), made.get_absolute_url()):
        assert client.get(url).status_code == 403


def test_business_officer_of_another_virtual_school_sees_none(ours, twin, client):
    made = bring(ours, zoe(ours))
    question = land(ours, row(ours)).questions.get()
    client.force_login(twin.bea)

    assert client.get(made.get_absolute_url()).status_code == 404
    assert client.post(reverse("land_import", args=[made.pk])).status_code == 404
    assert client.get(reverse("answer_question", args=[question.pk])).status_code == 404
    assert client.get(reverse("take_back_import", args=[question.of_import_id])).status_code == 404
    assert made.file_name not in client.get(reverse("imports")).content.decode()


def test_imports_takes_as_many_queries_for_many_as_for_one(bea, ours):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert bea.get(reverse("imports")).status_code == 200
        return len(captured)

    bring(ours, zoe(ours))
    queries()
    one = queries()
    for number in range(29):
        bring(ours, zoe(ours), name=f"{number}.csv")

    assert (queries(), one <= 12) == (one, True)

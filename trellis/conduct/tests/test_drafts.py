"""Nothing typed is lost: by autosave, by a refusal, by a session that ended, by somebody else being first."""

from datetime import timedelta

import pytest
from django.http import QueryDict

from trellis.conduct import clock, drafts
from trellis.conduct.models import Draft
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        yield world.ours()


def test_keep_stores_what_was_typed_but_no_secret(ours):
    posted = QueryDict(
        "draft_form=F&draft_about=pupils.pupil:1&draft_version=3&words=Écoute&password1=x&csrfmiddlewaretoken=y"
    )

    draft = drafts.keep(ours.sam, posted)

    assert (draft.fields, draft.base_version, draft.about) == ({"words": ["Écoute"]}, 3, "pupils.pupil:1")


def test_keep_again_replaces_and_stays_ones_own(ours):
    drafts.keep(ours.sam, QueryDict("draft_form=F&words=one"))
    drafts.keep(ours.sam, QueryDict("draft_form=F&words=two"))

    assert [d.fields for d in Draft.objects.all()] == [{"words": ["two"]}]
    assert drafts.find(ours.dee, "F", None) is None


def test_form_that_names_nothing_is_not_kept(ours):
    assert drafts.keep(ours.sam, QueryDict("words=one")) is None


def test_autosave_answers_with_the_time(ours, client):
    client.force_login(ours.sam)

    answer = client.post("/drafts/", {"draft_form": "F", "words": "typing"})

    assert (answer.status_code, answer.json()) == (200, {"saved": True, "at": "9:00 am"})
    assert Draft.objects.get().fields == {"words": ["typing"]}


def test_session_that_ends_keeps_what_its_last_form_sent(ours, client):
    client.force_login(ours.sam)
    client.get("/accounts/password/change/")
    with clock.at(clock.now() + timedelta(minutes=31)):
        answer = client.post("/drafts/throw-away/", {"draft_form": "F", "draft_about": "", "words": "half a sentence"})

    assert answer.status_code == 302
    assert answer.url.startswith("/accounts/login/")
    assert Draft.objects.get(user=ours.sam).fields == {"words": ["half a sentence"]}
    assert "_auth_user_id" not in client.session


def test_session_in_use_does_not_end(ours, client):
    client.force_login(ours.sam)
    for minutes in (0, 20, 40, 60):
        with clock.at(clock.now() + timedelta(minutes=minutes)):
            assert client.post("/drafts/", {"draft_form": "F", "words": str(minutes)}).status_code == 200


def test_autosave_neither_ends_nor_prolongs_an_idle_session(ours, client):
    client.force_login(ours.sam)
    client.get("/accounts/password/change/")
    with clock.at(clock.now() + timedelta(minutes=31)):
        for words in ("back after", "back after half an hour"):
            assert client.post("/drafts/", {"draft_form": "F", "words": words}).status_code == 200
        answer = client.get("/accounts/password/change/")

    assert answer.url.startswith("/accounts/login/")
    assert Draft.objects.get(user=ours.sam).fields == {"words": ["back after half an hour"]}


@pytest.mark.parametrize("sent", [{"draft_form": "F", "words": "a\x00b"}, {"draft_form": "F\x00"}, {"a\x00": "b"}])
def test_character_no_text_can_hold_is_a_bad_request(ours, client, sent):
    client.force_login(ours.sam)

    assert client.post("/drafts/", sent).status_code == 400
    assert client.post("/pupils/", {"search": "a\x00b"}).status_code == 400
    assert client.get("/pupils/?year=%00").status_code == 400


def test_draft_of_an_odd_version_is_kept_without_it(ours, client):
    client.force_login(ours.sam)
    client.post("/drafts/", {"draft_form": "F", "draft_version": "²²"})

    assert Draft.objects.get().base_version is None


@pytest.mark.parametrize("back", ["//elsewhere.example/", "https://elsewhere.example/", "no_such_page", "/\\elsewhere"])
def test_draft_thrown_away_leads_to_our_own_pages_only(ours, client, back):
    client.force_login(ours.sam)

    assert client.post("/drafts/throw-away/", {"draft_form": "F", "back": back}).url == "/"

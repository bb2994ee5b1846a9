"""The page behind the link, and the pages of a consent: what they show, to whom, and what they keep."""

import pytest
from django.test import Client
from django.urls import reverse

from trellis.conduct import clock
from trellis.consents import actions
from trellis.consents.models import Consent
from trellis.consents.tests.world import PURPOSE, add_parent, ask, section_20
from trellis.history.models import Look
from trellis.links.tests.opening import opened
from trellis.pupils import actions as pupils
from trellis.pupils.tests import world
from trellis.pupils.tests.world import DAY


@pytest.fixture
def ours(db):
    with clock.at(DAY):
        yield world.ours()


def as_(user):
    client = Client()
    client.force_login(user)
    return client


def page(user, name, consent, method="get", **typed):
    return getattr(as_(user), method)(reverse(name, args=[consent.pk]), typed)


def test_the_link_says_what_is_asked_by_whom_and_for_how_long(ours):
    ask(ours)
    client, address = opened("sol@ours.example")
    text = client.get(address).content.decode()

    for words in ("Jordan", PURPOSE, "Social, Emotional, Mental Health and Learning teachers", "one year from the day",
                  "Sam Ours", "You may say no", "under a care order"):  # fmt: skip
        assert words in text
    assert "Vale" not in text
    assert Look.objects.latest("pk").pupil_ids == [ours.jordan.pk]


def test_the_link_takes_an_answer_once(ours):
    consent = ask(ours)
    client, address = opened("sol@ours.example")
    answer = {"answer": "agree", "answered_name": "Sol Ours", "words": "Please tell me what you find."}

    assert client.post(address, {"answer": "agree"}).status_code == 200
    assert client.post(address, answer).status_code == 302
    assert "Thank you" in client.get(address).content.decode()
    client.post(address, answer | {"answer": "not agree"})
    consent.refresh_from_db()

    assert (consent.state, consent.how, consent.recorded_by) == ("GIVEN", "link", None)
    assert consent.words == "Please tell me what you find."


def test_a_parent_to_whom_it_is_not_safe_to_say_reads_no_school(ours):
    section_20(ours)
    parent = add_parent(ours)
    ask(ours, asked_of=f"person:{parent.pk}")
    client, address = opened("mum@home.example")
    text = client.get(address).content.decode()

    assert "Jordan" in text
    assert [word for word in ("Larch", "Sam Ours", "Sol") if word in text] == []


def test_the_link_closes_when_the_question_is_taken_back_between_reading_and_answering(ours):
    consent = ask(ours)
    client, address = opened("sol@ours.example")
    assert client.get(address).status_code == 200
    actions.withdraw_consent(consent.pk, by=ours.sam, who_told="Sam")

    assert client.post(address, {"answer": "agree", "answered_name": "Sol"}).status_code == 404
    consent.refresh_from_db()
    assert consent.state == "WITHDRAWN"


def test_the_link_closes_when_contact_is_stopped(ours):
    section_20(ours)
    parent = add_parent(ours)
    ask(ours, asked_of=f"person:{parent.pk}")
    client, address = opened("mum@home.example")
    pupils.change_person_around(parent.pk, by=ours.dee, seen=None, may_be_contacted=False)

    assert client.get(address).status_code == 404
    assert client.post(address, {"answer": "agree", "answered_name": "M"}).status_code == 404


@pytest.mark.parametrize(
    ("who", "status"),
    [("sam", 200), ("dee", 200), ("hana", 200), ("vic", 200), ("sol", 200), ("tia", 403), ("osei", 403), ("nia", 404),
     ("lee", 403), ("eve", 403)],
)  # fmt: skip
def test_a_consent_opens_to_those_who_read_the_record(ours, who, status):
    assert page(ours.people[who], "consent", ask(ours)).status_code == status


def test_an_answer_on_paper_is_recorded(ours):
    consent = ask(ours)
    typed = {"answer": "agree", "answered_name": "Sol", "how": "paper", "answered_on_day": "2",
             "answered_on_month": "11", "answered_on_year": "2026"}  # fmt: skip
    assert page(ours.sam, "record_consent", consent, "post", **typed).status_code == 302
    consent.refresh_from_db()

    assert (consent.state, consent.how, consent.recorded_by) == ("GIVEN", "paper", ours.sam)


def test_an_answer_dated_before_the_question_is_refused_and_kept(ours):
    typed = {"answer": "agree", "answered_name": "Sol Typed", "how": "paper", "answered_on_day": "1",
             "answered_on_month": "11", "answered_on_year": "2026"}  # fmt: skip
    answer = page(ours.sam, "record_consent", ask(ours), "post", **typed)

    assert "The day of the answer lies between the day of asking and today" in answer.content.decode()
    assert "Sol Typed" in answer.content.decode()


def test_the_social_worker_answers_signed_in(ours):
    consent = ask(ours)
    assert page(ours.sol, "answer_consent", consent, "post", answer="agree", answered_name="Sol").status_code == 302
    consent.refresh_from_db()

    assert (consent.state, consent.how) == ("GIVEN", "signed in")
    assert page(ours.sam, "answer_consent", consent).url == reverse("record_consent", args=[consent.pk])


def test_withdrawing_and_asking_again_by_page(ours):
    consent = ask(ours)

    assert page(ours.sam, "ask_consent_again", consent, "post").status_code == 302
    assert page(ours.sam, "ask_consent_again", consent).status_code == 405
    assert page(ours.sam, "withdraw_consent", consent, "post", who_told="Sol").status_code == 302
    assert Consent.objects.get().state == "WITHDRAWN"
    assert page(ours.hana, "withdraw_consent", consent, "post", who_told="Sol").status_code == 403

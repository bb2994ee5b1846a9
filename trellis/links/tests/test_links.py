"""A personal link opens one question, once, for whoever holds it, and nothing of the record."""

import io
import logging
import re
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django import forms
from django.core import mail as outbox
from django.db import connection
from django.shortcuts import redirect, render
from django.test import Client
from django.urls import reverse

from trellis.conduct import clock
from trellis.conduct.models import Stamp
from trellis.conduct.refusals import Refused
from trellis.history.models import Look
from trellis.links import actions, purposes, queries
from trellis.links.forms import ReplyForm
from trellis.links.logs import WithoutTokens
from trellis.links.models import PersonalLink, hash_of
from trellis.links.tests.opening import link_sent_to, opened
from trellis.mail import actions as mail
from trellis.mail.models import Message
from trellis.pupils.models import Pupil
from trellis.pupils.tests import world

EMAIL = "cara@home.example"
answers = []


class Question(ReplyForm):
    words = forms.CharField(label="How is school?")


def ask_a_question(request, link):
    """A purpose as a later folder has one: asks, takes the answer once, thanks."""
    form = Question.opened(request)
    if form.is_valid():
        with form.refusals():
            actions.use_up(link.pk)
            if form.cleaned_data["words"] == "refuse me":
                raise Refused("Say it in other words.", field="words")
            answers.append((link.purpose, link.subject_id, form.cleaned_data["words"]))
            return redirect("reply", link.pk)
    pupil = Pupil.objects.get(pk=link.pupil_id)
    return render(request, "links/tests_question.html", {"form": form, "pupil": pupil, "purpose": link.purpose})


@pytest.fixture(autouse=True)
def purpose(settings, tmp_path):
    page = tmp_path / "links" / "tests_question.html"
    page.parent.mkdir()
    page.write_text(
        '{% extends "links/reply_base.html" %}{% block content %}'
        "<p>{{ purpose }}: {{ pupil.first_name }}</p><form method=post>{% csrf_token %}{{ form }}</form>{% endblock %}"
    )
    settings.TEMPLATES = [settings.TEMPLATES[0] | {"DIRS": [tmp_path]}]
    answers.clear()
    purposes.add("test view", ask_a_question, "What you wrote has been sent.")
    purposes.add("test consent", ask_a_question, "What you decided has been sent.")
    yield
    for name in ("test view", "test consent"):
        purposes.PURPOSES.pop(name)


@pytest.fixture
def ours(db):
    with clock.at(world.DAY):
        yield world.ours()


def send(ours, **more):
    usual = {
        "purpose": "test view", "subject": ours.jordan, "pupil_id": ours.jordan.pk, "name": "Cara", "email": EMAIL,
        "days": 7, "by": ours.sam, "mail_subject": "A question", "mail_body": "Please say how it is.",
    }  # fmt: skip
    return actions.issue(**(usual | more))


def text_of(answer):
    return re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]*', r"\1", answer.content.decode())


def test_issue_keeps_only_the_hash_of_the_token(ours):
    link = send(ours)
    token = link_sent_to(EMAIL).split("/")[2]

    assert len(token) >= 43  # 256 bits
    assert link.token_hash == hash_of(token)
    assert token not in str(PersonalLink.objects.values_list().get())
    assert str(PersonalLink.objects.about(ours.jordan).get()) == f"link {link.pk} for Cara"


def test_issue_writes_a_mail_that_names_no_child(ours):
    send(ours)
    message = Message.objects.get()

    assert message.body == (
        "Please say how it is.\n\nThe link is for you alone. It works once, until Monday 9 November."
    )
    assert ours.jordan.first_name not in message.body


def test_issue_without_an_address_is_refused(ours):
    with pytest.raises(Refused) as refused:
        send(ours, email="")
    assert refused.value.sentence == "There is no e-mail address for Cara. Add one, or ask in person."
    assert Message.objects.count() == 0


def test_issue_for_no_purpose_of_ours_is_a_mistake(ours):
    with pytest.raises(KeyError):
        send(ours, purpose="read everything")


def test_token_leaves_the_address_at_once(ours):
    link = send(ours)
    client = Client()

    answer = client.get(link_sent_to(EMAIL))

    assert (answer.status_code, answer.url) == (303, reverse("reply", args=[link.pk]))
    assert answer["Referrer-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]
    page = client.get(answer.url)
    assert link_sent_to(EMAIL).split("/")[2] not in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert "default-src 'none'" in page["Content-Security-Policy"]


def test_opening_uses_nothing_up(ours):
    link = send(ours)
    for _ in range(3):
        client, question = opened(EMAIL)
        assert client.get(question).status_code == 200
        assert client.head(question).status_code == 200

    link.refresh_from_db()
    assert (link.used_at, link.is_open, link.opened_at) == (None, True, clock.now())
    assert Client().post(link_sent_to(EMAIL)).status_code == 405


def test_answer_uses_the_link_up(ours):
    link = send(ours)
    client, question = opened(EMAIL)

    thanks = client.post(question, {"words": "Fine."}, follow=True)

    assert answers == [("test view", ours.jordan.pk, "Fine.")]
    assert "What you wrote has been sent." in thanks.content.decode()
    link.refresh_from_db()
    assert (link.used_at, link.state_in_words) == (clock.now(), "Answered on 2 November")
    assert Client().get(link_sent_to(EMAIL)).status_code == 404


def test_answer_pressed_twice_counts_once_and_thanks_twice(ours):
    send(ours)
    client, question = opened(EMAIL)

    client.post(question, {"words": "Fine."})
    again = client.post(question, {"words": "Fine."}, follow=True)

    assert len(answers) == 1
    assert "Thank you" in again.content.decode()


def test_refused_answer_leaves_the_link_open(ours):
    """The rule that says no takes the using up back with it: the action is one transaction."""
    from django.db import transaction

    link = send(ours)
    client, question = opened(EMAIL)
    with transaction.atomic():
        page = client.post(question, {"words": "refuse me"})
        transaction.set_rollback(True)

    assert "Say it in other words." in page.content.decode()
    link.refresh_from_db()
    assert link.is_open


def dead_links(ours):
    """A used, a taken back and a late link, each opened in a browser before; and one there never was."""
    found = {}
    for kind in ("used", "taken back", "late", "late, not taken back"):
        link = send(ours)
        client, question = opened(EMAIL)
        found[kind] = (link, link_sent_to(EMAIL), client, question)
        if kind == "used":
            actions.use_up(link.pk)
        if kind == "taken back":
            actions.revoke(link.pk, by=ours.sam)
    return found


def test_dead_links_answer_with_one_page(ours):
    found = dead_links(ours)
    with clock.at(world.DAY + timedelta(days=8)):
        pages = [Client().get(address) for _, address, _, _ in found.values()]
        pages += [Client().get(reverse("open_link", args=["never-there"]))]
        pages += [Client().get(reverse("reply", args=[link.pk])) for link, *_ in found.values()]
        pages += [Client().post(reverse("reply", args=[2**40]), {"words": "x"})]

    assert {page.status_code for page in pages} == {404}
    assert len({text_of(page) for page in pages}) == 1
    assert "This link has been used or has run out" in text_of(pages[0])
    assert not any("csrf" in text_of(page) or "Cara" in text_of(page) for page in pages)
    assert answers == []


def test_link_works_on_its_last_day_and_not_after(ours):
    link = send(ours, days=7)
    last = world.DAY + timedelta(days=7)
    with clock.at(last):
        assert Client().get(link_sent_to(EMAIL)).status_code == 303
    with clock.at(last + timedelta(days=1)):
        assert Client().get(link_sent_to(EMAIL)).status_code == 404
        assert link.state_in_words == "Ran out after 9 November without an answer"
        with pytest.raises(actions.LinkHasRunOut):
            actions.use_up(link.pk)


def test_taken_back_while_open_takes_no_answer(ours):
    link = send(ours)
    client, question = opened(EMAIL)
    actions.revoke(link.pk, by=ours.sam)

    page = client.post(question, {"words": "Fine."}, follow=True)

    assert (page.status_code, answers) == (404, [])
    assert PersonalLink.objects.get().revoked_by == ours.sam


def test_taken_back_after_the_answer_changes_nothing(ours):
    link = send(ours)
    actions.use_up(link.pk)
    assert actions.revoke(link.pk, by=ours.sam).revoked_at is None


def test_session_holds_the_link_for_an_hour(ours):
    send(ours)
    client, question = opened(EMAIL)
    with clock.at(clock.now() + timedelta(minutes=59)):
        assert client.get(question).status_code == 200
    with clock.at(clock.now() + timedelta(minutes=61)):
        assert client.get(question).status_code == 404
        assert client.get(link_sent_to(EMAIL)).status_code == 303


def test_two_tabs_answer_each_its_own_question(ours):
    first = send(ours)
    client, first_question = opened(EMAIL)
    send(ours, purpose="test consent")
    _, second_question = opened(EMAIL, client)

    assert "test view: Jordan" in client.get(first_question).content.decode()
    client.post(first_question, {"words": "for the first"})
    client.post(second_question, {"words": "for the second"})

    assert [(purpose, words) for purpose, _, words in answers] == [
        ("test view", "for the first"), ("test consent", "for the second"),
    ]  # fmt: skip
    assert first.purpose == "test view"


def test_other_browser_may_not_answer_a_link_it_did_not_open(ours):
    link = send(ours)
    opened(EMAIL)
    stranger = Client()
    assert stranger.get(reverse("reply", args=[link.pk])).status_code == 404
    assert stranger.post(reverse("reply", args=[link.pk]), {"words": "x"}).status_code == 404
    assert answers == []


def test_opening_gives_a_new_session(ours):
    """A session id that somebody planted in this browser beforehand never holds the link."""
    send(ours)
    client = Client()
    client.force_login(ours.nia)
    planted = client.cookies["trellis_session"].value

    opened(EMAIL, client)

    assert client.cookies["trellis_session"].value != planted
    thief = Client()
    thief.cookies["trellis_session"] = planted
    link = PersonalLink.objects.get()
    assert thief.get(reverse("reply", args=[link.pk])).status_code == 404
    assert client.get(reverse("pupils")).status_code == 200  # still signed in


def test_signed_in_stranger_sees_only_the_question(ours):
    send(ours)
    client = Client()
    client.force_login(ours.nia)
    client, question = opened(EMAIL, client)

    page = client.get(question).content.decode()

    assert "test view: Jordan" in page
    for hidden in ("Vale", "Nia", "t-nav", "Find a pupil", "Sign out", "My week"):
        assert hidden not in page
    assert client.get(reverse("pupil", args=[ours.jordan.pk])).status_code == 404


def test_look_names_the_link(ours):
    link = send(ours)
    client, question = opened(EMAIL)
    client.get(question)

    look = Look.objects.at_pupil(ours.jordan.pk).get()
    assert (look.by, look.page, look.reason) == (None, "reply", f"personal link {link.pk}, sent to Cara")


def test_idle_session_does_not_stand_in_the_way(ours):
    """Nor does its sign-in page get the token in its address."""
    send(ours)
    client = Client()
    client.force_login(ours.sol)
    client.get(reverse("pupils"))
    with clock.at(clock.now() + timedelta(hours=2)):
        client, question = opened(EMAIL, client)
        assert client.get(question).status_code == 200
        assert client.get(reverse("pupils")).status_code == 302


def test_reply_needs_the_form_token(ours):
    send(ours)
    client, question = opened(EMAIL, Client(enforce_csrf_checks=True))
    assert client.post(question, {"words": "Fine."}).status_code == 403
    assert answers == []


def test_states_in_words(ours):
    link = send(ours)
    assert link.state_in_words == "Sent on 2 November, not opened yet"
    actions.note_opening(link.pk)
    assert queries.links_of(ours.jordan)[0].state_in_words == "Opened on 2 November, not answered yet"
    assert actions.revoke(link.pk, by=ours.sam).state_in_words == "Taken back on 2 November"


def test_log_holds_no_token(ours):
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.addFilter(WithoutTokens())
    logging.getLogger("django.request").addHandler(handler)
    try:
        Client().get("/l/some-old-token/")
    finally:
        logging.getLogger("django.request").removeHandler(handler)
    assert written.getvalue() == "Not Found: /l/…/\n"


def test_mail_forgets_the_link_when_sent_in_a_live_database(ours, monkeypatch):
    send(ours)
    message = Message.objects.get()
    monkeypatch.setattr(Stamp.objects, "filter", lambda **kinds: Stamp.objects.none())

    mail.send(message.pk)

    message.refresh_from_db()
    assert message.secret_path == ""
    assert "/l/" in outbox.outbox[0].body
    assert "/l/" not in str(Message.objects.values_list().get())


def test_mail_keeps_the_link_for_readers_of_a_demonstration(ours):
    send(ours)
    mail.send(Message.objects.get().pk)
    assert link_sent_to(EMAIL).startswith("/l/")


def test_two_answers_at_once_count_once(own_database):
    with clock.at(world.DAY):
        link = send(world.ours())
    together, used, late = Barrier(2), [], []

    def answer():
        with clock.at(world.DAY):
            together.wait()
            try:
                used.append(actions.use_up(link.pk))
            except actions.LinkHasRunOut:
                late.append(True)
            finally:
                connection.close()

    both = [Thread(target=answer) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert (len(used), len(late)) == (1, 1)


def test_answers_sent_too_often_are_stopped_with_a_sentence_and_only_for_that_link(ours):
    send(ours)
    client, question = opened(EMAIL)
    for _ in range(20):
        assert client.post(question, {"words": ""}).status_code == 200

    stopped = client.post(question, {"words": "Better than before."})
    assert stopped.status_code == 429
    assert "Wait five minutes" in stopped.content.decode()
    assert answers == []
    assert client.get(question).status_code == 200

    send(ours, email="pat@home.example")
    other, asked = opened("pat@home.example")
    other.post(asked, {"words": "It is fine."})
    assert [words for *_, words in answers] == ["It is fine."]


def test_one_address_that_answers_very_many_links_is_stopped(ours, settings):
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"reply": "20/5m/key,2/5m/ip"}
    statuses = []
    for nth in range(3):
        send(ours, email=f"carer{nth}@home.example")
        client, question = opened(f"carer{nth}@home.example")
        statuses.append(client.post(question, {"words": ""}).status_code)

    assert statuses == [200, 200, 429]

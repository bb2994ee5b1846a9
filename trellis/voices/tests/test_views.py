"""Views are kept word for word, by those who may, and never changed."""

from datetime import date

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.refusals import NotPermitted, Refused
from trellis.history.models import Entry
from trellis.people.roles import Role
from trellis.pupils import actions as pupils
from trellis.pupils.tests import world
from trellis.voices import permissions, queries, rules
from trellis.voices.actions import write_down_view
from trellis.voices.models import View

WORDS = "I don’t like it when “everybody” looks.\nNot <b>ever</b>."


@pytest.fixture
def ours(db):
    with clock.at(world.DAY):
        yield world.ours()


def write(ours, by="sam", **more):
    user = ours.people[by]
    usual = {"whose": "pupil", "words": WORDS, "told_to": "Tia", "how": "talked", "given_on": world.DAY}
    return write_down_view(ours.jordan.pk, by=user, key=more.pop("key", Key.fresh(user)), **(usual | more))


@pytest.mark.parametrize(
    ("words", "answered", "kept"),
    [
        ("It helps.", "gave", True),
        ("", "gave", False),
        ("  ", "gave", False),
        ("", "declined", True),
        ("", "no answer", True),
        ("It helps.", "declined", False),
    ],
)
def test_view_has_words_or_says_why_not(words, answered, kept):
    facts = rules.ViewFacts(words, answered, "talked", "Tia", world.DAY)
    assert bool(rules.view_has_words_or_says_why_not(facts)) is kept


def test_write_down_keeps_every_character(ours):
    view = View.objects.get(pk=write(ours).pk)

    assert (view.words, view.typed_by, view.written_for_id) == (WORDS, ours.sam, ours.school.pk)
    assert Entry.objects.get(subject_kind="voices.view").sentence == "Wrote down the pupil’s view."
    assert str(view.by_in_words).endswith("Typed for them by Sam Ours.")


def test_view_is_never_changed(ours):
    view = write(ours)
    for verb in (lambda: View.objects.filter(pk=view.pk).update(words="Fine."), lambda: view.delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            verb()


def test_declining_is_an_answer(ours):
    view = write(ours, words="", answered="declined")

    assert view.in_words == "They were asked and did not want to say."


@pytest.mark.parametrize(
    "wrong", [{"words": ""}, {"told_to": " "}, {"given_on": date(2026, 11, 3)}], ids=["words", "told_to", "given_on"]
)
def test_write_down_is_refused(ours, wrong):
    with pytest.raises(Refused) as refused:
        write(ours, **wrong)
    assert [refused.value.field] == list(wrong)


def test_pressed_twice_keeps_one(ours):
    key = Key.fresh(ours.sam)
    assert write(ours, key=key) == write(ours, key=key)
    assert View.objects.count() == 1


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("sam", True), ("dee", True), ("vic", True), ("ada", True), ("otis", True), ("sol", True), ("head", True),
        ("tia", False), ("osei", False), ("bea", False), ("root", False), ("nia", False),
    ],
)  # fmt: skip
def test_who_writes_down_views(ours, who, may):
    ours.people["head"] = world.account("head", Role.HEADTEACHER, ours.school, "ours.example")
    assert bool(permissions.can_write_down_view(ours.people[who], ours.jordan)) is may


def test_class_staff_may_not_write_and_do_not_read(ours):
    write(ours)
    with pytest.raises(NotPermitted):
        write(ours, by="tia")
    assert queries.views_of(ours.jordan, ours.tia) == []


def test_latest_view_of_each(ours):
    write(ours, words="Before", given_on=date(2026, 10, 1))
    now, home = write(ours, words="Now"), write(ours, whose="carer", words="Tired on Mondays")

    assert queries.latest_views(ours.jordan, ours.vic) == {"pupil": now, "carer": home}


def test_old_school_reads_only_what_it_wrote(ours):
    mine = write(ours)
    with clock.at(date(2026, 11, 9)):
        pupils.start_school_place(ours.jordan.pk, by=ours.vic, school=ours.next_school, on=date(2026, 11, 9))
        theirs = write(ours, by="nia", words="New")

        assert queries.views_of(ours.jordan, ours.sam) == [mine]
        assert set(queries.views_of(ours.jordan, ours.nia)) == {mine, theirs}


def test_page_keeps_the_view_and_escapes_it(ours):
    client, path = Client(), reverse("write_down_view", args=[ours.jordan.pk])
    client.force_login(ours.sam)
    form = client.get(path).context["form"]
    sent = {field.html_name: field.value() or "" for field in form.hidden_fields()}

    answer = client.post(path, sent | {
        "whose": "pupil", "answered": "gave", "words": WORDS, "how": "drew", "told_to": "Tia",
        "given_on_day": "2", "given_on_month": "11", "given_on_year": "2026",
    }, follow=True)  # fmt: skip

    assert "Not &lt;b&gt;ever&lt;/b&gt;." in answer.content.decode()
    assert View.objects.get().how == "drew"


@pytest.mark.parametrize(("how", "cautions"), [("talked", 0), ("for them", 1)])
def test_page_says_when_an_adult_spoke_for_the_child(ours, how, cautions):
    write(ours, how=how)
    client = Client()
    client.force_login(ours.dee)
    page = client.get(reverse("pupil_views", args=[ours.jordan.pk])).content.decode()
    assert page.count("An adult said this for them. Ask them too") == cautions

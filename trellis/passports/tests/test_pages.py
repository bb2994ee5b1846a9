from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from trellis.conduct import clock
from trellis.cycles.tests import world as cycles
from trellis.history.models import Look
from trellis.passports import queries, shown
from trellis.passports.models import PassportState
from trellis.passports.tests import world as passports
from trellis.pupils import actions as pupils
from trellis.pupils.models import Pupil
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        yield world.ours()


@pytest.fixture
def page(client):
    def ask(user, name, *ids, **posted):
        client.force_login(user)
        url = reverse(name, args=ids)
        return client.post(url, posted) if posted else client.get(url)

    return ask


def test_class_teacher_writes_and_agrees_with_the_pupil_and_everybody_in_class_reads(ours, page):
    cycles.under_way(ours)
    start = page(ours.osei, "start_passport", ours.jordan.pk).content.decode()
    assert "A way out and back" in start
    answer = page(ours.osei, "start_passport", ours.jordan.pk, take=[])
    draft = queries.draft_of(ours.jordan)
    assert answer.url == reverse("write_passport", args=[draft.pk])

    answer = page(ours.osei, "write_passport", draft.pk, **passports.WORDS)
    assert answer.url == reverse("agree_passport", args=[draft.pk])
    assert "Short talk, one thing at a time" in page(ours.osei, "agree_passport", draft.pk).content.decode()
    said = {"agreed_how": "drew", "agreed_with": "Mr Osei", "agreed_on_day": 2, "agreed_on_month": 11,
            "agreed_on_year": 2026}  # fmt: skip
    assert page(ours.osei, "agree_passport", draft.pk, **said).url == reverse("pupil_passport", args=[ours.jordan.pk])

    read = page(ours.tia, "pupil_passport", ours.jordan.pk).content.decode()
    assert "A check-in with Tia in the morning" in read
    assert "Begin a new version" not in read
    printed = page(ours.tia, "print_passport", draft.pk)
    assert (printed["Content-Type"], printed.content[:5]) == ("application/pdf", b"%PDF-")
    assert printed["Content-Disposition"] == 'attachment; filename="pupil-passport.pdf"'
    assert page(ours.tia, "passport_word", draft.pk).content[:2] == b"PK"
    assert Look.objects.latest("pk").pupil_ids == [ours.jordan.pk]


def test_words_that_sound_like_care_are_asked_about_before_it_stands(ours, page):
    draft = passports.begin(ours, matters="My foster mum Cara")
    said = {"agreed_how": "drew", "agreed_with": "Tia", "agreed_on_day": 2, "agreed_on_month": 11,
            "agreed_on_year": 2026}  # fmt: skip

    asked = page(ours.sam, "agree_passport", draft.pk, **said).content.decode()
    assert "Passports are read by supply staff. Leave this out?" in asked
    assert "“foster” in “What is important to me”" in asked
    assert page(ours.sam, "agree_passport", draft.pk, **said, looked_through="on").status_code == 302


def test_write_keeps_what_was_typed_when_a_box_is_too_long(ours, page):
    draft = passports.begin(ours)

    answer = page(ours.sam, "write_passport", draft.pk, **(passports.WORDS | {"likes": "a\nb\nc\nd\ne\nf\ng"}))

    assert "Keep to six short lines" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.likes == passports.WORDS["likes"]


@pytest.mark.parametrize(
    ("who", "read", "write"),
    [
        ("sam", 200, 200), ("dee", 200, 200), ("osei", 200, 200), ("otis", 200, 200), ("tia", 200, 403),
        ("hana", 200, 403), ("vic", 200, 403), ("sol", 200, 403), ("bea", 403, 403), ("root", 403, 403),
        ("eve", 403, 403), ("nia", 404, 404),
    ],
)  # fmt: skip
def test_passport_opens_to(ours, page, who, read, write):
    current, draft = passports.agreed(ours), passports.begin(ours, world.DAY)

    assert page(ours.people[who], "passport", current.pk).status_code == read
    assert page(ours.people[who], "pupil_passport", ours.jordan.pk).status_code == read
    assert page(ours.people[who], "print_passport", current.pk).status_code == read
    assert page(ours.people[who], "write_passport", draft.pk).status_code == write


def test_draft_is_not_a_version_that_anyone_reads(ours, page):
    draft = passports.begin(ours)

    assert page(ours.tia, "passport", draft.pk).status_code == 404
    assert "No passport yet" in page(ours.tia, "pupil_passport", ours.jordan.pk).content.decode()
    assert "Being written" in page(ours.sam, "pupil_passport", ours.jordan.pk).content.decode()


def test_class_staff_of_the_old_school_lose_sight_the_same_day_and_its_senco_reads_on(ours, page):
    passport = passports.agreed(ours)
    pupils.start_school_place(ours.jordan.pk, by=ours.vic, school=ours.next_school, on=world.DAY)

    assert page(ours.tia, "pupil_passport", ours.jordan.pk).status_code == 404
    assert page(ours.osei, "print_passport", passport.pk).status_code == 404
    assert page(ours.sam, "pupil_passport", ours.jordan.pk).status_code == 200
    assert page(ours.nia, "pupil_passport", ours.jordan.pk).status_code == 200
    assert page(ours.sam, "start_passport", ours.jordan.pk).status_code == 404


def test_confirm_and_set_aside_from_their_pages(ours, page):
    current = passports.agreed(ours)
    seen = {"looked_with": "Tia", "looked_on_day": 2, "looked_on_month": 11, "looked_on_year": 2026}
    assert page(ours.sam, "confirm_passport", current.pk, **seen).status_code == 302
    assert "still right" in page(ours.sam, "pupil_passport", ours.jordan.pk).content.decode()
    draft = passports.begin(ours, world.DAY)
    assert page(ours.sam, "set_aside_passport", draft.pk, sure="yes").status_code == 302
    draft.refresh_from_db()
    assert draft.state == PassportState.SET_ASIDE


def test_passport_is_one_tap_from_every_page_of_the_pupil(ours, page):
    assert reverse("pupil_passport", args=[ours.jordan.pk]) in page(ours.tia, "pupil", ours.jordan.pk).content.decode()


def test_overview_shows_three_lines_of_the_passport(ours, page):
    passports.agreed(ours)

    for who in (ours.sam, ours.tia):
        text = page(who, "pupil", ours.jordan.pk).content.decode()
        assert "A check-in with Tia in the morning. Short talk, one thing at a time" in text
        assert "I point to the card, then go to the quiet corner." in text


def test_next_steps_say_what_waits(ours):
    pupils_all = Pupil.objects.all()
    draft = passports.begin(ours)
    (step,) = shown.next_steps(ours.sam, pupils_all, world.DAY)
    assert (step.verb, step.due_on, step.url) == ("Agree the passport", date(2026, 10, 26), draft.get_absolute_url())
    passports.agree(ours, draft)
    (step,) = shown.next_steps(ours.osei, pupils_all, world.DAY)
    assert (step.verb, step.due_on) == ("Look at the passport", date(2026, 11, 23))
    assert shown.next_steps(ours.tia, pupils_all, world.DAY) == []
    assert shown.next_steps(ours.otis, pupils_all, world.DAY) == []


def test_next_steps_ask_as_often_for_many_as_for_one(ours):
    passports.agreed(ours)

    def queries_asked():
        with CaptureQueriesContext(connection) as captured:
            shown.next_steps(ours.sam, Pupil.objects.all(), world.DAY)
        return len(captured)

    queries_asked()
    one = queries_asked()
    jordan = ours.jordan
    for number in range(29):
        ours.jordan = pupils.register_pupil(
            by=None, legal_first_name="Alex", legal_last_name=str(number), date_of_birth=date(2016, 1, 1)
        )
        pupils.start_school_place(ours.jordan.pk, by=None, school=ours.school, on=date(2026, 9, 1))
        passports.begin(ours)
    ours.jordan = jordan

    assert (queries_asked(), one) == (one, 1)

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.cycles import actions as cycles
from trellis.history.models import Look
from trellis.moves import actions
from trellis.moves.models import SchoolMove
from trellis.organisations.actions import list_school
from trellis.peps.models import Pep
from trellis.pupils import actions as pupils
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        yield world.ours()


def sign_in(client, user):
    client.force_login(user)
    return client


def pressed_twice(client, url, data):
    """What follows is shown first; the second press does it."""
    shown = client.post(url, data)
    assert shown.status_code == 200
    seen = re.search(r'name="shown" value="(\w+)"', shown.content.decode())
    return client.post(url, data | {"shown": seen[1]})


def posted(school, on=date(2026, 10, 12)):
    return {"to_school": school, "on_day": on.day, "on_month": on.month, "on_year": on.year}


def test_senco_moves_a_pupil_and_the_new_senco_receives_the_record(ours, client):
    cycle = cycles.start_cycle(ours.jordan.pk, by=ours.sam, key=Key.fresh(ours.sam))
    form = reverse("move_school", args=[ours.jordan.pk])
    sign_in(client, ours.sam)
    assert "Show what follows" in client.get(form).content.decode()
    answer = pressed_twice(client, form, posted("Rowan"))
    moved = SchoolMove.objects.get()
    assert answer.url == moved.get_absolute_url()

    read_back = client.get(answer.url).content.decode()
    assert "Your school goes on reading what it wrote itself" in read_back
    assert "Receive the record" not in read_back
    assert client.get(reverse("pupil", args=[ours.jordan.pk])).status_code == 200
    assert client.get(reverse("people_around", args=[ours.jordan.pk])).status_code == 404
    assert client.get(reverse("cycle", args=[cycle.pk])).status_code == 200
    assert client.get(form).status_code == 404

    sign_in(client, ours.nia)
    assert "Awaiting receipt" in client.get(reverse("moves")).content.decode()
    page = client.get(answer.url).content.decode()
    assert "Receive the record" in page
    assert "<h3>Assess, Plan, Do, Review</h3>" in page
    assert "Cycle 1 of Assess, Plan, Do, Review: being assessed" in page
    assert "Common transfer file" in page
    assert client.get(reverse("cycle", args=[cycle.pk])).status_code == 200
    assert client.post(reverse("acknowledge_move", args=[moved.pk])).url == answer.url
    assert "by Nia Ours" in client.get(answer.url).content.decode()


@pytest.mark.parametrize(
    ("school", "sentence"),
    [
        ("Nowhere", "No open school here is called “Nowhere”. Check the spelling, or enter its URN."),
        ("Primary", "Enter the URN of one: Larch Primary 990 990001; Rowan Primary 990 990002."),
        ("123456", "No open school here is called “123456”. Check the spelling, or enter its URN."),
        ("990001", "The pupil is at this school already."),
    ],
)  # fmt: skip
def test_move_says_which_school_is_not_clear(ours, client, school, sentence):
    answer = sign_in(client, ours.dee).post(reverse("move_school", args=[ours.jordan.pk]), posted(school))

    assert (answer.status_code, sentence in answer.content.decode()) == (200, True)
    assert SchoolMove.objects.count() == 0


@pytest.mark.parametrize(("who", "status"), [("tia", 403), ("bea", 403), ("sol", 403), ("root", 403), ("nia", 404)])
def test_move_school_is_closed_to_others(ours, client, who, status):
    assert sign_in(client, ours.people[who]).get(reverse("move_school", args=[ours.jordan.pk])).status_code == status


def test_old_school_may_not_receive(ours, client):
    moved = actions.move_school(ours.jordan.pk, to=ours.next_school, on=date(2026, 10, 12), by=ours.vic)

    assert sign_in(client, ours.sam).post(reverse("acknowledge_move", args=[moved.pk])).status_code == 403


def test_other_authority_does_not_see_the_move(ours, client):
    moved = actions.move_school(ours.jordan.pk, to=ours.next_school, on=date(2026, 10, 12), by=ours.vic)
    twin = world.twin()

    assert sign_in(client, twin.sam).get(moved.get_absolute_url()).status_code == 404
    assert "Jordan" not in client.get(reverse("moves")).content.decode()


def test_moves_logs_whom_it_showed_in_as_many_queries_for_many_as_for_one(ours, client):
    actions.move_school(ours.jordan.pk, to=ours.next_school, on=date(2026, 10, 12), by=ours.vic)
    sign_in(client, ours.vic)

    def queries():
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("moves")).status_code == 200
        return len(captured)

    queries()
    one = queries()
    for number in range(29):
        school = list_school(urn=str(991000 + number), name=f"Hazel {number}", authority_code="801")
        moved = pupils.register_pupil(
            by=None, legal_first_name="Alex", legal_last_name=str(number), date_of_birth=date(2016, 1, 1)
        )
        pupils.start_care(
            moved.pk, by=None, authority=ours.virtual_school.authority, since=date(2024, 5, 1), legal_status="C2"
        )
        actions.move_school(moved.pk, to=school, on=date(2026, 10, 12), by=ours.vic)

    assert (queries(), one <= 12) == (one, True)
    assert len(Look.objects.filter(page="moves").order_by("-pk").first().pupil_ids) == 30


@pytest.mark.parametrize(("kept_elsewhere", "is_sent"), [("", False), ("ePEP Online", True)])
def test_pep_is_to_be_sent_only_where_it_is_kept_elsewhere(ours, client, kept_elsewhere, is_sent):
    Pep.objects.filter(pupil=ours.jordan).update(kept_elsewhere=kept_elsewhere)
    moved = actions.move_school(ours.jordan.pk, to=ours.next_school, on=world.DAY, by=ours.vic)

    page = sign_in(client, ours.nia).get(moved.get_absolute_url()).content.decode()

    assert ("Send the Personal Education Plan" in page) is is_sent


def test_school_the_pupil_left_learns_nothing_from_a_move_of_care_since(ours, client):
    Pep.objects.filter(pupil=ours.jordan).update(kept_elsewhere="ePEP Online")
    moved = actions.move_school(ours.jordan.pk, to=ours.next_school, on=world.DAY, by=ours.vic)
    later = world.DAY + timedelta(days=40)
    with clock.at(later):
        pupils.end_care(ours.jordan.pk, by=ours.vic, on=later)

        page = sign_in(client, ours.sam).get(moved.get_absolute_url()).content.decode()

    assert "Send the Personal Education Plan" in page

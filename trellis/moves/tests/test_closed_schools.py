"""A school has closed: somebody says as which one it goes on, and its pupils, hours and staff follow."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from trellis.conduct import clock
from trellis.conduct.refusals import NotPermitted, Refused
from trellis.hours.models import HoursAccount
from trellis.hours.tests.world import give_hours
from trellis.mail.models import Message
from trellis.moves import actions, queries
from trellis.moves.models import SchoolMove
from trellis.moves.tests.world import closed_school
from trellis.organisations.actions import list_school, name_successor
from trellis.people.actions import give_role
from trellis.people.models import Membership, User
from trellis.people.roles import Role
from trellis.pupils import access
from trellis.pupils.models import SchoolPlace
from trellis.pupils.tests import world
from trellis.pupils.tests.world import DAY


@pytest.fixture
def ours(db):
    with clock.at(DAY):
        yield world.ours()


@pytest.fixture
def closed(ours):
    return closed_school(ours, names=("Robin", "Ali"))


def follow(ours, school, by=None, on=date(2026, 9, 1), to=None, with_staff=False):
    return actions.follow_successor(school.pk, to=to or ours.school, on=on, by=by or ours.bea, with_staff=with_staff)


def test_the_pupils_of_a_closed_school_move_to_its_successor_with_receipts(ours, closed):
    moves = follow(ours, closed)

    assert [(move.from_school_id, move.to_school_id, move.on) for move in moves] == [
        (closed.pk, ours.school.pk, date(2026, 9, 1))
    ] * 2
    assert SchoolPlace.objects.filter(school=ours.school, pupil__legal_last_name="Stayed", year_group=3).count() == 2
    assert all(move.is_awaiting_receipt for move in moves)
    assert Message.objects.filter(to=ours.sam).exists()
    assert all(access.differences(move.pupil) == ([], []) for move in moves)
    assert not queries.closed_schools(ours.bea).exists()


def test_pressed_twice_nobody_is_left_to_move(ours, closed):
    follow(ours, closed)
    assert follow(ours, closed) == []
    assert SchoolMove.objects.filter(from_school=closed).count() == 2


def test_a_pupil_who_came_after_the_day_moves_on_the_day_they_came(ours):
    school = closed_school(ours)
    (move,) = follow(ours, school, on=date(2024, 1, 1))
    assert move.on == date(2024, 9, 1)


def test_what_is_left_of_its_hours_goes_along_once(ours, closed):
    before = give_hours(ours)
    HoursAccount.objects.filter(pk=before.pk).update(school=closed)

    follow(ours, closed)
    follow(ours, closed)

    now = HoursAccount.objects.with_names().get(school=ours.school, service=before.service, year=before.year)
    before.account.refresh_from_db()
    assert (before.account.balance, now.account.balance) == (0, 600)


def test_staff_go_along_only_when_somebody_says_so(ours, closed):
    nora = User.objects.create_user(email="nora@closed.example", first_name="Nora", last_name="N")
    give_role(user=nora, role=Role.SENCO, organisation=closed, by=None)
    here = Membership.objects.on(DAY).filter(user=nora, organisation=ours.school)

    follow(ours, closed)
    assert not here.exists()
    follow(ours, closed, with_staff=True)
    follow(ours, closed, with_staff=True)
    assert [membership.role for membership in here] == [Role.SENCO]


@pytest.mark.parametrize(
    ("who", "may"),
    [("bea", True), ("vic", True), ("ada", False), ("sam", False), ("sol", False), ("lee", False), ("root", False)],
)
def test_the_virtual_school_of_the_area_says_where_pupils_go(ours, closed, who, may):
    if may:
        assert len(follow(ours, closed, by=getattr(ours, who))) == 2
    else:
        with pytest.raises(NotPermitted):
            follow(ours, closed, by=getattr(ours, who))


def test_its_own_head_says_so_and_the_other_authority_does_not(ours, closed):
    twin = world.twin()
    with pytest.raises(NotPermitted):
        follow(ours, closed, by=twin.bea)
    give_role(user=ours.tia, role=Role.HEADTEACHER, organisation=closed, by=None)
    ours.tia.__dict__.pop("memberships_today", None)
    assert len(follow(ours, closed, by=ours.tia)) == 2


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        ({"on": date(2026, 12, 1)}, "lies in the future"),
        ({"to": "itself"}, "is the school that has closed"),
        ({"to": "not yet open"}, "is not open on this day"),
        ({"to": "closed too"}, "is not open on this day"),
    ],
)
def test_what_cannot_follow_is_refused_whole(ours, closed, says, sentence):
    columns = {"authority_code": closed.authority_code}
    schools = {
        "itself": closed,
        "not yet open": list_school(urn="998001", name="Later", opened_on=date(2026, 10, 1), **columns),
        "closed too": list_school(urn="998002", name="Gone", closed_on=date(2026, 8, 31), **columns),
    }
    with pytest.raises(Refused, match=sentence):
        follow(ours, closed, **{**says, **({"to": schools[says["to"]]} if "to" in says else {})})
    assert not SchoolMove.objects.filter(from_school=closed).exists()


def test_an_open_school_is_not_emptied(ours):
    with pytest.raises(Refused, match="not recorded as closed"):
        follow(ours, ours.school, to=ours.next_school)


def test_the_page_offers_what_the_list_of_schools_says(ours, closed, client):
    name_successor(closed, ours.school, since=date(2026, 9, 1), by=None)
    client.force_login(ours.bea)

    page = client.get(reverse("closed_schools")).content.decode()
    assert closed.name in page and ours.school.name in page and "Stayed" not in page

    address = reverse("follow_successor", args=[closed.pk])
    form = client.get(address).context["form"]
    assert form["to_school"].value() == ours.school.urn
    said = {"to_school": ours.school.urn, "on_day": "1", "on_month": "9", "on_year": "2026"}
    hidden = {field.html_name: field.value() or "" for field in form.hidden_fields()}
    answer = client.post(address, {**hidden, **said}, follow=True)
    assert "2 pupils went on to" in answer.content.decode()


@pytest.mark.parametrize("who", ["ada", "sam", "nobody"])
def test_the_page_is_not_there_for_others(ours, closed, client, who):
    user = world.twin().bea if who == "nobody" else getattr(ours, who)
    client.force_login(user)
    assert client.get(reverse("follow_successor", args=[closed.pk])).status_code in {403, 404}


def test_the_list_asks_as_much_for_thirty_schools_as_for_one(ours, client):
    def asked():
        with CaptureQueriesContext(connection) as asked:
            client.get(reverse("closed_schools"))
        return len(asked)

    def another(number):
        school = closed_school(ours)
        type(school).objects.filter(pk=school.pk).update(code=str(700000 + number))
        name_successor(school, ours.school, since=None, by=None)

    client.force_login(ours.bea)
    another(0)
    asked()  # what a first page of a session asks once
    one = asked()
    for number in range(1, 30):
        another(number)
    assert asked() == one

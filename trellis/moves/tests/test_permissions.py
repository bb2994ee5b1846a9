from datetime import date

import pytest

from trellis.conduct import clock
from trellis.moves import actions, permissions
from trellis.people.actions import end_role
from trellis.people.models import Membership
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db
CAST = ["sam", "dee", "tia", "osei", "nia", "vic", "ada", "otis", "bea", "sol", "root"]


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        yield world.ours()


@pytest.mark.parametrize("who", CAST)
def test_can_move_school(ours, who):
    may = {"sam", "dee", "vic", "ada", "otis", "bea"}

    assert bool(permissions.can_move_school(ours.people[who], ours.jordan)) is (who in may)


def test_nobody_of_the_other_authority_moves_our_pupil(ours):
    twin = world.twin()

    assert [who for who in CAST if permissions.can_move_school(twin.people[who], ours.jordan)] == []


@pytest.mark.parametrize("who", CAST)
def test_can_acknowledge_move(ours, who):
    move = actions.move_school(ours.jordan.pk, to=ours.next_school, on=date(2026, 10, 12), by=ours.vic)

    assert bool(permissions.can_acknowledge_move(ours.people[who], move)) is (who == "nia")


def test_virtual_school_acknowledges_for_a_school_whose_people_have_left(ours):
    end_role(Membership.objects.get(user=ours.nia).pk, by=ours.root, on=date(2026, 10, 1))
    move = actions.move_school(ours.jordan.pk, to=ours.next_school, on=date(2026, 10, 12), by=ours.vic)

    assert bool(permissions.can_acknowledge_move(ours.ada, move)) is True


def test_virtual_school_acknowledges_for_a_school_without_accounts(ours):
    Membership.objects.filter(user=ours.nia).update(role="class teacher")
    move = actions.move_school(ours.jordan.pk, to=ours.next_school, on=date(2026, 10, 12), by=ours.vic)

    assert bool(permissions.can_acknowledge_move(ours.ada, move)) is True

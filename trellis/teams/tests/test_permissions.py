"""Who keeps whose accounts: role by verb."""

from datetime import date

import pytest

from trellis.conduct import clock
from trellis.people import actions as people
from trellis.people.models import User
from trellis.people.roles import Role
from trellis.pupils.tests import world
from trellis.teams import permissions

EVERYBODY = [
    "sam",
    "dee",
    "tia",
    "osei",
    "nia",
    "vic",
    "ada",
    "otis",
    "bea",
    "sol",
    "ed",
    "hana",
    "dina",
    "eve",
    "lee",
    "root",
]


@pytest.fixture
def ours(db):
    with clock.at(world.DAY):
        yield world.ours()


@pytest.fixture
def places(ours):
    return {
        "school": ours.school, "next school": ours.next_school, "office": ours.virtual_school,
        "authority": ours.virtual_school.authority, "EPS": ours.services["EPS"], "SEMHL": ours.services["SEMHL"],
    }  # fmt: skip


KEPT = {  # everybody else keeps nobody's account
    "sam": {"school"},
    "hana": {"school"},
    "nia": {"next school"},
    "lee": {"SEMHL"},
    "vic": {"office", "authority", "EPS", "SEMHL"},
    "bea": {"office", "authority", "EPS", "SEMHL"},
    "root": {"school", "next school", "office", "authority", "EPS", "SEMHL"},
}


@pytest.mark.parametrize("who", EVERYBODY)
def test_keep_team_table(ours, places, who):
    kept = {name for name, place in places.items() if permissions.can_keep_team(ours.people[who], place)}
    assert kept == KEPT.get(who, set())


@pytest.mark.parametrize("who", EVERYBODY)
def test_hand_over_table(ours, places, who):
    """As above; the system administrator opens nothing that is about a child."""
    may = {name for name, place in places.items() if permissions.can_hand_over(ours.people[who], place)}
    assert may == (set() if who == "root" else KEPT.get(who, set()))


SCHOOL = {"senco", "designated teacher", "class teacher", "teaching assistant", "safeguarding lead"}
OFFICE = {"education adviser", "outreach teacher", "business officer"}
OFFICERS = {"social worker", "iro", "ehc coordinator"}
GIVEN = [
    ("sam", "school", SCHOOL),  # there is a headteacher, and Sam is not
    ("hana", "school", SCHOOL | {"headteacher"}),
    ("nia", "next school", SCHOOL | {"headteacher"}),  # there is none yet
    ("lee", "SEMHL", {"service lead", "specialist"}),
    ("vic", "EPS", {"service lead", "specialist"}),
    ("vic", "office", OFFICE | {"virtual school head"}),
    ("bea", "office", OFFICE),  # there is a head, and Bea is not
    ("bea", "authority", OFFICERS),
    ("root", "office", OFFICE | {"virtual school head", "system administrator"}),
    ("root", "school", SCHOOL | {"headteacher"}),
]


@pytest.mark.parametrize("who, place, roles", GIVEN)
def test_roles_given_table(ours, places, who, place, roles):
    user, there = ours.people[who], places[place]

    assert set(permissions.roles_given_by(user, there)) == roles
    assert {role.value for role in Role if permissions.can_give_roles(user, there, {role})} >= roles


@pytest.mark.parametrize("who", EVERYBODY)
def test_nobody_keeps_anything_of_the_other_authority(ours, who):
    twin = world.twin()
    theirs = [twin.school, twin.virtual_school, twin.virtual_school.authority, *twin.services.values()]
    assert not any(permissions.can_keep_team(ours.people[who], place) for place in theirs)


def test_school_without_a_manager_is_kept_by_the_virtual_school(ours):
    people.end_role(ours.nia.memberships.get().pk, by=None, on=world.DAY)

    assert permissions.can_keep_team(ours.bea, ours.next_school)
    assert permissions.can_keep_team(ours.vic, ours.next_school)
    assert not permissions.can_keep_team(ours.ada, ours.next_school)


def test_two_organisations_are_each_kept_by_their_own(ours):
    """Lee leads SEMHL and teaches a class at Larch: the school's accounts are not Lee's to keep."""
    people.give_role(user=ours.lee, role=Role.CLASS_TEACHER, organisation=ours.school, by=None, since=date(2026, 9, 1))
    lee = User.objects.get(pk=ours.lee.pk)

    assert permissions.can_keep_team(lee, ours.services["SEMHL"])
    assert not permissions.can_keep_team(lee, ours.school)


def test_role_that_has_ended_keeps_nothing(ours):
    people.give_role(
        user=ours.osei, role=Role.SENCO, organisation=ours.school, by=None, since=date(2025, 9, 1),
        until_day=date(2026, 9, 1),
    )  # fmt: skip
    assert not permissions.can_keep_team(User.objects.get(pk=ours.osei.pk), ours.school)

"""Worlds that are laid down are as good as built, and no test meets what another did to its own."""

from datetime import date

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction

from trellis.conduct import clock
from trellis.conduct.tests.standing import ChangesWhatStood, can_be_laid_down, places, stands, tables
from trellis.history.models import Entry
from trellis.organisations import actions as organisations
from trellis.organisations.models import School, VirtualSchool
from trellis.people.models import User
from trellis.pupils import access
from trellis.pupils.models import Pupil
from trellis.pupils.tests import world
from trellis.pupils.tests.world import World


@pytest.fixture
def day(db):
    with clock.at(world.DAY):
        yield


def built() -> World:
    """Our world as the actions build it, every time."""
    return world.build.__wrapped__("990", "801", "ours.example")


def in_a_test_before(test):
    """What another test does, and the end of it."""
    with transaction.atomic():
        test()
        transaction.set_rollback(True)


def rows():
    """How many there are in every table, row changes and history among them."""
    with connection.cursor() as cursor:
        return {table: len(there) for table, there in places(cursor, tables(cursor)).items()}


def built_twin() -> World:
    return world.build.__wrapped__("991", "802", "twin.example", school_urn=990101)


def test_laid_down_worlds_have_every_row_that_the_actions_make(day):
    """Of the twin too, though it is built apart from ours: the one changes nothing of the other."""
    counted = []
    for builds in ((built, built_twin), (world.ours, world.twin)):
        in_a_test_before(lambda builds=builds: ([build() for build in builds], counted.append(rows())))

    assert counted[0] == counted[1]
    assert counted[0]["pupils_pupil"] == 2
    assert counted[0]["history_entry"] > 40


def test_laid_down_world_says_what_the_actions_say(day):
    said = []
    for build in (built, world.ours):
        in_a_test_before(lambda build=build: said.append(what_it_says(build())))

    assert said[0] == said[1]


def what_it_says(ours):
    """Names in place of the numbers, which are each world's own."""
    return {
        "people": {name: (user.email, str(user.memberships.get())) for name, user in ours.people.items()},
        "schools": [str(school) for school in (ours.school, ours.next_school, *School.objects.order_by("code"))],
        "jordan": (str(ours.jordan), str(Pupil.objects.get()), access.differences(ours.jordan)),
        "seen": {name: Pupil.objects.visible_to(user).count() for name, user in ours.people.items()},
        "rows": sorted(ours.rows),
    }


def test_what_one_test_writes_another_does_not_see(day):
    def names_a_friend():
        Pupil.objects.filter(pk=world.ours().jordan.pk).update(legal_first_name="Changed")
        assert Pupil.objects.get().legal_first_name == "Changed"

    in_a_test_before(names_a_friend)

    world.ours()
    assert Pupil.objects.get().legal_first_name == "Jordan"


def test_what_one_test_does_to_an_object_does_not_leak_into_anothers(day):
    def changes_objects():
        ours = world.ours()
        ours.jordan.legal_first_name = ours.sam.first_name = "Changed"
        ours.rows["cycle_id"] = 1
        del ours.people["ada"]

    in_a_test_before(changes_objects)

    ours = world.ours()
    assert (ours.jordan.legal_first_name, ours.sam.first_name, ours.ada.first_name) == ("Jordan", "Sam", "Ada")
    assert "cycle_id" not in ours.rows


def test_who_asks_for_ours_does_not_see_the_twin(day):
    in_a_test_before(lambda: (world.ours(), world.twin()))

    ours = world.ours()

    assert list(VirtualSchool.objects.all()) == [ours.virtual_school]
    assert list(Pupil.objects.all()) == [ours.jordan]


def test_twin_and_ours_stand_beside_each_other_in_either_order(day):
    for first, second in ((world.ours, world.twin), (world.twin, world.ours)):

        def test(first=first, second=second):
            worlds = first(), second()
            assert set(Pupil.objects.all()) == {one.jordan for one in worlds}
            assert len({user.pk for one in worlds for user in one.people.values()}) == User.objects.count()

        in_a_test_before(test)


def test_each_day_has_a_world_of_its_own(day):
    later = date(2026, 11, 9)

    in_a_test_before(world.ours)
    with clock.at(later):
        world.ours()

    assert {entry.at.date() for entry in Entry.objects.all()} == {later}


def test_numbers_of_a_laid_down_world_are_given_to_nobody_else(day):
    laid_down = []
    in_a_test_before(lambda: laid_down.extend(user.pk for user in world.ours().people.values()))

    school = world.ours().school
    made = [world.account(f"new{n}", "teaching assistant", school, "new.example").pk for n in range(20)]

    assert set(made).isdisjoint(laid_down)


def test_what_a_test_has_made_before_is_built_on(day):
    already = organisations.list_school(
        urn="990001", name="Larch Primary 990", authority_code="801", phase="Primary", status="Open"
    )

    assert world.ours().school == already
    assert world.ours().school == already
    assert School.objects.filter(code="990001").count() == 1


@stands
def first_kind_renamed():
    ContentType.objects.filter(pk=ContentType.objects.earliest("pk").pk).update(model="renamed")


def test_building_that_changes_what_stood_is_not_kept(day):
    with pytest.raises(ChangesWhatStood):
        first_kind_renamed()

    assert not ContentType.objects.filter(model="renamed").exists()


def test_database_of_ones_own_is_built_in_by_the_actions(own_database):
    with clock.at(world.DAY):
        with transaction.atomic():
            assert not can_be_laid_down()
        ours = world.ours()
    connection.close()

    assert list(Pupil.objects.all()) == [ours.jordan]

"""Access is a table that the facts explain, and nobody sees across the line."""

from datetime import date

import pytest

from trellis.conduct import clock
from trellis.people import actions as people
from trellis.people.models import User
from trellis.pupils import access, actions
from trellis.pupils.models import Level, Pupil, SchoolPlace
from trellis.pupils.tasks import rebuild_access
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def day():
    with clock.at(world.DAY):
        yield


def test_table_equals_the_facts_after_every_action(day):
    ours, twin = world.ours(), world.twin()

    actions.start_school_place(ours.jordan.pk, by=ours.vic, school=ours.next_school, on=date(2026, 10, 12))
    actions.end_care(twin.jordan.pk, by=twin.vic, on=date(2026, 10, 20))

    assert [access.differences(pupil) for pupil in Pupil.objects.all()] == [([], []), ([], [])]


@pytest.mark.parametrize(
    ("who", "sees"),
    [
        ("sam", True),
        ("dee", True),
        ("tia", True),
        ("vic", True),
        ("ada", True),
        ("sol", True),
        ("bea", False),
        ("root", False),
        ("nia", False),
    ],
)
def test_who_sees_jordan(day, who, sees):
    ours, twin = world.ours(), world.twin()

    assert list(Pupil.objects.visible_to(ours.people[who])) == ([ours.jordan] if sees else [])
    assert ours.jordan not in Pupil.objects.visible_to(twin.people[who])


def test_class_staff_hold_no_more_than_class_access(day):
    ours = world.ours()

    assert list(Pupil.objects.visible_to(ours.tia, Level.WHOLE)) == []
    assert list(Pupil.objects.visible_to(ours.tia, Level.CLASS)) == [ours.jordan]


def test_after_a_move_the_old_school_reads_back_and_the_new_school_reads_all(day):
    ours = world.ours()

    actions.start_school_place(ours.jordan.pk, by=ours.vic, school=ours.next_school, on=date(2026, 10, 12))

    assert list(Pupil.objects.visible_to(ours.sam, Level.WHOLE)) == []
    assert list(Pupil.objects.visible_to(ours.sam, Level.WRITTEN)) == [ours.jordan]
    assert list(Pupil.objects.visible_to(ours.nia, Level.WHOLE)) == [ours.jordan]
    assert list(Pupil.objects.visible_to(ours.tia)) == []


def test_a_pupil_not_in_care_is_seen_by_no_virtual_school(day):
    ours = world.ours()

    actions.end_care(ours.jordan.pk, by=ours.vic, on=date(2026, 10, 20))

    assert list(Pupil.objects.visible_to(ours.vic, Level.WHOLE)) == []
    assert list(Pupil.objects.visible_to(ours.sol)) == []
    assert list(Pupil.objects.visible_to(ours.sam, Level.WHOLE)) == [ours.jordan]


def test_nightly_job_mends_what_an_action_forgot_and_says_so(day, caplog):
    ours = world.ours()
    assert rebuild_access(timestamp=0) == 0

    SchoolPlace.objects.filter(pupil=ours.jordan).update(school=ours.next_school)

    assert rebuild_access(timestamp=0) == 1
    assert f"access of pupil {ours.jordan.pk} differed" in caplog.text
    assert list(Pupil.objects.visible_to(ours.nia, Level.WHOLE)) == [ours.jordan]


def test_class_staff_who_go_to_another_school_leave_their_class_behind(day):
    ours, twin = world.ours(), world.twin()

    people.end_role(ours.tia.memberships.get().pk, by=ours.sam, on=world.DAY)
    people.give_role(user=ours.tia, role="teaching assistant", organisation=twin.school, by=twin.sam, since=world.DAY)

    assert not Pupil.objects.visible_to(User.objects.get(pk=ours.tia.pk)).exists()
    assert access.differences(ours.jordan) == ([], [])


def test_a_stand_in_reads_where_the_named_person_has_no_role_of_their_own(day):
    """Cover that was entered before the role it is for opens the record, and stops no rebuild."""
    ours = world.ours()
    authority = ours.virtual_school.authority
    new = User.objects.create_user(email="new@shire.example", first_name="New", last_name="Worker")
    actions.name_professional(
        ours.jordan.pk, by=ours.vic, authority=authority, role="social worker", name="New Worker", email=new.email
    )
    people.give_role(user=ours.osei, role="social worker", organisation=authority, by=None, standing_in_for=new)

    access.bring_up_to_date(ours.jordan)

    assert access.differences(ours.jordan) == ([], [])
    assert ours.jordan in Pupil.objects.visible_to(User.objects.get(pk=ours.osei.pk), Level.WHOLE)
    assert ours.jordan not in Pupil.objects.visible_to(new)


def test_cover_of_a_class_ends_with_the_cover(day):
    ours = world.ours()
    people.end_role(ours.tia.memberships.get().pk, by=ours.sam, on=world.DAY)
    people.give_role(
        user=ours.tia, role="class teacher", organisation=ours.school, by=ours.sam, until_day=date(2026, 11, 4)
    )

    assert Pupil.objects.visible_to(User.objects.get(pk=ours.tia.pk)).exists()
    with clock.at(date(2026, 11, 4)):
        assert not Pupil.objects.visible_to(ours.tia).exists()

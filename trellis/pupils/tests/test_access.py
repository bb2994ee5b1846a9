"""Access is a table that the facts explain, and nobody sees across the line."""

from datetime import date

import pytest

from trellis.conduct import clock
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

"""Who may do what: role × verb."""

from datetime import date

import pytest

from trellis.conduct import clock
from trellis.cycles import permissions
from trellis.cycles.models import Cycle
from trellis.cycles.tests import world as cycles_world
from trellis.people.models import Membership
from trellis.people.roles import Role
from trellis.pupils import actions as pupils
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db

VERBS = (permissions.can_keep_cycle, permissions.can_add_entry, permissions.can_record_sessions)


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        ours = world.ours()
        cycles_world.begin(ours, world.DAY)
        ours.people["head"] = world.account("head", Role.HEADTEACHER, ours.school, "ours.example")
        ours.people["dsl"] = world.account("dsl", Role.SAFEGUARDING_LEAD, ours.school, "ours.example")
        yield ours


@pytest.mark.parametrize(
    ("who", "keeps", "adds", "records"),
    [
        ("sam", True, True, True),
        ("dee", True, True, True),
        ("osei", False, True, True),
        ("tia", False, False, True),
        ("head", False, False, False),
        ("dsl", False, False, False),
        ("vic", False, False, False),
        ("ada", False, False, False),
        ("otis", False, False, False),
        ("sol", False, False, False),
        ("bea", False, False, False),
        ("root", False, False, False),
        ("nia", False, False, False),
    ],
)
def test_who_may_do_what(ours, who, keeps, adds, records):
    cycle = Cycle.objects.get()

    assert [bool(may(ours.people[who], cycle)) for may in VERBS] == [keeps, adds, records]


@pytest.mark.parametrize(
    ("who", "reads", "reads_class"),
    [
        ("sam", True, True), ("head", True, True), ("dsl", True, True), ("vic", True, True), ("sol", True, True),
        ("tia", False, True), ("osei", False, True), ("bea", False, False), ("root", False, False),
        ("nia", False, False),
    ],
)  # fmt: skip
def test_who_reads_the_whole_cycle_and_who_the_plan(ours, who, reads, reads_class):
    user = ours.people[who]

    assert Cycle.objects.visible_to(user).exists() is reads
    assert Cycle.objects.readable_by(user).exists() is reads_class


@pytest.mark.parametrize(
    ("who", "acts"), [("vic", True), ("ada", True), ("otis", True), ("bea", False), ("sol", False)]
)
def test_virtual_school_acts_for_a_school_without_accounts(ours, who, acts):
    Membership.objects.filter(user__in=[ours.sam, ours.dee]).update(during=(date(2020, 1, 1), world.DAY))

    assert bool(permissions.can_keep_cycle(ours.people[who], Cycle.objects.get())) is acts


def test_old_school_no_longer_writes_after_a_move(ours):
    cycle = Cycle.objects.get()
    with clock.at(date(2026, 11, 9)):
        pupils.start_school_place(ours.jordan.pk, by=ours.vic, school=ours.next_school, on=date(2026, 11, 9))

        assert [bool(may(ours.sam, cycle)) for may in VERBS] == [False, False, False]
        assert Cycle.objects.visible_to(ours.sam).get() == cycle

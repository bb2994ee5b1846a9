"""Where nobody of a school signs in, the Virtual School acts for it: only that of the pupil, in every folder alike."""

from datetime import date

import pytest

from trellis.advice import permissions as advice
from trellis.conduct import clock
from trellis.conduct.tests.standing import stands
from trellis.cycles import permissions as cycles
from trellis.cycles.tests import world as cycles_world
from trellis.ehc_requests import permissions as ehc_requests
from trellis.ehc_requests.tests import world as ehc_world
from trellis.funding import permissions as funding
from trellis.funding.tests import world as funding_world
from trellis.intervention_plans import permissions as intervention_plans
from trellis.moves import actions
from trellis.moves import permissions as moves
from trellis.passports import permissions as passports
from trellis.people.models import Membership, User
from trellis.people.roles import SCHOOL_LEADS, Role
from trellis.peps import permissions as peps
from trellis.pupils import actions as pupils
from trellis.pupils import permissions as pupils_permissions
from trellis.pupils.permissions import acts_for_school
from trellis.pupils.tests import world
from trellis.schooling import permissions as schooling
from trellis.schooling.tests import world as schooling_world

pytestmark = pytest.mark.django_db

ASKED = {
    "start a cycle": lambda ours, seen: lambda user: cycles.can_start_cycle(user, ours.jordan, ours.school),
    "keep a cycle": lambda ours, seen: lambda user: cycles.can_keep_cycle(user, seen["cycle"]),
    "ask for advice": lambda ours, seen: lambda user: advice.can_ask_advice(user, ours.jordan, ours.school),
    "record a suspension": lambda ours, seen: lambda user: schooling.can_record_for(user, ours.jordan, ours.school),
    "change a suspension": lambda ours, seen: lambda user: schooling.can_change_suspension(user, seen["suspension"]),
    "tick off who was told": lambda ours, seen: lambda user: schooling.can_tell(user, seen["telling"]),
    "write a passport": lambda ours, seen: lambda user: passports.can_write_passport(user, ours.jordan),
    "write an intervention plan": lambda ours, seen: lambda user: intervention_plans.can_write_plan(user, ours.jordan),
    "write a PEP": lambda ours, seen: lambda user: "send" in peps.sections_written_by(user, seen["pep"]),
    "submit a PEP": lambda ours, seen: lambda user: peps.can_submit_pep(user, seen["pep"]),
    "ask for PP+": lambda ours, seen: (
        lambda user: funding.can_ask_funding(user, ours.jordan, ours.school, ours.virtual_school.pk)
    ),
    "record what was spent": lambda ours, seen: lambda user: funding.can_record_spend(user, seen["money"]),
    "say what the money changed": lambda ours, seen: lambda user: funding.can_write_impact(user, seen["money"]),
    "ask for an EHC needs assessment": lambda ours, seen: lambda user: ehc_requests.can_ask(user, ours.jordan),
    "receive the record": lambda ours, seen: lambda user: moves.can_acknowledge_move(user, seen["move"]),
}


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        yield world.ours()


@stands
def our_world_with_something_to_see():
    ours = world.ours()
    move = moves_back_to(ours)
    funding_world.fill_pot(ours)
    money = funding_world.ask(ours, funding_world.signed_target(ours))
    suspension = schooling_world.suspend(ours, date(2026, 11, 3))
    return ours, {
        "move": move,
        "money": money,
        "pep": money.target.pep,
        "suspension": suspension,
        "telling": suspension.tellings.first(),
        "cycle": cycles_world.begin(ours, world.DAY),
    }


@pytest.fixture
def ours_and_seen():
    with clock.at(world.DAY):
        yield our_world_with_something_to_see()


def moves_back_to(ours):
    """A move into the school that has nobody: Jordan was at the next school for a day."""
    actions.move_school(ours.jordan.pk, to=ours.next_school, on=date(2026, 10, 12), by=ours.vic)
    return actions.move_school(ours.jordan.pk, to=ours.school, on=date(2026, 10, 13), by=ours.vic)


def nobody_signs_in(ours):
    leads = Membership.objects.filter(organisation=ours.school, role__in=SCHOOL_LEADS)
    leads.update(during=(date(2020, 1, 1), world.DAY))


def fresh(user):
    return User.objects.get(pk=user.pk)


def reads_through_being_named(ours, user):
    """Somebody of another authority's Virtual School who reads the whole record for another reason."""
    pupils.name_professional(
        ours.jordan.pk, by=None, authority=ours.virtual_school.authority, role="iro", name="Ada", email=user.email,
        on=date(2025, 1, 1),
    )  # fmt: skip
    return fresh(user)


@pytest.mark.parametrize("deed", ASKED)
def test_only_the_pupils_own_virtual_school_acts_and_only_while_the_school_has_nobody(ours_and_seen, deed):
    ours, seen = ours_and_seen
    twin = world.twin()
    stranger = reads_through_being_named(ours, twin.ada)
    may = ASKED[deed](ours, seen)
    before = bool(may(fresh(ours.ada)))

    nobody_signs_in(ours)
    without = {"ours": bool(may(fresh(ours.ada))), "theirs": bool(may(stranger)), "unseeing": bool(may(twin.vic))}
    world.account("new", Role.SENCO, ours.school, "ours.example")
    after = bool(may(fresh(ours.ada)))

    assert (before, without, after) == (False, {"ours": True, "theirs": False, "unseeing": False}, False)


OUTREACH = {
    "write a passport": ASKED["write a passport"],
    "write an intervention plan": ASKED["write an intervention plan"],
    "put an EHC pack together": lambda ours, seen: lambda user: ehc_requests.can_prepare(user, seen["request"]),
}


@pytest.mark.parametrize("deed", OUTREACH)
def test_only_the_outreach_teacher_of_the_pupils_own_virtual_school_writes_with_the_school(ours, deed):
    may = OUTREACH[deed](ours, {"request": ehc_world.begun(ours)})
    stranger = reads_through_being_named(ours, world.twin().otis)

    assert (bool(may(ours.otis)), bool(may(stranger))) == (True, False)


def test_senco_of_another_school_who_reads_the_record_writes_no_passport(ours):
    reader = reads_through_being_named(ours, ours.nia)

    assert [bool(ASKED[deed](ours, {})(reader)) for deed in ("write a passport", "write an intervention plan")] == [
        False, False,
    ]  # fmt: skip


def test_old_school_goes_on_with_its_suspension_after_a_move_as_long_as_it_reads_it(ours):
    """The governing board may reinstate a pupil who is taught elsewhere by then (2012 Regulations)."""
    suspension = schooling_world.suspend(ours, date(2026, 11, 3))
    telling = suspension.tellings.first()
    actions.move_school(ours.jordan.pk, to=ours.next_school, on=world.DAY, by=ours.vic)

    def may():
        sam = fresh(ours.sam)
        return bool(schooling.can_change_suspension(sam, suspension)), bool(schooling.can_tell(sam, telling))

    soon = may()
    with clock.at(date(2032, 1, 5)):
        assert (soon, may()) == ((True, True), (False, False))


@pytest.mark.parametrize("may", [pupils_permissions.can_correct_record, moves.can_move_school])
def test_only_the_business_officer_whose_list_the_pupil_is_on_brings_what_it_says(ours, may):
    twin = world.twin()
    before = bool(may(ours.bea, ours.jordan)), bool(may(twin.bea, ours.jordan))

    pupils.end_care(ours.jordan.pk, by=None, on=world.DAY)

    assert (before, bool(may(ours.bea, ours.jordan))) == ((True, False), False)


def test_virtual_school_that_looked_after_the_pupil_before_acts_no_more(ours):
    twin = world.twin()
    nobody_signs_in(ours)
    pupils.end_care(ours.jordan.pk, by=None, on=world.DAY)
    pupils.start_care(
        ours.jordan.pk, by=None, authority=twin.virtual_school.authority, since=world.DAY, legal_status="C2"
    )

    acts = [acts_for_school(user, ours.jordan, ours.school.pk, SCHOOL_LEADS) for user in (ours.ada, twin.ada)]

    assert acts == [False, True]


@pytest.mark.parametrize("who", ["vic", "ada", "otis", "bea", "sol", "sam", "root"])
def test_acting_for_a_school_takes_one_query(ours, who, django_assert_max_num_queries):
    user = fresh(ours.people[who])
    assert user.memberships_today

    with django_assert_max_num_queries(1):
        acts_for_school(user, ours.jordan, None, SCHOOL_LEADS)

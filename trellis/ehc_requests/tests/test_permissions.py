"""Who asks, helps, sends, records a letter, decides: role by verb."""

import pytest

from trellis.conduct import clock
from trellis.conduct.periods import until
from trellis.conduct.tests.standing import stands
from trellis.ehc_requests import permissions
from trellis.ehc_requests.tests import world as ehc
from trellis.people.models import Membership
from trellis.pupils import actions as pupils
from trellis.pupils.models import NamedProfessional
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db
CAST = [
    "sam",
    "dee",
    "hana",
    "dina",
    "tia",
    "osei",
    "nia",
    "vic",
    "ada",
    "otis",
    "bea",
    "sol",
    "ed",
    "eve",
    "lee",
    "root",
]
SCHOOL = {"sam", "dee", "hana"}


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        yield world.ours()


@stands
def our_world_with_a_request():
    ours = world.ours()
    return ours, ehc.received(ours)


@pytest.fixture
def ours_and_request():
    with clock.at(world.DAY):
        yield our_world_with_a_request()


MAY = [
    ("can_prepare", SCHOOL | {"otis"}),
    ("can_read_draft", SCHOOL | {"dina", "vic", "ada", "otis", "sol"}),
    ("can_send", SCHOOL),
    ("can_withdraw", SCHOOL),
    ("can_enter_decision", {"ed"}),
]


@pytest.mark.parametrize(("verb", "may"), MAY)
def test_who_may_do_what_about_a_request(ours_and_request, verb, may):
    ours, request_ = ours_and_request
    ask = getattr(permissions, verb)

    assert {who for who in CAST if ask(ours.people[who], request_)} == may


@pytest.mark.parametrize(("verb", "may"), MAY)
def test_nobody_of_the_other_authority_may_do_anything(ours_and_request, verb, may):
    _, request_ = ours_and_request
    twin = world.twin()

    assert [who for who in CAST if getattr(permissions, verb)(twin.people[who], request_)] == []


def test_who_may_ask_for_the_school(ours):
    assert {who for who in CAST if permissions.can_ask(ours.people[who], ours.jordan)} == SCHOOL


def test_who_may_record_a_request_on_paper(ours):
    may = SCHOOL | {"vic", "ada", "otis", "sol", "ed"}

    assert {who for who in CAST if permissions.can_record_letter(ours.people[who], ours.jordan)} == may


def test_virtual_school_asks_for_a_school_without_accounts(ours):
    for membership in Membership.objects.filter(organisation=ours.school, role__in=["senco", "designated teacher"]):
        membership.during = until(membership.during, world.DAY)
        membership.save(update_fields=["during"])
    for person in ours.people.values():
        person.__dict__.pop("memberships_today", None)

    assert {who for who in CAST if permissions.can_ask(ours.people[who], ours.jordan)} == {"hana", "vic", "ada", "otis"}


def test_virtual_school_asks_for_a_pupil_without_a_school(ours):
    pupils.end_school_place(ours.jordan.pk, by=ours.vic, on=world.DAY)

    assert {who for who in CAST if permissions.can_ask(ours.people[who], ours.jordan)} == {"vic", "ada", "otis"}


def test_school_writes_down_the_decisions_of_an_authority_that_has_nobody_here(ours_and_request):
    ours, request_ = ours_and_request
    other = world.twin()
    request_.addressed_to = other.virtual_school.authority
    may = SCHOOL | {"vic", "ada", "otis"}

    assert {who for who in CAST if permissions.can_enter_decision(ours.people[who], request_)} == may


def test_coordinator_of_another_authority_does_not_decide_for_the_one_that_was_asked(ours_and_request):
    ours, request_ = ours_and_request
    """The coordinator is named for the child by the caring authority; the child lives elsewhere (domain G9)."""
    other = world.twin()
    request_.addressed_to = other.virtual_school.authority

    assert not permissions.can_enter_decision(ours.ed, request_)
    assert NamedProfessional.objects.filter(user=ours.ed, pupil=ours.jordan).exists()

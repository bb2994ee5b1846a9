"""Role × verb."""

import pytest

from trellis.conduct import clock
from trellis.funding import permissions
from trellis.funding.tests import world as funding
from trellis.people.models import Membership, User
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db
WHO = [
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


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        yield world.ours()


def test_who_may_do_what(ours):
    funding.fill_pot(ours)
    request = funding.ask(ours, funding.signed_target(ours))
    verbs = {
        "ask": lambda user: permissions.can_ask_funding(user, ours.jordan, ours.school, ours.virtual_school.pk),
        "decide": lambda user: permissions.can_decide_funding(user, request),
        "withdraw": lambda user: permissions.can_withdraw_funding(user, request),
        "spend": lambda user: permissions.can_record_spend(user, request),
        "impact": lambda user: permissions.can_write_impact(user, request),
        "pot": lambda user: permissions.can_keep_pot(user, ours.virtual_school.pk),
    }
    may = {verb: [who for who in WHO if asked(ours.people[who])] for verb, asked in verbs.items()}

    assert may == {
        "ask": ["sam", "dee"],
        "decide": ["vic", "ada"],
        "withdraw": ["sam", "dee"],
        "spend": ["sam", "dee", "hana"],
        "impact": ["sam", "dee"],
        "pot": ["vic", "bea"],
    }


def test_virtual_school_acts_for_a_school_that_has_nobody_here(ours):
    funding.fill_pot(ours)
    request = funding.ask(ours, funding.signed_target(ours))
    Membership.objects.filter(organisation=ours.school, role__in=["senco", "designated teacher"]).update(
        during=("2020-01-01", "2026-01-01")
    )
    people = {who: User.objects.get(pk=ours.people[who].pk) for who in WHO}
    may = [
        who for who in WHO if permissions.can_ask_funding(people[who], ours.jordan, ours.school, ours.virtual_school.pk)
    ]

    assert may == ["vic", "ada", "otis"]
    assert [who for who in WHO if permissions.can_withdraw_funding(people[who], request)] == ["vic", "ada"]

from datetime import date

import pytest

from trellis.conduct import clock
from trellis.people import actions
from trellis.people.models import User
from trellis.people.roles import Role
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        yield world.ours()


def fresh(user):
    return User.objects.get(pk=user.pk)


def test_role_ends_on_its_day(ours):
    membership = ours.sam.memberships.get()
    actions.end_role(membership.pk, by=ours.dee, on=date(2026, 11, 2))

    assert fresh(ours.sam).roles == frozenset()
    assert fresh(ours.sam).reads_whole_of == set()


def test_cover_lasts_its_period(ours):
    actions.give_role(
        user=ours.tia, role=Role.SENCO, organisation=ours.school, by=ours.sam, since=date(2026, 11, 1),
        until_day=date(2026, 11, 8), standing_in_for=ours.sam,
    )  # fmt: skip

    assert Role.SENCO in fresh(ours.tia).roles
    with clock.at(date(2026, 11, 8)):
        assert fresh(ours.tia).roles == {Role.TEACHING_ASSISTANT}


def test_role_in_words_names_both_hats(ours):
    actions.give_role(user=ours.sam, role=Role.DESIGNATED_TEACHER, organisation=ours.school, by=None)

    assert fresh(ours.sam).role_in_words == "SENCO and Designated teacher, Larch Primary 990"


def test_business_officer_and_administrator_read_no_pupil(ours):
    assert (fresh(ours.bea).reads_whole_of, fresh(ours.root).reads_whole_of) == (set(), set())

import pytest

from trellis.conduct import clock
from trellis.passports import permissions
from trellis.people.models import Membership
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db
CAST = [
    "sam", "dee", "tia", "osei", "nia", "vic", "ada", "otis", "bea", "sol", "ed", "hana", "dina", "eve", "lee", "root",
]  # fmt: skip


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        yield world.ours()


def writers(ours, pupil):
    return {who for who in CAST if permissions.can_write_passport(ours.people[who], pupil)}


def test_can_write_passport(ours):
    assert writers(ours, ours.jordan) == {"sam", "dee", "osei", "otis"}


def test_virtual_school_writes_for_a_school_without_accounts(ours):
    Membership.objects.filter(user__in=[ours.sam, ours.dee]).update(role="headteacher")
    for left in (ours.sam, ours.dee):
        left.__dict__.pop("memberships_today", None)

    assert writers(ours, ours.jordan) == {"osei", "otis", "vic", "ada"}


def test_nobody_of_the_other_authority_writes_ours(ours):
    assert writers(world.twin(), ours.jordan) == set()

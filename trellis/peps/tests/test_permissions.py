"""Role by verb (domain H1)."""

import pytest

from trellis.conduct import clock
from trellis.people.actions import end_role
from trellis.people.models import Membership, User
from trellis.people.roles import Role
from trellis.peps import permissions
from trellis.peps.rules import SECTION
from trellis.peps.tests import world as peps
from trellis.pupils.tests import world

pytestmark = pytest.mark.django_db

ALL, CARE, SEND, NONE = set(SECTION), {"social_worker", "pupil_view", "carer_view"}, {"send", "targets"}, set()
TABLE = [  # who · sections · start · submit · judge · add to a signed one
    ("dee", ALL, True, True, False, True),
    ("sam", SEND, True, False, False, False),
    ("sol", CARE, True, False, False, False),
    ("ada", NONE, True, False, True, True),
    ("vic", NONE, True, False, True, True),
    ("otis", NONE, False, False, False, False),
    ("tia", NONE, False, False, False, False),
    ("osei", NONE, False, False, False, False),
    ("bea", NONE, False, False, False, False),
    ("root", NONE, False, False, False, False),
    ("nia", NONE, False, False, False, False),
]


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        yield world.ours()


def may(user, pep):
    return (
        permissions.sections_written_by(user, pep),
        bool(permissions.can_start_pep(user, pep)),
        bool(permissions.can_submit_pep(user, pep)),
        bool(permissions.can_assure_quality(user, pep)),
        bool(permissions.can_add_addendum(user, pep)),
    )


@pytest.mark.parametrize(("who", "sections", "starts", "submits", "judges", "adds"), TABLE)
def test_who_may_what(ours, who, sections, starts, submits, judges, adds):
    assert may(ours.people[who], peps.autumn(ours)) == (sections, starts, submits, judges, adds)


def test_the_other_authoritys_people_may_nothing(ours):
    twin = world.twin()

    for who in ("dee", "sam", "sol", "ada", "vic"):
        assert may(twin.people[who], peps.autumn(ours)) == (NONE, False, False, False, False)


def test_virtual_school_writes_for_a_school_that_has_nobody_here(ours):
    for role in Membership.objects.playing(Role.SENCO, Role.DESIGNATED_TEACHER).filter(organisation=ours.school):
        end_role(role.pk, by=ours.vic, on=world.DAY)
    ada = User.objects.get(pk=ours.ada.pk)

    assert may(ada, peps.autumn(ours)) == (ALL, True, True, True, True)
    assert permissions.is_on_behalf(ada, peps.autumn(ours), "education") is True

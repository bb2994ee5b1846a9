"""Who may do what in emergency outreach."""

from trellis.conduct.refusals import YES, Answer, no
from trellis.outreach.models import OutreachCase
from trellis.people.models import User
from trellis.people.roles import SCHOOL_LEADS, VIRTUAL_SCHOOL_TEACHERS
from trellis.pupils.models import Pupil
from trellis.pupils.permissions import reads_whole

ONLY_LEADS = "The SENCO, designated teacher, headteacher or safeguarding lead asks for outreach, or the Virtual School."
ONLY_TEACHERS = "The Virtual School’s teachers do this."


def can_raise_outreach(user: User, pupil: Pupil, school_id: int | None) -> Answer:
    """Those who lead at the pupil's school; or the Virtual School, seeing it first."""
    if user.plays_at(SCHOOL_LEADS, school_id):
        return YES
    if user.plays(VIRTUAL_SCHOOL_TEACHERS) and reads_whole(user, pupil):
        return YES
    return no(ONLY_LEADS)


def can_take_back(user: User, case: OutreachCase) -> Answer:
    return can_raise_outreach(user, case.pupil, case.kept_by_id)


def can_give_outreach(user: User, case: OutreachCase) -> Answer:
    """Answer, keep contacts, plan, review and close: the Virtual School's teachers."""
    return YES if user.plays_at(VIRTUAL_SCHOOL_TEACHERS, case.virtual_school_id) else no(ONLY_TEACHERS)

"""Who may do what in the Highly Vulnerable framework."""

from trellis.conduct.refusals import YES, Answer, no
from trellis.hv.models import HvCase
from trellis.people.models import User
from trellis.people.roles import VIRTUAL_SCHOOL_TEACHERS, Role
from trellis.pupils.models import Pupil
from trellis.pupils.permissions import reads_whole

PROPOSERS = {Role.SENCO, Role.DESIGNATED_TEACHER, Role.HEADTEACHER}
READ_BACK = VIRTUAL_SCHOOL_TEACHERS  # the Virtual School goes on reading its decisions after care ended
DECIDERS = {Role.VIRTUAL_SCHOOL_HEAD}
ONLY_PROPOSERS = (
    "The SENCO, the designated teacher or the headteacher proposes a case; the Virtual School may for them."
)
ONLY_HEAD = "The Virtual School head enters what the panel decides."


def can_ask_hv(user: User, pupil: Pupil, school_id: int | None) -> Answer:
    """Those who lead for the pupil's school, or the Virtual School on its behalf."""
    if user.plays_at(PROPOSERS, school_id):
        return YES
    if user.plays(VIRTUAL_SCHOOL_TEACHERS) and reads_whole(user, pupil):
        return YES
    return no(ONLY_PROPOSERS)


def can_answer_hv(user: User, case: HvCase) -> Answer:
    return can_ask_hv(user, case.pupil, case.kept_by_id)


def can_decide_hv(user: User, case: HvCase) -> Answer:
    return YES if user.plays_at(DECIDERS, case.virtual_school_id) else no(ONLY_HEAD)


def can_end_hv(user: User, case: HvCase) -> Answer:
    """The Virtual School's teachers write the exit record."""
    if user.plays_at(VIRTUAL_SCHOOL_TEACHERS, case.virtual_school_id):
        return YES
    return no("The Virtual School ends a case, with the school.")

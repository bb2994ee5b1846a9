"""Who writes down what somebody said. Who may read it is ``View.objects.visible_to``: never class staff."""

from trellis.conduct.refusals import YES, Answer, no
from trellis.people.models import User
from trellis.people.roles import SCHOOL_LEADS, VIRTUAL_SCHOOL_TEACHERS, Role
from trellis.pupils.models import Pupil
from trellis.pupils.permissions import reads_whole

LISTENERS = SCHOOL_LEADS | VIRTUAL_SCHOOL_TEACHERS | {Role.SOCIAL_WORKER}


def can_write_down_view(user: User, pupil: Pupil) -> Answer:
    """The adults who keep the whole record write down for somebody what they said."""
    if user.plays(LISTENERS) and reads_whole(user, pupil):
        return YES
    return no("The school’s leads, the Virtual School and the social worker write down views.")

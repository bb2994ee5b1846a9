"""Who writes down what somebody said. Who may read it is ``View.objects.visible_to``: never class staff."""

from trellis.conduct.refusals import YES, Answer, no
from trellis.people.models import User
from trellis.people.roles import SCHOOL_LEADS, VIRTUAL_SCHOOL_TEACHERS, Role
from trellis.pupils.models import Pupil
from trellis.pupils.permissions import reads_whole
from trellis.voices.models import Worry

KEEP_SAFE = {Role.SAFEGUARDING_LEAD, Role.SOCIAL_WORKER}
LISTENERS = SCHOOL_LEADS | VIRTUAL_SCHOOL_TEACHERS | {Role.SOCIAL_WORKER}


def can_write_down_view(user: User, pupil: Pupil) -> Answer:
    """The adults who keep the whole record write down for somebody what they said."""
    if user.plays(LISTENERS) and reads_whole(user, pupil):
        return YES
    return no("The school’s leads, the Virtual School and the social worker write down views.")


def can_ask_view(user: User, pupil: Pupil) -> Answer:
    """Whoever writes views down may ask for one by link, and reads what comes back."""
    if can_write_down_view(user, pupil):
        return YES
    return no("The school’s leads, the Virtual School and the social worker ask for views and read them.")


def can_read_worry(user: User, worry: Worry) -> Answer:
    """Those who were told, and whoever keeps this child safe today."""
    keeps_safe = user.plays(KEEP_SAFE) and reads_whole(user, worry.pupil)
    if keeps_safe or user.pk in worry.told_users:
        return YES
    return no("A worry is read only by the safeguarding lead, the social worker and whoever was told of it.")

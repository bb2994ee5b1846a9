"""Who may answer an alert, set it aside, or say that a place is in doubt."""

from trellis.alerts.models import Alert
from trellis.conduct.refusals import YES, Answer, no
from trellis.organisations.models import Organisation
from trellis.people.models import User
from trellis.people.roles import SCHOOL_LEADS, VIRTUAL_SCHOOL_TEACHERS, Role
from trellis.pupils.models import Pupil
from trellis.pupils.permissions import reads_whole

SETS_ASIDE = {Role.SENCO, Role.HEADTEACHER}


def can_set_aside(user: User, alert: Alert, *, in_list: bool = False) -> Answer:
    """The Virtual School, or the SENCO or headteacher of the school whose place it is. ``in_list``: the alert came from
    a list of pupils whose whole record this person reads, so that is not asked again."""
    if user.plays_at(SETS_ASIDE, alert.written_for_id):
        return YES
    if user.plays(VIRTUAL_SCHOOL_TEACHERS) and (in_list or reads_whole(user, alert.pupil)):
        return YES
    return no("The Virtual School, the SENCO or the headteacher sets an alert aside.")


def can_answer(user: User, alert: Alert) -> Answer:
    """Say what is being done: whoever leads in the school, and the Virtual School."""
    if user.plays_at(SCHOOL_LEADS, alert.written_for_id):
        return YES
    if user.plays(VIRTUAL_SCHOOL_TEACHERS) and reads_whole(user, alert.pupil):
        return YES
    return no("Those who lead in the school and the Virtual School say what is being done.")


def can_say_in_doubt(user: User, pupil: Pupil, school: Organisation | None) -> Answer:
    """Only the school itself says that it may not be able to keep a place."""
    if school is not None and user.plays_at(SCHOOL_LEADS, school.pk) and reads_whole(user, pupil):
        return YES
    return no("Only those who lead in the pupil’s school say this.")

"""Who writes a positive intervention plan. Who reads one is ``InterventionPlan.objects.readable_by``."""

from trellis.conduct import clock
from trellis.conduct.refusals import YES, Answer, no
from trellis.people.models import User
from trellis.people.roles import VIRTUAL_SCHOOL_TEACHERS, Role
from trellis.pupils.models import Pupil, SchoolPlace
from trellis.pupils.permissions import KEEPERS, acts_for_school, reads_whole

LEADS = {Role.SENCO, Role.DESIGNATED_TEACHER, Role.OUTREACH_TEACHER}
WRITERS = LEADS | VIRTUAL_SCHOOL_TEACHERS
ONLY_WRITERS = "The SENCO, the designated teacher or the outreach teacher writes the positive intervention plan."


def can_write_plan(user: User, pupil: Pupil) -> Answer:
    """Write it with the school, and record that school and pupil agree; the Virtual School for one without accounts."""
    if user.plays(WRITERS) and reads_whole(user, pupil) and (user.plays(LEADS) or _stands_in(user, pupil)):
        return YES
    return no(ONLY_WRITERS)


def _stands_in(user: User, pupil: Pupil) -> bool:
    place = SchoolPlace.objects.filter(pupil=pupil, during__contains=clock.today()).first()
    return acts_for_school(user, pupil, place.school_id if place else None, KEEPERS)

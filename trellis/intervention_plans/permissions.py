"""Who writes a positive intervention plan. Who reads one is ``InterventionPlan.objects.readable_by``."""

from trellis.conduct.refusals import YES, Answer, no
from trellis.passports.permissions import writes_with_the_school
from trellis.people.models import User
from trellis.people.roles import VIRTUAL_SCHOOL_TEACHERS
from trellis.pupils.models import Pupil
from trellis.pupils.permissions import KEEPERS, reads_whole

WRITERS = KEEPERS | VIRTUAL_SCHOOL_TEACHERS
ONLY_WRITERS = "The SENCO, the designated teacher or the outreach teacher writes the positive intervention plan."


def can_write_plan(user: User, pupil: Pupil) -> Answer:
    """Write it with the school, and record that school and pupil agree: as for the passport, but for class teachers."""
    if user.plays(WRITERS) and reads_whole(user, pupil) and writes_with_the_school(user, pupil):
        return YES
    return no(ONLY_WRITERS)

"""Who may record that a pupil is kept out of school, and who ticks off that others were told."""

from trellis.conduct.refusals import YES, Answer, no
from trellis.organisations.models import Organisation
from trellis.people.models import User
from trellis.people.roles import SCHOOL_LEADS
from trellis.pupils.models import Pupil
from trellis.pupils.permissions import acts_for_school, reads_whole
from trellis.schooling.models import Suspension, Telling

ONLY_LEADS = "The headteacher, safeguarding lead, SENCO or designated teacher of the pupil’s school records this."


def can_record_for(user: User, pupil: Pupil, school: Organisation | None) -> Answer:
    """Enter suspensions, part-time timetables and pupils sent home: those who lead in the pupil's present school. Where
    nobody there has an account, the Virtual School does so for it."""
    if school is None:
        return no("The pupil has no school place today, so there is none to be kept out of.")
    if not reads_whole(user, pupil):
        return no(ONLY_LEADS)
    return _works_for(user, pupil, school.pk)


def can_tell(user: User, telling: Telling) -> Answer:
    """Tick off that somebody was told: the school that kept the pupil out, after a move too."""
    return _works_for(user, telling.pupil, telling.written_for_id)


def can_change_suspension(user: User, suspension: Suspension) -> Answer:
    return _works_for(user, suspension.pupil, suspension.school_id)


def _works_for(user: User, pupil: Pupil, school_id: int) -> Answer:
    if user.plays_at(SCHOOL_LEADS, school_id) or acts_for_school(user, pupil, school_id, SCHOOL_LEADS):
        return YES
    return no(ONLY_LEADS)

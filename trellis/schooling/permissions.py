"""Who may record that a pupil is kept out of school, and who ticks off that others were told."""

from trellis.conduct.refusals import YES, Answer, no
from trellis.organisations.models import Organisation
from trellis.people.models import User
from trellis.people.roles import SCHOOL_LEADS
from trellis.pupils.models import Pupil
from trellis.pupils.permissions import acts_for_school, keeps_the_list_of, reads_whole
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


def can_tell_of_schooling(user: User, pupil: Pupil, school: Organisation | None) -> Answer:
    """Tell of attendance and attainment: those who record for the school; and the business officer of the Virtual
    School that has the pupil on its list, whose files tell of it."""
    if school is not None and keeps_the_list_of(user, pupil):
        return YES
    return can_record_for(user, pupil, school)


def can_tell(user: User, telling: Telling) -> Answer:
    """Tick off that somebody was told: the school that kept the pupil out, after a move too."""
    return _works_on(user, telling, telling.written_for_id)


def can_change_suspension(user: User, suspension: Suspension) -> Answer:
    """Arrange, cancel, reinstate: the school that suspended, after a move too: its governing board may still meet."""
    return _works_on(user, suspension, suspension.school_id)


def _works_on(user: User, row: Telling | Suspension, school_id: int) -> Answer:
    """A row is changed by those who read it: the pupil's whole record, or what their own school wrote before a move."""
    if not type(row).objects.visible_to(user).filter(pk=row.pk).exists():
        return no(ONLY_LEADS)
    return _works_for(user, row.pupil, school_id)


def _works_for(user: User, pupil: Pupil, school_id: int) -> Answer:
    if user.plays_at(SCHOOL_LEADS, school_id) or acts_for_school(user, pupil, school_id, SCHOOL_LEADS):
        return YES
    return no(ONLY_LEADS)

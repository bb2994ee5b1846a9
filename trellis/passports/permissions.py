"""Who writes a passport. Who reads one is ``Passport.objects.readable_by``: class staff too."""

from trellis.conduct import clock
from trellis.conduct.refusals import YES, Answer, no
from trellis.people.models import User
from trellis.people.roles import VIRTUAL_SCHOOL_TEACHERS, Role
from trellis.pupils.models import Access, Level, Pupil, SchoolPlace
from trellis.pupils.permissions import KEEPERS, acts_for_school

LEADS = {Role.SENCO, Role.DESIGNATED_TEACHER, Role.OUTREACH_TEACHER}
WRITERS = LEADS | {Role.CLASS_TEACHER} | VIRTUAL_SCHOOL_TEACHERS
ONLY_WRITERS = "The SENCO, the designated teacher, the class teacher or the outreach teacher writes the passport."


def can_write_passport(user: User, pupil: Pupil) -> Answer:
    """Write it with the pupil, and record that the pupil agrees; the Virtual School where a school has no accounts."""
    levels = set(
        Access.objects.open_to(user, Level.WHOLE, Level.CLASS).filter(pupil=pupil).values_list("level", flat=True)
    )
    if Level.CLASS in levels and user.plays({Role.CLASS_TEACHER}):
        return YES
    if Level.WHOLE in levels and (user.plays(LEADS) or _acts_for_the_school(user, pupil)):
        return YES
    return no(ONLY_WRITERS)


def _acts_for_the_school(user: User, pupil: Pupil) -> bool:
    if not user.plays(VIRTUAL_SCHOOL_TEACHERS):
        return False
    place = SchoolPlace.objects.filter(pupil=pupil, during__contains=clock.today()).first()
    return acts_for_school(user, pupil, place.school_id if place else None, KEEPERS)

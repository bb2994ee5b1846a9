"""Who writes a passport. Who reads one is ``Passport.objects.readable_by``: class staff too."""

from trellis.conduct import clock
from trellis.conduct.refusals import YES, Answer, no
from trellis.people.models import User
from trellis.people.roles import VIRTUAL_SCHOOL_TEACHERS, Role
from trellis.pupils.models import Access, Level, Pupil, SchoolPlace
from trellis.pupils.permissions import KEEPERS, acts_for_school, works_for_care_of

WRITERS = KEEPERS | {Role.CLASS_TEACHER} | VIRTUAL_SCHOOL_TEACHERS
ONLY_WRITERS = "The SENCO, the designated teacher, the class teacher or the outreach teacher writes the passport."


def can_write_passport(user: User, pupil: Pupil) -> Answer:
    """Write it with the pupil, and record that the pupil agrees: the pupil's school, and the outreach teacher of the
    pupil's Virtual School; where the school has nobody here, all its teachers."""
    levels = set(
        Access.objects.open_to(user, Level.WHOLE, Level.CLASS).filter(pupil=pupil).values_list("level", flat=True)
    )
    if Level.CLASS in levels and user.plays({Role.CLASS_TEACHER}):
        return YES
    if Level.WHOLE in levels and writes_with_the_school(user, pupil):
        return YES
    return no(ONLY_WRITERS)


def writes_with_the_school(user: User, pupil: Pupil) -> bool:
    """The SENCO or designated teacher of the pupil's present school, and the outreach teacher of the pupil's Virtual
    School; every teacher of it for a school that has nobody here, or while there is no school."""
    places = SchoolPlace.objects.filter(pupil=pupil, during__contains=clock.today())
    school_id = places.values_list("school", flat=True).first()
    if school_id is not None and user.plays_at(KEEPERS, school_id):
        return True
    outreach = user.plays({Role.OUTREACH_TEACHER}) and works_for_care_of(user, pupil, {Role.OUTREACH_TEACHER})
    return outreach or acts_for_school(user, pupil, school_id, KEEPERS)

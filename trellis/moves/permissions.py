"""Who may move a pupil, and who receives the record."""

from trellis.conduct.refusals import YES, Answer, no
from trellis.moves.models import RECEIVERS, SchoolMove
from trellis.people.models import User
from trellis.people.roles import SCHOOL_LEADS, VIRTUAL_SCHOOL_TEACHERS
from trellis.pupils.models import Pupil
from trellis.pupils.permissions import KEEPERS, acts_for_school, keeps_the_list_of, reads_whole

READERS = SCHOOL_LEADS | VIRTUAL_SCHOOL_TEACHERS


def can_read_moves(user: User) -> bool:
    """Those who lead in a school see its moves from and to; the Virtual School those of its pupils."""
    return user.plays(READERS)


def can_move_school(user: User, pupil: Pupil) -> Answer:
    """The school's SENCO or designated teacher, the Virtual School, or its business officer by the weekly list."""
    if user.plays(KEEPERS | VIRTUAL_SCHOOL_TEACHERS) and reads_whole(user, pupil):
        return YES
    if keeps_the_list_of(user, pupil):
        return YES
    return no("The SENCO, the designated teacher or the Virtual School records a school move.")


def can_acknowledge_move(user: User, move: SchoolMove) -> Answer:
    """The new school receives the record; where it has no accounts yet, the Virtual School does so for it."""
    school_id = move.to_school_id
    if user.plays_at(RECEIVERS, school_id) or acts_for_school(user, move.pupil, school_id, RECEIVERS):
        return YES
    return no("The new school's SENCO, designated teacher or headteacher receives the record.")

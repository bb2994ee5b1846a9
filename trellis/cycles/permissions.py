"""Who may do what in a cycle. The school that keeps it writes; class staff record sessions; others read."""

from collections.abc import Collection
from dataclasses import dataclass

from trellis.conduct.refusals import YES, Answer, no
from trellis.cycles.models import Cycle
from trellis.organisations.models import Organisation
from trellis.people.models import User
from trellis.people.roles import CLASS_STAFF, Role
from trellis.pupils.models import Access, Level, Pupil
from trellis.pupils.permissions import acts_for_school

KEEPERS = {Role.SENCO, Role.DESIGNATED_TEACHER}
ONLY_KEEPERS = "The SENCO or the designated teacher of the school that keeps the cycle does this."


@dataclass(frozen=True)
class Rights:
    """What one person may do in one cycle, asked once for a page."""

    keep: Answer
    add_entry: Answer
    record_sessions: Answer
    reads_whole: bool


def rights(user: User, cycle: Cycle, levels: Collection[str] | None = None) -> Rights:
    """All answers for a page; ``levels`` of access when the page knows them already, else one query."""
    levels = _levels(user, cycle.pupil) if levels is None else levels
    keep = _keeps(user, cycle.pupil, cycle.kept_by_id, levels)
    in_class = Level.CLASS in levels and user.plays(CLASS_STAFF)
    teaches = in_class and user.plays({Role.CLASS_TEACHER})
    return Rights(
        keep=keep,
        add_entry=YES if teaches else _or_say(keep, "The class teacher and the SENCO add to the assessment."),
        record_sessions=YES if in_class else _or_say(keep, "The pupil’s class staff and the SENCO record sessions."),
        reads_whole=Level.WHOLE in levels,
    )


def can_start_cycle(user: User, pupil: Pupil, school: Organisation) -> Answer:
    return _keeps(user, pupil, school.pk, _levels(user, pupil))


def can_keep_cycle(user: User, cycle: Cycle) -> Answer:
    """Assess, plan, agree, review: for the school that keeps the cycle."""
    return rights(user, cycle).keep


def can_add_entry(user: User, cycle: Cycle) -> Answer:
    return rights(user, cycle).add_entry


def can_record_sessions(user: User, cycle: Cycle) -> Answer:
    return rights(user, cycle).record_sessions


def _keeps(user: User, pupil: Pupil, school_id: int, levels: Collection[str]) -> Answer:
    """The school's SENCO or designated teacher; where nobody there signs in as one, the Virtual School."""
    if Level.WHOLE not in levels:
        return no(ONLY_KEEPERS)
    if user.plays_at(KEEPERS, school_id) or acts_for_school(user, pupil, school_id, KEEPERS):
        return YES
    return no(ONLY_KEEPERS)


def _levels(user: User, pupil: Pupil) -> set[str]:
    rows = Access.objects.open_to(user, Level.WHOLE, Level.CLASS).filter(pupil=pupil)
    return set(rows.values_list("level", flat=True))


def _or_say(answer: Answer, reason: str) -> Answer:
    return answer if answer else no(reason)

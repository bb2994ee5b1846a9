"""Who writes, hands in and quality-assures which part of a PEP (domain H1). Who may *see* one is ``visible_to``.

The SENCO writes the SEND section and targets, the designated teacher every section, the social worker the care part;
the Virtual School quality-assures, and writes only where the school has nobody here who could.
"""

from trellis.conduct.refusals import YES, Answer, no
from trellis.people.models import User
from trellis.people.roles import AUTHORITY_OFFICERS, SCHOOL_LEADS, VIRTUAL_SCHOOL_TEACHERS, Role
from trellis.peps import rules
from trellis.peps.models import Pep
from trellis.peps.rules import SECTION
from trellis.pupils.permissions import KEEPERS, acts_for_school, reads_whole

READERS = SCHOOL_LEADS | VIRTUAL_SCHOOL_TEACHERS | (AUTHORITY_OFFICERS - {Role.EHC_COORDINATOR})
ASSURERS = {Role.VIRTUAL_SCHOOL_HEAD, Role.EDUCATION_ADVISER}
WRITERS = {Role.DESIGNATED_TEACHER, Role.SENCO, Role.SOCIAL_WORKER} | VIRTUAL_SCHOOL_TEACHERS

SENCO_WRITES = {"send", "targets"}
SOCIAL_WORKER_WRITES = {"social_worker", "pupil_view", "carer_view"}


def writes_for_school(user: User, pep: Pep) -> bool:
    """Whether this is the PEP's Virtual School, acting for a school that has nobody here who writes."""
    is_its_own = user.plays_at(VIRTUAL_SCHOOL_TEACHERS, pep.written_for_id)
    return is_its_own and acts_for_school(user, pep.pupil, pep.kept_by_id, KEEPERS)


def sections_written_by(user: User, pep: Pep) -> set[str]:
    """The sections this person may write while the PEP is open."""
    if user.plays_at({Role.DESIGNATED_TEACHER}, pep.kept_by_id) or writes_for_school(user, pep):
        return set(SECTION)
    mine: set[str] = set()
    if user.plays_at({Role.SENCO}, pep.kept_by_id):
        mine |= SENCO_WRITES
    if user.plays({Role.SOCIAL_WORKER}) and reads_whole(user, pep.pupil):
        mine |= SOCIAL_WORKER_WRITES
    return mine


def can_write_section(user: User, pep: Pep, name: str) -> Answer:
    if name in sections_written_by(user, pep):
        return YES
    return no(f"“{SECTION[name].title}” is written by others: the PEP says beside each section by whom.")


def is_on_behalf(user: User, pep: Pep, name: str) -> bool:
    """Whether somebody else than its owner writes a section, to avoid delay (domain B7). A view is always written down
    for somebody; the view itself says by whom."""
    match SECTION[name].owner:
        case rules.SCHOOL:
            return user.plays_at(VIRTUAL_SCHOOL_TEACHERS, pep.written_for_id)
        case rules.SOCIAL_WORKER:
            return not user.plays({Role.SOCIAL_WORKER})
    return False


def can_start_pep(user: User, pep: Pep) -> Answer:
    """The social worker starts it; so may those who then write it."""
    if sections_written_by(user, pep) or user.plays_at(ASSURERS, pep.written_for_id):
        return YES
    return no("The social worker or the designated teacher starts the PEP.")


def can_submit_pep(user: User, pep: Pep) -> Answer:
    if user.plays_at({Role.DESIGNATED_TEACHER}, pep.kept_by_id) or writes_for_school(user, pep):
        return YES
    return no("The designated teacher submits the PEP; where the school has no account here, the Virtual School.")


def can_take_in_pep(user: User, virtual_school_id: int) -> Answer:
    """Bring by file what another system says of PEPs."""
    if user.plays_at({Role.BUSINESS_OFFICER}, virtual_school_id):
        return YES
    return no("The business officer of the Virtual School brings what the other system says.")


def can_assure_quality(user: User, pep: Pep) -> Answer:
    """Grade sections, return the PEP, sign it off."""
    if user.plays_at(ASSURERS, pep.written_for_id):
        return YES
    return no("An education adviser or the head of the Virtual School quality-assures PEPs.")


def can_add_addendum(user: User, pep: Pep) -> Answer:
    """Whoever submitted or signed may correct, with date and name."""
    if can_assure_quality(user, pep) or user.plays_at({Role.DESIGNATED_TEACHER}, pep.kept_by_id):
        return YES
    return no("The designated teacher or the Virtual School adds to a signed PEP.")

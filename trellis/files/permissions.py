"""Who opens a file: whoever reads the row it belongs to, and whom a later folder lets in. Who takes one away."""

from trellis.conduct.refusals import YES, Answer, no
from trellis.files import slots
from trellis.files.models import File
from trellis.people.models import User
from trellis.people.roles import SCHOOL_LEADS, VIRTUAL_SCHOOL_TEACHERS, Role

ANSWER_FOR_FILES = SCHOOL_LEADS | VIRTUAL_SCHOOL_TEACHERS | {Role.SERVICE_LEAD}


def can_see_file(user: User, file: File) -> bool:
    """Seen by those who read what its organisation wrote about the pupil, or through a slot (an advice report). Whoever
    has no role anywhere any more opens none, though the record still names them as the child's worker."""
    if not user.memberships_today:
        return False
    return File.objects.visible_to(user).filter(pk=file.pk).exists() or any(slots.may_open.ask(file, user))


def can_withdraw_file(user: User, file: File) -> Answer:
    """Whoever added it, or those who answer for the organisation for which it was added. Asks no query."""
    if file.kept_by_id == user.pk or user.plays_at(ANSWER_FOR_FILES, file.written_for_id):
        return YES
    return no("Whoever added this file, or those who lead where it was added, may take it away.")

"""Who sends a file, who says that there is none, who receives it, who chases it."""

from trellis.conduct import clock
from trellis.conduct.refusals import YES, Answer, no
from trellis.people.models import Membership, User
from trellis.people.roles import SCHOOL_LEADS, VIRTUAL_SCHOOL_TEACHERS, Role
from trellis.pupils.permissions import acts_for_school, works_for_care_of
from trellis.transfers.models import BY_ROLE, Transfer, What

READERS = SCHOOL_LEADS | VIRTUAL_SCHOOL_TEACHERS
WHO = {
    What.COMMON_TRANSFER: "designated teacher or headteacher",
    What.CHILD_PROTECTION: "safeguarding lead or headteacher",
    What.SEN: "SENCO",
}


def can_send(user: User, transfer: Transfer) -> Answer:
    """Whose file it is at the old school; the Virtual School, where the old school has nobody of them here."""
    if _does_for(user, transfer, transfer.from_school_id):
        return YES
    return no(f"The {WHO[What(transfer.what)]} of {transfer.from_school} sends this.")


def can_receive(user: User, transfer: Transfer) -> Answer:
    """Whose file it is at the new school; where it has nobody of them here, the Virtual School, or the old school, from
    whom a receipt came on paper."""
    if transfer.to_school_id is None:
        return no("No new school is known yet.")
    if _does_for(user, transfer, transfer.to_school_id):
        return YES
    if not has_somebody(transfer, transfer.to_school_id) and can_send(user, transfer):
        return YES
    return no(f"The {WHO[What(transfer.what)]} of {transfer.to_school} says that it has come.")


def can_receive_with_file(user: User, transfer: Transfer) -> Answer:
    """Whoever brings a common transfer file in at the new school has it: the SENCO too."""
    holds = user.plays_at(BY_ROLE[What.COMMON_TRANSFER] | {Role.SENCO}, transfer.to_school_id or 0)
    if transfer.what == What.COMMON_TRANSFER and holds:
        return YES
    return can_receive(user, transfer)


def can_chase(user: User, transfer: Transfer) -> Answer:
    """Who waits for it at the new school, and the Virtual School for a child in its care; of a child protection file
    only whoever receives it."""
    if transfer.to_school_id is not None and _does_for(user, transfer, transfer.to_school_id):
        return YES
    if not transfer.may_not_exist and works_for_care_of(user, transfer.pupil, VIRTUAL_SCHOOL_TEACHERS):
        return YES
    return no("Whoever waits for the file at the new school, or the Virtual School, reminds the old school.")


def has_somebody(transfer: Transfer, school_id: int) -> bool:
    """Whether somebody who deals with such a file at that school signs in here."""
    there = Membership.objects.on(clock.today()).playing(*BY_ROLE[What(transfer.what)])
    return there.filter(organisation=school_id).exists()


def _does_for(user: User, transfer: Transfer, school_id: int) -> bool:
    roles = BY_ROLE[What(transfer.what)]
    return user.plays_at(roles, school_id) or acts_for_school(user, transfer.pupil, school_id, roles)

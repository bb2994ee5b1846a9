"""Who asks, who helps, who decides (domain G1, H1). Who may *see* a request is ``visible_to``.

In law a person acting for the school, a parent (a carer and the caring authority are parents too) and a young person
may ask. In the app the school's SENCO, designated teacher or headteacher asks; what others ask on paper is recorded.
"""

from trellis.conduct import clock
from trellis.conduct.refusals import YES, Answer, no
from trellis.ehc_requests.models import EhcRequest
from trellis.people.models import User
from trellis.people.roles import SCHOOL_LEADS, VIRTUAL_SCHOOL_TEACHERS, Role
from trellis.pupils.models import NamedProfessional, ProfessionalRole, Pupil, SchoolPlace
from trellis.pupils.permissions import KEEPERS, acts_for_school, reads_whole, works_for_care_of

ASKERS = {Role.SENCO, Role.DESIGNATED_TEACHER, Role.HEADTEACHER}
HELPERS = {Role.OUTREACH_TEACHER}
RECORDERS = ASKERS | VIRTUAL_SCHOOL_TEACHERS | {Role.SOCIAL_WORKER, Role.EHC_COORDINATOR}
DECIDERS = {Role.EHC_COORDINATOR}


def can_ask(user: User, pupil: Pupil, school_id: int | None = None) -> Answer:
    """Ask on behalf of the school: its SENCO, designated teacher or headteacher; for a school that has nobody here, or
    a pupil without a school, the Virtual School."""
    school_id = school_id or _school_of(pupil)
    if _asks_for(user, pupil, school_id) and reads_whole(user, pupil):
        return YES
    return no("The school’s SENCO, designated teacher or headteacher asks for the school.")


def can_prepare(user: User, request: EhcRequest) -> Answer:
    """Choose and write what goes into the pack: those who ask, and the outreach teacher of the pupil's Virtual School,
    who helps."""
    pupil = request.pupil
    works_on_it = _asks_for(user, pupil, request.school_id) or works_for_care_of(user, pupil, HELPERS)
    if works_on_it and reads_whole(user, pupil):
        return YES
    return no("The school that asks puts the pack together; the outreach teacher helps.")


def can_read_draft(user: User, request: EhcRequest) -> Answer:
    """Read a pack before it is sent: the school, the Virtual School and the social worker. It is not the authority's
    until it is sent."""
    if user.plays(SCHOOL_LEADS | VIRTUAL_SCHOOL_TEACHERS | {Role.SOCIAL_WORKER}) and reads_whole(user, request.pupil):
        return YES
    return no("This pack is still being put together. You can read it when it has been sent.")


def can_send(user: User, request: EhcRequest) -> Answer:
    return can_ask(user, request.pupil, request.school_id)


def can_record_letter(user: User, pupil: Pupil) -> Answer:
    """Write down that somebody asked on paper."""
    if user.plays(RECORDERS) and reads_whole(user, pupil):
        return YES
    return no("The school, the Virtual School, the social worker or the EHC coordinator writes this down.")


def can_withdraw(user: User, request: EhcRequest) -> Answer:
    """Those who asked; for a request on paper, whoever may write one down."""
    if request.is_on_paper:
        return can_record_letter(user, request.pupil)
    return can_send(user, request)


def can_enter_decision(user: User, request: EhcRequest) -> Answer:
    """What the authority did is entered by its EHC coordinator for this child. Where the authority that was asked has
    nobody here, those who got its letter write down what the letter says."""
    if not reads_whole(user, request.pupil):
        return no("The authority’s decisions are entered by its EHC coordinator for this child.")
    if user.plays_at(DECIDERS, request.addressed_to_id):
        return YES
    if authority_has_nobody_here(request) and user.plays(ASKERS | VIRTUAL_SCHOOL_TEACHERS):
        return YES
    return no("The authority’s decisions are entered by its EHC coordinator for this child.")


def authority_has_nobody_here(request: EhcRequest) -> bool:
    """Whether the authority that was asked has no EHC coordinator with an account named for this child."""
    named = NamedProfessional.objects.filter(
        pupil=request.pupil_id, role=ProfessionalRole.EHC_COORDINATOR, authority=request.addressed_to_id,
        during__contains=clock.today(), user__memberships__organisation=request.addressed_to_id,
        user__memberships__during__contains=clock.today(),
    )  # fmt: skip
    return not named.exists()


def _asks_for(user: User, pupil: Pupil, school_id: int | None) -> bool:
    if school_id is not None and user.plays_at(ASKERS, school_id):
        return True
    return acts_for_school(user, pupil, school_id, KEEPERS)


def _school_of(pupil: Pupil) -> int | None:
    places = SchoolPlace.objects.filter(pupil=pupil, during__contains=clock.today())
    return places.values_list("school", flat=True).first()

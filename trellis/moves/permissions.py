"""Who may move a pupil, who receives the record, and who records a change of care."""

from trellis.conduct import clock
from trellis.conduct.refusals import YES, Answer, no
from trellis.moves.models import RECEIVERS, SchoolMove
from trellis.organisations.models import LocalAuthority, School
from trellis.people.models import User
from trellis.people.roles import SCHOOL_LEADS, VIRTUAL_SCHOOL_TEACHERS, Role
from trellis.pupils.answering import ANSWER, answers_for
from trellis.pupils.models import CareEpisode, NamedProfessional, ProfessionalRole, Pupil, virtual_school_of
from trellis.pupils.permissions import KEEPERS, acts_for_school, keeps_the_list_of, reads_whole, works_for_care_of

READERS = SCHOOL_LEADS | VIRTUAL_SCHOOL_TEACHERS
CARE_KEEPERS = {Role.VIRTUAL_SCHOOL_HEAD, Role.EDUCATION_ADVISER}


def can_read_moves(user: User) -> bool:
    """Those who lead in a school see its moves from and to; the Virtual School those of its pupils."""
    return user.plays(READERS)


def can_move_school(user: User, pupil: Pupil) -> Answer:
    """The school's SENCO or designated teacher, the Virtual School, or its business officer by the weekly list; for a
    record that nobody keeps any more, whoever answers for it."""
    if user.plays(KEEPERS | VIRTUAL_SCHOOL_TEACHERS) and reads_whole(user, pupil):
        return YES
    if keeps_the_list_of(user, pupil) or (user.plays(ANSWER) and answers_for(user, pupil)):
        return YES
    return no("The SENCO, the designated teacher or the Virtual School records a school move.")


def can_acknowledge_move(user: User, move: SchoolMove) -> Answer:
    """The new school receives the record; where it has no accounts yet, the Virtual School does so for it."""
    school_id = move.to_school_id
    if user.plays_at(RECEIVERS, school_id) or acts_for_school(user, move.pupil, school_id, RECEIVERS):
        return YES
    return no("The new school's SENCO, designated teacher or headteacher receives the record.")


SCHOOL_SPEAKERS = {Role.HEADTEACHER, Role.SENCO, Role.DESIGNATED_TEACHER}
AREA_SPEAKERS = {Role.VIRTUAL_SCHOOL_HEAD, Role.BUSINESS_OFFICER}


def can_say_successor(user: User, school: School) -> Answer:
    """Where a closed school's pupils go: its head, SENCO or designated teacher, or the area's Virtual School."""
    if user.plays_at(SCHOOL_SPEAKERS, school.pk) or school.authority_code in areas_spoken_for(user):
        return YES
    return no("The school's head, SENCO or designated teacher says this, or the Virtual School of its area.")


def areas_spoken_for(user: User) -> set[str]:
    """The codes of the areas in which this person may say where the pupils of a closed school go."""
    offices = [m.organisation_id for m in user.memberships_today if m.role in AREA_SPEAKERS]
    return set(LocalAuthority.objects.filter(virtual_school__in=offices).values_list("code", flat=True))


# --- care ------------------------------------------------------------------------------------------------------------


def can_enter_care(user: User, pupil: Pupil, authority: LocalAuthority) -> Answer:
    """The social worker named for the pupil, into the care of their own authority; the Virtual School head or adviser,
    where that authority looked after the pupil before; its business officer, by the weekly list."""
    if user.plays_at({Role.BUSINESS_OFFICER}, _virtual_school_id(authority)):
        return YES
    if is_named_social_worker(user, pupil, authority):
        return YES
    if user.plays_at(CARE_KEEPERS, _virtual_school_id(authority)) and looked_after_before(pupil, authority):
        return YES
    return no("The social worker named for the pupil, or the Virtual School that had the pupil before, records this.")


def can_leave_care(user: User, pupil: Pupil) -> Answer:
    """The Virtual School head or adviser of the authority that looks after the pupil, the named social worker, or the
    business officer by the weekly list."""
    care = CareEpisode.objects.filter(pupil=pupil, during__contains=clock.today()).select_related("authority").first()
    if works_for_care_of(user, pupil, CARE_KEEPERS) or keeps_the_list_of(user, pupil):
        return YES
    if care is not None and is_named_social_worker(user, pupil, care.authority):
        return YES
    return no("The Virtual School head, an adviser or the named social worker records that care has ended.")


def can_change_authority(user: User, pupil: Pupil) -> Answer:
    """The Virtual School head or adviser of the authority that looks after the pupil, or the business officer by list.
    Nobody of another authority takes a child over by themselves."""
    if works_for_care_of(user, pupil, CARE_KEEPERS) or keeps_the_list_of(user, pupil):
        return YES
    return no("The head or an adviser of the Virtual School that looks after the pupil’s education records this.")


def is_named_social_worker(user: User, pupil: Pupil, authority: LocalAuthority) -> bool:
    if not user.plays_at({Role.SOCIAL_WORKER}, authority.pk):
        return False
    named = NamedProfessional.objects.filter(
        pupil=pupil, user=user, role=ProfessionalRole.SOCIAL_WORKER, during__contains=clock.today()
    )
    return named.exists()


def looked_after_before(pupil: Pupil, authority: LocalAuthority) -> bool:
    return CareEpisode.objects.filter(pupil=pupil, authority=authority, during__isempty=False).exists()


def _virtual_school_id(authority: LocalAuthority) -> int | None:
    virtual_school = virtual_school_of(authority.pk)
    return virtual_school.pk if virtual_school else None

"""Who asks for consent, and who writes down an answer given on paper, by telephone or in a conversation."""

from trellis.conduct.refusals import YES, Answer, no
from trellis.consents.models import Consent
from trellis.people.models import User
from trellis.people.roles import READ_RECORDS, VIRTUAL_SCHOOL_TEACHERS, Role
from trellis.pupils.models import Pupil
from trellis.pupils.permissions import reads_whole

READERS = READ_RECORDS
ASKERS = {Role.SENCO, Role.DESIGNATED_TEACHER, Role.SOCIAL_WORKER} | VIRTUAL_SCHOOL_TEACHERS
ONLY_ASKERS = "The SENCO, the designated teacher, the social worker or the Virtual School does this."


def can_ask_consent(user: User, pupil: Pupil) -> Answer:
    return YES if user.plays(ASKERS) and reads_whole(user, pupil) else no(ONLY_ASKERS)


def can_record_answer(user: User, consent: Consent) -> Answer:
    """Whoever may ask writes down what they were told."""
    return can_ask_consent(user, consent.pupil)


def can_answer_for_authority(user: User, consent: Consent) -> bool:
    """The social worker who was asked may answer signed in, instead of by the link."""
    return consent.professional is not None and consent.professional.user_id in user.acts_for


def can_withdraw_consent(user: User, consent: Consent) -> Answer:
    return can_ask_consent(user, consent.pupil)

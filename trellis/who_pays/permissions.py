"""Who says who pays, and who may change the order of the ladder. Who may see it is ``visible_to`` of the request."""

from trellis.advice.models import AdviceRequest
from trellis.advice.permissions import can_keep_request
from trellis.conduct.refusals import YES, Answer, no
from trellis.people.models import User
from trellis.people.roles import SCHOOL_LEADS, VIRTUAL_SCHOOL_TEACHERS, Role
from trellis.pupils.permissions import reads_whole

READERS = SCHOOL_LEADS | VIRTUAL_SCHOOL_TEACHERS
ORDER_CHANGERS = {Role.HEADTEACHER, Role.VIRTUAL_SCHOOL_HEAD}
ONLY_HEADS = "The headteacher or the head of the Virtual School may change the order in which funding is used."


def can_say_who_pays(user: User, request: AdviceRequest) -> Answer:
    return can_keep_request(user, request)


def can_change_order(user: User, request: AdviceRequest) -> Answer:
    """The headteacher of the school that asks, or the head of the Virtual School that reads the pupil's record."""
    if user.plays_at({Role.HEADTEACHER}, request.kept_by_id):
        return YES
    if user.plays({Role.VIRTUAL_SCHOOL_HEAD}) and reads_whole(user, request.pupil):
        return YES
    return no(ONLY_HEADS)

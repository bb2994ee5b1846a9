"""Who asks for advice, who decides on it, who writes the report, and who answers its recommendations."""

from trellis.advice.models import AdviceRequest
from trellis.conduct import clock
from trellis.conduct.refusals import YES, Answer, no
from trellis.cycles.permissions import can_start_cycle
from trellis.organisations.models import School
from trellis.people.models import Membership, User
from trellis.people.roles import (
    AUTHORITY_OFFICERS,
    SCHOOL_LEADS,
    SERVICE_STAFF,
    VIRTUAL_SCHOOL_TEACHERS,
    Role,
)
from trellis.pupils.models import Pupil
from trellis.pupils.permissions import KEEPERS

ASKERS = KEEPERS | VIRTUAL_SCHOOL_TEACHERS
SCHOOLS_AND_VIRTUAL_SCHOOL = SCHOOL_LEADS | VIRTUAL_SCHOOL_TEACHERS
READERS = SCHOOLS_AND_VIRTUAL_SCHOOL | AUTHORITY_OFFICERS | SERVICE_STAFF
RECORD_READERS = SCHOOLS_AND_VIRTUAL_SCHOOL | AUTHORITY_OFFICERS
ONLY_ASKERS = "The SENCO or the designated teacher of the pupil’s school asks for advice."
ONLY_LEADS = "The lead of the service decides on requests."
ONLY_SERVICE = "Whoever took this request writes its report."


def can_ask_advice(user: User, pupil: Pupil, school: School) -> Answer:
    """As for a cycle: the school's keepers, or the Virtual School for a school that has nobody here."""
    return YES if can_start_cycle(user, pupil, school) else no(ONLY_ASKERS)


def can_keep_request(user: User, request: AdviceRequest) -> Answer:
    """Write the draft, send it, take it back, answer its recommendations: for the school that keeps it."""
    return can_ask_advice(user, request.pupil, request.kept_by)


def can_decide(user: User, request: AdviceRequest) -> Answer:
    """The service's lead; its specialists where it has none."""
    may = {Role.SERVICE_LEAD} if has_lead(request.service_id) else SERVICE_STAFF
    return YES if user.plays_at(may, request.service_id) else no(ONLY_LEADS)


def has_lead(service_id: int) -> bool:
    return Membership.objects.on(clock.today()).playing(Role.SERVICE_LEAD).filter(organisation=service_id).exists()


def can_write_report(user: User, request: AdviceRequest) -> Answer:
    """Whoever took the request, or the service's lead."""
    takes = request.taken_by_id in user.acts_for and user.plays_at(SERVICE_STAFF, request.service_id)
    return YES if takes or user.plays_at({Role.SERVICE_LEAD}, request.service_id) else no(ONLY_SERVICE)

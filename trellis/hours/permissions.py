"""Who may enter hours, book, plan, confirm and cancel visits. Who may see them is ``visible_to``."""

from trellis.conduct import clock
from trellis.conduct.refusals import YES, Answer, no
from trellis.hours.models import HoursAccount, Visit
from trellis.organisations.models import Organisation, SpecialistService
from trellis.people.models import User
from trellis.people.roles import SERVICE_STAFF, Role
from trellis.pupils.models import Access, Level

ENTERERS = {Role.BUSINESS_OFFICER, Role.SERVICE_LEAD}
BOOKERS = {Role.SENCO, Role.DESIGNATED_TEACHER, Role.HEADTEACHER}


def can_enter_hours(user: User, service: SpecialistService) -> Answer:
    """The service's lead for their own service, the Virtual School's business officer for those of its authority."""
    offices = {m.organisation_id for m in user.memberships_today if m.role == Role.BUSINESS_OFFICER}
    if user.plays_at({Role.SERVICE_LEAD}, service.pk) or _serves(offices, service):
        return YES
    return no("The service’s lead or the Virtual School’s business officer enters a school’s hours.")


def can_book_visit(user: User, hours: HoursAccount) -> Answer:
    return _either_side(user, hours.school, hours.service, "The school or the service books a visit.")


def can_plan_visit(user: User, visit: Visit) -> Answer:
    """The service plans; the school may move what it booked itself."""
    if visit.pupil_id is None:
        return _either_side(user, visit.school, visit.service, "The school or the service plans this visit.")
    return _service(user, visit, "The service plans a visit about a pupil.")


def can_confirm_delivered(user: User, visit: Visit) -> Answer:
    """The service; where it reads nothing of the pupil any more, the school for which it worked."""
    if user.plays_at(BOOKERS, visit.school_id) and not service_reads(visit):
        return YES
    return _service(user, visit, "The service confirms what it delivered.")


def service_reads(visit: Visit) -> bool:
    """Whether the service can open a visit: consent was withdrawn, or the request taken back, after it took place."""
    open_rows = Access.objects.filter(organisation=visit.service_id, level=Level.ADVICE, during__contains=clock.today())
    return visit.pupil_id is None or open_rows.filter(pupil=visit.pupil_id).exists()


def can_cancel_visit(user: User, visit: Visit) -> Answer:
    """The school or the service; once its time has come, the service says that it did not take place."""
    return _either_side(user, visit.school, visit.service, "The school or the service cancels a visit.")


def _service(user: User, visit: Visit, reason: str) -> Answer:
    return YES if user.plays_at(SERVICE_STAFF, visit.service_id) else no(reason)


def _either_side(user: User, school: Organisation, service: Organisation, reason: str) -> Answer:
    may = user.plays_at(BOOKERS, school.pk) or user.plays_at(SERVICE_STAFF, service.pk)
    return YES if may else no(reason)


def _serves(offices: set[int], service: SpecialistService) -> bool:
    virtual_school = getattr(service.authority, "virtual_school", None)
    return virtual_school is not None and virtual_school.pk in offices

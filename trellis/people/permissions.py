"""Who may say how an organisation works: its dated policies. Which policy is whose, each folder says."""

from typing import Any

from trellis.conduct.refusals import YES, Answer, no
from trellis.organisations.models import Organisation
from trellis.people.models import User
from trellis.people.roles import Role

VIRTUAL_SCHOOL_SETTERS = {Role.VIRTUAL_SCHOOL_HEAD, Role.BUSINESS_OFFICER}
SETTERS = VIRTUAL_SCHOOL_SETTERS | {Role.SERVICE_LEAD}


def can_set_policy_of_virtual_school(user: User, organisation: Organisation) -> Answer:
    """Its own head and business officer."""
    if user.plays_at(VIRTUAL_SCHOOL_SETTERS, organisation.pk):
        return YES
    return no("The Virtual School head or its business officer sets this.")


def can_set_policy_of_service(user: User, organisation: Organisation) -> Answer:
    """The lead of this service; and the head and business officer of the Virtual School of its authority."""
    service: Any = organisation.specialistservice  # type: ignore[attr-defined]
    virtual_school = getattr(service.authority, "virtual_school", None)
    is_lead = user.plays_at({Role.SERVICE_LEAD}, organisation.pk)
    if is_lead or (virtual_school and user.plays_at(VIRTUAL_SCHOOL_SETTERS, virtual_school.pk)):
        return YES
    return no("The service’s lead, the Virtual School head or its business officer sets this.")


def nobody_by_page(user: User, organisation: Organisation) -> Answer:
    """What is agreed outside the Virtual School and its services, and entered when Trellis is set up."""
    return no("This is not set by page. Ask whoever looks after Trellis in your authority to enter it.")

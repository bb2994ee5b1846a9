"""Who brings files in."""

from typing import Any

from trellis.conduct.refusals import YES, Answer, no
from trellis.exchange.models import offices_of, schools_of
from trellis.organisations.models import Organisation, School, SpecialistService, VirtualSchool
from trellis.people.models import User
from trellis.people.roles import SERVICE_STAFF, VIRTUAL_SCHOOL_TEACHERS, Role

READ_SCHOOLS = {Role.BUSINESS_OFFICER, Role.SYSTEM_ADMINISTRATOR, *VIRTUAL_SCHOOL_TEACHERS, *SERVICE_STAFF}
ONLY_THESE = (
    "Imports are for the business officer of the Virtual School, and for the headteacher, SENCO and designated teacher "
    "of a school."
)


def can_import(user: User, organisation: Organisation | None) -> Answer:
    """The business officer imports for their own Virtual School; SENCO, designated teacher and headteacher for their
    school."""
    if organisation is not None and organisation.pk in offices_of(user) | schools_of(user):
        return YES
    return no(ONLY_THESE)


def brings_for(user: User) -> list[VirtualSchool | School]:
    """For whom this person may bring files, Virtual Schools first."""
    virtual_schools = VirtualSchool.objects.filter(pk__in=offices_of(user)).order_by("pk")
    return [*virtual_schools, *School.objects.filter(pk__in=schools_of(user)).order_by("name")]


def area_of(user: Any) -> str:
    """The code of the authority in whose area this person works; empty where there is none."""
    places = user.organisation_ids
    of_virtual_school = VirtualSchool.objects.filter(pk__in=places).values_list("authority__code", flat=True)
    of_service = SpecialistService.objects.filter(pk__in=places).values_list("authority__code", flat=True)
    return of_virtual_school.first() or of_service.first() or ""


def virtual_school_of(user: Any) -> VirtualSchool | None:
    """For which Virtual School this business officer works."""
    return VirtualSchool.objects.filter(pk__in=offices_of(user)).order_by("pk").first()

"""The e-mails of a request. They say what to do and by when, and never name or describe the child."""

from collections.abc import Iterable

from trellis.conduct import clock
from trellis.design.in_words import full_date
from trellis.ehc_requests.models import EhcRequest
from trellis.ehc_requests.permissions import ASKERS
from trellis.mail import actions as mail
from trellis.organisations.models import VirtualSchool
from trellis.people.models import Membership, User
from trellis.people.roles import Role
from trellis.pupils.models import CareEpisode, NamedProfessional, ProfessionalRole


def tell_that_it_was_sent(request: EhcRequest) -> None:
    """The EHC coordinator and the Virtual School learn that a request is on its way."""
    body = (
        f"A request for an EHC needs assessment was made to {request.addressed_to} on {full_date(request.sent_on)}. "
        "EHC coordinator: enter the day it was received; six weeks run from that day."
    )
    _write(request, [*_coordinators(request), *_virtual_school(request)], "An EHC needs assessment was asked for", body)


def tell_of_a_later_pack(request: EhcRequest) -> None:
    body = "More was sent with a request for an EHC needs assessment that you have. Please read it with the first pack."
    _write(request, [*_coordinators(request), *_virtual_school(request)], "More was sent with an EHC request", body)


def tell_that_it_was_withdrawn(request: EhcRequest) -> None:
    body = "A request for an EHC needs assessment was withdrawn. The reason is on its page."
    _write(request, [*_coordinators(request), *_virtual_school(request)], "An EHC request was withdrawn", body)


def tell_of_step(request: EhcRequest, subject: str, body: str) -> None:
    """The school, the Virtual School and the social worker learn what the authority did."""
    to = [*_school(request), *_virtual_school(request), *_named(request, ProfessionalRole.SOCIAL_WORKER)]
    _write(request, to, f"EHC request: {subject[:1].lower()}{subject[1:]}", f"{subject}. {body}")


def _write(request: EhcRequest, to: Iterable[User], subject: str, body: str) -> None:
    for user in {user.pk: user for user in to}.values():
        mail.write(to=user, subject=subject, body=body, path=request.get_absolute_url(), pupil_id=request.pupil_id)


def _coordinators(request: EhcRequest) -> list[User]:
    return _named(request, ProfessionalRole.EHC_COORDINATOR)


def _named(request: EhcRequest, role: str) -> list[User]:
    named = NamedProfessional.objects.filter(
        pupil=request.pupil_id, role=role, during__contains=clock.today(), user__isnull=False
    )
    return [one.user for one in named.select_related("user") if one.user]


def _school(request: EhcRequest) -> list[User]:
    return _staff(request.school_id, *ASKERS)


def _virtual_school(request: EhcRequest) -> list[User]:
    """The Virtual School of the authority that looks after the child, whichever authority was asked."""
    caring = CareEpisode.objects.filter(pupil=request.pupil_id, during__contains=clock.today()).values("authority")
    virtual_school = VirtualSchool.objects.filter(authority__in=caring).first()
    roles = (Role.VIRTUAL_SCHOOL_HEAD, Role.EDUCATION_ADVISER, Role.OUTREACH_TEACHER)
    return _staff(virtual_school.pk, *roles) if virtual_school else []


def _staff(organisation_id: int | None, *roles: str) -> list[User]:
    memberships = Membership.objects.on(clock.today()).filter(organisation=organisation_id).playing(*roles)
    return [membership.user for membership in memberships.select_related("user")]

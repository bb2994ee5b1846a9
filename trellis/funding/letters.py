"""The e-mails PP+ sends. They say what to do, and never name or describe the child."""

from collections.abc import Iterable

from django.urls import reverse

from trellis.conduct import clock
from trellis.funding.models import FundingPot, FundingRequest
from trellis.funding.queries import YearEnds, who_else_may_agree
from trellis.mail import actions as mail
from trellis.people.models import Membership, User
from trellis.people.roles import Role


def tell_of_request(request: FundingRequest) -> None:
    """The advisers; where none is left but whoever asked, the head: nobody agrees what they asked for themselves."""
    body = "A school asks for Pupil Premium Plus for a PEP target. Read it, and agree it or say why not."
    may = who_else_may_agree(request)
    advisers = [one.user for one in may if one.role == Role.EDUCATION_ADVISER]
    _write(request, advisers or [one.user for one in may], "A request for Pupil Premium Plus waits for you", body)


def tell_of_agreement(request: FundingRequest) -> None:
    body = "Pupil Premium Plus that your school asked for is agreed. Read how much, and what comes next."
    _write(request, _askers(request), "Pupil Premium Plus is agreed", body)


def tell_of_refusal(request: FundingRequest) -> None:
    body = "Pupil Premium Plus that your school asked for is not agreed. Read why, and where to turn next."
    _write(request, _askers(request), "Pupil Premium Plus is not agreed", body)


def tell_of_payment(request: FundingRequest) -> None:
    body = (
        f"Pupil Premium Plus was paid to your school, reference {request.reference}. "
        "Record what it is spent on; at the next PEP you will be asked what it changed."
    )
    _write(request, _askers(request), "Pupil Premium Plus is paid", body)


def tell_that_year_ends(pot: FundingPot, ends: YearEnds) -> None:
    """Those who look after the money learn what is not passed on yet, and by when."""
    body = f"{ends.days} days are left until 31 March. {' '.join(ends.sentences)}"
    subject = f"{ends.days} days left to pass on Pupil Premium Plus"
    for user in _staff(pot.virtual_school_id, Role.BUSINESS_OFFICER, Role.VIRTUAL_SCHOOL_HEAD):
        mail.write(to=user, subject=subject, body=body, path=reverse("funding"))


def _askers(request: FundingRequest) -> list[User]:
    """The school's designated teacher and SENCO; and whoever asked, if the Virtual School did so for the school."""
    staff = _staff(request.school_id, Role.DESIGNATED_TEACHER, Role.SENCO)
    return staff or [request.asked_by]


def _write(request: FundingRequest, to: Iterable[User], subject: str, body: str) -> None:
    for user in {user.pk: user for user in to}.values():
        mail.write(to=user, subject=subject, body=body, path=request.get_absolute_url(), pupil_id=request.pupil_id)


def _staff(organisation_id: int | None, *roles: str) -> list[User]:
    memberships = Membership.objects.on(clock.today()).filter(organisation=organisation_id).playing(*roles)
    return [membership.user for membership in memberships.select_related("user")]

"""The e-mails a PEP sends. They say what to do and by when, and never name or describe the child."""

from collections.abc import Iterable

from trellis.conduct import clock
from trellis.design.in_words import full_date
from trellis.mail import actions as mail
from trellis.people.models import Membership, User
from trellis.people.roles import Role
from trellis.peps.models import Pep
from trellis.pupils.models import NamedProfessional, ProfessionalRole


def tell_of_submission(pep: Pep) -> None:
    """The Virtual School learns that a PEP waits for it."""
    advisers = _staff(pep.written_for_id, Role.EDUCATION_ADVISER)
    body = f"A PEP for the {pep.term.in_words} was submitted and waits for you. Read it, and sign it off or return it."
    _write(pep, advisers, "A PEP waits for you", body)


def tell_of_return(pep: Pep) -> None:
    """The designated teacher and the SENCO learn that a PEP came back, and by when it is due."""
    body = (
        f"A PEP for the {pep.term.in_words} came back with reasons. Read them, correct it and submit it again; "
        f"it was due on {full_date(pep.due_on)}."
    )
    _write(pep, _staff(pep.kept_by_id, Role.DESIGNATED_TEACHER, Role.SENCO), "A PEP came back to you", body)


def tell_of_sign_off(pep: Pep) -> None:
    """The designated teacher and the social worker learn that a PEP is signed off and can be read."""
    body = f"A PEP for the {pep.term.in_words} was signed off. You can read it and download it."
    _write(pep, [*_staff(pep.kept_by_id, Role.DESIGNATED_TEACHER), *_social_workers(pep)], "A PEP is signed off", body)


def tell_of_addendum(pep: Pep) -> None:
    body = f"Something was added to the signed PEP for the {pep.term.in_words}. Please read it."
    _write(pep, [*_staff(pep.kept_by_id, Role.DESIGNATED_TEACHER), *_social_workers(pep)], "A PEP was added to", body)


def _write(pep: Pep, to: Iterable[User], subject: str, body: str) -> None:
    for user in {user.pk: user for user in to}.values():
        mail.write(to=user, subject=subject, body=body, path=pep.get_absolute_url(), pupil_id=pep.pupil_id)


def _staff(organisation_id: int | None, *roles: str) -> list[User]:
    memberships = Membership.objects.on(clock.today()).filter(organisation=organisation_id).playing(*roles)
    return [membership.user for membership in memberships.select_related("user")]


def _social_workers(pep: Pep) -> list[User]:
    named = NamedProfessional.objects.filter(
        pupil=pep.pupil_id, role=ProfessionalRole.SOCIAL_WORKER, during__contains=clock.today(), user__isnull=False
    )
    return [one.user for one in named.select_related("user") if one.user]

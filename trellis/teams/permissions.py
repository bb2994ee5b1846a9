"""Who keeps whose accounts. Which people's pages somebody may open at all is ``teams_kept_by``."""

from django.db.models import Exists, OuterRef, Q, QuerySet

from trellis.conduct import clock
from trellis.conduct.refusals import YES, Answer, no
from trellis.organisations.models import Kind, LocalAuthority, Organisation, School
from trellis.people.models import Membership, User
from trellis.people.roles import Role
from trellis.teams.rules import ROLES_OF

SCHOOL_MANAGERS = {Role.HEADTEACHER, Role.SENCO}
VIRTUAL_SCHOOL_MANAGERS = {Role.VIRTUAL_SCHOOL_HEAD, Role.BUSINESS_OFFICER}
MANAGERS = {
    Kind.SCHOOL: SCHOOL_MANAGERS,
    Kind.VIRTUAL_SCHOOL: VIRTUAL_SCHOOL_MANAGERS,
    Kind.SERVICE: {Role.SERVICE_LEAD},
    Kind.AUTHORITY: set[Role](),  # its officers' accounts are kept by the Virtual School
}
MANAGING_ROLES = SCHOOL_MANAGERS | VIRTUAL_SCHOOL_MANAGERS | {Role.SERVICE_LEAD, Role.SYSTEM_ADMINISTRATOR}
HEAD = {Kind.SCHOOL: Role.HEADTEACHER, Kind.VIRTUAL_SCHOOL: Role.VIRTUAL_SCHOOL_HEAD}
ONLY_MANAGERS = "Accounts are kept by those who manage people in this organisation."


def teams_kept_by(user: User, *, as_administrator: bool = True) -> QuerySet[Organisation]:
    """The organisations whose people somebody adds and removes: their own as headteacher, SENCO or service lead; for
    the Virtual School's head and business officer also the authority, its services, and schools where nobody does it
    yet; for the system administrator all of their authority."""
    own = {
        m.organisation_id
        for m in user.memberships_today
        if m.role in SCHOOL_MANAGERS | VIRTUAL_SCHOOL_MANAGERS | {Role.SERVICE_LEAD}
    }
    kept = Q(pk__in=own)
    if offices := _places(user, *VIRTUAL_SCHOOL_MANAGERS):
        area = LocalAuthority.objects.filter(virtual_school__in=offices)
        kept |= _of(area) | Q(pk__in=_schools_of(area).filter(~Exists(_managers_of_school())).values("pk"))
    if as_administrator and (places := _places(user, Role.SYSTEM_ADMINISTRATOR)):
        area = _authorities_of(places)
        kept |= _of(area) | Q(virtualschool__authority__in=area) | Q(pk__in=_schools_of(area).values("pk"))
    return Organisation.objects.filter(kept)


def _places(user: User, *roles: Role) -> set[int]:
    return {m.organisation_id for m in user.memberships_today if m.role in roles}


def _authorities_of(places: set[int]) -> QuerySet[LocalAuthority]:
    return LocalAuthority.objects.filter(
        Q(pk__in=places) | Q(virtual_school__in=places) | Q(services__in=places)
    ).distinct()


def _of(area: QuerySet[LocalAuthority]) -> Q:
    return Q(localauthority__in=area) | Q(specialistservice__authority__in=area)


def _schools_of(area: QuerySet[LocalAuthority]) -> QuerySet[School]:
    return School.objects.filter(authority_code__in=area.values("code"))


def _managers_of_school() -> QuerySet[Membership]:
    here = Membership.objects.filter(organisation=OuterRef("pk"), during__contains=clock.today())
    return here.playing(*SCHOOL_MANAGERS)


def can_keep_team(user: User, organisation: Organisation) -> Answer:
    return YES if teams_kept_by(user).filter(pk=organisation.pk).exists() else no(ONLY_MANAGERS)


def can_hand_over(user: User, organisation: Organisation) -> Answer:
    """As ``can_keep_team``, but not the system administrator, who opens nothing that is about a child."""
    if teams_kept_by(user, as_administrator=False).filter(pk=organisation.pk).exists():
        return YES
    return no(
        "Whoever manages people in this organisation hands their work over; the system administrator keeps accounts."
    )


def roles_given_by(user: User, organisation: Organisation) -> list[Role]:
    """The roles that this person may give and take here, in the usual order: those of the organisation; the head's only
    if they are one themselves, or while there is none; the system administrator's only by a system administrator."""
    is_administrator = user.plays({Role.SYSTEM_ADMINISTRATOR})
    head = HEAD.get(Kind(organisation.kind))
    keeps_head = (
        is_administrator or head is None or user.plays_at({head}, organisation.pk) or not _has(organisation, head)
    )
    return [
        role
        for role in Role
        if role in ROLES_OF[organisation.kind]
        and (role != head or keeps_head)
        and (role != Role.SYSTEM_ADMINISTRATOR or is_administrator)
    ]


def _has(organisation: Organisation, role: Role) -> bool:
    return Membership.objects.on(clock.today()).playing(role).filter(organisation=organisation.pk).exists()


def can_give_roles(user: User, organisation: Organisation, roles: set[str]) -> Answer:
    """Give these roles here, or take them."""
    answer = can_keep_team(user, organisation)
    if not answer:
        return answer
    beyond = (roles & ROLES_OF[organisation.kind]) - set(roles_given_by(user, organisation))
    if not beyond:
        return YES
    words = " and ".join(Role(role).label for role in Role if role in beyond)
    return no(f"The role {words} is given and taken by somebody who has it, or by the system administrator.")

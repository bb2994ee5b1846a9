"""Views as pages and later folders show them; whom one may ask, and who is told of a worry."""

from dataclasses import dataclass

from trellis.conduct import clock
from trellis.links.models import PersonalLink
from trellis.links.queries import newest_links
from trellis.organisations.models import VirtualSchool
from trellis.people.models import Membership, User
from trellis.people.roles import SCHOOL_LEADS, VIRTUAL_SCHOOL_TEACHERS, Role
from trellis.pupils.models import (
    CareEpisode,
    NamedProfessional,
    PersonAround,
    ProfessionalRole,
    Pupil,
    Relationship,
    SchoolPlace,
    virtual_school_of,
)
from trellis.pupils.permissions import KEEPERS
from trellis.voices.models import AskedState, View, ViewAsked, Whose
from trellis.voices.permissions import can_ask_view


def views_of(pupil: Pupil, user: User) -> list[View]:
    """All views of a pupil that this person may read, newest first."""
    return list(View.objects.visible_to(user).about(pupil.pk).select_related("pupil", "typed_by", "written_for"))


def latest_views(pupil: Pupil, user: User | None = None) -> dict[str, View]:
    """The newest view of each: {"pupil": …, "carer": …}. Without a user, whoever may read it: for documents."""
    views = View.objects.all() if user is None else View.objects.visible_to(user)
    newest = views.about(pupil.pk).order_by("whose", "-given_on", "-pk").distinct("whose")
    return {view.whose: view for view in newest.select_related("pupil", "typed_by", "written_for")}


# --- asking by link ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Waiting:
    """Somebody who was asked, and the newest link they were sent."""

    asked: ViewAsked
    link: PersonalLink | None

    @property
    def state_in_words(self) -> str:
        """ "Opened on 2 November, not answered yet"."""
        return self.link.state_in_words if self.link else self.asked.get_state_display()

    @property
    def is_to_be_read(self) -> bool:
        return self.asked.state == AskedState.ANSWERED


def waiting_of(pupil: Pupil, user: User) -> list[Waiting]:
    """What was asked and has not become a view: to be read first, then what is not answered. Two queries."""
    open_states = [AskedState.ASKED, AskedState.ANSWERED]
    asked = list(ViewAsked.objects.visible_to(user).about(pupil.pk).filter(state__in=open_states))
    links = newest_links(asked)
    waiting = [Waiting(one, links.get(one.pk)) for one in asked]
    return sorted(waiting, key=lambda one: not one.is_to_be_read)


@dataclass(frozen=True)
class Person:
    """Somebody of the record whom one may ask: the form is filled in with what is known."""

    key: str  # "pupil", "person-7", "professional-3": for the address
    whose: str
    name: str
    email: str
    detail: str


CARERS = {
    Relationship.FOSTER_CARER, Relationship.KEY_WORKER, Relationship.GUARDIAN, Relationship.GRANDPARENT,
}  # fmt: skip
PARENTS = {Relationship.MOTHER, Relationship.FATHER}


def people_to_ask(pupil: Pupil) -> list[Person]:
    """The pupil, the people around whom the record says one may contact, and the named social worker. Two queries."""
    today = clock.today()
    people = [Person("pupil", Whose.PUPIL, pupil.first_name, "", "at an address that only they read")]
    for one in PersonAround.objects.filter(pupil=pupil, during__contains=today, may_be_contacted=True).order_by("pk"):
        relationship = Relationship(one.relationship)
        if relationship in CARERS | PARENTS:
            whose = Whose.PARENT if relationship in PARENTS else Whose.CARER
            detail = f"{relationship.label}, {one.email or 'no e-mail address yet'}"
            people.append(Person(f"person-{one.pk}", whose, one.name, one.email, detail))
    if worker := social_worker_of(pupil):
        detail = f"Social worker, {worker.email or 'no e-mail address yet'}"
        people.append(Person(f"professional-{worker.pk}", Whose.SOCIAL_WORKER, worker.name, worker.email, detail))
    return people


def is_barred(pupil: Pupil, email: str) -> bool:
    """Whether the record says that the person of this address may not be contacted."""
    people = PersonAround.objects.filter(pupil=pupil, during__contains=clock.today(), email__iexact=email)
    return any(not person.may_be_contacted for person in people)


def asker_as_told_to(asked: ViewAsked, by: User | None = None) -> str:
    """Who asks (``by``, who sends the link again), as far as the person asked may know. A parent reads no name, which
    would lead to the school, unless the record says that plans and reports are safe with them (domain H6)."""
    if asked.whose != Whose.PARENT or _is_safe_to_share(asked):
        return str(by or asked.asked_by)
    return "An adult who plans help at school"


def _is_safe_to_share(asked: ViewAsked) -> bool:
    people = PersonAround.objects.filter(
        pupil=asked.pupil_id, during__contains=clock.today(), email__iexact=asked.email
    )
    said = [person.safe_to_share for person in people]
    return bool(said) and all(said)


def social_worker_of(pupil: Pupil) -> NamedProfessional | None:
    return (
        NamedProfessional.objects.filter(
            pupil=pupil, role=ProfessionalRole.SOCIAL_WORKER, during__contains=clock.today()
        )
        .select_related("user")
        .first()
    )


def looked_after_by(pupil: Pupil) -> VirtualSchool | None:
    """The Virtual School whose policy counts: that of the authority which looks after the child today."""
    episode = CareEpisode.objects.filter(pupil=pupil, during__contains=clock.today()).first()
    return virtual_school_of(episode.authority_id) if episode else None


def readers_now(asked: ViewAsked) -> list[User]:
    """Who reads what comes back: whoever asked, while they read the record; after a move the SENCO and designated
    teacher of the school where the pupil is, else those who lead there, else the pupil's Virtual School."""
    if asked.asked_by.is_active and can_ask_view(asked.asked_by, asked.pupil):
        return [asked.asked_by]
    today = clock.today()
    place = SchoolPlace.objects.filter(pupil=asked.pupil_id, during__contains=today).first()
    school_id, virtual_school = place.school_id if place else None, looked_after_by(asked.pupil)
    for organisation_id, roles in (
        (school_id, KEEPERS),
        (school_id, SCHOOL_LEADS),
        (virtual_school.pk if virtual_school else None, VIRTUAL_SCHOOL_TEACHERS),
    ):
        staff = Membership.objects.on(today).playing(*roles).filter(organisation=organisation_id)
        readers = User.objects.filter(pk__in=staff.order_by().values("user"), is_active=True).order_by("pk")
        if organisation_id is not None and readers:
            return list(readers)
    return []


# --- worries -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class KeepsSafe:
    """Somebody told at once of a worry; without a user, known by address alone."""

    name: str
    email: str
    user: User | None
    is_social_worker: bool = False


def told_of_worries(asked: ViewAsked) -> list[KeepsSafe]:
    """The safeguarding leads of the pupil's school, where there is none its headteacher, then its SENCO and designated
    teacher; and the named social worker. Where none of them has an account, those who read what comes back."""
    pupil = asked.pupil
    told = [KeepsSafe(str(user), user.email, user) for user in _of_the_school(pupil)]
    if (worker := social_worker_of(pupil)) and (worker.user or worker.email):
        told.append(KeepsSafe(worker.name, worker.email, worker.user, is_social_worker=True))
    if not any(one.user for one in told):
        told += [KeepsSafe(str(user), user.email, user) for user in readers_now(asked) or [asked.asked_by]]
    return told


def _of_the_school(pupil: Pupil) -> list[User]:
    today = clock.today()
    place = SchoolPlace.objects.filter(pupil=pupil, during__contains=today).first()
    if place is None:
        return []
    staff = list(
        Membership.objects.on(today).filter(organisation=place.school_id, user__is_active=True).select_related("user")
    )
    for roles in ({Role.SAFEGUARDING_LEAD}, {Role.HEADTEACHER}, KEEPERS):
        if found := {member.user_id: member.user for member in staff if member.role in roles}:
            return list(found.values())
    return []

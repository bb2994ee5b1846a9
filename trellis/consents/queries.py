"""Who can agree for one child, as people with names; and consents as pages and lists show them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from trellis.conduct import clock
from trellis.consents.models import Capacity, Consent, ConsentState
from trellis.consents.rules import Consenter, ConsentFacts, who_may_agree
from trellis.organisations.models import SpecialistService
from trellis.people.models import Membership, User
from trellis.pupils.models import CareEpisode, NamedProfessional, PersonAround, ProfessionalRole, Pupil
from trellis.pupils.permissions import KEEPERS, reads_whole

PLACED_WITH_PARENTS = {"P1"}  # placement codes of the looked-after return: placed with own parents


def facts_of(pupil: Pupil, day: date, *, carer_delegated: bool = False) -> ConsentFacts:
    episode = CareEpisode.objects.filter(pupil=pupil, during__contains=day).first()
    return ConsentFacts(
        legal_status=episode.legal_status if episode else "",
        age=pupil.age,
        placed_with_parents=episode is not None and episode.placement_type in PLACED_WITH_PARENTS,
        carer_delegated=carer_delegated,
        first_name=pupil.first_name,
    )


@dataclass(frozen=True)
class Candidate:
    """Somebody who may agree, with their name. ``in_the_way`` says why they cannot be asked here, and what to do."""

    consenter: Consenter
    name: str = ""
    email: str = ""
    person: PersonAround | None = None
    professional: NamedProfessional | None = None
    in_the_way: str = ""

    @property
    def reference(self) -> str:
        """What a form says: "person:3", "professional:5", "pupil"; "" where nobody is known."""
        if self.person:
            return f"person:{self.person.pk}"
        if self.professional:
            return f"professional:{self.professional.pk}"
        return "pupil" if self.consenter.kind == Capacity.YOUNG_PERSON else ""

    @property
    def may_be_asked(self) -> bool:
        return bool(self.reference) and not self.in_the_way

    @property
    def by_link(self) -> bool:
        return self.may_be_asked and bool(self.email) and self.consenter.kind != Capacity.YOUNG_PERSON

    @property
    def delegation(self) -> str:
        return self.person.delegated if self.person and self.consenter.kind == Capacity.CARER else ""


def who_can_agree(pupil: Pupil, day: date) -> list[Candidate]:
    """Everybody who may agree for this child today, the first to ask first; with what stands in the way. A carer with
    something delegated is among them: whether it covers this is said by whoever asks."""
    people = list(PersonAround.objects.filter(pupil=pupil, during__contains=day).order_by("pk"))
    workers = NamedProfessional.objects.filter(
        pupil=pupil, role=ProfessionalRole.SOCIAL_WORKER, during__contains=day
    ).select_related("authority", "user")
    worker = workers.first()
    delegates = [one for one in people if one.delegated.strip() and not one.has_parental_responsibility]
    consenters = who_may_agree(facts_of(pupil, day, carer_delegated=bool(delegates)))
    return [one for consenter in consenters for one in _named(consenter, pupil, people, delegates, worker)]


def _named(
    consenter: Consenter, pupil: Pupil, people: list[PersonAround], delegates: list[PersonAround],
    worker: NamedProfessional | None,
) -> Iterator[Candidate]:  # fmt: skip
    match consenter.kind:
        case Capacity.YOUNG_PERSON:
            yield Candidate(consenter, pupil.first_name)
        case Capacity.AUTHORITY:
            yield _for_authority(consenter, worker)
        case Capacity.PARENT:
            yield from _with_responsibility(consenter, people, worker)
        case Capacity.CARER:
            yield from (_around(consenter, one, worker) for one in delegates)


def _for_authority(consenter: Consenter, worker: NamedProfessional | None) -> Candidate:
    if worker is None:
        return Candidate(consenter, in_the_way="No social worker is named. Ask the Virtual School who it is.")
    return Candidate(consenter, worker.name, worker.email, professional=worker)


def _with_responsibility(
    consenter: Consenter, people: list[PersonAround], worker: NamedProfessional | None
) -> Iterator[Candidate]:
    holders = [one for one in people if one.has_parental_responsibility]
    yield from (_around(consenter, one, worker) for one in holders)
    if not holders:
        yield Candidate(
            consenter,
            in_the_way="Nobody with parental responsibility is recorded. Find out who has it, and record it under "
            "People: it does not follow from the relationship.",
        )


def _around(consenter: Consenter, person: PersonAround, worker: NamedProfessional | None) -> Candidate:
    return Candidate(consenter, person.name, person.email, person=person, in_the_way=_in_the_way(person, worker))


def _in_the_way(person: PersonAround, worker: NamedProfessional | None) -> str:
    """A person who may not be contacted is never asked here; the social worker arranges it, or nobody does."""
    if person.may_be_contacted:
        return ""
    whom = f"{worker.name}, the social worker," if worker else "the social worker"
    return (
        f"The school must not contact {person.name}. Ask {whom} whether and how consent can be arranged; if they "
        "arrange it, they record it here. Until then you can talk to the service without naming the child."
    )


def still_may_agree(consent: Consent, day: date) -> bool:
    """Whether the person who was asked may agree today: the order in force, the contact and the delegation may have
    changed since."""
    same = [
        one
        for one in who_can_agree(consent.pupil, day)
        if one.consenter.kind == consent.capacity and (one.person.pk if one.person else None) == consent.person_id
    ]
    return any(one.delegation == consent.delegation for one in same)


def may_be_contacted(consent: Consent) -> bool:
    """Whether the person around who was asked may be contacted today; professionals always may."""
    return (
        consent.person_id is None or PersonAround.objects.filter(pk=consent.person_id, may_be_contacted=True).exists()
    )


def latest_of(pupil: Pupil, service: SpecialistService) -> Consent | None:
    """The newest consent asked for this service, whatever became of it."""
    return Consent.objects.filter(pupil=pupil, service=service).with_names().order_by("-pk").first()


def standing(pupil: Pupil, service: SpecialistService) -> Consent | None:
    return Consent.objects.filter(pupil=pupil, service=service).standing_on(clock.today()).with_names().first()


def may_be_answered_by_link(consent: Consent) -> bool:
    """Whether the page behind the link still asks: open, and of somebody who may still agree and be contacted."""
    return consent.state == ConsentState.ASKED and may_be_contacted(consent) and still_may_agree(consent, clock.today())


def asker_as_told_to(consent: Consent) -> str:
    """Who asks, as far as the person asked may know: the school's name only where it is safe to share (domain H6)."""
    if consent.professional is not None or (consent.person is not None and consent.person.safe_to_share):
        return f"{consent.asked_by}, {consent.written_for.name},"
    return "The school"


def askers_now(consent: Consent) -> list[User]:
    """Whoever asked, while they still read the record; after a move the new school's SENCO and designated teacher."""
    if reads_whole(consent.asked_by, consent.pupil):
        return [consent.asked_by]
    keepers = Membership.objects.on(clock.today()).playing(*KEEPERS).filter(organisation=consent.written_for_id)
    return list(User.objects.filter(pk__in=keepers.order_by().values("user")).order_by("pk"))


def with_open_consents(pupils: Sequence[Pupil]) -> list[Pupil]:
    """Those of these pupils about whom there is a consent that stands or is waited for."""
    theirs = set(Consent.objects.filter(pupil__in=pupils).open().values_list("pupil", flat=True))
    return [pupil for pupil in pupils if pupil.pk in theirs]

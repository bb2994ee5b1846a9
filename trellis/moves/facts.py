"""The facts from which ``follows`` tells what a move brings, for many moves at once: as many queries for 300 as for
one."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from trellis.alerts.models import Alert
from trellis.calendar.models import Term
from trellis.calendar.rules import year_group
from trellis.conduct import clock
from trellis.consents.models import Consent
from trellis.design.in_words import hours
from trellis.funding.models import FundingRequest, RequestState
from trellis.hours.models import Visit
from trellis.hours.queries import minutes_kept, with_parts
from trellis.hv.models import HvCase, HvState
from trellis.moves.follows import Facts, Planned
from trellis.moves.models import Verb
from trellis.organisations.models import LocalAuthority, School, VirtualSchool
from trellis.outreach.models import OutreachCase
from trellis.people.models import Membership
from trellis.people.roles import SCHOOL_LEADS
from trellis.peps.models import DONE, WITH_THE_SCHOOL, Pep, PepPolicy, PepState
from trellis.peps.rules import Due, due_after, due_for_term, is_of_pep_age, reaches_into
from trellis.pupils.models import (
    AccessPolicy,
    AuthorityDuty,
    CareEpisode,
    NamedProfessional,
    ProfessionalRole,
    Pupil,
    PupilAuthority,
    SchoolPlace,
    Sen,
    SenStatus,
)
from trellis.voices.models import ViewAsked, Whose

BRINGS_ANOTHER_AUTHORITY = (Verb.ENTER_CARE, Verb.CHANGE_AUTHORITY)


def facts_for(planned: Sequence[Planned]) -> list[Facts]:
    """The facts of each move, in the order given."""
    around = Around(planned)
    return [_facts(one, around) for one in planned]


class Around:
    """All that stands around the children of some moves, each table read once."""

    def __init__(self, planned: Sequence[Planned]) -> None:
        self.today = clock.today()
        self.pupil_ids = {one.pupil_id for one in planned if one.pupil_id is not None}
        self.school_ids = {one.school_id for one in planned if one.school_id is not None}
        self.authority_ids = {one.authority_id for one in planned if one.authority_id is not None}

    def _of_pupils(self, rows: Any) -> dict[int, list[Any]]:
        """Rows by pupil, in their order."""
        by_pupil: dict[int, list[Any]] = defaultdict(list)
        for row in rows.filter(pupil__in=self.pupil_ids) if self.pupil_ids else ():
            by_pupil[row.pupil_id].append(row)
        return by_pupil

    @cached_property
    def birthdays(self) -> dict[int, date]:
        return dict(Pupil.objects.filter(pk__in=self.pupil_ids).values_list("pk", "date_of_birth"))

    @cached_property
    def days_read_back(self) -> int:
        return AccessPolicy.objects.days_read_back(self.today)

    @cached_property
    def places(self) -> dict[int, list[SchoolPlace]]:
        return self._of_pupils(
            SchoolPlace.objects.filter(during__isempty=False).select_related("school").order_by("during")
        )

    @cached_property
    def care(self) -> dict[int, list[CareEpisode]]:
        return self._of_pupils(CareEpisode.objects.filter(during__contains=self.today).select_related("authority"))

    @cached_property
    def schools(self) -> dict[int, School]:
        return School.objects.in_bulk(self.school_ids)

    @cached_property
    def schools_that_sign_in(self) -> set[int]:
        leads = Membership.objects.on(self.today).playing(*SCHOOL_LEADS).filter(organisation__in=self.school_ids)
        return set(leads.order_by().values_list("organisation", flat=True))

    @cached_property
    def authorities(self) -> dict[int, LocalAuthority]:
        return LocalAuthority.objects.in_bulk(self.authority_ids)

    @cached_property
    def virtual_schools(self) -> dict[int, VirtualSchool]:
        """By their authority."""
        caring = {episode.authority_id for episodes in self.care.values() for episode in episodes}
        found = VirtualSchool.objects.filter(authority__in=caring | self.authority_ids)
        return {one.authority_id: one for one in found}

    @cached_property
    def terms(self) -> dict[int, list[Term]]:
        by_office: dict[int, list[Term]] = defaultdict(list)
        offices = {one.pk for one in self.virtual_schools.values()}
        for term in Term.objects.filter(organisation__in=offices).order_by("during"):
            by_office[term.organisation_id].append(term)
        return by_office

    @cached_property
    def pep_policies(self) -> list[PepPolicy]:
        offices = {one.pk for one in self.virtual_schools.values()}
        return list(PepPolicy.objects.filter(organisation__in=offices))

    @cached_property
    def peps(self) -> dict[int, list[Pep]]:
        return self._of_pupils(Pep.objects.newest_first().select_related("term"))

    @cached_property
    def money(self) -> dict[int, list[FundingRequest]]:
        states = (RequestState.ASKED, RequestState.AGREED, RequestState.PAID)
        return self._of_pupils(FundingRequest.objects.filter(state__in=states))

    @cached_property
    def awards(self) -> dict[int, list[HvCase]]:
        return self._of_pupils(HvCase.objects.open())

    @cached_property
    def outreach(self) -> dict[int, list[OutreachCase]]:
        return self._of_pupils(OutreachCase.objects.open())

    @cached_property
    def consents(self) -> dict[int, list[Consent]]:
        return self._of_pupils(Consent.objects.open())

    @cached_property
    def asked(self) -> dict[int, list[ViewAsked]]:
        waiting = ViewAsked.objects.not_answered().filter(whose__in=(Whose.CARER, Whose.SOCIAL_WORKER))
        return self._of_pupils(waiting)

    @cached_property
    def professionals(self) -> dict[int, list[NamedProfessional]]:
        return self._of_pupils(NamedProfessional.objects.filter(during__contains=self.today).order_by("pk"))

    @cached_property
    def duties(self) -> dict[int, list[PupilAuthority]]:
        return self._of_pupils(PupilAuthority.objects.filter(during__contains=self.today).select_related("authority"))

    @cached_property
    def plans(self) -> dict[int, list[SenStatus]]:
        return self._of_pupils(SenStatus.objects.filter(during__contains=self.today, status=Sen.PLAN))

    @cached_property
    def visits(self) -> dict[int, list[Visit]]:
        kept = Visit.objects.open().not_begun().filter(request__pupil__in=self.pupil_ids).order_by("pk")
        by_pupil: dict[int, list[Visit]] = defaultdict(list)
        for visit in kept.select_related("service", "request").prefetch_related(with_parts()):
            assert visit.request is not None
            by_pupil[visit.request.pupil_id].append(visit)
        return by_pupil

    @cached_property
    def alerts(self) -> dict[int, list[Alert]]:
        return self._of_pupils(Alert.objects.open())

    def policy(self, virtual_school: VirtualSchool, day: date) -> PepPolicy:
        """As ``PepPolicy.objects.counting``."""
        found = (one for one in self.pep_policies if one.organisation_id == virtual_school.pk and day in one.during)
        return next(found, None) or PepPolicy(organisation=virtual_school, source=PepPolicy.SAMPLE)

    def term(self, virtual_school: VirtualSchool, day: date) -> Term | None:
        """As ``calendar.queries.term_for``."""
        return next((term for term in self.terms[virtual_school.pk] if term.during.upper > day), None)


def _facts(planned: Planned, around: Around) -> Facts:
    child = _Child(planned, around)
    school = around.schools.get(planned.school_id or 0)
    authority = around.authorities.get(planned.authority_id or 0)
    coming = around.virtual_schools.get(planned.authority_id or 0)
    duties = {row.duty: str(row.authority) for row in child.rows(around.duties)}
    award = next(iter(child.rows(around.awards)), None)
    return Facts(
        today=around.today,
        days_read_back=around.days_read_back,
        school=str(child.place.school) if child.place else "",
        new_school=str(school or ""),
        new_school_signs_in=planned.school_id is None or planned.school_id in around.schools_that_sign_in,
        authority=str(child.care.authority) if child.care else "",
        virtual_school=str(child.virtual_school or ""),
        new_authority=str(authority or ""),
        new_virtual_school=str(coming or ""),
        resident=duties.get(AuthorityDuty.RESIDENT, ""),
        plan_keeper=duties.get(AuthorityDuty.PLAN_MAINTAINING, ""),
        has_ehc_plan=bool(child.rows(around.plans)),
        worker_and_iro=tuple(child.named(ProfessionalRole.SOCIAL_WORKER, ProfessionalRole.IRO)),
        ehc_coordinator=next(child.named(ProfessionalRole.EHC_COORDINATOR), ""),
        carers_asked=len(child.rows(around.asked)),
        consents=len(child.rows(around.consents)),
        unfinished_pep=_named(child.peps, WITH_THE_SCHOOL),
        submitted_pep=_named(child.peps, (PepState.SUBMITTED,)),
        pep_due=child.pep_due(coming),
        pep_age=coming is None or child.is_of_pep_age(coming),
        asked_pence=sum(one.amount_pence for one in child.money(RequestState.ASKED)),
        agreed_pence=sum(one.agreed_pence or 0 for one in child.money(RequestState.AGREED, RequestState.PAID)),
        visits=tuple(child.visits_kept()),
        award=_award(award),
        has_outreach=bool(child.rows(around.outreach)),
        is_at_risk=any(one.written_for_id == child.school_id for one in child.rows(around.alerts)),
    )


@dataclass(frozen=True)
class _Child:
    """One child of a move, out of what was read for all."""

    planned: Planned
    around: Around

    def rows(self, by_pupil: dict[int, list[Any]]) -> list[Any]:
        return by_pupil.get(self.planned.pupil_id or 0, [])

    @property
    def place(self) -> SchoolPlace | None:
        today = self.around.today
        return next((place for place in self.rows(self.around.places) if today in place.during), None)

    @property
    def school_id(self) -> int | None:
        return self.place.school_id if self.place else None

    @property
    def care(self) -> CareEpisode | None:
        return next(iter(self.rows(self.around.care)), None)

    @property
    def virtual_school(self) -> VirtualSchool | None:
        return self.around.virtual_schools.get(self.care.authority_id) if self.care else None

    @property
    def peps(self) -> list[Pep]:
        return self.rows(self.around.peps)

    @property
    def born(self) -> date:
        return self.planned.date_of_birth or self.around.birthdays[self.planned.pupil_id or 0]

    @property
    def year(self) -> int:
        known = self.planned.year_group if self.planned.year_group is not None else self._year_at_school
        return known if known is not None else year_group(self.born, self.around.today)

    @property
    def _year_at_school(self) -> int | None:
        return self.place.year_group if self.place else None

    def named(self, *roles: str) -> Iterator[str]:
        return (one.name for one in self.rows(self.around.professionals) if one.role in roles)

    def money(self, *states: str) -> Iterable[FundingRequest]:
        return (one for one in self.rows(self.around.money) if one.state in states)

    def visits_kept(self) -> Iterable[str]:
        for visit in self.rows(self.around.visits):
            if visit.school_id == self.school_id and (minutes := minutes_kept(visit)):
                yield f"{hours(minutes)} of {visit.service.abbreviation}"

    def is_of_pep_age(self, virtual_school: VirtualSchool) -> bool:
        term = self.around.term(virtual_school, self.around.today)
        day = term.during.lower if term else self.around.today
        return is_of_pep_age(self.born, self.around.today, self.around.policy(virtual_school, day))

    def pep_due(self, coming: VirtualSchool | None) -> Due | None:
        """The due date of the PEP that this move brings, as the actions of ``peps`` will set it."""
        if self.planned.verb == Verb.MOVE_SCHOOL:
            return self._due_at_new_school() if self.virtual_school else None
        if self.planned.verb in BRINGS_ANOTHER_AUTHORITY and coming is not None:
            return self._due_in_care_of(coming)
        return None

    def _due_at_new_school(self) -> Due | None:
        assert self.virtual_school is not None
        on, term = self.planned.on, self.around.term(self.virtual_school, self.planned.on)
        if term is None:
            return None
        is_move = any(place.since < on for place in self.rows(self.around.places))
        if not is_move or on <= term.during.lower:
            return None if self._has_one_of(term) else self._due_for(self.virtual_school, term)
        open_now = next((pep for pep in self.peps if pep.state not in DONE), None)
        if open_now is None or open_now.state in WITH_THE_SCHOOL:
            return due_after(on, "started at a new school")
        return None

    def _due_in_care_of(self, virtual_school: VirtualSchool) -> Due | None:
        today, began_on = self.around.today, self.planned.since or self.planned.on
        term = self.around.term(virtual_school, today)
        if term is None or self._has_one_of(term) or not self.is_of_pep_age(virtual_school):
            return None
        if reaches_into(began_on, min(today, term.during.lower)):
            return due_after(began_on, "came into care")
        return self._due_for(virtual_school, term)

    def _due_for(self, virtual_school: VirtualSchool, term: Term) -> Due | None:
        policy = self.around.policy(virtual_school, term.during.lower)
        if not is_of_pep_age(self.born, self.around.today, policy):
            return None
        return due_for_term(policy, term, self.year, policy.source)

    def _has_one_of(self, term: Term) -> bool:
        return any(pep.term_id == term.pk and pep.state != PepState.ENDED for pep in self.peps)


def _named(peps: Iterable[Pep], states: Collection[str]) -> str:
    return next((str(pep) for pep in peps if pep.state in states), "")


def _award(case: HvCase | None) -> str:
    if case is None:
        return ""
    what = "award" if case.state == HvState.AWARDED else "proposal"
    return f"{what} of the Highly Vulnerable framework"

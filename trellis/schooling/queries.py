"""What people look at about a pupil's place in school, and what is true of it on a day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from django.db.models import QuerySet

from trellis.calendar.models import Term
from trellis.calendar.queries import SchoolWeeks, school_weeks
from trellis.calendar.rules import add_school_days, monday_of
from trellis.conduct import clock
from trellis.organisations.models import School, VirtualSchool
from trellis.people.models import Membership, User
from trellis.people.roles import Role
from trellis.pupils.models import (
    AuthorityDuty,
    CareEpisode,
    NamedProfessional,
    PersonAround,
    ProfessionalRole,
    Pupil,
    PupilAuthority,
    Relationship,
    SchoolPlace,
    Sen,
    SenStatus,
    virtual_school_of,
)
from trellis.schooling import rules
from trellis.schooling.models import (
    Attainment,
    Attendance,
    Kind,
    PartTimeTimetable,
    SentHome,
    Suspension,
    TermCountPolicy,
    days_in_words,
)

CARERS = [Relationship.FOSTER_CARER, Relationship.KEY_WORKER]


# --- school days and terms -------------------------------------------------------------------------------------------


def school_days_of(school: School, since: date, until: date) -> list[date]:
    """The days on which this school is open, from ``since`` up to and including ``until``. Where no term of its area is
    known, Monday to Friday count."""
    return open_days(school_weeks([school.authority_code])[school.authority_code], since, until)


def open_days(weeks: SchoolWeeks, since: date, until: date) -> list[date]:
    mondays = (monday_of(since) + timedelta(weeks=n) for n in range((until - monday_of(since)).days // 7 + 1))
    return [day for monday in mondays for day in weeks.open_days(monday) if since <= day <= until]


def last_three_terms(school: School, day: date) -> list[tuple[date, date]]:
    """The term of a day and the two before it, as this school counts suspended days, earliest first."""
    policy = TermCountPolicy.objects.counting(school, day)
    periods: list[tuple[date, date]] = []
    if policy.counts_by == TermCountPolicy.CountsBy.OWN_TERMS:
        area = {"organisation__virtualschool__authority__code": school.authority_code}
        begun = Term.objects.filter(**area, during__startswith__lte=day).order_by("-during")[:3]
        periods = [(term.during.lower, term.during.upper - timedelta(days=1)) for term in begun]
    while len(periods) < 3:
        before = periods[-1][0] - timedelta(days=1) if periods else day
        periods.append(rules.reference_period(before))
    return periods[::-1]


# --- counts ----------------------------------------------------------------------------------------------------------


def out_of(suspension: Suspension) -> rules.Out:
    return rules.Out(
        tuple(suspension.days), suspension.from_midday, suspension.until_midday, suspension.kind == Kind.LUNCHTIMES
    )


@dataclass(frozen=True)
class SchoolFacts:
    """What is known on a day of a pupil's place in school. Half days are integers, two a school day."""

    on: date
    suspensions: Sequence[Suspension] = ()
    timetable: PartTimeTimetable | None = None
    sent_home: Sequence[SentHome] = ()
    terms: Sequence[tuple[date, date]] = field(default=())

    def half_days(self, since: date, until: date) -> int:
        return sum(out_of(suspension).within(since, until) for suspension in self.suspensions)

    @cached_property
    def half_days_in_term(self) -> int:
        return self.half_days(*self.terms[-1])

    @cached_property
    def half_days_in_year(self) -> int:
        return self.half_days(*rules.school_year(self.on))

    @cached_property
    def half_days_in_three_terms(self) -> int:
        return self.half_days(self.terms[0][0], self.terms[-1][1])

    @property
    def term_in_words(self) -> str:
        return days_in_words(self.half_days_in_term)

    @property
    def year_in_words(self) -> str:
        return days_in_words(self.half_days_in_year)

    @property
    def part_time_in_words(self) -> str:
        """ "12½ hours of 23½ hours"."""
        return self.timetable.hours_in_words if self.timetable else ""

    @property
    def left_in_year_in_words(self) -> str:
        """How much of the law's 45 school days a year is left: "42½ school days"."""
        return days_in_words(max(0, rules.YEARLY_CAP - self.half_days_in_year))


def facts_of(pupil: Pupil, on: date) -> SchoolFacts:
    """What counts for this pupil on a day, whichever school it happened at."""
    return facts_at(place_on(pupil, on), pupil, on)


def facts_at(place: SchoolPlace | None, pupil: Pupil, on: date) -> SchoolFacts:
    """The same, for who knows already where the pupil was that day."""
    terms = last_three_terms(place.school if place else School(), on)
    since = min(terms[0][0], rules.school_year(on)[0]) - timedelta(days=31)
    return SchoolFacts(
        on,
        list(Suspension.objects.filter(pupil=pupil, first_day__gte=since).that_were().with_names().latest_first()),
        PartTimeTimetable.objects.filter(pupil=pupil).current().with_names().first(),
        list(SentHome.objects.of_child(pupil.pk).filter(happened_on__gte=since).select_related("school")),
        terms,
    )


def half_days_in_year(pupil: Pupil, on: date) -> int:
    """Half days suspended in the school year of a day, at whichever school."""
    since, until = rules.school_year(on)
    return sum(out_of(one).within(since, until) for one in Suspension.objects.filter(pupil=pupil).that_were())


def place_on(pupil: Pupil, day: date) -> SchoolPlace | None:
    return SchoolPlace.objects.filter(pupil=pupil, during__contains=day).select_related("school").first()


# --- the clocks of one suspension ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Clocks:
    """What one suspension sets running: full-time education from the sixth day, the board's duty and by when."""

    chain: Sequence[Suspension]
    half_days_in_chain: int
    provision_due_on: date | None
    duty: rules.BoardDuty
    board_meets_by: date | None
    half_days_in_term: int


def clocks_of(suspension: Suspension) -> Clocks:
    """Consecutive suspensions add up for the sixth day; the term's count decides what the governing board owes."""
    chain = chain_of(suspension)
    chain_days = sorted({day for one in chain for day in one.days})
    first_day = min([one.first_day for one in chain])
    ahead = school_days_of(suspension.school, first_day, suspension.first_day + timedelta(days=300))
    in_term = half_days_in_term_of(suspension)
    duty = rules.board_duty(
        is_permanent=suspension.is_permanent, half_days_in_term=in_term, misses_exam=suspension.misses_exam
    )
    notified_on = suspension.decided_at.astimezone(clock.LONDON).date()
    return Clocks(
        chain,
        sum(one.half_days for one in chain),
        rules.sixth_day([] if suspension.is_permanent else chain_days, first_day, ahead),
        duty,
        add_school_days(notified_on, duty.school_days, ahead) if duty.school_days else None,
        in_term,
    )


def chain_of(suspension: Suspension) -> list[Suspension]:
    """This suspension and those it follows without a school day between, earliest first."""
    chain = [suspension]
    while chain[0].follows is not None:
        chain.insert(0, chain[0].follows)
    return chain


def half_days_in_term_of(suspension: Suspension) -> int:
    """The half days of the fullest term that this suspension touches, itself included."""
    others = Suspension.objects.filter(pupil=suspension.pupil_id).that_were().exclude(pk=suspension.pk)
    return fullest_term(suspension.school, out_of(suspension), suspension.first_day, others)


def fullest_term(school: School, out: rules.Out, first_day: date, others: Iterable[Suspension]) -> int:
    outs = [out, *(out_of(other) for other in others)]
    ends = {first_day, *out.days[:1], *out.days[-1:]}
    terms = {last_three_terms(school, day)[-1] for day in ends}
    return max(sum(one.within(*term) for one in outs) for term in terms)


def fullest_year(out: rules.Out, others: Iterable[Suspension]) -> int:
    """The half days of the fullest school year that these days touch, with all others of that year."""
    return rules.fullest_year(out, [out_of(other) for other in others])


def followed_by(school: School, first_day: date, others: Iterable[Suspension]) -> Suspension | None:
    """The suspension after whose last day this one begins, without a school day between."""
    for other in others:
        if other.school_id == school.pk and other.days and other.days[-1] < first_day and other.kind != Kind.LUNCHTIMES:
            between = school_days_of(school, other.days[-1] + timedelta(days=1), first_day - timedelta(days=1))
            if not between and not other.until_midday:
                return other
    return None


# --- the people who are told -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Around:
    """The people and authorities around a pupil on a day, as a suspension asks for them."""

    care: CareEpisode | None
    has_ehc_plan: bool
    parents: Sequence[PersonAround]
    carers: Sequence[PersonAround]
    social_worker: NamedProfessional | None
    ehc_coordinator: NamedProfessional | None
    lives_in: PupilAuthority | None
    virtual_school_heads: Sequence[User]
    virtual_school: VirtualSchool | None

    def facts(self, school: School, **of_the_suspension: object) -> rules.SuspensionFacts:
        return rules.SuspensionFacts(
            legal_status=self.care.legal_status if self.care else "",
            parent_is_known=bool(self.parents),
            parent_may_be_contacted=any(parent.may_be_contacted for parent in self.parents),
            social_worker_is_named=self.social_worker is not None,
            has_ehc_plan=self.has_ehc_plan,
            lives_in_another_authority=self.lives_in is not None
            and self.lives_in.authority.code != school.authority_code,
            **of_the_suspension,  # type: ignore[arg-type]
        )


def around(pupil: Pupil, day: date) -> Around:
    care = CareEpisode.objects.filter(pupil=pupil, during__contains=day).select_related("authority").first()
    people = list(PersonAround.objects.filter(pupil=pupil, during__contains=day).order_by("pk"))
    named = NamedProfessional.objects.filter(pupil=pupil, during__contains=day).select_related("user")
    professionals = {professional.role: professional for professional in named}
    authorities = PupilAuthority.objects.filter(pupil=pupil, during__contains=day, duty=AuthorityDuty.RESIDENT)
    virtual_school = virtual_school_of(care.authority_id) if care else None
    return Around(
        care,
        SenStatus.objects.filter(pupil=pupil, during__contains=day, status=Sen.PLAN).exists(),
        [person for person in people if person.has_parental_responsibility],
        [person for person in people if person.relationship in CARERS],
        professionals.get(ProfessionalRole.SOCIAL_WORKER),
        professionals.get(ProfessionalRole.EHC_COORDINATOR),
        authorities.select_related("authority").first(),
        people_of(virtual_school, Role.VIRTUAL_SCHOOL_HEAD),
        virtual_school,
    )


def people_of(organisation: VirtualSchool | School | None, *roles: str) -> list[User]:
    """Those who play one of these roles there today, each once."""
    if organisation is None:
        return []
    ids = Membership.objects.on(clock.today()).playing(*roles).filter(organisation=organisation.pk).order_by()
    return list(User.objects.filter(pk__in=ids.values("user"), is_active=True).order_by("pk"))


@dataclass(frozen=True)
class ToldOfPupil:
    """What schools told of a pupil's attendance and attainment, as far as this person may see it; the newest first."""

    attendance: Sequence[Attendance]
    attainment: Sequence[Attainment]


def told_of(user: User, pupil: Pupil) -> ToldOfPupil:
    """What stands; what was told before and corrected since is left out."""
    return ToldOfPupil(
        list(Attendance.objects.visible_to(user).standing().filter(pupil=pupil).select_related("school", "told_by")),
        list(Attainment.objects.visible_to(user).standing().filter(pupil=pupil).select_related("school", "told_by")),
    )


def last_attendance(user: User, pupil: Pupil) -> Attendance | None:
    """What was told of the period that ended last."""
    told = Attendance.objects.visible_to(user).standing().filter(pupil=pupil)
    return told.select_related("school").first()


def of_pupil_visible_to(user: User, pupil: Pupil) -> QuerySet[Suspension]:
    return Suspension.objects.visible_to(user).filter(pupil=pupil).that_were().with_names().latest_first()

"""The authorities, their Virtual Schools and services, the schools, and everybody who works there."""

from dataclasses import dataclass, field
from datetime import date
from random import Random

from trellis.calendar.models import Closure, Term
from trellis.calendar.rules import academic_year
from trellis.england import names
from trellis.england.copying import Pouring, period
from trellis.organisations.models import (
    Kind,
    LocalAuthority,
    Organisation,
    School,
    SpecialistService,
    VirtualSchool,
)
from trellis.people.models import Membership, User
from trellis.people.roles import Role
from trellis.people.views import CAST_DOMAIN

AUTHORITIES, SCHOOLS, CHILDREN = 153, 24_000, 84_000  # of England, 2023 to 2025 (DfE)
FEW = 16  # children for each authority, with which there are all of them
PHASES = [  # of a thousand schools: phase, how many, youngest and oldest
    ("Nursery", 16, 2, 5),
    ("Primary", 697, 4, 11),
    ("Secondary", 207, 11, 18),
    ("Special", 65, 4, 19),
    ("Alternative provision", 15, 5, 16),
]
SERVICES = {
    "EPS": "Education Psychology Service",
    "CCT": "Complex Communication Team",
    "SEMHL": "Social, Emotional, Mental Health and Learning teachers",
}
MAIL = "england.example"


@dataclass
class Person:
    id: int
    name: str
    email: str


@dataclass
class Place:
    """A school, and who works there."""

    id: int
    urn: str
    name: str
    phase: str
    senco: Person
    teacher: Person  # designated teacher


@dataclass(frozen=True)
class TermOf:
    id: int
    name: str
    begins: date
    ends_before: date


@dataclass
class Area:
    """An authority and what belongs to it."""

    id: int
    code: str
    name: str
    share: float  # of England's children
    virtual_school: int = 0
    terms: list[TermOf] = field(default_factory=list)
    services: dict[str, int] = field(default_factory=dict)
    specialists: dict[str, Person] = field(default_factory=dict)
    schools: dict[str, list[Place]] = field(default_factory=dict)  # by phase
    officers: dict[str, list[Person]] = field(default_factory=dict)  # by role
    advisers: list[Person] = field(default_factory=list)
    business: list[Person] = field(default_factory=list)

    @property
    def all_schools(self) -> list[Place]:
        return [school for schools in self.schools.values() for school in schools]


class Country:
    """Founds the authorities and their schools. The first is where the cast works, who can be chosen on the page of the
    demonstration."""

    def __init__(self, to: Pouring, random: Random, today: date, *, children: int, years: int) -> None:
        self.to, self.random, self.today, self.years = to, random, today, years
        self.children = children
        self.began = date(academic_year(today) - years, 9, 1)
        number = AUTHORITIES if children >= FEW * AUTHORITIES else max(2, children // 100)
        schools = max(12 * number, round(children * SCHOOLS / CHILDREN))
        sizes = [1.0, *(random.lognormvariate(0, 0.7) for _ in range(number - 1))]
        self._urn = 100_000
        self.areas = [
            self._found(nth, name, size / sum(sizes))
            for nth, (name, size) in enumerate(zip(names.authority_names(number), sizes, strict=True))
        ]
        for area in self.areas:
            self._list_schools(area, max(10, round(schools * area.share)), is_first=area is self.areas[0])
            to.send()

    # --- authorities ---------------------------------------------------------------------------------------------

    def _found(self, nth: int, name: str, share: float) -> Area:
        code = str(201 + nth)
        area = Area(self._organisation(Kind.AUTHORITY, name, code), code, name, share)
        self.to[LocalAuthority].add(organisation_ptr_id=area.id)
        area.virtual_school = self._organisation(Kind.VIRTUAL_SCHOOL, f"{name} Virtual School", str(501 + nth))
        self.to[VirtualSchool].add(organisation_ptr_id=area.virtual_school, authority_id=area.id)
        is_first = nth == 0
        in_care = self.children * share
        self._officers(area, in_care, is_first)
        self._virtual_school(area, in_care, is_first)
        for abbreviation, service_name in SERVICES.items():
            service = self._organisation(Kind.SERVICE, service_name, f"{code}-{abbreviation}")
            self.to[SpecialistService].add(organisation_ptr_id=service, authority_id=area.id, abbreviation=abbreviation)
            area.services[abbreviation] = service
            lead, one = {"EPS": ("edith", "eve"), "SEMHL": ("lee", "tess"), "CCT": ("cleo", "cy")}[abbreviation]
            self._employ(lead, Role.SERVICE_LEAD, service, f"{code}.{abbreviation}", is_first)
            area.specialists[abbreviation] = self._employ(
                one, Role.SPECIALIST, service, f"{code}.{abbreviation}", is_first
            )
        self._publish_terms(area)
        return area

    def _officers(self, area: Area, in_care: float, is_first: bool) -> None:
        for role, short, each in [
            (Role.SOCIAL_WORKER, "sol", 16),
            (Role.IRO, "iris", 65),
            (Role.EHC_COORDINATOR, "ed", 120),
        ]:
            area.officers[role] = [
                self._employ(short, role, area.id, f"{area.code}.{nth}", is_first and nth == 0)
                for nth in range(max(1, round(in_care / each)))
            ]

    def _virtual_school(self, area: Area, in_care: float, is_first: bool) -> None:
        where = area.virtual_school
        for short, role in [("vic", Role.VIRTUAL_SCHOOL_HEAD), ("otis", Role.OUTREACH_TEACHER)]:
            self._employ(short, role, where, area.code, is_first)
        area.business = [self._employ("bea", Role.BUSINESS_OFFICER, where, area.code, is_first)]
        area.advisers = [
            self._employ("ada", Role.EDUCATION_ADVISER, where, f"{area.code}.{nth}", is_first and nth == 0)
            for nth in range(max(1, round(in_care / 90)))
        ]

    def _publish_terms(self, area: Area) -> None:
        for year in range(academic_year(self.today) - self.years, academic_year(self.today) + 2):
            for name, begins, ends in [
                ("autumn", date(year, 9, 2), date(year, 12, 19)),
                ("spring", date(year + 1, 1, 5), date(year + 1, 3, 28)),
                ("summer", date(year + 1, 4, 13), date(year + 1, 7, 22)),
            ]:
                number = self.to[Term].add(
                    organisation_id=area.virtual_school, name=name, during=period(begins, ends), source="sample"
                )
                area.terms.append(TermOf(number, name, begins, ends))
            half_term = period(date(year, 10, 26), date(year, 10, 31))
            self.to[Closure].add(organisation_id=area.virtual_school, name="half term", during=half_term)

    # --- schools -------------------------------------------------------------------------------------------------

    def _list_schools(self, area: Area, number: int, *, is_first: bool) -> None:
        for phase, of_thousand, lowest, highest in PHASES:
            so_many = max(1, round(number * of_thousand / 1000))
            area.schools[phase] = [
                self._list_school(area, nth, phase, lowest, highest, is_first and phase == "Primary" and nth == 0)
                for nth in range(so_many)
            ]

    def _list_school(self, area: Area, nth: int, phase: str, lowest: int, highest: int, is_cast: bool) -> Place:
        self._urn += 1
        urn, name = str(self._urn), names.school_name(self.random, nth, phase)
        number = self._organisation(Kind.SCHOOL, name, urn)
        self.to[School].add(
            organisation_ptr_id=number, authority_code=area.code, authority_name=area.name, phase=phase, status="Open",
            lowest_age=lowest, highest_age=highest, town=area.name, establishment_number=f"{2000 + nth:04}",
        )  # fmt: skip
        senco = self._employ("sam", Role.SENCO, number, urn, is_cast)
        if is_cast or self.random.random() < 0.6:
            teacher = self._employ("dee", Role.DESIGNATED_TEACHER, number, urn, is_cast)
        else:
            teacher = senco
            self._give_role(senco, Role.DESIGNATED_TEACHER, number)
        self._employ("hana", Role.HEADTEACHER, number, urn, is_cast)
        self._employ("sefa", Role.SAFEGUARDING_LEAD, number, urn, is_cast)
        return Place(number, urn, name, phase, senco, teacher)

    # --- people --------------------------------------------------------------------------------------------------

    def _organisation(self, kind: str, name: str, code: str) -> int:
        return self.to[Organisation].add(kind=kind, name=name, code=code)

    def _employ(self, short: str, role: str, where: int, address: str, is_cast: bool) -> Person:
        first = short.capitalize() if is_cast else names.first_name(self.random)
        last = names.last_name(self.random)
        email = f"{short}@{CAST_DOMAIN}" if is_cast else f"{short}.{address}@{MAIL}"
        number = self.to[User].add(
            email=email, first_name=first, last_name=last, password="!", date_joined=f"{self.began} 09:00:00+00"
        )
        person = Person(number, f"{first} {last}", email)
        self._give_role(person, role, where)
        return person

    def _give_role(self, person: Person, role: str, where: int) -> None:
        """Since long before: an officer named for a child sees it while they work there."""
        since = self.began.replace(year=self.began.year - 20)
        self.to[Membership].add(user_id=person.id, organisation_id=where, role=role, during=period(since))

"""The cast: the two Virtual Schools, their schools, and the people of a demonstration."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from trellis.calendar import actions as calendar
from trellis.calendar.rules import academic_year
from trellis.conduct import clock
from trellis.organisations import actions as organisations
from trellis.organisations.models import Organisation, School, SpecialistService, VirtualSchool
from trellis.people import actions as people
from trellis.people.models import User
from trellis.people.roles import Role
from trellis.people.views import CAST_DOMAIN

LONG_AGO = date(2020, 9, 1)

SCHOOLS = {  # urn: (name, phase, lowest and highest age, of which Virtual School's area)
    "990101": ("Little Acorns Nursery School", "Nursery", 2, 5, "990"),
    "990102": ("Larch Primary School", "Primary", 4, 11, "990"),
    "990103": ("Rowan Academy", "Secondary", 11, 18, "990"),
    "990104": ("Hazel Bank School", "Special", 4, 19, "990"),
    "991101": ("Birch Hill All-through School", "All-through", 4, 18, "991"),
}

PEOPLE = [  # short name, first, last, role, where
    ("sam", "Sam", "Whitlock", Role.SENCO, "990102"),
    ("dee", "Dee", "Marlowe", Role.DESIGNATED_TEACHER, "990102"),
    ("tia", "Tia", "Brennan", Role.TEACHING_ASSISTANT, "990102"),
    ("osei", "Kofi", "Osei", Role.CLASS_TEACHER, "990102"),
    ("hana", "Hana", "Lindqvist", Role.HEADTEACHER, "990102"),
    ("nia", "Nia", "Prosser", Role.SENCO, "990103"),
    ("raj", "Raj", "Bhandari", Role.DESIGNATED_TEACHER, "990103"),
    ("hal", "Hal", "Fenwick", Role.SENCO, "990104"),
    ("vic", "Vic", "Adeyemi", Role.VIRTUAL_SCHOOL_HEAD, "990"),
    ("ada", "Ada", "Finch", Role.EDUCATION_ADVISER, "990"),
    ("otis", "Otis", "Kerr", Role.OUTREACH_TEACHER, "990"),
    ("bea", "Bea", "Sandoval", Role.BUSINESS_OFFICER, "990"),
    ("sol", "Sol", "Ferreira", Role.SOCIAL_WORKER, "801"),
    ("iris", "Iris", "Novak", Role.IRO, "801"),
    ("nobody", "Noor", "Body", Role.SENCO, "991101"),
    ("sefa", "Sefa", "Tuala", Role.SAFEGUARDING_LEAD, "990102"),
    ("eve", "Eve", "Holloway", Role.SPECIALIST, "801-EPS"),
    ("edith", "Edith", "Quaye", Role.SERVICE_LEAD, "801-EPS"),
    ("lee", "Lee", "Maddox", Role.SERVICE_LEAD, "801-SEMHL"),
    ("tess", "Tess", "Oyelaran", Role.SPECIALIST, "801-SEMHL"),
    ("cleo", "Cleo", "Barnard", Role.SERVICE_LEAD, "801-CCT"),
    ("ed", "Ed", "Coombe", Role.EHC_COORDINATOR, "801"),
    ("val", "Val", "Ashdown", Role.VIRTUAL_SCHOOL_HEAD, "991"),
    ("root", "Robin", "Sysadmin", Role.SYSTEM_ADMINISTRATOR, "990"),
]

SERVICES = {  # of each authority: abbreviation: name
    "EPS": "Education Psychology Service",
    "CCT": "Complex Communication Team",
    "SEMHL": "Social, Emotional, Mental Health and Learning teachers",
}

SECOND_HATS = [("hal", Role.DESIGNATED_TEACHER, "990104"), ("nobody", Role.DESIGNATED_TEACHER, "991101")]


@dataclass(frozen=True)
class Cast:
    """Everyone of a demonstration, by short name, and where they work, by code."""

    people: dict[str, User]
    schools: dict[str, School]
    virtual_schools: dict[str, VirtualSchool]
    services: dict[str, SpecialistService]

    def __getattr__(self, name: str) -> User:
        try:
            return self.__dict__["people"][name]  # type: ignore[no-any-return]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def larch(self) -> School:
        return self.schools["990102"]

    @property
    def rowan(self) -> School:
        return self.schools["990103"]


def gather() -> Cast:
    """Make, or find, the organisations and people of a demonstration. No child yet."""
    virtual_schools = {
        "990": organisations.found_virtual_school(
            authority_code="801", authority_name="Midshire", code="990", name="Midshire Virtual School"
        ),
        "991": organisations.found_virtual_school(
            authority_code="802", authority_name="Northvale", code="991", name="Northvale Virtual School"
        ),
    }
    schools = {urn: _list_school(urn, virtual_schools) for urn in SCHOOLS}
    for virtual_school in virtual_schools.values():
        _publish_terms(virtual_school)
    services = {
        service.code: service
        for virtual_school in virtual_schools.values()
        for service in (
            organisations.found_service(authority=virtual_school.authority, abbreviation=abbreviation, name=name)
            for abbreviation, name in SERVICES.items()
        )
    }
    authority = virtual_schools["990"].authority
    places: dict[str, Organisation] = {**virtual_schools, **schools, **services, authority.code: authority}
    accounts = {person[0]: _account(*person, places) for person in PEOPLE}
    for short, role, where in SECOND_HATS:
        if not accounts[short].memberships.playing(role).exists():
            people.give_role(user=accounts[short], role=role, organisation=places[where], by=None, since=LONG_AGO)
    return Cast(accounts, schools, virtual_schools, services)


def _list_school(urn: str, virtual_schools: dict[str, VirtualSchool]) -> School:
    name, phase, lowest, highest, area = SCHOOLS[urn]
    authority = virtual_schools[area].authority
    return organisations.list_school(
        urn=urn, name=name, phase=phase, lowest_age=lowest, highest_age=highest, status="Open",
        authority_code=authority.code, authority_name=authority.name,
    )  # fmt: skip


def _account(short: str, first: str, last: str, role: str, where: str, places: dict[str, Any]) -> User:
    user = people.give_account(email=f"{short}@{CAST_DOMAIN}", first_name=first, last_name=last)
    if not user.memberships.exists():
        people.give_role(user=user, role=role, organisation=places[where], by=None, since=LONG_AGO)
    return user


def _publish_terms(virtual_school: VirtualSchool) -> None:
    """Sample term dates around today: two academic years back, this one and the next."""
    this_year = academic_year(clock.today())
    for year in range(this_year - 2, this_year + 2):
        for name, starts_on, ends_before in [
            ("autumn", date(year, 9, 2), date(year, 12, 19)),
            ("spring", date(year + 1, 1, 5), date(year + 1, 3, 28)),
            ("summer", date(year + 1, 4, 13), date(year + 1, 7, 22)),
        ]:
            calendar.publish_term(
                organisation=virtual_school, name=name, starts_on=starts_on, ends_before=ends_before, source="sample"
            )
            half_term = starts_on + timedelta(days=(ends_before - starts_on).days // 2)
            monday = half_term - timedelta(days=half_term.weekday())
            calendar.close_schools(
                organisation=virtual_school, name="half term", starts_on=monday, ends_before=monday + timedelta(days=5)
            )

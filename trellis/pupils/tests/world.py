"""Jordan's world and its twin in the other authority: what the tests of every folder stand on.

Made through the product's own actions. Later folders' ``tests/world.py`` add their rows to it.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from trellis.calendar import actions as calendar
from trellis.conduct.keys import Key
from trellis.conduct.tests.standing import stands
from trellis.organisations import actions as organisations
from trellis.organisations.models import School, SpecialistService, VirtualSchool
from trellis.people import actions as people
from trellis.people.models import User
from trellis.people.roles import Role
from trellis.pupils import actions
from trellis.pupils.models import Pupil, TeachingGroup

CANARY = "\"><svg onload=1>'{{7*7}}"  # what somebody might type; every page must show it harmless
DAY = date(2026, 11, 2)  # a Monday in the autumn term, on which the world is built


@dataclass
class World:
    """One authority with its Virtual School, two schools, their staff, and Jordan. ``rows`` names what URLs ask for:
    {"pupil_id": 3, "cycle_id": 7, …}."""

    virtual_school: VirtualSchool
    school: School
    next_school: School
    group: TeachingGroup
    people: dict[str, User]
    jordan: Pupil
    rows: dict[str, Any] = field(default_factory=dict)
    services: dict[str, SpecialistService] = field(default_factory=dict)

    def __getattr__(self, name: str) -> User:
        try:
            return self.__dict__["people"][name]
        except KeyError:
            raise AttributeError(name) from None


def account(name: str, role: str, organisation: Any, domain: str) -> User:
    user = people.give_account(
        email=f"{name}@{domain}", first_name=name.capitalize(), last_name=domain.split(".")[0].capitalize()
    )
    people.give_role(user=user, role=role, organisation=organisation, by=None, since=date(2020, 1, 1))
    return user


@stands
def build(code: str, authority_code: str, domain: str, surname: str = "Vale", school_urn: int = 990001) -> World:
    """An authority's world. Two built with different codes are twins that must never see one another."""
    vs = organisations.found_virtual_school(
        authority_code=authority_code,
        authority_name=f"Shire {authority_code}",
        code=code,
        name=f"Virtual School {code}",
    )
    for name, starts, ends in [
        ("autumn", date(2026, 9, 1), date(2026, 12, 19)),
        ("spring", date(2027, 1, 4), date(2027, 3, 26)),
        ("summer", date(2027, 4, 12), date(2027, 7, 21)),
    ]:
        calendar.publish_term(organisation=vs, name=name, starts_on=starts, ends_before=ends, source="test")
    columns = {"authority_code": authority_code, "phase": "Primary", "status": "Open"}
    school = organisations.list_school(urn=str(school_urn), name=f"Larch Primary {code}", **columns)
    next_school = organisations.list_school(urn=str(school_urn + 1), name=f"Rowan Primary {code}", **columns)
    services = {
        abbreviation: organisations.found_service(authority=vs.authority, abbreviation=abbreviation, name=name)
        for abbreviation, name in [("EPS", "Education Psychology Service"), ("CCT", "Complex Communication Team"),
                                   ("SEMHL", "Social, Emotional, Mental Health and Learning teachers")]
    }  # fmt: skip
    staff = {
        "sam": account("sam", Role.SENCO, school, domain),
        "dee": account("dee", Role.DESIGNATED_TEACHER, school, domain),
        "tia": account("tia", Role.TEACHING_ASSISTANT, school, domain),
        "osei": account("osei", Role.CLASS_TEACHER, school, domain),
        "nia": account("nia", Role.SENCO, next_school, domain),
        "vic": account("vic", Role.VIRTUAL_SCHOOL_HEAD, vs, domain),
        "ada": account("ada", Role.EDUCATION_ADVISER, vs, domain),
        "otis": account("otis", Role.OUTREACH_TEACHER, vs, domain),
        "bea": account("bea", Role.BUSINESS_OFFICER, vs, domain),
        "sol": account("sol", Role.SOCIAL_WORKER, vs.authority, domain),
        "ed": account("ed", Role.EHC_COORDINATOR, vs.authority, domain),
        "hana": account("hana", Role.HEADTEACHER, school, domain),
        "dina": account("dina", Role.SAFEGUARDING_LEAD, school, domain),
        "eve": account("eve", Role.SPECIALIST, services["EPS"], domain),
        "lee": account("lee", Role.SERVICE_LEAD, services["SEMHL"], domain),
        "root": account("root", Role.SYSTEM_ADMINISTRATOR, vs, domain),
    }
    jordan = actions.register_pupil(
        by=None, legal_first_name="Jordan", legal_last_name=surname, date_of_birth=date(2018, 3, 3), sex="M"
    )
    actions.start_school_place(jordan.pk, by=None, school=school, on=date(2026, 9, 1), year_group=4)
    actions.start_care(jordan.pk, by=None, authority=vs.authority, since=date(2024, 5, 1), legal_status="C2")
    actions.set_sen_status(
        jordan.pk, by=None, status="K", primary_need="SEMH", secondary_need="SLCN", on=date(2025, 9, 1)
    )
    actions.name_professional(
        jordan.pk,
        by=None,
        authority=vs.authority,
        role="social worker",
        name="Sol",
        email=f"sol@{domain}",
        on=date(2025, 1, 1),
    )
    actions.name_professional(
        jordan.pk, by=None, authority=vs.authority, role="ehc coordinator", name="Ed", email=f"ed@{domain}",
        on=date(2025, 1, 1),
    )  # fmt: skip
    actions.correct_particulars(jordan.pk, by=None, first_language=CANARY)
    carer = actions.add_person_around(
        jordan.pk,
        by=staff["dee"],
        key=Key.fresh(staff["dee"]),
        name="Canary Carer",
        relationship="foster carer",
        delegated=CANARY,
        may_be_contacted=True,
    )
    group = actions.make_group(by=staff["sam"], school=school, name="4B")
    for helper in ("tia", "osei"):
        actions.put_staff_in_group(by=staff["sam"], group=group, user=staff[helper], on=date(2026, 9, 1))
    actions.put_in_group(jordan.pk, by=staff["sam"], group=group, on=date(2026, 9, 1))
    world = World(vs, school, next_school, group, staff, jordan, services=services)
    world.rows = {"pupil_id": jordan.pk, "group_id": group.pk, "person_id": carer.pk}
    return world


def ours() -> World:
    return build("990", "801", "ours.example")


def twin() -> World:
    """The other authority's world: its pupil is called just as ours."""
    return build("991", "802", "twin.example", school_urn=990101)

"""The children: who is in care, who was, where they went to school, what SEN they have, who may see them."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from trellis.calendar.rules import academic_year, year_group
from trellis.demo.children import ETHNICITIES, LEGAL
from trellis.design.in_words import full_date
from trellis.england import names
from trellis.england.copying import Pouring, period
from trellis.england.country import Area, Country, Person, Place
from trellis.history.models import Entry
from trellis.people.roles import Role
from trellis.pupils.models import (
    Access,
    AccessPolicy,
    AuthorityDuty,
    CareEpisode,
    ChildId,
    Level,
    NamedProfessional,
    PersonAround,
    ProfessionalRole,
    Pupil,
    PupilAuthority,
    Relationship,
    SchoolPlace,
    Sen,
    SenStatus,
)
from trellis.pupils.rules import upn_check_letter

YEAR = 365.25  # days
BANDS = [(0, 4, 19), (5, 11, 30), (12, 15, 28), (16, 17, 23)]  # youngest, oldest, of a hundred in care (2018)
LEAVE_IN_A_YEAR = 0.38  # for each child in care on a day
DAYS_IN_CARE, DAYS_IN_CARE_BEFORE = 950, 830  # on average: of those in care now, of those who left
LEAVE_AT_EIGHTEEN = 0.3
MOVE_SCHOOL_IN_A_YEAR = 0.08  # in mid-year (2024)
STATUSES = ["N"] * 44 + ["K"] * 27 + ["E"] * 29  # SEN of children in care (2024)
NEEDS = {  # of a hundred and some: children in need, SEN support; all pupils, EHC plan (2024)
    "K": ["SEMH"] * 42 + ["SLCN"] * 20 + ["MLD"] * 15 + ["ASD"] * 6 + ["SPLD"] * 8 + ["NSA"] * 4 + ["OTH", "PD", "HI"],
    "E": ["ASD"] * 30 + ["SEMH"] * 30 + ["SLCN"] * 18 + ["MLD"] * 9 + ["SLD"] * 6 + ["PD", "PD", "PMLD", "HI", "VI"],
}
PLACEMENTS = ["U6"] * 55 + ["U1"] * 17 + ["K2"] * 13 + ["P1"] * 7 + ["H5"] * 8
IN_CASTS_SCHOOL = 30  # so many children has the school of the cast
OTHER_LANGUAGES = ["Polish", "Urdu", "Arabic", "Somali"]


@dataclass
class At:
    """A school place."""

    id: int
    school: Place
    area: Area
    begins: date
    ends: date | None


@dataclass
class Life:
    """One child as far as later parts ask."""

    pupil: int
    area: Area
    first: str
    name: str
    born: date
    since: date
    ended: date | None  # the day from which the child was no longer looked after
    status: str = "N"
    need: str = ""
    places: list[At] = field(default_factory=list)
    social_worker: Person | None = None
    social_worker_row: int = 0

    def place_on(self, day: date) -> At | None:
        return next((p for p in self.places if p.begins <= day and (p.ends is None or day < p.ends)), None)

    @property
    def place(self) -> At | None:
        return self.places[-1] if self.places and self.places[-1].ends is None else None


class Lives:
    """Invents children and pours what is known of them."""

    def __init__(self, to: Pouring, random: Random, today: date, country: Country) -> None:
        self.to, self.random, self.today, self.country = to, random, today, country
        self.earliest = today - timedelta(days=round(country.years * YEAR))
        self.in_casts_school = 0

    def in_care(self, area: Area) -> Life:
        """A child who is looked after today."""
        (band,) = self.random.choices(BANDS, [share for _, _, share in BANDS])
        age = self.random.uniform(band[0] * YEAR, (band[1] + 1) * YEAR - 1)
        born = self.today - timedelta(days=int(age))
        days = min(1 + self.random.expovariate(1 / DAYS_IN_CARE), age)
        return self._live(area, born, max(self.today - timedelta(days=int(days)), self.earliest), None)

    def left_care(self, area: Area) -> Life:
        """A child who was looked after within the years, and is no longer."""
        ended = self.today - timedelta(days=self.random.randrange(1, (self.today - self.earliest).days))
        age = 18 * YEAR if self.random.random() < LEAVE_AT_EIGHTEEN else self.random.uniform(120, 17.9 * YEAR)
        days = min(30 + self.random.expovariate(1 / DAYS_IN_CARE_BEFORE), age)
        return self._live(area, ended - timedelta(days=int(age)), ended - timedelta(days=int(days)), ended)

    def _live(self, area: Area, born: date, since: date, ended: date | None) -> Life:
        life = self._register(area, born, since, ended)
        self._go_to_school(life)
        self._in_care(life)
        self._sen(life)
        self._around(life)
        return life

    # --- who it is -----------------------------------------------------------------------------------------------

    def _register(self, area: Area, born: date, since: date, ended: date | None) -> Life:
        sheet, random = self.to[Pupil], self.random
        number = sheet.last_id + 1
        first, last = names.first_name(random), names.last_name(random)
        digits = f"{area.code}{number // 1000 % 10_000:04}{(born.year + 4) % 100:02}{number % 1000:03}"
        pupil = sheet.add(
            legal_first_name=first, legal_last_name=last, date_of_birth=born,
            sex="M" if random.random() < 0.56 else "F", upn=upn_check_letter(f"A{digits}") + digits,
            ethnicity=random.choice(ETHNICITIES),
            first_language="English" if random.random() < 0.85 else random.choice(OTHER_LANGUAGES),
        )  # fmt: skip
        self.to[ChildId].add(pupil_id=pupil, authority_id=area.id, child_id=f"{area.code}{number:06}")
        life = Life(pupil, area, first, f"{first} {last}", born, since, ended)
        life.status = random.choice(STATUSES)
        self.record(life, max(since, self.earliest), "The record was begun.")
        return life

    def record(
        self, life: Life, day: date, sentence: str, *, written_for: int | None = None, by: int | None = None,
        subject: tuple[str, int] | None = None, state: str = "",
    ) -> None:  # fmt: skip
        kind, number = subject or ("pupils.pupil", life.pupil)
        self.to[Entry].add(
            at=f"{day} 09:00:00+00", by_id=by, pupil_id=life.pupil, written_for_id=written_for, subject_kind=kind,
            subject_id=number, sentence=sentence, state=state,
        )  # fmt: skip

    # --- school --------------------------------------------------------------------------------------------------

    def _go_to_school(self, life: Life) -> None:
        """From Reception to Year 11, for some to Year 13; what was before the child was known stays unknown."""
        reception = academic_year(life.born) + 5
        known_from = max(life.since - timedelta(days=400), self.earliest)
        leaves = reception + (14 if self.random.random() < 0.35 else 12)
        special = life.status == "E" and self.random.random() < 0.4
        legs = [(reception, reception + 7, "Primary"), (reception + 7, leaves, "Secondary")]
        if special:
            legs = [(reception, reception + 14, "Special")]
        for first, last, phase in legs:
            begins, ends = date(first, 9, 1), date(last, 8, 1)
            while begins < ends and begins <= self.today:
                stays = timedelta(days=int(self.random.expovariate(MOVE_SCHOOL_IN_A_YEAR / YEAR)) + 40)
                until = min(ends, begins + stays)
                if until > known_from:
                    self._place(life, phase, max(begins, known_from), until if until <= self.today else None)
                begins = until

    def _place(self, life: Life, phase: str, begins: date, ends: date | None) -> None:
        area, school = self._school_for(life, phase, begins, ends)
        year = max(-1, min(13, year_group(life.born, ends - timedelta(days=1) if ends else self.today)))
        number = self.to[SchoolPlace].add(
            pupil_id=life.pupil, school_id=school.id, year_group=year, during=period(begins, ends)
        )
        life.places.append(At(number, school, area, begins, ends))
        self._opens(life, begins, ends, "school place", "school place", number, organisation=school.id)
        self.record(life, begins, f"Started at {school.name} on {full_date(begins)}.", written_for=school.id)
        if ends:
            self.record(life, ends, f"Left {school.name} on {full_date(ends)}.", written_for=school.id)

    def _school_for(self, life: Life, phase: str, begins: date, ends: date | None) -> tuple[Area, Place]:
        """Four of five at a school of their authority; the school of the cast has a classful of children in care."""
        home, first = life.area, self.country.areas[0]
        if home is first and phase == "Primary" and not ends and not life.ended:
            self.in_casts_school += 1
            if self.in_casts_school <= IN_CASTS_SCHOOL:
                return home, home.schools[phase][0]
        area = home if self.random.random() < 0.8 else self.random.choice(self.country.areas)
        schools = area.schools[phase]
        return area, self.random.choice(schools[1:] or schools)

    # --- care ----------------------------------------------------------------------------------------------------

    def _in_care(self, life: Life) -> None:
        last = self.random.choice(LEGAL)
        days = ((life.ended or self.today) - life.since).days
        changes = life.since + timedelta(days=days // 3) if days > 200 and self.random.random() < 0.55 else None
        if changes and last != "V2":
            self._episode(life, life.since, changes, "V2")
        self._episode(life, changes if changes and last != "V2" else life.since, life.ended, last)
        sentence = f"Looked after by {life.area.name} since {full_date(life.since)}."
        self.record(life, life.since, sentence, written_for=life.area.id)
        if life.ended:
            sentence = f"No longer looked after, since {full_date(life.ended)}."
            self.record(life, life.ended, sentence, written_for=life.area.id)

    def _episode(self, life: Life, begins: date, ends: date | None, legal_status: str) -> None:
        number = self.to[CareEpisode].add(
            pupil_id=life.pupil, authority_id=life.area.id, looked_after_since=life.since, legal_status=legal_status,
            placement_type=self.random.choice(PLACEMENTS), during=period(begins, ends),
        )  # fmt: skip
        self._opens(life, begins, ends, "looked after", "care episode", number, organisation=life.area.virtual_school)

    # --- SEN -----------------------------------------------------------------------------------------------------

    def _sen(self, life: Life) -> None:
        """Known to schools; a plan mostly comes after a time of SEN support."""
        if not life.places:
            life.status = "N"
            return
        begins = life.places[0].begins
        if life.status == "N":
            self._status(life, begins, None, "N", "")
            return
        life.need = self.random.choice(NEEDS[life.status])
        came = begins + timedelta(days=self.random.randrange(120, 500))
        if came < self.today and self.random.random() < 0.6:
            before = "K" if life.status == "E" else "N"
            self._status(life, begins, came, before, life.need if before == "K" else "")
            begins = came
        self._status(life, begins, None, life.status, life.need)
        if life.status == "E":
            self.to[PupilAuthority].add(
                pupil_id=life.pupil, authority_id=life.area.id, duty=AuthorityDuty.PLAN_MAINTAINING,
                during=period(begins),
            )  # fmt: skip

    def _status(self, life: Life, begins: date, ends: date | None, status: str, need: str) -> None:
        second = self.random.choice(["SLCN", "MLD", "SPLD"]) if need and self.random.random() < 0.4 else ""
        second = "" if second == need else second
        self.to[SenStatus].add(
            pupil_id=life.pupil, status=status, primary_need=need, secondary_need=second, during=period(begins, ends)
        )
        in_words = SenStatus(status=status, primary_need=need, secondary_need=second).in_words
        self.record(life, begins, f"SEN status: {in_words}.", state=status)

    # --- people --------------------------------------------------------------------------------------------------

    def _around(self, life: Life) -> None:
        officers = life.area.officers
        worker = self.random.choice(officers[Role.SOCIAL_WORKER])
        row = self._name(life, ProfessionalRole.SOCIAL_WORKER, worker)
        life.social_worker, life.social_worker_row = worker, row
        if life.ended:
            return
        self._name(life, ProfessionalRole.IRO, self.random.choice(officers[Role.IRO]))
        if life.status == Sen.PLAN:
            self._name(life, ProfessionalRole.EHC_COORDINATOR, self.random.choice(officers[Role.EHC_COORDINATOR]))
        carer = f"{names.first_name(self.random)} {names.last_name(self.random)}"
        self.to[PersonAround].add(
            pupil_id=life.pupil, name=carer, relationship=Relationship.FOSTER_CARER, may_be_contacted=True,
            delegated="School trips in the day, photographs", during=period(life.since),
        )  # fmt: skip
        if self.random.random() < 0.7:
            mother = f"{names.first_name(self.random)} {names.last_name(self.random)}"
            self.to[PersonAround].add(
                pupil_id=life.pupil, name=mother, relationship=Relationship.MOTHER,
                has_parental_responsibility=True, during=period(life.since),
            )  # fmt: skip

    def _name(self, life: Life, role: ProfessionalRole, person: Person) -> int:
        begins = max(life.since, self.country.began)  # access lasts while both hold: named, and working there
        number = self.to[NamedProfessional].add(
            pupil_id=life.pupil, authority_id=life.area.id, role=role, name=person.name, email=person.email,
            user_id=person.id, during=period(begins, life.ended),
        )  # fmt: skip
        self.opens(life, begins, life.ended, Level.WHOLE, f"named {role.label}", "professional", number,
                   user=person.id)  # fmt: skip
        self.record(life, begins, f"{role.label}: {person.name}.", written_for=life.area.id)
        return number

    # --- access, as the facts say --------------------------------------------------------------------------------

    def _opens(
        self, life: Life, begins: date, ends: date | None, because: str, kind: str, number: int, *, organisation: int
    ) -> None:
        """The whole record while it lasts; afterwards what the organisation wrote, as long as the policy says."""
        self.opens(life, begins, ends, Level.WHOLE, because, kind, number, organisation=organisation)
        if ends:
            reads_back = ends + timedelta(days=AccessPolicy.DAYS_READ_BACK)
            because = f"{because}, until {full_date(ends)}"
            self.opens(life, ends, reads_back, Level.WRITTEN, because, kind, number, organisation=organisation)

    def opens(
        self, life: Life, begins: date, ends: date | None, level: Level, because: str, kind: str, number: int, *,
        organisation: int | None = None, user: int | None = None,
    ) -> None:  # fmt: skip
        self.to[Access].add(
            pupil_id=life.pupil, organisation_id=organisation, user_id=user, level=level, because=because,
            source_kind=kind, source_id=number, during=period(begins, ends),
        )  # fmt: skip

"""What follows a move, in the field's words: who gains and loses access, which PEP is due, what becomes of hours and
money, which clocks start. Pure: told from facts, the same before it is done and for its receipt."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from trellis.calendar.rules import add_weeks, add_working_days
from trellis.design.in_words import full_date, pounds
from trellis.moves.models import PREVIOUSLY_LOOKED_AFTER, Verb
from trellis.peps.rules import READY_WITHIN, STARTED_WITHIN, Due

ACCESS, PEP, HOURS, MONEY, CLOCK = "Access", "Personal Education Plan (PEP)", "Hours", "Money", "Clock"
ORDER = (ACCESS, PEP, HOURS, MONEY, CLOCK)


@dataclass(frozen=True)
class Follows:
    """One thing that follows, and what it is about. ``is_of_record``: it tells what only the record holds, and is not
    for whoever brings a list."""

    about: str
    sentence: str
    is_of_record: bool = False


@dataclass(frozen=True)
class Planned:
    """A move as somebody means to make it. ``pupil_id`` None: a child nobody knows yet. ``since``: of care, when it
    began; ``school``, ``authority``: where to."""

    verb: Verb
    on: date
    pupil_id: int | None = None
    school_id: int | None = None
    authority_id: int | None = None
    since: date | None = None
    date_of_birth: date | None = None
    year_group: int | None = None
    because: str = ""


@dataclass(frozen=True)
class Facts:
    """What stands around the child on the day, in names, dates, minutes and pence; and what the move leads to."""

    today: date
    days_read_back: int = 0
    school: str = ""  # left, if any
    new_school: str = ""
    new_school_signs_in: bool = True
    authority: str = ""  # that looks after the child today
    virtual_school: str = ""  # of that authority
    new_authority: str = ""
    new_virtual_school: str = ""
    resident: str = ""
    plan_keeper: str = ""
    has_ehc_plan: bool = False
    worker_and_iro: tuple[str, ...] = ()
    ehc_coordinator: str = ""
    carers_asked: int = 0  # open links to carers and social workers
    consents: int = 0
    unfinished_pep: str = ""  # "PEP, autumn term 2026", while its school works on it
    submitted_pep: str = ""
    pep_due: Due | None = None  # of the PEP that the move brings or whose clock starts again
    pep_age: bool = True
    asked_pence: int = 0  # Pupil Premium Plus
    agreed_pence: int = 0  # promised or paid, not accounted for yet
    visits: tuple[str, ...] = ()  # "3 hours of SEMHL", kept with the hours of the school that is left
    award: str = ""  # "Highly Vulnerable framework award", or "proposal to …"
    has_outreach: bool = False
    is_at_risk: bool = False


def told(planned: Planned, facts: Facts) -> list[Follows]:
    """Everything that follows, access first."""
    return list(TELLS[planned.verb](planned, facts))


def _when(planned: Planned, facts: Facts) -> str:
    return "today" if planned.on <= facts.today else f"on {full_date(planned.on)}"


def _from(planned: Planned, facts: Facts) -> str:
    return "today" if planned.on <= facts.today else full_date(planned.on)


def _read_back(planned: Planned, facts: Facts) -> str:
    return full_date(planned.on + timedelta(days=facts.days_read_back))


# --- school ----------------------------------------------------------------------------------------------------------


def _move_school(planned: Planned, facts: Facts) -> Iterator[Follows]:
    if facts.school:
        yield Follows(
            ACCESS, f"{facts.school} loses the record {_when(planned, facts)}; it goes on reading what it wrote until "
            f"{_read_back(planned, facts)}.",
        )  # fmt: skip
    yield Follows(ACCESS, f"{facts.new_school} reads the whole record from {_from(planned, facts)}.")
    if not facts.new_school_signs_in:
        acts = f": {facts.virtual_school} acts for it" if facts.virtual_school else ""
        yield Follows(ACCESS, f"Nobody at {facts.new_school} signs in to Trellis yet{acts}.")
    if facts.submitted_pep:
        yield Follows(PEP, f"The {facts.submitted_pep} was submitted and is signed off as it stands.")
    elif facts.pep_due:
        yield _due(facts.pep_due)
    for visit in facts.visits:
        yield Follows(HOURS, f"{visit}, kept for a visit, go back to {facts.school}; {facts.new_school} plans again.")
    if facts.award:
        yield Follows(HOURS, f"The {facts.award} goes along.", is_of_record=True)
    if facts.has_outreach:
        yield Follows(HOURS, f"Emergency outreach goes on at {facts.new_school}.", is_of_record=True)
    if facts.asked_pence or facts.agreed_pence:
        yield Follows(MONEY, f"Pupil Premium Plus goes along: {_money(facts)}.")
    if facts.is_at_risk:
        yield Follows(CLOCK, f"The alert that the place at {facts.school} is at risk closes.", is_of_record=True)


def _money(facts: Facts) -> str:
    asked = f"{pounds(facts.asked_pence)} asked" if facts.asked_pence else ""
    agreed = f"{pounds(facts.agreed_pence)} agreed" if facts.agreed_pence else ""
    return ", ".join(filter(None, [asked, agreed]))


def _due(due: Due) -> Follows:
    if due.start_by is None:
        return Follows(PEP, f"A PEP is due by {full_date(due.on)}.")
    return Follows(
        PEP, f"A PEP is due within {READY_WITHIN} working days, by {full_date(due.on)}; the social worker starts it "
        f"within {STARTED_WITHIN}, by {full_date(due.start_by)}.",
    )  # fmt: skip


# --- care ------------------------------------------------------------------------------------------------------------


def _enter_care(planned: Planned, facts: Facts) -> Iterator[Follows]:
    reads = facts.new_virtual_school
    if reads:
        yield Follows(ACCESS, f"{reads} reads the whole record from {_from(planned, facts)}.")
    else:
        yield Follows(ACCESS, f"{facts.new_authority} has no Virtual School in Trellis: nobody gains access.")
    if facts.consents:
        yield _consents(facts)
    if reads and facts.pep_due:
        yield _due(facts.pep_due)
    elif reads and not facts.pep_age:
        yield Follows(PEP, "No PEP here: the child is outside the ages that the Virtual School’s policy names.")
    if reads and facts.pep_due:
        yield Follows(MONEY, "Pupil Premium Plus may be asked of the Virtual School, against a target of the PEP.")


def _leave_care(planned: Planned, facts: Facts) -> Iterator[Follows]:
    yield from _lose_access(planned, facts)
    if facts.ehc_coordinator:
        yield Follows(ACCESS, f"{facts.ehc_coordinator}, the EHC coordinator, goes on reading it.")
    yield from _end_what_care_gave(planned, facts)
    if planned.because in PREVIOUSLY_LOOKED_AFTER:
        yield Follows(
            MONEY, "From now on the pupil is previously looked after: the school claims the premium through the "
            "census once it has seen the order, and its designated teacher goes on advising.",
        )  # fmt: skip


def _turn_18(planned: Planned, facts: Facts) -> Iterator[Follows]:
    yield Follows(CLOCK, "Care ends by law on the 18th birthday (Children Act 1989, section 105).")
    yield from _lose_access(planned, facts)
    if facts.ehc_coordinator:
        yield Follows(ACCESS, f"{facts.ehc_coordinator}, the EHC coordinator, goes on reading it.")
    yield from _end_what_care_gave(planned, facts)
    yield Follows(PEP, "No further PEP is due, and Pupil Premium Plus can no longer be asked for.")
    if facts.has_ehc_plan:
        yield Follows(CLOCK, "The EHC plan goes on; it may go on to the age of 25 (Children and Families Act 2014).")
    yield Follows(CLOCK, "Nothing is deleted: the authority keeps the case record until the 75th birthday, the school "
                  "its own for as long as its schedule says.")  # fmt: skip


def _change_authority(planned: Planned, facts: Facts) -> Iterator[Follows]:
    yield from _lose_access(planned, facts)
    gains = facts.new_virtual_school
    if gains:
        yield Follows(ACCESS, f"{gains} reads the whole record from {_from(planned, facts)}.")
    else:
        yield Follows(ACCESS, f"{facts.new_authority} has no Virtual School in Trellis: nobody there gains access.")
    yield from _end_what_care_gave(planned, facts)
    if gains and facts.pep_due:
        yield _due(facts.pep_due)
        yield Follows(MONEY, f"Pupil Premium Plus is asked of {gains} from now on.")


def _lose_access(planned: Planned, facts: Facts) -> Iterator[Follows]:
    if facts.virtual_school:
        yield Follows(
            ACCESS, f"{facts.virtual_school} loses the record {_when(planned, facts)}; it goes on reading what it "
            f"wrote until {_read_back(planned, facts)}.",
        )  # fmt: skip
    if facts.worker_and_iro:
        yield Follows(ACCESS, f"{_and(facts.worker_and_iro)} no longer open it.")
    if facts.school:
        yield Follows(ACCESS, f"{facts.school} goes on reading the whole record.")
    if facts.carers_asked:
        yield Follows(ACCESS, "Links by which a carer or social worker was asked for a view stop working: "
                      f"{facts.carers_asked}.")  # fmt: skip
    if facts.consents:
        yield _consents(facts)


def _consents(facts: Facts) -> Follows:
    return Follows(
        ACCESS, f"Each consent to specialist advice is looked at again, since who may agree changes: {facts.consents}."
    )


def _end_what_care_gave(planned: Planned, facts: Facts) -> Iterator[Follows]:
    if facts.unfinished_pep:
        yield Follows(PEP, f"The {facts.unfinished_pep} ends unfinished; what is written stays, its clock stops.")
    if facts.submitted_pep:
        yield Follows(PEP, f"The {facts.submitted_pep} was submitted: {facts.virtual_school} still signs it off.")
    if facts.award:
        yield Follows(HOURS, f"The {facts.award} ends: hours and money that are left go back.", is_of_record=True)
    if facts.has_outreach:
        yield Follows(HOURS, "Emergency outreach closes; the school is told.", is_of_record=True)
    if facts.asked_pence:
        yield Follows(MONEY, f"{pounds(facts.asked_pence)} of Pupil Premium Plus, asked and not agreed, is withdrawn.")
    if facts.agreed_pence:
        yield Follows(MONEY, f"{pounds(facts.agreed_pence)} of Pupil Premium Plus that was agreed is paid and "
                      "accounted for as it was.")  # fmt: skip


# --- the other authorities (domain G9) -------------------------------------------------------------------------------

PLAN_WITHIN, NOTICE_WITHIN = 15, 6  # working days; weeks (SEND Regulations 2014, regulation 15)


def _live_elsewhere(planned: Planned, facts: Facts) -> Iterator[Follows]:
    yield Follows(ACCESS, "Nobody’s access changes: where the child lives opens no record.")
    if facts.authority:
        yield Follows(CLOCK, f"{facts.authority} goes on looking after the child; its Virtual School keeps the PEP.")
    yield Follows(CLOCK, f"{facts.new_authority} has the duty for special educational needs from now on: a request for "
                  "an EHC needs assessment goes there (Children and Families Act 2014, section 24).")  # fmt: skip
    if facts.has_ehc_plan:
        keeper = facts.plan_keeper or facts.resident or "the authority before"
        by = full_date(add_working_days(planned.on, PLAN_WITHIN))
        yield Follows(CLOCK, f"The EHC plan goes from {keeper} to {facts.new_authority} within {PLAN_WITHIN} working "
                      f"days, by {by}. Record that too once it has gone.")  # fmt: skip


def _keep_plan_elsewhere(planned: Planned, facts: Facts) -> Iterator[Follows]:
    if facts.ehc_coordinator:
        yield Follows(ACCESS, f"{facts.ehc_coordinator}, the EHC coordinator, no longer opens the record; name the "
                      "new one.")  # fmt: skip
    by = full_date(add_weeks(planned.on, NOTICE_WITHIN))
    yield Follows(CLOCK, f"{facts.new_authority} says within {NOTICE_WITHIN} weeks, by {by}, when it will review the "
                  "plan; what the plan provides is owed without a gap.")  # fmt: skip


TELLS = {
    Verb.MOVE_SCHOOL: _move_school,
    Verb.ENTER_CARE: _enter_care,
    Verb.LEAVE_CARE: _leave_care,
    Verb.CHANGE_AUTHORITY: _change_authority,
    Verb.LIVE_ELSEWHERE: _live_elsewhere,
    Verb.KEEP_PLAN_ELSEWHERE: _keep_plan_elsewhere,
    Verb.TURN_18: _turn_18,
}


def grouped(follows: Iterable[Follows]) -> list[dict[str, object]]:
    """As a receipt keeps it: [{"about": "Access", "sentences": […]}, …], in the order of the headings."""
    under: dict[str, list[str]] = {}
    for one in follows:
        under.setdefault(one.about, []).append(one.sentence)
    return [{"about": about, "sentences": under[about]} for about in ORDER if about in under]


def _and(names: tuple[str, ...]) -> str:
    return " and ".join(names)

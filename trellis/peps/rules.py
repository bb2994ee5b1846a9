"""What a PEP must contain, when it is due, and what may happen to it next. Sources named with each rule."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Protocol

from trellis.calendar.models import Term
from trellis.calendar.rules import add_working_days, year_group
from trellis.conduct.rules import rule
from trellis.conduct.workflow import Workflow
from trellis.design.in_words import full_date
from trellis.peps.models import WITH_THE_SCHOOL, PepState

NOT_SIGNED = (PepState.NOT_STARTED, PepState.IN_PROGRESS, PepState.SUBMITTED, PepState.RETURNED)
PEP = Workflow(
    "PEP",
    PepState,
    {
        "started": ((PepState.NOT_STARTED,), PepState.IN_PROGRESS),
        "submitted": ((PepState.IN_PROGRESS, PepState.RETURNED), PepState.SUBMITTED),
        "returned": ((PepState.SUBMITTED,), PepState.RETURNED),
        "signed off": ((PepState.SUBMITTED,), PepState.SIGNED_OFF),
        "asked for its SEND section": ((PepState.SUBMITTED,), PepState.IN_PROGRESS),  # kept elsewhere, from here on
        "needs no SEND section": ((PepState.IN_PROGRESS,), PepState.SUBMITTED),  # kept elsewhere, SEN has ended
        "issued": ((PepState.IN_PROGRESS, PepState.RETURNED), PepState.SUBMITTED),
        "sent back elsewhere": (NOT_SIGNED, PepState.RETURNED),
        "signed off elsewhere": ((*NOT_SIGNED, PepState.ENDED), PepState.SIGNED_OFF),
        "ended unfinished": (WITH_THE_SCHOOL, PepState.ENDED),  # its authority no longer looks after the child
        "waits again": ((PepState.ENDED,), PepState.NOT_STARTED),  # it does again
        "taken up again": ((PepState.ENDED,), PepState.IN_PROGRESS),
    },
)

# --- what a PEP holds ----------------------------------------------------------------------------------------------

SCHOOL, SOCIAL_WORKER, PUPIL, CARER = "School", "Social worker", "Pupil", "Carer"


@dataclass(frozen=True)
class Answer:
    """One thing a section asks. ``kind``: text, line, date, or people (who was invited and who came)."""

    name: str
    label: str
    hint: str = ""
    kind: str = "text"
    needed: bool = True


@dataclass(frozen=True)
class Section:
    """A part of every PEP: who owns it, what it asks, and by what its quality is assured."""

    name: str
    title: str
    owner: str
    answers: tuple[Answer, ...]
    criteria: tuple[str, ...]
    whose_view: str = ""  # "pupil" or "carer" when the section is somebody's own words


WHO_IS_INVITED = {  # domain B10
    "pupil": "The pupil",
    "carer": "Carer or key worker",
    "dt": "Designated teacher",
    "social_worker": "Social worker",
    "virtual_school": "Virtual School",
    "senco": "SENCO",
    "teacher": "Class teacher or tutor",
    "parent": "Parent",
    "iro": "Independent reviewing officer (IRO)",
    "other": "Somebody else",
}
HOW_THEY_CAME = {
    "": "Not invited",
    "invited": "Invited, not there",
    "attended": "Came",
    "sent views": "Sent their views",
    "excused": "Excused",
}

SECTIONS = (
    Section(
        "about", "About the pupil, and who came", SCHOOL,
        (
            Answer("met_on", "When the PEP meeting was",
                   "The designated teacher and the social worker invite together.", "date"),
            Answer("people", "Who was invited, and who came", kind="people"),
            Answer("interests", "What they enjoy and are good at, in school and out of it",
                   "Achievements, clubs, leisure interests, what they hope for."),
        ),
        ("The pupil, the carer, the social worker and the designated teacher took part or sent their views.",
         "Strengths and interests are this pupil’s own."),
    ),
    Section(
        "education", "Education now, and progress", SCHOOL,
        (
            Answer("history", "Schools and settings so far", "With dates, and how each change went."),
            Answer("now", "Education now", "School, timetable and what is arranged. Say if it is less than full time."),
            Answer("attendance", "Attendance and behaviour", "This term and the last, with what is done about it."),
            Answer("progress", "Attainment and progress", "From where, to where, against what is expected."),
            Answer("changes", "Changes planned, and how disruption is kept small",
                   "A move, a new year, options, a transfer. If none is planned, say so."),
        ),
        ("Attainment is current, and says whether progress is enough.",
         "Attendance is looked at, with a plan where it is needed.",
         "A coming move or transfer has its plan (Reception, Years 6, 7 and 11)."),
    ),
    Section(
        "send", "Special educational needs and the graduated approach", SCHOOL,
        (
            Answer("need", "What the pupil needs"),
            Answer("delivery", "What happened of what was planned", needed=False),
            Answer("learned", "What was learned from the cycle before", needed=False),
            Answer("specialists", "What specialists said", needed=False),
            Answer("next_steps", "What happens next"),
            Answer("no_cycle_because", "Why there is no cycle yet", needed=False),
            Answer("first_assessment_on", "When the first assessment will be finished", kind="date", needed=False),
            Answer("first_assessment_by", "Who assesses", kind="line", needed=False),
        ),
        ("The need is named and described, not only its code.",
         "Assess, plan, do and review can all be seen: what was tried, whether it was delivered, what it changed.",
         "The next step is clear, with a name and a date."),
    ),
    Section(
        "pupil_view", "What the pupil says", PUPIL,
        (Answer("acted_on", "What will be done because of it",
                "So that the pupil can see it was heard.", needed=False),),
        ("The pupil’s own words are there, or that they chose not to say.", "What was said is acted on."),
        whose_view="pupil",
    ),
    Section(
        "carer_view", "What the carer says", CARER,
        (Answer("part", "How the carer helps with learning",
                "Reading, homework, routines, who comes to parents’ evenings."),),
        ("The carer’s view is there, and their part in education.",),
        whose_view="carer",
    ),
    Section(
        "targets", "Targets", SCHOOL, (),
        ("It is said of each of last term’s targets whether it was met, and what the money for it changed.",
         "Each target has a baseline, a measure and a date.",
         "What is done says what, when, how often and by whom.",
         "Pupil Premium Plus is costed, serves a target, and is not for what every pupil gets."),
    ),
    Section(
        "social_worker", "The social worker’s part", SOCIAL_WORKER,
        (
            Answer("care_plan", "What in the care plan matters for education",
                   "Only what school needs to know. Never an address."),
            Answer("who_decides", "Who may agree to what", "Trips, photographs, assessments, day-to-day decisions."),
            Answer("family_time", "Family time, where it bears on school", needed=False),
            Answer("care_review_on", "The next care plan review", kind="date", needed=False),
        ),
        ("It is clear who may agree to what.", "What happens in care and bears on school is said."),
    ),
)  # fmt: skip

SECTION = {section.name: section for section in SECTIONS}
NO_CYCLE = ("no_cycle_because", "first_assessment_on", "first_assessment_by")
WITH_SEN = ("K", "E")


def missing_answers(section: Section, words: Mapping[str, Any]) -> list[Answer]:
    """What a section still asks for. The SEND section may instead say why there is no cycle yet."""
    if section.name == "send" and any(words.get(name) for name in NO_CYCLE):
        return [answer for answer in section.answers if answer.name in NO_CYCLE and not words.get(answer.name)]
    return [answer for answer in section.answers if answer.needed and not words.get(answer.name)]


# --- for whom, and by when -----------------------------------------------------------------------------------------

STARTED_WITHIN, READY_WITHIN = 10, 20  # working days
GUIDANCE = "Promoting the education of looked-after children, DfE 2018"
TIMERS = f"{GUIDANCE} (domain B4)"


class PolicyFacts(Protocol):
    """What a PEP policy says of dates and ages."""

    first_years: list[int]
    autumn_due_first: str
    autumn_due: str
    spring_due: str
    summer_due: str
    from_age: int
    to_year_group: int


@dataclass(frozen=True)
class Due:
    """A date, and in words where it comes from."""

    on: date
    because: str
    start_by: date | None = None


def is_of_pep_age(date_of_birth: date, on: date, policy: PolicyFacts) -> bool:
    """Whether a child has a PEP: from the age to the end of the year group that the policy says."""
    age = on.year - date_of_birth.year - ((on.month, on.day) < (date_of_birth.month, date_of_birth.day))
    return age >= policy.from_age and year_group(date_of_birth, on) <= policy.to_year_group


def due_for_term(policy: PolicyFacts, term: Term, year: int, source: str) -> Due:
    """The day a term's PEP is due for a year group: in autumn the first years of a phase come first (domain B7)."""
    is_first = term.name == Term.Name.AUTUMN and year in policy.first_years
    by_term = {"autumn": policy.autumn_due, "spring": policy.spring_due, "summer": policy.summer_due}
    month, day = map(int, (policy.autumn_due_first if is_first else by_term[term.name]).split("-"))
    return Due(date(term.during.lower.year, month, day), f"{term.in_words}, {source}")


def due_after(began_on: date, what: str) -> Due:
    """The clock that starts when a child comes into care or to a new school: working days, holidays and all."""
    ready_by = add_working_days(began_on, READY_WITHIN)
    because = f"{READY_WITHIN} working days after the pupil {what} on {full_date(began_on)}: {GUIDANCE}"
    return Due(ready_by, because, start_by=add_working_days(began_on, STARTED_WITHIN))


@lru_cache(maxsize=8192)  # a list asks it of each line, several times
def reaches_into(began_on: date, day: date) -> bool:
    """Whether the clock that began on a day still matters on another: long ago, it does not."""
    return add_working_days(began_on, READY_WITHIN) >= day


def due_to_iro(care_review_on: date, working_days: int) -> date:
    """When the independent reviewing officer needs the finished PEP (domain B5)."""
    return add_working_days(care_review_on, -working_days)


@rule(source=TIMERS)
def pep_was_started_in_time(start_by: date, started_on: date) -> bool:
    """The social worker starts the PEP within 10 working days of coming into care or to a new school."""
    return started_on <= start_by


@rule(source=f"{TIMERS}; Care Planning Regulations 2010, reg. 4 and 33", is_law=True)
def pep_was_ready_for_the_first_review(ready_by: date, ready_on: date) -> bool:
    """A new PEP is ready within 20 working days, for the first review of the care plan."""
    return ready_on <= ready_by


# --- what must be there before it is handed in ---------------------------------------------------------------------


@dataclass(frozen=True)
class PepFacts:
    """A PEP as somebody wants to hand it in: its SEN status, what each section lacks, its targets."""

    sen_status: str
    missing: Mapping[str, int]  # by section: how many needed answers are missing
    has_pupils_view: bool
    targets: int
    last_targets_unjudged: int


@rule(source="Coventry Virtual School: SEND and the graduated approach are in every PEP (domain A21)")
def pep_of_a_pupil_with_sen_has_its_send_section(pep: PepFacts) -> bool:
    """Write the SEND section from the cycle, or say why there is none, when the first assessment is, and by whom."""
    return pep.sen_status not in WITH_SEN or not pep.missing["send"]


@rule(source="Care Planning Regulations 2010, schedule 1, paragraph 2 (domain B2)", is_law=True)
def pep_says_how_education_is(pep: PepFacts) -> bool:
    """Finish “Education now, and progress”: history, arrangements, attendance, progress and planned changes."""
    return not pep.missing["education"]


@rule(source="Promoting the education of looked-after children, DfE 2018 (domain B10)")
def pep_says_who_came(pep: PepFacts) -> bool:
    """Finish “About the pupil, and who came”."""
    return not pep.missing["about"]


@rule(source="Promoting the education of looked-after children, DfE 2018; the child may decline (domain H7)")
def pep_has_the_pupils_view(pep: PepFacts) -> bool:
    """Add what the pupil says, word for word, or that they did not want to say."""
    return pep.has_pupils_view


@rule(source="Promoting the education of looked-after children, DfE 2018: short and long term targets (domain B3)")
def pep_has_a_target(pep: PepFacts) -> bool:
    """Add at least one target."""
    return pep.targets > 0


@rule(source="Quality criteria of Lancashire, St Helens and Gateshead (domain B18)")
def last_targets_are_judged(pep: PepFacts) -> bool:
    """Say of each of last term’s targets whether it was met."""
    return pep.last_targets_unjudged == 0


NEEDED_TO_SUBMIT = (
    pep_says_who_came,
    pep_says_how_education_is,
    pep_of_a_pupil_with_sen_has_its_send_section,
    pep_has_the_pupils_view,
    last_targets_are_judged,
    pep_has_a_target,
)

# --- quality -------------------------------------------------------------------------------------------------------


@rule(source="The Virtual School helps to improve a PEP that falls short (domain B21)", field="reasons")
def return_says_why(reasons: str) -> bool:
    """Say what is missing and how to put it right, so that the school can."""
    return bool(reasons.strip())


@rule(source="Quality schemes of three grades (domain B17, B21)", field="sentence")
def amber_and_red_say_what_to_mend(grade: str, sentence: str) -> bool:
    """Write a sentence that says what would make it green."""
    return grade == "green" or bool(sentence.strip())


@rule(source="Quality schemes grade each section (domain B17)")
def every_section_has_a_grade(grades: Iterable[str]) -> bool:
    """Grade every section first."""
    return all(grades)


@rule(source="A red section goes back for rework (Gateshead, Lancashire; domain B17)")
def no_section_is_red(grades: Iterable[str]) -> bool:
    """A section is red: return the PEP to the school with your reasons."""
    return "red" not in grades


@rule(
    source="Quality criteria of Lancashire, St Helens and Gateshead: SMART targets (domain B11, B18)", field="by_when"
)
def target_ends_after_it_is_set(by_when: date, today: date) -> bool:
    """The date of a target lies in the future."""
    return by_when > today


@rule(
    source="What was signed stays as it is; a correction is dated and signed itself (design, section 4)", field="words"
)
def addendum_says_something(words: str) -> bool:
    """Write what is to be corrected or added."""
    return bool(words.strip())


# --- kept elsewhere ------------------------------------------------------------------------------------------------


@rule(source="PEPs that live in another system are not kept twice (domain B20)")
def pep_is_kept_here(kept_elsewhere: str) -> bool:
    """This PEP is kept in another system: only its SEND section is written here."""
    return not kept_elsewhere


@rule(source="A PEP says how Pupil Premium Plus is used, target by target (domain B3, B20)")
def target_ends_by_file_only_when_nothing_hangs_on_it(hangs: Sequence[str]) -> bool:
    """Something hangs on a target that is no longer in the file. Bring the file again: it is asked about then."""
    return not hangs


@rule(source="Coventry Virtual School: SEND and the graduated approach are in every PEP (domain A21, B20)")
def send_section_is_whole_before_it_is_issued(missing: int) -> bool:
    """Write the SEND section from the cycle, or say why there is none, when the first assessment is, and by whom."""
    return not missing


@rule(source="Coventry Virtual School: SEND and the graduated approach are in every PEP (domain A21, B20)")
def send_section_is_issued_for_this_pep(is_issued: bool, sen_status: str) -> bool:
    """The SEND section is not issued for this PEP yet: issue it, and take it into the other system."""
    return is_issued or sen_status not in WITH_SEN

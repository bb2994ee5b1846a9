"""What is true of a move on paper: of school, of care; and what the two schools owe one another."""

from dataclasses import dataclass
from datetime import date

from trellis.conduct.rules import rule
from trellis.conduct.workflow import Workflow
from trellis.moves.models import MoveState

MOVE = Workflow(
    name="school move",
    states=MoveState,
    moves={
        "received": ((MoveState.AWAITING_RECEIPT,), MoveState.RECEIVED),
        "taken back with its list": ((MoveState.AWAITING_RECEIPT,), MoveState.TAKEN_BACK),
    },
)


@dataclass(frozen=True)
class MoveFacts:
    """A move as told: from which school (None when in none), since when there, to which, on which day."""

    from_school_id: int | None
    there_since: date | None
    to_school_id: int
    on: date


@rule(source="Access opens on the day of the move (design, section 4)", field="on")
def move_has_happened(move: MoveFacts, today: date) -> bool:
    """The move lies in the future. Record it on the day the pupil starts, so that the record does not open early."""
    return move.on <= today


@rule(source="A pupil has one school place at a time", field="to_school")
def move_is_to_another_school(move: MoveFacts) -> bool:
    """The pupil is at this school already."""
    return move.from_school_id != move.to_school_id


@rule(source="A pupil has one school place at a time", field="on")
def move_follows_the_place_before(move: MoveFacts) -> bool:
    """The pupil started at the present school after this day. Check the date of the move."""
    return move.there_since is None or move.there_since <= move.on


@rule(source="A school that is open has pupils who come and go one by one", field="to_school")
def school_is_closed(closed_on: date | None, today: date) -> bool:
    """The school is not recorded as closed. Bring the newest list of schools first."""
    return closed_on is not None and closed_on <= today


@rule(source="Get Information About Schools: open and close dates", field="to_school")
def successor_is_open(opened_on: date | None, closed_on: date | None, on: date) -> bool:
    """That school is not open on this day. Check the day, or choose another school."""
    return (opened_on is None or opened_on <= on) and (closed_on is None or closed_on > on)


@rule(source="A pupil has one school place at a time", field="to_school")
def successor_is_another(school_id: int, to_school_id: int) -> bool:
    """This is the school that has closed. Choose the one that goes on."""
    return school_id != to_school_id


# --- care ------------------------------------------------------------------------------------------------------------


def birthday(date_of_birth: date, age: int) -> date:
    """The day on which somebody reaches an age; born on 29 February, on 1 March where there is no such day."""
    try:
        return date_of_birth.replace(year=date_of_birth.year + age)
    except ValueError:
        return date(date_of_birth.year + age, 3, 1)


def years_before(day: date, years: int) -> date:
    """The latest date of birth of somebody who has reached that age by a day."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return date(day.year - years, 2, 28)


@dataclass(frozen=True)
class CareFacts:
    """A change of care as told, and how care stands: with which authority (None: with none), since when."""

    on: date
    date_of_birth: date
    caring_id: int | None = None
    caring_since: date | None = None
    later_episode: bool = False
    to_id: int | None = None


@rule(source="Access opens and closes on the day of the change (design, section 4)", field="on")
def change_has_happened(change: CareFacts, today: date) -> bool:
    """This day is still to come. Record the change on its day, so that no record opens or closes early."""
    return change.on <= today


@rule(source="Children Act 1989, sections 22 and 105: a looked-after child is under 18", is_law=True, field="on")
def child_in_care_is_under_18(change: CareFacts) -> bool:
    """The pupil is 18 on that day, and nobody is looked after from then on. Check the date."""
    return change.on < birthday(change.date_of_birth, 18)


@rule(source="A pupil has one care episode at a time", field="on")
def nobody_looks_after_the_child_yet(change: CareFacts) -> bool:
    """An authority is recorded as looking after this pupil. Record that another one took over, or that care ended."""
    return change.caring_id is None


@rule(source="A pupil has one care episode at a time")
def somebody_looks_after_the_child(change: CareFacts) -> bool:
    """No authority is recorded as looking after this pupil on that day."""
    return change.caring_id is not None


@rule(source="A pupil has one care episode at a time", field="on")
def no_later_care_is_recorded(change: CareFacts) -> bool:
    """A later change of care is recorded already. Check the date."""
    return not change.later_episode and (change.caring_since is None or change.caring_since <= change.on)


@rule(source="Domain G9: four authorities, each dated", field="authority")
def authority_is_another(change: CareFacts) -> bool:
    """This authority has this duty already. Choose another."""
    return change.to_id != change.caring_id


# --- what is sent outside Trellis ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class TransferTask:
    """Something that must reach the new school outside Trellis, or be checked with it."""

    what: str
    by_when: str
    who: str
    source: str


TRANSFER_TASKS = [
    TransferTask(
        "Send the educational record and the common transfer file",
        "within 15 school days of leaving the roll",
        "the old school",
        "Education (Pupil Information) Regulations 2005, regulation 9",
    ),
    TransferTask(
        "Send the child protection file on its own, securely, and keep the receipt",
        "within 5 days; at the start of a term within its first 5 days",
        "the old school’s designated safeguarding lead",
        "Keeping children safe in education, annex on the designated safeguarding lead",
    ),
    TransferTask(
        "Hand the SEN file to the new SENCO and keep the receipt",
        "with the educational record",
        "the old school’s SENCO",
        "local practice",
    ),
]
PEP_TASK = TransferTask(
    "Send the Personal Education Plan to the new designated teacher",
    "at once",
    "the old school’s designated teacher",
    "Designated teacher guidance 2018",
)


def transfer_tasks(is_looked_after: bool, has_pep_here: bool, are_kept: bool = False) -> list[TransferTask]:
    """What is to be sent outside Trellis. A PEP that is written here came along; a pupil not looked after has none.
    ``are_kept``: the three files stand as tasks with their receipts, in ``transfers``."""
    return [*([] if are_kept else TRANSFER_TASKS), *([PEP_TASK] if is_looked_after and not has_pep_here else [])]

"""What is true of a school move on paper, and what the two schools owe one another."""

from dataclasses import dataclass
from datetime import date

from trellis.conduct.rules import rule
from trellis.conduct.workflow import Workflow
from trellis.moves.models import MoveState

MOVE = Workflow(
    name="school move",
    states=MoveState,
    moves={"received": ((MoveState.AWAITING_RECEIPT,), MoveState.RECEIVED)},
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


def transfer_tasks(is_looked_after: bool, has_pep_here: bool) -> list[TransferTask]:
    """What is to be sent outside Trellis. A PEP that is written here came along; a pupil not looked after has none."""
    return [*TRANSFER_TASKS, *([PEP_TASK] if is_looked_after and not has_pep_here else [])]

"""By when each file must reach the next school. School days are those of the area that the clock belongs to."""

from dataclasses import dataclass
from datetime import date

from trellis.calendar.rules import add_school_days, add_working_days
from trellis.conduct.rules import rule
from trellis.conduct.workflow import Workflow
from trellis.transfers.models import TransferState, What

TRANSFER = Workflow(
    "transfer of a file",
    TransferState,
    {
        "sent": ((TransferState.OWED,), TransferState.SENT),
        "there is none": ((TransferState.OWED,), TransferState.NONE_HELD),
        "received": ((TransferState.OWED, TransferState.SENT), TransferState.RECEIVED),
        "taken back with the move": ((TransferState.OWED,), TransferState.ENTERED_IN_ERROR),
        "owed after all": ((TransferState.ENTERED_IN_ERROR,), TransferState.OWED),
    },
)

RECORD_WITHIN, FILE_WITHIN = 15, 5  # school days (domain G13, timers T26 and T27)
REGULATION = "Education (Pupil Information) Regulations 2005, regulation 9"
GUIDANCE = "Keeping children safe in education, annex on the designated safeguarding lead"
SEN_PRACTICE = "local practice: the SEN record goes with the educational record, against a receipt"


@dataclass(frozen=True)
class SchoolCalendar:
    """The school days that are known of an area, in order, and the first school day of each of its terms."""

    days: tuple[date, ...] = ()
    first_days: tuple[date, ...] = ()


@dataclass(frozen=True)
class Due:
    """A date, and in words where it comes from."""

    on: date
    because: str


def due(what: str, left_on: date, old: SchoolCalendar, new: SchoolCalendar) -> Due:
    """By when a file is to be sent. ``left_on``: the first day off the old school's roll. The record and the SEN record
    run by the old school's days; the child protection file is to be there as the new school begins, so by the new
    school's, where they are known."""
    if what != What.CHILD_PROTECTION:
        source = REGULATION if what == What.COMMON_TRANSFER else SEN_PRACTICE
        return _after(left_on, RECORD_WITHIN, old, f"of leaving the roll: {source}")
    calendar = new if new.days else old
    first = next((day for day in calendar.days if day >= left_on), None)
    if first is not None and first in calendar.first_days:
        fifth = add_school_days(first, FILE_WITHIN - 1, calendar.days)
        if fifth is not None:
            return Due(fifth, f"within the first {FILE_WITHIN} school days of the new term: {GUIDANCE}")
    return _after(left_on, FILE_WITHIN, calendar, f"of a move within the year: {GUIDANCE}")


def _after(left_on: date, days: int, calendar: SchoolCalendar, why: str) -> Due:
    """So many school days later; in working days, and said so, where the terms known do not reach so far."""
    on = add_school_days(left_on, days, calendar.days)
    if on is not None:
        return Due(on, f"within {days} school days {why}")
    return Due(
        add_working_days(left_on, days), f"within {days} working days, since no term dates are known so far, {why}"
    )


@rule(source=REGULATION, is_law=True)
def record_is_sent_in_time(due_on: date, sent_on: date) -> bool:
    """The educational record and the common transfer file go to the new school within 15 school days."""
    return sent_on <= due_on


@rule(source=GUIDANCE)
def child_protection_file_is_sent_in_time(due_on: date, sent_on: date) -> bool:
    """The child protection file goes on its own: within 5 days, or within the first 5 days of a new term."""
    return sent_on <= due_on


@rule(source=SEN_PRACTICE)
def sen_record_is_sent_in_time(due_on: date, sent_on: date) -> bool:
    """The SEN record goes to the new SENCO with the educational record, against a receipt."""
    return sent_on <= due_on


@rule(source="A file is sent to somebody", field="how")
def new_school_is_known(to_school_id: int | None) -> bool:
    """The new school is not known yet. The task waits with its clock; find out where the pupil went."""
    return to_school_id is not None


@rule(source="A pupil always has an educational record; only of a child protection file may there be none")
def only_a_child_protection_file_may_not_exist(what: str) -> bool:
    """Every pupil has this record. Send it."""
    return what == What.CHILD_PROTECTION


@rule(source="One reminder a day is enough")
def was_not_chased_today(chased_on: date | None, today: date) -> bool:
    """The old school was reminded today already."""
    return chased_on != today


IN_TIME = {
    What.COMMON_TRANSFER: record_is_sent_in_time,
    What.CHILD_PROTECTION: child_protection_file_is_sent_in_time,
    What.SEN: sen_record_is_sent_in_time,
}

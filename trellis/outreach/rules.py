"""What is true of emergency outreach on paper. How fast it is, a Virtual School settles in OutreachPolicy."""

from datetime import date, datetime, time

from trellis.calendar.rules import add_weeks, add_working_days, is_working_day
from trellis.conduct.clock import LONDON
from trellis.conduct.rules import rule
from trellis.conduct.workflow import Workflow
from trellis.outreach.models import OPEN_STATES, TAKEN_ON, OutreachState

OUTREACH = Workflow(
    name="outreach",
    states=OutreachState,
    moves={
        "accepted": ((OutreachState.RAISED,), OutreachState.ACCEPTED),
        "redirected": ((OutreachState.RAISED,), OutreachState.REDIRECTED),
        "taken back": ((OutreachState.RAISED,), OutreachState.WITHDRAWN),
        "met for the first time": ((OutreachState.ACCEPTED,), OutreachState.CONTACTED),
        "planned": ((OutreachState.CONTACTED, OutreachState.ACTIVE), OutreachState.ACTIVE),
        "extended": ((OutreachState.ACTIVE, OutreachState.STEPPED_DOWN), OutreachState.ACTIVE),
        "stepped down": ((OutreachState.ACTIVE,), OutreachState.STEPPED_DOWN),
        "closed": (TAKEN_ON, OutreachState.CLOSED),
        "closed because care ended": (OPEN_STATES, OutreachState.CLOSED),
    },
)

SETTING = "the Virtual School’s own policy; a sample where none is published"


def answer_due(asked_at: datetime, answers_until: time) -> datetime:
    """The end of the same working day; asked later or on another day, the end of the next working day."""
    here = asked_at.astimezone(LONDON)
    in_time = is_working_day(here.date()) and here.time() < answers_until
    day = here.date() if in_time else add_working_days(here.date(), 1)
    return datetime.combine(day, answers_until, LONDON)


def contact_due(accepted_on: date, working_days: int) -> date:
    return add_working_days(accepted_on, working_days)


def looks_due(closed_on: date, weeks: list[int]) -> list[tuple[int, date]]:
    """When it is looked at what became of it: [(4, date), (12, date)]."""
    return [(number, add_weeks(closed_on, number)) for number in weeks]


@rule(source="Coventry Virtual School, SEND page: outreach of the Virtual School")
def is_looked_after_here(virtual_school_id: int | None) -> bool:
    """Outreach of the Virtual School is for children whom its authority looks after."""
    return virtual_school_id is not None


@rule(source="domain E14: accepted, or redirected to another way", field="instead")
def redirection_names_the_way(instead: str) -> bool:
    """Choose the way that is right instead. The school is never left without one."""
    return bool(instead)


@rule(source="domain E14", field="answer")
def redirection_says_why(answer: str) -> bool:
    """Say why, and what the school does next."""
    return bool(answer.strip())


@rule(source="a contact is written down after it", field="on")
def contact_has_happened(on: date, today: date) -> bool:
    """This day lies ahead. Write a contact down when it has happened."""
    return on <= today


@rule(source="a contact belongs to the time since outreach was asked", field="on")
def contact_comes_after_asking(on: date, raised_on: date) -> bool:
    """Outreach was asked after this day. Check the day of the contact."""
    return raised_on <= on


@rule(source=SETTING, field="review_on")
def review_comes_soon(review_on: date, today: date, weeks: int) -> bool:
    """Set the review within the weeks that the policy gives, and not before today."""
    return today <= review_on <= add_weeks(today, weeks)


@rule(source="a review is written down after it", field="held_on")
def review_was_held(held_on: date, today: date) -> bool:
    """This day lies ahead. Write the review down when it was held."""
    return held_on <= today

"""What is true of hours and visits on paper."""

from datetime import date, datetime, timedelta

from trellis.conduct.rules import rule
from trellis.conduct.workflow import Workflow
from trellis.hours.models import VisitState

QUARTER = 15  # minutes
NEVER_CAUSES = ("ehc_requests.",)  # statutory advice: asked for, and paid, by the authority

VISIT = Workflow(
    name="visit",
    states=VisitState,
    moves={
        "planned": ((VisitState.TO_PLAN, VisitState.BOOKED), VisitState.BOOKED),
        "confirmed": ((VisitState.BOOKED,), VisitState.DELIVERED),
        "cancelled": ((VisitState.TO_PLAN, VisitState.BOOKED), VisitState.CANCELLED),
    },
)


@rule(source="Services book in quarter-hours (Cornwall, Northamptonshire; domain D2)", field="minutes")
def time_is_in_quarter_hours(minutes: int) -> bool:
    """Enter the time in quarters of an hour, for example 1.25 for an hour and a quarter."""
    return minutes > 0 and minutes % QUARTER == 0


@rule(source="SEND Regulations 2014, reg 6; Sheffield’s terms for schools (domain D4)", is_law=True)
def hours_never_pay_for_statutory_advice(cause: str) -> bool:
    """Advice for an EHC needs assessment is asked for and paid by the local authority, never from a school’s hours."""
    return not cause.startswith(NEVER_CAUSES)


@rule(source="Lincolnshire, Southwark, Hampshire: consent before a specialist works with a named child (domain D9)")
def visit_about_a_pupil_has_consent(consent_stands: bool) -> bool:
    """Consent does not stand for this pupil, so no visit can be planned. Ask for consent first."""
    return consent_stands


@rule(source="A visit about a pupil answers a request for advice (domain D6)")
def visit_answers_an_open_request(request_is_open: bool) -> bool:
    """The request for this visit is not open: it was not sent, or it has ended."""
    return request_is_open


@rule(source="A visit is planned ahead (our own)", field="on")
def visit_lies_ahead(on: date, today: date) -> bool:
    """The visit lies in the past. Choose today or a later day."""
    return on >= today


@rule(source="Hours belong to an academic year; none are carried over unless agreed (domain D5)", field="on")
def visit_lies_in_the_year_of_its_hours(year_of_visit: int, year_of_hours: int) -> bool:
    """This day lies in another academic year than the hours that pay for it. Choose a day in the same year."""
    return year_of_visit == year_of_hours


@rule(source="Hours are used when the work is done (our own)", field="minutes")
def visit_has_happened(on: date | None, today: date) -> bool:
    """This visit has not happened yet. Confirm it on the day, or afterwards."""
    return on is not None and on <= today


@rule(source="Hours are used when the work is done (our own)")
def visit_that_has_begun_is_ended_by_the_service(has_begun: bool, is_service: bool) -> bool:
    """The time of this visit has come: the service confirms it, or says that it did not take place. Ring them."""
    return is_service or not has_begun


@rule(source="Core hours are entered once a year; changes keep their reason (domain D3)", field="minutes")
def core_hours_are_new(entered_already: bool) -> bool:
    """The core hours of this year were entered already. Open them and correct them, with the reason."""
    return not entered_already


@rule(source="Carry-over is agreed by each service; usually none past the year’s end (domain D5)")
def left_hours_carry_over(carries_left_hours: bool) -> bool:
    """What is left lapses at the end of the year: that is what the service has agreed."""
    return carries_left_hours


@rule(source="What a visit came to is known before what is left is passed on (our own)")
def visits_of_the_year_are_told(booked: int) -> bool:
    """Visits of that year are not confirmed yet. Confirm or cancel them first: then what is left is known."""
    return booked == 0


def is_late_notice(begins: datetime | None, now: datetime, notice_hours: int) -> bool:
    """Whether it is too late to cancel for nothing. A visit without a day is never late."""
    return begins is not None and now > begins - timedelta(hours=notice_hours)


def shares(delivered: int, kept: list[int]) -> list[int]:
    """How much of the delivered minutes each part pays. The last part is used first: money given for one pupil should
    not stay behind in the school's own hours. What goes beyond all parts falls to the first."""
    left, result = delivered, []
    for minutes in reversed(kept):
        used = min(minutes, left)
        result.append(used)
        left -= used
    result.reverse()
    if result:
        result[0] += left
    return result

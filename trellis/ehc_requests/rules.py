"""The statutory clock of an EHC needs assessment, and what may happen to a request next.

The clock runs in calendar weeks from the day the authority received the request. Bank holidays and school holidays do
not stop it. The periods do not start again with each step. Nothing here asks how many cycles there were.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from trellis.calendar.rules import academic_year, add_weeks
from trellis.conduct.rules import rule
from trellis.conduct.workflow import Workflow
from trellis.ehc_requests.models import CLOSED, ExceptionReason, RequestState, Step

S = RequestState
EHC_REQUEST = Workflow(
    "EHC request",
    RequestState,
    {
        "sent": ((S.GATHERING,), S.SENT),
        "received": ((S.SENT,), S.RECEIVED),
        "turned down": ((S.RECEIVED,), S.NOT_ASSESSING),
        "taken to assessment": ((S.RECEIVED, S.NOT_ASSESSING), S.ASSESSING),
        "ended without a plan": ((S.ASSESSING,), S.NOT_ISSUING),
        "taken to a draft plan": ((S.ASSESSING, S.NOT_ISSUING), S.DRAFTING),
        "sent out as a draft": ((S.DRAFTING, S.DRAFT_SENT), S.DRAFT_SENT),
        "finished with a plan": ((S.DRAFT_SENT,), S.ISSUED),
        "withdrawn": ((S.GATHERING, S.SENT, S.RECEIVED, S.ASSESSING, S.DRAFTING, S.DRAFT_SENT), S.WITHDRAWN),
    },
)

# --- the clock -------------------------------------------------------------------------------------------------------

REGULATIONS = "Special Educational Needs and Disability Regulations 2014"


def decide_by(received_on: date) -> date:
    """Within 6 weeks of receiving a request the authority says whether it will assess (regulation 5(1))."""
    return add_weeks(received_on, 6)


def advice_by(asked_on: date) -> date:
    """Whoever was asked for advice gives it within 6 weeks of being asked (regulation 8(1))."""
    return add_weeks(asked_on, 6)


def no_plan_by(received_on: date) -> date:
    """Within 16 weeks of the request the authority says that it will not issue a plan (regulation 10(1))."""
    return add_weeks(received_on, 16)


def final_by(received_on: date) -> date:
    """Within 20 weeks of the request the final plan is sent (regulation 13(2))."""
    return add_weeks(received_on, 20)


def comments_by(draft_sent_on: date) -> date:
    """At least 15 days to comment on the draft, and for a school that is consulted to answer (regulation 13(1))."""
    return draft_sent_on + timedelta(days=15)


def six_months_after(assessed_on: date) -> date:
    """The first day on which the law's six months since an assessment are over."""
    return add_months(assessed_on, 6)


def add_months(start: date, months: int) -> date:
    """The same day of a later month, or that month's last day when it has no such day."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    month += 1
    first_of_next = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, min(start.day, (first_of_next - timedelta(days=1)).day))


def phase_transfer_by(year_group: int, highest_age: int | None, on: date) -> date | None:
    """In a year of phase transfer: the day by which a plan names the next place, 15 February, or 31 March for the move
    on from secondary school (regulation 18). None in other years. ``highest_age``: of the school, where known."""
    spring = academic_year(on) + 1
    if year_group == 11:
        return date(spring, 3, 31)
    last_year = highest_age - 5 if highest_age else 6
    if year_group == -1 or (0 <= year_group < 11 and year_group == last_year):
        return date(spring, 2, 15)
    return None


@dataclass(frozen=True)
class ClockFacts:
    """Where a request stands. Dates that have not come are None."""

    received_on: date
    decided_on: date | None = None
    issue_decided_on: date | None = None
    will_issue: bool = False
    final_on: date | None = None
    is_over: bool = False


@dataclass(frozen=True)
class Due:
    """A step with its time limit: done on a day, or still to come. A limit that no longer binds cannot be missed."""

    step: Step
    by: date
    weeks: int
    source: str
    done_on: date | None = None
    binds: bool = True

    def is_late(self, today: date) -> bool:
        return self.binds and (self.done_on or today) > self.by


def clock_of(facts: ClockFacts) -> list[Due]:
    """The steps of the clock in their order. A request that ended keeps only the steps it came to. The sixteen weeks
    bind an authority that will not issue a plan; one that will has its twenty."""
    received = facts.received_on
    steps = [
        Due(Step.DECIDE, decide_by(received), 6, f"{REGULATIONS}, regulation 5(1)", facts.decided_on),
        Due(
            Step.DECIDE_ON_PLAN, no_plan_by(received), 16, f"{REGULATIONS}, regulation 10(1)", facts.issue_decided_on,
            binds=not facts.will_issue,
        ),
        Due(Step.FINISH, final_by(received), 20, f"{REGULATIONS}, regulation 13(2)", facts.final_on),
    ]  # fmt: skip
    return [step for step in steps if step.done_on or not facts.is_over]


# --- exceptions: a recorded reason, never a new date -----------------------------------------------------------------

FOUR_WEEKS = timedelta(weeks=4)
ONE_WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class ExceptionFacts:
    """An exception as somebody wants to record it."""

    reason: str
    evidence: str
    asked_on: date | None = None
    since: date | None = None
    until: date | None = None


@rule(source=f"{REGULATIONS}, regulations 5(4), 10(4), 13(3)", is_law=True, field="evidence")
def exception_has_its_evidence(claimed: ExceptionFacts) -> bool:
    """Say what happened and how it is known. A reason without evidence is none."""
    return bool(claimed.evidence.strip())


@rule(source=f"{REGULATIONS}, regulation 5(4)(a) and (b)", is_law=True, field="asked_on")
def advice_was_asked_around_a_closure(claimed: ExceptionFacts) -> bool:
    """This reason needs a closure of four weeks or more, and advice asked from a week before to a week before its end.

    "A continuous period of not less than four weeks", and a request made in the time "beginning one week before" the
    closure and "ending one week before" the school opens again. The summer does not count by itself.
    """
    if claimed.reason not in CLOSED:
        return True
    if claimed.asked_on is None or claimed.since is None or claimed.until is None:
        return False
    is_long_enough = claimed.until - claimed.since >= FOUR_WEEKS
    return is_long_enough and claimed.since - ONE_WEEK <= claimed.asked_on <= claimed.until - ONE_WEEK


@rule(source=f"{REGULATIONS}, regulation 5(4)(d)", is_law=True, field="until")
def absence_lasts_four_weeks(claimed: ExceptionFacts) -> bool:
    """This reason needs an absence of at least four weeks without a break: give its first day and the day of return."""
    if claimed.reason != ExceptionReason.AWAY:
        return True
    return claimed.since is not None and claimed.until is not None and claimed.until - claimed.since >= FOUR_WEEKS


# --- asking ----------------------------------------------------------------------------------------------------------


@rule(source="Children and Families Act 2014, sections 36 and 44", is_law=True)
def pupil_has_no_plan_yet(sen_status: str) -> bool:
    """This pupil has an EHC plan. Ask the authority that maintains it for an early annual review instead."""
    return sen_status != "E"


@rule(source="A request goes to the authority in whose area the child lives (Children and Families Act 2014, s.24)",
      is_law=True, field="addressed_to")  # fmt: skip
def request_says_to_whom(addressed_to: object) -> bool:
    """Say in which authority's area the child lives: the request goes there, also when another authority cares."""
    return addressed_to is not None


@rule(source="A request is made once; its clock runs from its receipt (domain G4)")
def no_other_request_is_open(is_open: bool) -> bool:
    """A request for this pupil is open already. Go on with that one: its clock is the one that runs."""
    return not is_open


@rule(source="A covering letter says in the sender's own words why they ask", field="letter")
def pack_says_why(letter: str) -> bool:
    """Write at least a line of your own in the covering letter. A letter alone is a request; nothing else is needed."""
    return bool(letter.strip())


@rule(
    source="Statutory advice is the authority’s to get and to pay for: SEND Regulations 2014, regulation 6",
    field="asked_through",
)
def request_to_the_service_is_not_sent(is_draft: bool) -> bool:
    """This request was sent, and what pays for it was taken. Only a draft can be said to be for the assessment."""
    return is_draft


# --- what the authority says -----------------------------------------------------------------------------------------


@rule(source="Things are written down on their day or later")
def day_has_come(on: date, today: date) -> bool:
    """This day lies in the future. Enter it when it has come."""
    return on <= today


@rule(source="The clock runs from receipt (domain G4)")
def days_are_in_order(on: date, after: date | None) -> bool:
    """This day lies before the step that came before it. Check the date."""
    return after is None or after <= on


@rule(source=f"{REGULATIONS}, regulations 5(3), 10(3)", is_law=True, field="reasons")
def refusal_says_why(reasons: str) -> bool:
    """Write down the authority’s reasons, as its letter gives them."""
    return bool(reasons.strip())


@rule(source=f"{REGULATIONS}, regulations 5(3), 10(3)", is_law=True, field="rights_sent_on")
def refusal_tells_of_appeal(rights_sent_on: date | None) -> bool:
    """Say when the family was told of their right to mediation and appeal. A refusal without it is not complete."""
    return rights_sent_on is not None


@rule(source=f"{REGULATIONS}, regulation 13(1)", is_law=True, field="on")
def draft_had_its_fifteen_days(final_on: date, draft_sent_on: date | None, has_answered: bool) -> bool:
    """The family has 15 days to comment on the draft. If they have answered already, tick that they have."""
    return has_answered or draft_sent_on is None or final_on >= comments_by(draft_sent_on)


@rule(source="Why a request was withdrawn is worth knowing when somebody asks again", field="because")
def withdrawal_says_why(because: str) -> bool:
    """Say in a line why it is withdrawn, and who wanted that."""
    return bool(because.strip())


# --- whose it is to act ----------------------------------------------------------------------------------------------

WHO_IS_LATE = {
    Step.DECIDE: "The authority has not said whether it will assess",
    Step.DECIDE_ON_PLAN: "The authority has not said whether it will issue a plan",
    Step.FINISH: "The authority has not issued the final plan",
}
SIX_MONTHS = "Children and Families Act 2014, section 36"
STATUTORY_ADVICE = (
    "Advice in a statutory assessment is sought and paid for by the authority. It never draws on the school’s hours of "
    "specialist services or on Pupil Premium Plus."
)
ABOUT_CARE_FACTS = (
    "Only what bears on special educational needs belongs in this pack. The care plan, family history, addresses and "
    "the reasons for care stay out of it, unless a fact of care explains a need: then say it in one sentence."
)

CARE_WORDS = (
    r"placements?", r"foster\w*", r"care (?:order|plan|proceedings|leaver)s?", r"(?:in|into|left|leaving) care",
    r"looked[ -]after", r"(?:birth|biological) \w+", r"kinship", r"special guardian\w*", r"adopt(?:ed|ion|ive)",
    r"children[’']s homes?", r"residential homes?", r"family time", r"social workers?", r"virtual school",
)  # fmt: skip
TELLS_OF_CARE = re.compile(rf"\b(?:{'|'.join(CARE_WORDS)})\b", re.IGNORECASE)
END_OF_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


def sentences_of_care(text: str) -> list[str]:
    """The sentences that may tell a fact of care, for somebody to read once more before they go.

    The list is short and only points: a "work placement" is found although it is none, and a fact of care in other
    words is not found. So nothing is held up by it, and it stands in for no reading (domain G8).
    """
    return [one.strip() for one in END_OF_SENTENCE.split(text) if TELLS_OF_CARE.search(one)]


CLOCKS: dict[str, Callable[[date], date]] = {
    "decide": decide_by,
    "advice": advice_by,
    "no plan": no_plan_by,
    "final": final_by,
    "comments": comments_by,
    "six months": six_months_after,
}

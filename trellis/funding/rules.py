"""What PP+ may be asked for, agreed for and paid in. Sources named with each rule."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Protocol

from trellis.calendar.rules import add_working_days, financial_year
from trellis.conduct.rules import rule
from trellis.conduct.workflow import Workflow
from trellis.funding.models import BatchState, FundingPolicy, RequestState

REQUEST = Workflow(
    "request for Pupil Premium Plus",
    RequestState,
    {
        "agreed": ((RequestState.ASKED,), RequestState.AGREED),
        "declined": ((RequestState.ASKED,), RequestState.DECLINED),
        "withdrawn": ((RequestState.ASKED, RequestState.AGREED), RequestState.WITHDRAWN),
        "asked again": ((RequestState.AGREED,), RequestState.ASKED),  # its year ended before it was paid
        "paid": ((RequestState.AGREED,), RequestState.PAID),
        "closed": ((RequestState.PAID,), RequestState.CLOSED),
    },
)
BATCH = Workflow(
    "payment batch", BatchState, {"exported": ((BatchState.MADE,), BatchState.EXPORTED)}
)  # fmt: skip

GRANT = "Conditions of the pupil premium grant, DfE (domain C2)"
LOCAL = "Published by Virtual Schools; a policy of each (domain C4, C10)"
ALERT_DAYS = (60, 30, 10)  # before 31 March (domain C3)


@rule(source=LOCAL, field="to_year_group")
def policys_years_are_in_order(policy: FundingPolicy) -> bool:
    """The last year group comes before the first. Choose them again."""
    return policy.from_year_group <= policy.to_year_group


class NotFor(StrEnum):
    """What PP+ does not pay, as the person who asks is asked about it."""

    NONE = "none"
    EHC_PLAN = "ehc plan"
    STATUTORY_ADVICE = "statutory advice"
    EVERYDAY = "everyday"


NOT_FOR_IN_WORDS = {
    NotFor.NONE: "None of these",
    NotFor.EHC_PLAN: "Provision that the pupil’s EHC plan names",
    NotFor.STATUTORY_ADVICE: "Advice for an EHC needs assessment",
    NotFor.EVERYDAY: "Uniform, travel, the basic cost of a place, or what every pupil gets",
}


class PolicyFacts(Protocol):
    """What a policy on PP+ says."""

    only_on_assured_pep: bool
    impact_first: bool
    cap_per_pep_pence: int
    from_year_group: int
    to_year_group: int
    excludes_independent_schools: bool


@dataclass(frozen=True)
class PupilFacts:
    """The child for whom PP+ is asked, on the day of asking."""

    is_looked_after: bool  # by the authority of the Virtual School whose PEP it is
    year_group: int
    is_at_independent_school: bool


@dataclass(frozen=True)
class AskFacts:
    """What is asked. Money in pence."""

    amount: int
    asked_on_this_pep: int  # already, for any target of the PEP, less what was not agreed
    not_for: str
    why_not_otherwise: str
    starts_on: date | None
    ends_on: date | None


# --- for whom ------------------------------------------------------------------------------------------------------


@rule(source=f"{GRANT}; previously looked-after children’s schools get theirs through the census (domain C12)")
def pupil_is_looked_after(pupil: PupilFacts) -> bool:
    """The Virtual School’s Pupil Premium Plus is for children whom its authority looks after."""
    return pupil.is_looked_after


@rule(source="Pupil premium grant 2025-26, DfE: Reception to Year 11 (domain C1); years are the policy’s")
def pupil_is_in_a_year_that_is_funded(pupil: PupilFacts, policy: PolicyFacts) -> bool:
    """This pupil’s year group is not one that Pupil Premium Plus is for."""
    return policy.from_year_group <= pupil.year_group <= policy.to_year_group


@rule(source="Coventry Virtual School 2025; a policy of each Virtual School (domain C4)")
def school_is_one_that_is_funded(pupil: PupilFacts, policy: PolicyFacts) -> bool:
    """The Virtual School’s policy leaves independent schools out of Pupil Premium Plus."""
    return not (policy.excludes_independent_schools and pupil.is_at_independent_school)


# --- for what ------------------------------------------------------------------------------------------------------


@rule(source="Children and Families Act 2014, s.42; Code of Practice 9.131 (domain C8)", is_law=True, field="not_for")
def pp_plus_never_replaces_ehc_provision(not_for: str) -> bool:
    """What an EHC plan names is owed by the authority: ask the EHC coordinator, not Pupil Premium Plus."""
    return not_for != NotFor.EHC_PLAN


@rule(source="SEND Regulations 2014, reg. 6: advice is the authority’s to obtain (domain D4)", is_law=True,
      field="not_for")  # fmt: skip
def pp_plus_never_pays_statutory_advice(not_for: str) -> bool:
    """Advice for an EHC needs assessment is paid by the authority, never from Pupil Premium Plus."""
    return not_for != NotFor.STATUTORY_ADVICE


@rule(source="Policies of Sutton and Essex (domain C7)", field="not_for")
def pp_plus_is_not_for_what_every_pupil_gets(not_for: str) -> bool:
    """Uniform, travel, the basic cost of a place and what every pupil gets are not what Pupil Premium Plus is for."""
    return not_for != NotFor.EVERYDAY


@rule(source="Policies of Sutton, Essex and West Berkshire (domain C7)", field="why_not_otherwise")
def request_says_why_not_otherwise(ask: AskFacts) -> bool:
    """Say why the school’s own SEN budget, an EHC plan or the carer’s allowance does not pay for it."""
    return bool(ask.why_not_otherwise.strip())


@rule(source=LOCAL, field="amount_pence")
def request_keeps_within_the_policy(ask: AskFacts, policy: PolicyFacts) -> bool:
    """This is more than the Virtual School’s policy allows for one PEP: ask for less, or speak with the adviser."""
    return ask.asked_on_this_pep + ask.amount <= policy.cap_per_pep_pence


@rule(source="Usual fields of published request forms (forms 6)", field="ends_on")
def request_ends_after_it_starts(ask: AskFacts) -> bool:
    """The last day comes after the first."""
    return ask.starts_on is None or ask.ends_on is None or ask.starts_on <= ask.ends_on


@rule(source=LOCAL)
def last_money_has_its_impact(owed: Sequence[object], policy: PolicyFacts) -> bool:
    """First say what the Pupil Premium Plus of the PEP before changed; then ask for more."""
    return not (policy.impact_first and owed)


# --- the decision --------------------------------------------------------------------------------------------------


@rule(source="Coventry Virtual School 2025: only after a complete, quality-assured PEP (domain C4)")
def pep_is_quality_assured(is_signed_off: bool, policy: PolicyFacts) -> bool:
    """Pupil Premium Plus is agreed only on a quality-assured PEP: sign this PEP off first."""
    return is_signed_off or not policy.only_on_assured_pep


@rule(source="Separation of duties: Accounts and Audit Regulations 2015, reg. 4(4)(b), division of responsibilities of "
      "officers who deal with money; that it takes two people is our reading")  # fmt: skip
def money_is_agreed_by_somebody_else_than_asked(decides_id: int, asked_id: int) -> bool:
    """You asked for this money yourself, so somebody else agrees it."""
    return decides_id != asked_id


@rule(source="Each decision says to whom and why (domain C10)", field="reason")
def decision_says_why(reason: str) -> bool:
    """Say why, so that the school can act on it."""
    return bool(reason.strip())


@rule(source="The Virtual School helps, it does not only refuse (domain B21, C10)", field="next_route")
def refusal_names_the_next_route(next_route: str) -> bool:
    """Say where the school turns next."""
    return bool(next_route)


@rule(source="Agreed in full or in part (domain C10)", field="agreed_pence")
def agreed_is_no_more_than_asked(agreed: int, asked: int) -> bool:
    """Agree no more than was asked."""
    return 0 < agreed <= asked


# --- the year ------------------------------------------------------------------------------------------------------


@rule(source="Grant conditions: no carry-forward past 31 March (Trafford 2021-22; domain C3)", is_law=True)
def money_is_paid_within_its_year(year: int, today: date) -> bool:
    """The financial year of this money is over: close it, and decide again from this year’s money."""
    return financial_year(today) == year


@rule(source="Grant conditions: what is left on 31 March goes back (domain C3)", is_law=True)
def year_is_over_before_it_is_closed(year: int, today: date) -> bool:
    """A financial year is closed once it is over, from 1 April."""
    return financial_year(today) > year


@rule(source="School keeps evidence of what was spent (domain C11)", field="amount_pence")
def spent_is_no_more_than_is_left(amount: int, left: int) -> bool:
    """This is more than is left of the money."""
    return 0 < amount <= left


@rule(source="Impact is written at the next PEP (domain C10, B11)", field="impact_words")
def impact_says_what_changed(words: str) -> bool:
    """Say what the money changed, and how you know. If it changed nothing, say that."""
    return bool(words.strip())


def answer_by(asked_on: date, working_days: int) -> date:
    """The day by which the Virtual School means to have answered: without delay, as its policy counts it."""
    return add_working_days(asked_on, working_days)


def impact_due_on(ends_on: date | None, next_pep_due_on: date) -> date:
    """The day on which to say what the money changed: the day after the support ends; with no end, at the next PEP
    (domain C10)."""
    return ends_on + timedelta(days=1) if ends_on else next_pep_due_on


def alert_before(days_left: int) -> int | None:
    """Which of the alerts before 31 March stands: 60, 30 or 10 days; None when it is earlier, or over."""
    return next((limit for limit in sorted(ALERT_DAYS) if 0 <= days_left <= limit), None)


def minutes_for(agreed: int, asked: int, minutes: int) -> int:
    """How many of the minutes asked an agreed part buys: the same share, in whole minutes."""
    return minutes * agreed // asked

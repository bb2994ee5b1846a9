"""What is true on paper of the graduated approach: when a plan may be agreed, what a week may say, what delivery and
result mean together. Sources: SEND Code of Practice 2015, chapter 6; domain A."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from trellis.conduct.rules import Finding, broken, rule
from trellis.conduct.workflow import Workflow
from trellis.cycles.models import AreaOfNeed, CauseFound, CycleState, Decision, OtherCause, Result

CYCLE = Workflow(
    name="cycle",
    states=CycleState,
    moves={
        "assessed": ((CycleState.ASSESS, CycleState.PLAN), CycleState.PLAN),
        "agreed": ((CycleState.PLAN,), CycleState.DO),
        "reviewed": ((CycleState.DO,), CycleState.REVIEWED),
        "ended": ((CycleState.ASSESS, CycleState.PLAN, CycleState.DO), CycleState.ENDED),
    },
)

ASSESSMENT_DAYS = 20  # our own reminder, not law: an assessment open longer is asked about
PLAN_DAYS = 14  # our own reminder, not law: a plan not agreed so long after the assessment is asked about
AS_PLANNED = 80  # per cent of recorded sessions held; the default of domain A17
WELL_RECORDED = 50  # per cent of planned sessions that must be recorded before delivery is spoken of


# --- assess ----------------------------------------------------------------------------------------------------------


@rule(source="SEND Code of Practice 2015, 6.45: analysis draws on what those around the pupil know", field="summary")
def assessment_has_a_summary(summary: str) -> bool:
    """Say in a few sentences what the assessment found."""
    return bool(summary.strip())


@rule(source="SEND Code of Practice 2015, 6.21-6.23: look for the cause beneath behaviour", field="barrier")
def assessment_names_the_barrier(barrier: str) -> bool:
    """Say what gets in the way: the barrier behind what people see."""
    return bool(barrier.strip())


@rule(source="SEND Code of Practice 2015, 6.21-6.23: behaviour alone is no need; look for causes", field="areas")
def semh_has_another_look(areas: Collection[str], other_causes: Mapping[str, str]) -> bool:
    """Before social, emotional and mental health is recorded as the need, say what else was looked at."""
    return AreaOfNeed.SEMH not in areas or set(other_causes) == set(OtherCause)


@rule(source="SEND Code of Practice 2015, 6.21-6.23: look for causes; a prompt, never a stop")
def every_cause_was_looked_at(other_causes: Mapping[str, str]) -> bool:
    """What else could explain it has not all been looked at yet."""
    return CauseFound.NOT_YET not in other_causes.values()


@rule(source="SEND Code of Practice 2015, 6.45: the teacher's assessment comes first")
def assessment_rests_on_something(entries: int) -> bool:
    """Nobody has said anything yet. Add what you know first."""
    return entries > 0


@rule(source="A record says when something was seen or said", field="said_on")
def was_said_by_today(said_on: date, today: date) -> bool:
    """The day it was said or seen is in the future."""
    return said_on <= today


# --- plan ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OutcomeFacts:
    """One outcome as the plan stands; ``number`` counts from 1 as people read it."""

    number: int
    statement: str
    baseline: str = ""
    measure: str = ""
    target: str = ""
    has_support: bool = False


@dataclass(frozen=True)
class PlanFacts:
    outcomes: tuple[OutcomeFacts, ...] = ()
    review_on: date | None = None
    shared_on: date | None = None
    other_causes: Mapping[str, str] = field(default_factory=dict)


@rule(source="SEND Code of Practice 2015, 6.48: agree the outcomes sought")
def plan_has_an_outcome(plan: PlanFacts) -> bool:
    """Add an outcome: what should be different for the pupil."""
    return bool(plan.outcomes)


@rule(source="SEND Code of Practice 2015, 6.48: agree the interventions and support for the outcomes")
def each_outcome_has_support(plan: PlanFacts) -> bool:
    """Each outcome needs an intervention or a reasonable adjustment."""
    return all(outcome.has_support for outcome in plan.outcomes)


@rule(source="Children and Families Act 2014 s.68 and SEND Code of Practice 2015, 6.48: a clear date for review")
def plan_names_a_review_date(plan: PlanFacts) -> bool:
    """Set the review date: when you will look together at what changed."""
    return plan.review_on is not None


@rule(source="SEND Code of Practice 2015, 6.48: the review lies ahead", field="review_on")
def review_date_lies_ahead(review_on: date | None, today: date) -> bool:
    """The review date is in the past. Choose a day that is still to come."""
    return review_on is None or review_on >= today


@rule(source="SEND Code of Practice 2015, 6.48: expected impact; a prompt, never a stop")
def outcome_has_a_baseline(outcome: OutcomeFacts) -> bool:
    """has no baseline yet: where do things stand now?"""
    return bool(outcome.baseline)


@rule(source="SEND Code of Practice 2015, 6.48: expected impact; a prompt, never a stop")
def outcome_has_a_measure(outcome: OutcomeFacts) -> bool:
    """does not say how you will tell."""
    return bool(outcome.measure)


@rule(source="SEND Code of Practice 2015, 6.48: expected impact; a prompt, never a stop")
def outcome_has_a_target(outcome: OutcomeFacts) -> bool:
    """does not say what you hope for by the review."""
    return bool(outcome.target)


@rule(source="Children and Families Act 2014 s.68: the parent is told; a prompt, because agreeing must not wait for it")
def plan_was_shown_at_home(plan: PlanFacts) -> bool:
    """The plan has not been shown to the parent or carer yet."""
    return plan.shared_on is not None


@dataclass(frozen=True)
class Readiness:
    """Is this plan ready to agree? What stops it, and what is worth a look first."""

    stops: list[Finding] = field(default_factory=list)
    prompts: list[tuple[Finding, OutcomeFacts | None]] = field(default_factory=list)

    @property
    def is_ready(self) -> bool:
        return not self.stops


def readiness(plan: PlanFacts, today: date) -> Readiness:
    """Count down what is missing before the plan may be agreed, and what would make it better."""
    return Readiness(stops=broken(*_needed_to_agree(plan, today)), prompts=list(_worth_a_look(plan)))


def _needed_to_agree(plan: PlanFacts, today: date) -> list[Finding]:
    return [
        plan_has_an_outcome(plan),
        each_outcome_has_support(plan),
        plan_names_a_review_date(plan),
        review_date_lies_ahead(plan.review_on, today),
    ]


def _worth_a_look(plan: PlanFacts) -> Iterator[tuple[Finding, OutcomeFacts | None]]:
    for outcome in plan.outcomes:
        for rule_ in (outcome_has_a_baseline, outcome_has_a_measure, outcome_has_a_target):
            if not (finding := rule_(outcome)):
                yield finding, outcome
    for finding in (every_cause_was_looked_at(plan.other_causes), plan_was_shown_at_home(plan)):
        if not finding:
            yield finding, None


@rule(source="Children and Families Act 2014 s.68: the parent is told, on a day and by name", field="shared_on")
def plan_was_shown_by_today(shared_on: date, today: date) -> bool:
    """The day it was shown is in the future."""
    return shared_on <= today


@rule(source="SEND Code of Practice 2015, 6.52: support has a beginning and an end", field="ends_on")
def intervention_ends_after_it_starts(starts_on: date, ends_on: date) -> bool:
    """The last day is before the first."""
    return starts_on <= ends_on


@rule(source="SEND Code of Practice 2015, 6.52: what was recorded is evidence", field="starts_on")
def recorded_weeks_stay_inside(starts_on: date, ends_on: date, weeks: Collection[date]) -> bool:
    """Sessions are recorded already in weeks outside these dates. Choose dates that hold them."""
    return all(week_touches(week, starts_on, ends_on) for week in weeks)


@rule(source="SEND Code of Practice 2015, 6.48: agreed with the parent; taking everything away is a review")
def agreed_plan_keeps_an_outcome(plan: PlanFacts) -> bool:
    """This is the plan's last outcome. If the support should stop, record the review."""
    return len(plan.outcomes) > 1


# --- do --------------------------------------------------------------------------------------------------------------


def week_touches(week_of: date, starts_on: date, ends_on: date) -> bool:
    """Does any day from that Monday to its Sunday lie in the period?"""
    return week_of <= ends_on and week_of + timedelta(days=6) >= starts_on


@rule(source="Sessions are recorded by the week", field="week_of")
def week_begins_on_monday(week_of: date) -> bool:
    """A week is named by its Monday."""
    return week_of.weekday() == 0


@rule(source="Nothing is recorded before it happened", field="week_of")
def week_has_begun(week_of: date, today: date) -> bool:
    """This week has not begun. Record it when it has happened."""
    return week_of <= today


@rule(source="Sessions lie within the intervention's dates", field="week_of")
def week_lies_in_the_intervention(week_of: date, starts_on: date, ends_on: date) -> bool:
    """The intervention does not run in this week."""
    return week_touches(week_of, starts_on, ends_on)


@rule(source="Fidelity: the reason for a missed session is kept (domain A17)", field="reason")
def missed_sessions_have_a_reason(planned: int, held: int, reason: str) -> bool:
    """Say why sessions were missed: one line is enough."""
    return held >= planned or bool(reason.strip())


@rule(source="Five school days of at most five lessons each", field="held")
def held_is_possible(held: int) -> bool:
    """A week has room for at most 25 sessions."""
    return 0 <= held <= 25


def sessions_due(times_a_week: int, days: int) -> int:
    """Sessions due in a week with so many school days: all in a whole week, at least one while there is a day."""
    return -(-times_a_week * days // 5) if days < 5 else times_a_week


@dataclass(frozen=True)
class Delivery:
    """Sessions of an intervention, an outcome or a cycle. What is not recorded is neither held nor missed."""

    planned: int = 0
    held: int = 0
    missed: int = 0

    def __add__(self, other: "Delivery") -> "Delivery":
        return Delivery(self.planned + other.planned, self.held + other.held, self.missed + other.missed)

    @property
    def recorded(self) -> int:
        return self.held + self.missed

    @property
    def not_recorded(self) -> int:
        return max(0, self.planned - self.recorded)

    @property
    def share(self) -> int | None:
        """Per cent of the recorded sessions that were held; None when none is recorded."""
        return 100 * self.held // self.recorded if self.recorded else None

    @property
    def is_well_recorded(self) -> bool:
        return self.recorded > 0 and 100 * self.recorded >= WELL_RECORDED * self.planned

    @property
    def is_as_planned(self) -> bool:
        return self.share is not None and self.share >= AS_PLANNED

    @property
    def is_drifting(self) -> bool:
        """Known, and known to be too little."""
        return self.is_well_recorded and not self.is_as_planned

    @property
    def in_words(self) -> str:
        """ "9 of 10 sessions held", "4 of 8 sessions held, 2 not recorded"."""
        if not self.planned and not self.recorded:
            return "no sessions yet"
        if not self.recorded:
            return f"{_sessions(self.planned)} not recorded"
        words = f"{self.held} of {_sessions(self.recorded)} held"
        return f"{words}, {self.not_recorded} not recorded" if self.not_recorded else words


def _sessions(number: int) -> str:
    return f"{number} session" if number == 1 else f"{number} sessions"


def drift_in_words(delivery: Delivery) -> str:
    """One sentence on whether what was planned happens, while it can still be changed."""
    if not delivery.planned:
        return "No sessions were due yet."
    if not delivery.recorded:
        return f"Nothing is recorded yet: {_sessions(delivery.planned)} planned. Not recorded does not mean not held."
    if not delivery.is_well_recorded:
        return f"Too little is recorded to say: {delivery.in_words}."
    if delivery.is_as_planned:
        return f"On the whole the support happens as planned: {delivery.in_words}."
    return f"Not delivered as planned: {delivery.in_words}. Change what gets in the way, or change the plan."


AS_PLANNED_IN_WORDS = {
    Result.EXCEEDED: "It was delivered as planned and did more than was hoped for.",
    Result.MET: "It was delivered as planned and did what was hoped for.",
    Result.SOME: "It was delivered as planned and there is some progress.",
    Result.SAME: "It was delivered as planned and nothing changed: try something else.",
    Result.WORSE: "It was delivered as planned and things are worse: try something else, and ask why.",
}
NOT_AS_PLANNED_IN_WORDS = {
    Result.EXCEEDED: "It went better than hoped for, though not delivered as planned: something else may have helped.",
    Result.MET: "The outcome was met, though not delivered as planned: something else may have helped.",
    Result.SOME: "Not delivered as planned, and yet some progress: it may do more when it happens.",
    Result.SAME: "Not delivered as planned: this says little about whether the support works.",
    Result.WORSE: "Not delivered as planned, and things are worse: this says little about whether the support works.",
}
NOT_RECORDED_IN_WORDS = {
    Result.EXCEEDED: "It went better than hoped for; too little was recorded to say what did it.",
    Result.MET: "The outcome was met; too little was recorded to say what did it.",
    Result.SOME: "There is some progress; too little was recorded to say what did it.",
    Result.SAME: "Nothing changed; too little was recorded to say whether the support was tried.",
    Result.WORSE: "Things are worse; too little was recorded to say whether the support was tried.",
}


def what_it_says(result: str, delivery: Delivery) -> str:
    """What a result means, given how much of the support was held and how much is known. Adjustments alone have no
    sessions to count, so nothing is said of delivery."""
    if not delivery.planned and not delivery.recorded:
        return f"{Result(result).label}."
    if not delivery.is_well_recorded:
        return NOT_RECORDED_IN_WORDS[Result(result)]
    return (AS_PLANNED_IN_WORDS if delivery.is_as_planned else NOT_AS_PLANNED_IN_WORDS)[Result(result)]


# --- review ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ReviewFacts:
    """A review as somebody wants to record it; ``rated`` are the outcomes given a result, of ``outcomes``."""

    held_on: date
    agreed_on: date
    outcomes: frozenset[int]
    rated: frozenset[int]
    decisions: tuple[str, ...]
    sen_status: str


@rule(source="SEND Code of Practice 2015, 6.53: the review is held, then recorded", field="held_on")
def review_was_held_by_today(review: ReviewFacts, today: date) -> bool:
    """The day of the review is in the future."""
    return review.held_on <= today


@rule(source="SEND Code of Practice 2015, 6.53: what is reviewed was agreed before", field="held_on")
def review_follows_the_plan(review: ReviewFacts) -> bool:
    """The review was held before the plan was agreed. Check the day."""
    return review.held_on >= review.agreed_on


@rule(source="SEND Code of Practice 2015, 6.53: the effectiveness of the support is reviewed")
def review_looks_at_each_outcome(review: ReviewFacts) -> bool:
    """Say for each outcome what became of it."""
    return review.rated == review.outcomes


@rule(source="SEND Code of Practice 2015, 6.54-6.56: the review leads to a decision", field="decisions")
def review_decides_something(review: ReviewFacts) -> bool:
    """Choose at least one decision."""
    return bool(review.decisions)


CANNOT_STAND_TOGETHER = [
    {Decision.CONTINUE, Decision.CHANGE},
    {Decision.STEP_UP, Decision.STEP_DOWN},
    *({Decision.END_SUPPORT, other} for other in Decision if other != Decision.END_SUPPORT),
]


@rule(source="SEND Code of Practice 2015, 6.54-6.56: decisions that contradict each other are none", field="decisions")
def decisions_agree_with_each_other(review: ReviewFacts) -> bool:
    """These decisions contradict each other. Choose those that belong together."""
    return not any(pair <= set(review.decisions) for pair in CANNOT_STAND_TOGETHER)


@rule(
    source="Children and Families Act 2014 s.45: only the authority ceases an EHC plan", is_law=True, field="decisions"
)
def ehc_plan_is_not_ended_by_a_review(review: ReviewFacts) -> bool:
    """Only the authority can end an EHC plan. Ask for an early annual review instead."""
    return not (review.sen_status == "E" and Decision.END_SUPPORT in review.decisions)

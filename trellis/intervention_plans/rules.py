"""What a positive intervention plan holds before it is agreed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from trellis.conduct.rules import Finding, rule
from trellis.conduct.workflow import Workflow
from trellis.intervention_plans.models import PlanState
from trellis.passports.rules import Box, sounds_like_care

DAYS_TO_AGREE = 14  # our own reminder: a draft that nobody takes to the school and the pupil
DAYS_AT_A_NEW_SCHOOL = 14  # our own reminder: adults and places are others there
SCHOOL_DAYS_AFTER_AN_INCIDENT = 5  # our own reminder: "after each serious incident" gets a day (domain E11)

PLAN = Workflow(
    name="positive intervention plan",
    states=PlanState,
    moves={
        "agreed": ((PlanState.DRAFT,), PlanState.AGREED),
        "replaced": ((PlanState.AGREED,), PlanState.SUPERSEDED),
        "set aside": ((PlanState.DRAFT,), PlanState.SET_ASIDE),
    },
)

ABOUT = (
    Box("strengths", "Strengths", 240, "What the pupil is good at, and what people like about them."),
    Box("motivators", "What motivates", 200, "For example: jobs to do, ten minutes of building."),
    Box("triggers", "Known triggers", 300, "One on each line. What has led to it before."),
    Box("early_signs", "Early signs", 300, "One on each line. What an adult who does not know them would notice."),
)
ADULTS = (
    Box("adult_roles", "Who does what", 300, "One on each line. Who stays, who takes the others, who is called."),
    Box("safe_place", "Safe place", 120, "Where the pupil can go, and who goes along."),
    Box("adjustments", "Reasonable adjustments", 300, "One on each line. What everybody does differently, always."),
    Box("repair", "Repair conversation", 240, "When, with whom, and how it begins. Not on the way back in."),
    Box(
        "physical_response", "Agreed physical response", 240,
        "Leave this empty when none is agreed. Otherwise say exactly what, when, and by whom.",
    ),
    Box("training", "Training it rests on", 120, "The name of the course, and who has done it. Only if there is one."),
)  # fmt: skip
STAGES = {
    "calm": ("Calm", "How the pupil is on a good day, and what keeps it so."),
    "anxious": ("Anxious", "The first change: what to do now so that it goes no further."),
    "defensive": ("Defensive", "Refusing, arguing, leaving: few words, a way out."),
    "crisis": ("Crisis", "Keep everybody safe. What not to say or do."),
    "recovery": ("Recovery", "Coming down. What the pupil needs before anyone talks about it."),
}
IN_A_STAGE = {"looks_like": "What it looks like", "works": "What works", "does_not": "What does not"}
CELL_LIMIT, CELL_LINES = 160, 4
RISKS: dict[str, str] = {"risk_before": "Risk before this plan", "risk_after": "Risk with this plan"}

BOXES = (*ABOUT, *ADULTS)
BOX = {box.name: box for box in BOXES}


@dataclass(frozen=True)
class PlanFacts:
    """A plan as it is written: its boxes, its stages, its risks."""

    words: Mapping[str, str] = field(default_factory=dict)
    stages: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    risk_before: str = ""
    risk_after: str = ""


def care_words_in(plan: PlanFacts) -> list[tuple[str, str]]:
    """What a supply teacher need not read: (heading, the words found), in the order of the page."""
    boxes = [(box.title, plan.words.get(box.name, "")) for box in BOXES]
    cells = [(STAGES[stage][0], words) for stage, said in plan.stages.items() for words in said.values()]
    return [(title, found) for title, words in boxes + cells for found in sounds_like_care(words)]


@rule(source="A positive intervention plan is one page (domain E11)")
def words_fit_the_cell(words: str) -> bool:
    """This is too long for one page. Keep to four short lines, what an adult can do in that minute."""
    return len(words) <= CELL_LIMIT and words.count("\n") < CELL_LINES


@rule(source="Positive intervention plan template (domain E11)")
def plan_tells_each_stage(plan: PlanFacts) -> bool:
    """Say for each stage what it looks like and what works."""
    return all(plan.stages.get(stage, {}).get(part) for stage in STAGES for part in ("looks_like", "works"))


@rule(source="Positive intervention plan template (domain E11)")
def plan_says_who_and_where(plan: PlanFacts) -> bool:
    """Say which adult does what, and where the safe place is."""
    return bool(plan.words.get("adult_roles") and plan.words.get("safe_place"))


@rule(source="Positive intervention plan template (domain E11)")
def plan_knows_triggers_and_strengths(plan: PlanFacts) -> bool:
    """Say what the pupil is good at and what the known triggers are."""
    return bool(plan.words.get("strengths") and plan.words.get("triggers"))


@rule(source="DfE guidance on restrictive interventions, April 2026; domain E9, E11")
def physical_response_names_its_training(plan: PlanFacts) -> bool:
    """An agreed physical response needs the training it rests on, by name. Otherwise leave it empty: none is agreed."""
    return not plan.words.get("physical_response") or bool(plan.words.get("training"))


@rule(source="Positive intervention plan template (domain E11)")
def plan_rates_the_risk(plan: PlanFacts) -> bool:
    """Rate the risk before this plan and with it."""
    return bool(plan.risk_before and plan.risk_after)


def readiness(plan: PlanFacts) -> list[Finding]:
    """All that is asked of a plan before it is agreed, in the order of its parts."""
    return [
        plan_knows_triggers_and_strengths(plan),
        plan_tells_each_stage(plan),
        plan_says_who_and_where(plan),
        physical_response_names_its_training(plan),
        plan_rates_the_risk(plan),
    ]


@rule(
    source="Class staff and supply staff act on the plan; they know no care facts (domain H1)", field="looked_through"
)
def plan_leaves_care_out(plan: PlanFacts, looked_through: bool) -> bool:
    """Class and supply staff read this plan. Leave this out? If it is right as it stands, tick that you looked."""
    return looked_through or not care_words_in(plan)


@rule(source="Agreed with the school and with the child (domain E11)", field="agreed_on")
def plan_was_agreed_by_today(agreed_on: date, today: date) -> bool:
    """The day on which the plan was agreed cannot lie in the future."""
    return agreed_on <= today


@rule(source="Agreed with the school and with the child (domain E11)", field="agreed_on")
def plan_was_agreed_after_it_was_begun(agreed_on: date, started_on: date) -> bool:
    """This version was begun after that day. Say when these words were agreed."""
    return agreed_on >= started_on


@rule(source="The plan is looked at after each serious incident (domain E11)", field="happened_on")
def incident_has_happened(happened_on: date, today: date) -> bool:
    """The day of the incident cannot lie in the future."""
    return happened_on <= today


@rule(source="A list of those who were given the plan (domain E11)", field="shared_on")
def plan_was_shared_by_today(shared_on: date, today: date) -> bool:
    """The day on which the plan was shared cannot lie in the future."""
    return shared_on <= today


def review_at_a_new_school(review_on: date, moved_on: date) -> date:
    return min(review_on, moved_on + timedelta(days=DAYS_AT_A_NEW_SCHOOL))


def review_after_an_incident(review_on: date, happened_on: date, school_days: Collection[date]) -> date:
    """Five school days after it, or sooner when the review was due sooner; where no calendar reaches, a week."""
    later = sorted(day for day in school_days if day > happened_on)[:SCHOOL_DAYS_AFTER_AN_INCIDENT]
    reached = len(later) == SCHOOL_DAYS_AFTER_AN_INCIDENT
    return min(review_on, later[-1] if reached else happened_on + timedelta(days=7))

"""Jordan's positive intervention plan: a version that stands, and a draft of the next."""

from datetime import date

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.intervention_plans import actions
from trellis.intervention_plans.models import InterventionPlan
from trellis.pupils.tests.world import CANARY, World

BEGUN = date(2026, 10, 12)
STAGES = {
    "calm": {"looks_like": "Joking, building", "works": "Jobs to do", "does_not": "Too many questions"},
    "anxious": {"looks_like": "Quiet, hood up", "works": "Say my name once\nTwo minutes", "does_not": "Hurrying"},
    "defensive": {"looks_like": "Arguing, leaving the seat", "works": "Point to the card", "does_not": "An audience"},
    "crisis": {"looks_like": "Running, throwing", "works": "Clear the room, one adult stays", "does_not": "Holding on"},
    "recovery": {"looks_like": "Head down, tired", "works": "Water, building, no talk", "does_not": "Why did you"},
}
WORDS = {
    "strengths": "Makes people laugh\nKnows a lot about trains",
    "motivators": "Ten minutes of building",
    "triggers": "Being hurried\nA new adult nobody told me about",
    "early_signs": "Pulls the hood up",
    "adult_roles": "Tia stays with me\nMr Osei takes the class out",
    "safe_place": "The quiet corner, with Tia",
    "adjustments": "A card to leave",
    "repair": "After lunch, with Tia, building",
    "stages": STAGES,
    "risk_before": "high",
    "risk_after": "medium",
}


def begin(world: World, on: date = BEGUN, by: str = "sam", **words) -> InterventionPlan:
    """A draft with everything that is asked."""
    writer = world.people[by]
    with clock.at(on):
        draft = actions.start_plan(world.jordan.pk, by=writer, key=Key.fresh(writer))
        return actions.write_plan(draft.pk, by=writer, seen=None, **(WORDS | words))


def agree(world: World, draft: InterventionPlan, on: date = BEGUN, by: str = "sam", **more) -> InterventionPlan:
    told = {"agreed_on": on, "headteacher": "Hana Ours", "agreed_how": "talked", "agreed_with": "Tia"} | more
    with clock.at(on):
        return actions.agree_plan(draft.pk, by=world.people[by], seen=None, **told)


def agreed(world: World, on: date = BEGUN, **words) -> InterventionPlan:
    """A version that stands."""
    return agree(world, begin(world, on, **words), on)


def add_rows(world: World) -> None:
    current = agreed(world, motivators=CANARY)
    with clock.at(BEGUN):
        actions.share_plan(
            current.pk, by=world.sam, key=Key.fresh(world.sam), name="Sol", role="social worker", shared_on=BEGUN
        )
    draft = begin(world, date(2026, 10, 30))
    world.rows |= {"intervention_plan_id": current.pk, "intervention_plan_draft_id": draft.pk}

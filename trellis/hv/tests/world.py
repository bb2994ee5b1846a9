"""Jordan's place is at risk: the school proposed, the Virtual School head awarded ten hours urgently."""

from trellis.conduct.keys import Key
from trellis.hv import actions
from trellis.hv.actions import Award
from trellis.hv.models import HvCase
from trellis.pupils.tests.world import CANARY, World

PANEL = [
    ("Virtual School head", "Vic"), ("Educational psychologist", "Eve"),
    ("Social, emotional and mental health teacher", "Lee"),
]  # fmt: skip


def proposal(**says):
    return {
        "criterion": "exclusion",
        "evidence": "Two suspensions since half term, after a change of home.",
        "own_hours": "All 12 hours of this year are used; 3 went to observations.",
        "pp_plus": "£600 pays for the key adult; it cannot buy more advice this term.",
        "consent": "The social worker agreed on 2 November.",
        "sustain": "The key adult and the way out and back stay in the plan.",
        "asked_minutes": 600,
    } | says


def propose(world: World, *, by=None, **says) -> HvCase:
    by = by or world.sam
    return actions.ask_hv(world.jordan.pk, by=by, key=Key.fresh(by), **proposal(**says))


def decide(case: HvCase, world: World, decision: str, **says) -> HvCase:
    told = {"reason": "The evidence is clear.", "present": PANEL, "by": world.vic, "seen": None} | says
    return actions.decide_hv(case.pk, decision=decision, **told)


def award(case: HvCase, world: World, minutes=600, **says) -> HvCase:
    return decide(case, world, "awarded", award=Award(minutes=minutes, **says))


def add_rows(world: World) -> None:
    case = propose(world, evidence=CANARY)
    decide(case, world, "awarded urgently", present=(), award=Award(minutes=600, pence=30_000, money_for="A tutor"))
    world.rows["case_id"] = case.pk

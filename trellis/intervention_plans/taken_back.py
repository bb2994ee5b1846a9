"""A draft that a list gave to another school in error: the school that had it goes on with its own."""

from typing import Any

from django.db.models import Model

from trellis.history.setting_back import BroughtAbout
from trellis.intervention_plans.models import InterventionPlan, PlanState

TAKEN_BACK: tuple[type[Model], ...] = (InterventionPlan,)


def take_back(brought: BroughtAbout, *, because: str, by: Any) -> None:
    """The draft that the other school was given is set aside, before the first is a draft again."""
    brought.count_for_nothing(InterventionPlan, state=PlanState.SET_ASIDE)

"""A cycle that a list handed over in error: the school that had it keeps it again."""

from typing import Any

from django.db.models import Model

from trellis.cycles.models import Handover
from trellis.history.setting_back import BroughtAbout

TAKEN_BACK: tuple[type[Model], ...] = (Handover,)


def take_back(brought: BroughtAbout, *, because: str, by: Any) -> None:
    """A handover counts only for the school that keeps the cycle: to another one it counts for nothing by itself."""

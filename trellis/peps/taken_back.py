"""What a file brought in error about PEPs: set back whole, nothing deleted."""

from typing import Any

from django.db.models import Model

from trellis.history.setting_back import BroughtAbout
from trellis.peps.models import Pep, PepSection, PepState, PepTarget

TAKEN_BACK: tuple[type[Model], ...] = (Pep, PepSection, PepTarget)


def take_back(brought: BroughtAbout, *, because: str, by: Any) -> None:
    """Targets that came are dropped, and a PEP that opened ends with its sections."""
    brought.count_for_nothing(PepTarget, dropped=True)
    brought.count_for_nothing(Pep, state=PepState.ENDED)

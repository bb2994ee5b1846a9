"""What a file brought in error about PEPs: set back whole, nothing deleted."""

from django.db.models import F, Model

from trellis.history.setting_back import BroughtAbout
from trellis.peps.models import Pep, PepSection, PepTarget

TAKEN_BACK: tuple[type[Model], ...] = (Pep, PepSection, PepTarget)


def take_back(brought: BroughtAbout) -> None:
    """Targets that came are dropped; what was there says what it said. A PEP that opened with the record of a child
    who was entered in error is in a record that nobody sees."""
    PepTarget.objects.filter(pk__in=brought.added(PepTarget)).update(dropped=True, version=F("version") + 1)
    for model in TAKEN_BACK:
        brought.set_back(model)

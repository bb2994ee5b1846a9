"""What a school owes the next one after a move that was taken back: nothing."""

from typing import Any

from django.db.models import Model

from trellis.history.setting_back import BroughtAbout
from trellis.transfers.models import Transfer, TransferState

TAKEN_BACK: tuple[type[Model], ...] = (Transfer,)


def take_back(brought: BroughtAbout, *, because: str, by: Any) -> None:
    """The files are not owed any more; they are again when the same move comes again."""
    brought.count_for_nothing(Transfer, state=TransferState.ENTERED_IN_ERROR)

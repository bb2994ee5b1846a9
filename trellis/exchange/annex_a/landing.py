"""What the two lists bring about: SEN status and need of children in care."""

from typing import Any

from trellis.exchange.annex_a.compare import Comparison
from trellis.exchange.progress import Progress
from trellis.pupils import actions as pupils


def land_lists(comparison: Comparison, *, by: Any, progress: Progress) -> None:
    for placing in comparison.landing:
        assert placing.now is not None
        pupils.set_sen_status(
            placing.known.pupil.pk, by=by, status=placing.now.status, primary_need=placing.now.primary_need,
            secondary_need=placing.now.secondary_need, on=placing.on,
        )  # fmt: skip
        progress.step(len(comparison.landing))

"""What a common transfer file brings about for pupils on the school's roll."""

from typing import Any

from trellis.conduct import clock
from trellis.exchange.ctf.compare import Comparison, Placing
from trellis.exchange.progress import Progress
from trellis.pupils import actions as pupils
from trellis.pupils import actions_history
from trellis.schooling import actions as schooling
from trellis.transfers import actions as transfers


def land_file(comparison: Comparison, *, by: Any, source: str, progress: Progress) -> None:
    for placing in comparison.placings:
        if placing.lands:
            _land(placing, by=by, source=source)
        progress.step(len(comparison.placings))


def _land(placing: Placing, *, by: Any, source: str) -> None:
    pupil_id = placing.known.pupil.pk
    if placing.past:
        actions_history.add_sen_history(pupil_id, by=by, past=placing.past)
    if placing.now:
        pupils.set_sen_status(
            pupil_id, by=by, status=placing.now.status, primary_need=placing.now.primary_need,
            secondary_need=placing.now.secondary_need, on=placing.on,
        )  # fmt: skip
    if placing.upn:
        pupils.replace_upn(pupil_id, by=by, upn=placing.upn)
    for upn in placing.former_upns:
        actions_history.remember_former_upn(pupil_id, by=by, upn=upn, replaced_on=clock.today())
    for year, _ in placing.years:
        schooling.tell_attendance(pupil_id, by=by, at=year.school, source=source, **year.says)
    if placing.receipt:
        transfers.receive_with_file(placing.receipt.pk, by=by)

"""What a file from another school tells of a pupil's time before: SEN before what is recorded here, and UPNs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from trellis.conduct import clock
from trellis.conduct.locks import change, lock
from trellis.conduct.periods import from_day
from trellis.conduct.refusals import Refused, require
from trellis.history import actions as history
from trellis.pupils import permissions
from trellis.pupils.models import FormerUpn, Pupil, SenStatus


@dataclass(frozen=True)
class PastSen:
    """A SEN status that is over, with its types of need where they are known. ``until``: the day after its last."""

    since: date
    until: date
    status: str
    primary_need: str = ""
    secondary_need: str = ""


@transaction.atomic
def add_sen_history(pupil_id: int, *, by: Any, past: Sequence[PastSen]) -> list[SenStatus]:
    """Add SEN from before the first that is recorded here. Raises Refused where something is recorded in those days."""
    pupil = lock(Pupil, pupil_id)
    if by is not None:
        require(permissions.can_correct_record(by, pupil))
    held = SenStatus.objects.filter(pupil=pupil, during__isempty=False).order_by("during").first()
    first = held.since if held else clock.today()
    if any(one.until > first for one in past):
        raise Refused("SEN in those days is recorded already.")
    added = SenStatus.objects.bulk_create(
        SenStatus(
            pupil=pupil, status=one.status, primary_need=one.primary_need, secondary_need=one.secondary_need,
            during=from_day(one.since, one.until),
        )
        for one in past
    )  # fmt: skip
    if added:
        change(pupil)
        count = f"{len(added)} earlier SEN status{'' if len(added) == 1 else 'es'}"
        history.record(pupil, by, f"Added {count}, from the common transfer file.")
    return added


@transaction.atomic
def remember_former_upn(pupil_id: int, *, by: Any, upn: str, replaced_on: date) -> FormerUpn:
    """Keep a UPN that the pupil had before, so that files which still carry it find them. Twice is once."""
    pupil = lock(Pupil, pupil_id)
    if by is not None:
        require(permissions.can_correct_record(by, pupil))
    if known := FormerUpn.objects.filter(pupil=pupil, upn=upn).first():
        return known
    former = FormerUpn.objects.create(pupil=pupil, upn=upn, replaced_on=replaced_on)
    history.record(pupil, by, "A UPN from before became known.")
    return former

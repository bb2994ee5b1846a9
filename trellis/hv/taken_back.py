"""An award of the Highly Vulnerable framework that ended with a list in error."""

from typing import Any

from django.db.models import Model

from trellis.history.setting_back import BroughtAbout
from trellis.hv.models import HvCase
from trellis.ledgers.models import Entry, EntryKind

TAKEN_BACK: tuple[type[Model], ...] = ()


def why_not(brought: BroughtAbout) -> str:
    """What was left of an award has gone back to the Virtual School, which may have given it to others: who decides on
    awards decides on this one anew."""
    cases = HvCase.objects.filter(pk__in=brought.changed(HvCase)).select_related("pupil").order_by("pk")
    entries = Entry.objects.filter(cause_kind=HvCase._meta.label_lower, kind=EntryKind.RETURNED)
    returned = set(entries.filter(cause_id__in=[case.pk for case in cases]).values_list("cause_id", flat=True))
    case = next((case for case in cases if case.pk in returned), None)
    if case is None:
        return ""
    return (
        f"With this import an award for {case.pupil} ended, and what was left of it went back. Record where the child "
        "is; the award is proposed anew."
    )


def take_back(brought: BroughtAbout, *, because: str, by: Any) -> None:
    """No case begins with a list."""

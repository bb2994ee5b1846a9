"""Visits that a list released in error: their hours are kept again, by entries of their own."""

from collections import Counter
from typing import Any

from django.db.models import Model

from trellis.history.setting_back import BroughtAbout
from trellis.hours.actions import book_as_before
from trellis.hours.models import Visit, VisitPart, VisitState
from trellis.ledgers.models import Account

TAKEN_BACK: tuple[type[Model], ...] = ()
IN_ITS_OWN_WAY: tuple[type[Model], ...] = (Visit,)  # its hours went back to the ledger, which is only ever added to


def released(brought: BroughtAbout) -> list[Visit]:
    visits = Visit.objects.filter(pk__in=brought.changed(Visit), state=VisitState.CANCELLED)
    return list(visits.prefetch_related("parts__account").order_by("pk"))


def why_not(brought: BroughtAbout) -> str:
    """Hours that went back may have been used for others."""
    needed: Counter[int] = Counter()
    for part in VisitPart.objects.filter(visit__in=released(brought)):
        needed[part.account_id] += part.minutes
    for account in Account.objects.filter(pk__in=needed).order_by("pk"):
        if account.balance < needed[account.pk]:
            return f"With this import hours that were kept for a visit went back to {account.name}, and are used since."
    return ""


def take_back(brought: BroughtAbout, *, because: str, by: Any) -> None:
    """What was kept is kept again."""
    for visit in released(brought):
        book_as_before(visit, because=because, by=by)

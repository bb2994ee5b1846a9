"""What a school's file brought in error: told anew, it says again what it said; a suspension never was."""

from typing import Any

from django.db.models import Model

from trellis.conduct import clock
from trellis.history.setting_back import BroughtAbout
from trellis.schooling.models import Attainment, Attendance, Suspension, SuspensionState, Telling

TAKEN_BACK: tuple[type[Model], ...] = (Attendance, Attainment, Suspension, Telling)


def why_not(brought: BroughtAbout) -> str:
    """Who was told of a suspension has acted on it: that cannot be made never to have been."""
    told = Telling.objects.filter(suspension__in=brought.added(Suspension)).exclude(told_at=None, mailed_at=None)
    first = told.select_related("pupil", "suspension").order_by("pk").first()
    if first is None:
        return ""
    who = str(first.get_who_display())
    return (
        f"With this import the {who[:1].lower()}{who[1:]} was told of the {first.suspension} of {first.pupil}. "
        "Open that suspension: the headteacher can cancel it, and those who were told hear of it from the school."
    )


def take_back(brought: BroughtAbout, *, because: str, by: Any) -> None:
    """What was told counts no more, and what it took the place of stands again. A suspension takes no day."""
    for model in (Attendance, Attainment):
        brought.count_for_nothing(model, superseded_at=clock.now())
    brought.count_for_nothing(
        Suspension, state=SuspensionState.ENTERED_IN_ERROR, days=[], half_days=0, closed_on=clock.today(),
        closed_because=because,
    )  # fmt: skip

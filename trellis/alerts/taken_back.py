"""What a file brought about in alerts: they follow from the facts, and are looked at again."""

from typing import Any

from django.db.models import Model

from trellis.alerts.actions import look_again
from trellis.alerts.models import Alert, AlertReason, AlertState
from trellis.conduct import clock
from trellis.history.setting_back import BroughtAbout
from trellis.pupils.models import Pupil

TAKEN_BACK: tuple[type[Model], ...] = (Alert, AlertReason)


def take_back(brought: BroughtAbout, *, because: str, by: Any) -> None:
    """An alert that was raised is closed, before one that was closed is open again."""
    brought.count_for_nothing(AlertReason, ended_on=clock.today())
    brought.count_for_nothing(
        Alert, state=AlertState.RESOLVED, closed_on=clock.today(), closed_because=because
    )  # fmt: skip


def follow(brought: BroughtAbout, by: Any) -> None:
    """Those whose alerts were touched are looked at again, once the facts are what they were."""
    touched = Alert.objects.filter(pk__in=[*brought.added(Alert), *brought.changed(Alert)]).values("pupil")
    for pupil in Pupil.objects.going_on().filter(pk__in=touched).order_by("pk"):
        look_again(pupil, by)

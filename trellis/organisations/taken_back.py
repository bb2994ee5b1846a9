"""What a list of schools brought in error: set back whole, nothing deleted."""

from typing import Any

from django.db.models import Model

from trellis.conduct import clock
from trellis.history import actions as history
from trellis.history.setting_back import BroughtAbout
from trellis.organisations.models import ENTERED_IN_ERROR, Organisation, School, SchoolSuccession

TAKEN_BACK: tuple[type[Model], ...] = (Organisation, School, SchoolSuccession)


def take_back(brought: BroughtAbout, *, because: str, by: Any) -> None:
    """Schools that were added are closed as entered in error, and open again when a list holds them."""
    brought.count_for_nothing(School, status=ENTERED_IN_ERROR, closed_on=clock.today())
    brought.count_for_nothing(SchoolSuccession, school=None)
    concerned = {*brought.added(School), *brought.changed(School), *brought.changed(Organisation)}
    for school in School.objects.filter(pk__in=concerned).order_by("pk"):
        history.record(school, by, f"{because} The school is as it was before.")

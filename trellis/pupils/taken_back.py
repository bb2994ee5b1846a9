"""What a list brought in error, about pupils: set back whole, nothing deleted."""

from collections.abc import Collection
from typing import Any

from django.db.models import Model

from trellis.conduct.periods import DateRange
from trellis.history import actions as history
from trellis.history.setting_back import BroughtAbout
from trellis.pupils import access
from trellis.pupils.models import (
    Access,
    CareEpisode,
    ChildId,
    FormerUpn,
    NamedProfessional,
    Pupil,
    SchoolPlace,
    SdqScore,
    SenStatus,
)

PERIODS: tuple[type[Model], ...] = (SchoolPlace, CareEpisode, SenStatus, NamedProfessional)
OF_NOBODY: dict[type[Model], dict[str, Any]] = {
    ChildId: {"pupil": None, "child_id": None},
    FormerUpn: {"pupil": None, "upn": ""},
    SdqScore: {"pupil": None},
}
TAKEN_BACK: tuple[type[Model], ...] = (Pupil, *OF_NOBODY, *PERIODS)
NO_DAY = DateRange(empty=True)


def take_back(brought: BroughtAbout, *, because: str, by: Any) -> None:
    """Records that were begun are records entered in error, which nobody sees and whose numbers are free again."""
    for model in PERIODS:
        brought.count_for_nothing(model, during=NO_DAY)
    for model, fields in OF_NOBODY.items():
        brought.count_for_nothing(model, **fields)
    brought.count_for_nothing(Pupil, entered_in_error=True, upn=None)


def follow(brought: BroughtAbout, known: Collection[int], *, because: str, by: Any) -> None:
    """Once the facts are what they were: access made anew from them, and history told. Those who call have locked the
    pupils; ``known`` are those who were here before."""
    new = brought.added(Pupil)
    Access.objects.filter(pupil__in=new, during__isempty=False).update(during=NO_DAY)
    for pupil in Pupil.objects.filter(pk__in=known).order_by("pk"):
        access.bring_up_to_date(pupil)
        history.record(pupil, by, f"{because} What it changed here is as it was before.")
    for pupil in Pupil.objects.filter(pk__in=new).order_by("pk"):
        history.record(pupil, by, f"{because} This record was entered in error.")

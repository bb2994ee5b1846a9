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


def follow(brought: BroughtAbout, pupil_ids: Collection[int], *, because: str, by: Any) -> None:
    """Once the facts are what they were: access of these pupils made anew from them, and history told. Those who call
    have locked them."""
    added = set(brought.added(Pupil))
    new = Pupil.objects.filter(pk__in=added.intersection(pupil_ids)).order_by("pk")
    known = list(Pupil.objects.filter(pk__in=set(pupil_ids) - added).order_by("pk"))
    Access.objects.filter(pupil__in=new, during__isempty=False).update(during=NO_DAY)
    access.bring_up_to_date(*known)
    told = [(pupil, "What it changed here is as it was before.") for pupil in known]
    told += [(pupil, "This record was entered in error.") for pupil in new]
    history.record_all(history.entry_of(pupil, by, f"{because} {words}") for pupil, words in told)

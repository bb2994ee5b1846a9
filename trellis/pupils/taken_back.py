"""What a list brought in error, about pupils: set back whole, nothing deleted."""

from typing import Any

from django.db.models import F, Model, QuerySet

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


def pupils_concerned(brought: BroughtAbout) -> set[int]:
    """Whom any of it is about, the new ones too."""
    found = {*brought.added(Pupil), *brought.changed(Pupil)}
    for model in TAKEN_BACK[1:]:
        ids = brought.added(model) + brought.changed(model)
        found |= set(model._default_manager.filter(pk__in=ids).values_list("pupil", flat=True))
    return found - {None}


def take_back(brought: BroughtAbout, *, because: str, by: Any) -> None:
    """Records that were begun are records entered in error, which nobody sees and whose numbers are free again; the
    others say what they said before. Those who call have locked the pupils."""
    new = brought.added(Pupil)
    known = pupils_concerned(brought) - set(new)
    for model in PERIODS:
        _added(model, brought).update(during=NO_DAY)
    for model, fields in OF_NOBODY.items():
        _added(model, brought).update(**fields)
    _added(Pupil, brought).update(entered_in_error=True, upn=None, version=F("version") + 1)
    for model in TAKEN_BACK:
        brought.set_back(model)
    Access.objects.filter(pupil__in=new, during__isempty=False).update(during=NO_DAY)
    for pupil in Pupil.objects.filter(pk__in=known).order_by("pk"):
        access.bring_up_to_date(pupil)
        history.record(pupil, by, f"{because} What it changed here is as it was before.")
    for pupil in Pupil.objects.filter(pk__in=new).order_by("pk"):
        history.record(pupil, by, f"{because} This record was entered in error.")


def _added(model: type[Model], brought: BroughtAbout) -> QuerySet[Any]:
    return model._default_manager.filter(pk__in=brought.added(model))

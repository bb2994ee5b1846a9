"""Whether a landed import may be taken back, and taking it back: whole, while nothing was built on it."""

from typing import Any

from django.db.models import Model

from trellis.conduct import clock
from trellis.design.in_words import full_date
from trellis.exchange.lists import KINDS
from trellis.exchange.models import AwaitedChild, Import, ImportQuestion, ImportState, QuestionAnswer
from trellis.history.models import Entry
from trellis.history.setting_back import BroughtAbout, newest_row_changes
from trellis.moves.models import CareChange, SchoolMove
from trellis.organisations import taken_back as schools
from trellis.organisations.models import Organisation
from trellis.peps import taken_back as peps
from trellis.peps.models import PepTarget
from trellis.pupils import taken_back as pupils
from trellis.pupils.models import Access, Pupil

OURS: tuple[type[Model], ...] = (ImportQuestion, AwaitedChild)
TAKEN_BACK = (*schools.TAKEN_BACK, *pupils.TAKEN_BACK, *peps.TAKEN_BACK, *OURS)
FOLLOWS = (Access,)  # follows from the facts, and is made anew from them
STAYS_WITH_THE_NEW = tuple(model for model in peps.TAKEN_BACK if model is not PepTarget)

CARE_CHANGES = "care changes"  # only ever added to: its numbers are their own mark

NOT_LANDED = "Only an import that has landed can be taken back."
TOO_OLD = "This import landed before Trellis kept what each import brought about, so it cannot be taken back."
NO_PAST = "Of something that this import changed, nobody wrote down what it said before. So it cannot be taken back."
WORK = {  # what may be said to somebody who reads no record; of anything else no more than that there is something
    "cycles.cycle": "worked on a cycle for",
    "peps.pep": "worked on a PEP for",
    "peps.pepsection": "worked on a PEP for",
    "moves.schoolmove": "recorded a change of school of",
    "moves.carechange": "recorded a change of care of",
    "pupils.pupil": "changed the record of",
    "advice.advicerequest": "asked for advice for",
}


def before_landing() -> dict[str, int]:
    """The newest of everything by which we later tell what this landing brought about."""
    newest = CareChange.objects.order_by("pk").values_list("pk", flat=True).last()
    return newest_row_changes() | {CARE_CHANGES: newest or 0}


def brought_about_by(made: Import) -> BroughtAbout:
    """Asked once for each import that is held."""
    known: BroughtAbout = made.__dict__.setdefault(
        "_brought_about", BroughtAbout({"import": made.pk}, made.row_changes_before)
    )
    return known


def lock_what_it_concerns(made: Import) -> None:
    """Whoever works on one of these pupils waits, and then finds the record as it is after."""
    concerned = pupils.pupils_concerned(brought_about_by(made))
    list(Pupil.objects.select_for_update().filter(pk__in=concerned).order_by("pk").values_list("pk"))


def why_not(made: Import) -> str:
    """Why this import cannot be taken back, in a sentence that names what was built on it; empty when it can."""
    if not made.is_landed:
        return NOT_LANDED
    if not made.row_changes_before:
        return TOO_OLD
    return _later_import(made) or _answered(made) or _moved(made) or _worked_on(made) or _no_past(made)


def _later_import(made: Import) -> str:
    same = Import.objects.filter(kind=made.kind, state=ImportState.LANDED, landed_entry_id__gt=made.landed_entry_id)
    if not KINDS[made.kind].is_everybodys:
        same = same.filter(virtual_school=made.virtual_school, school=made.school)
    later = same.order_by("landed_entry_id").last()
    if later is None:
        return ""
    return f"Since then, {later.file_name} landed on {full_date(later.landed_at)}. Take that one back first."


def _answered(made: Import) -> str:
    answered = made.questions.filter(answered_by__isnull=False).select_related("answered_by").order_by("pk").first()
    return f"Since then, {answered.answered_by} answered a question of this import." if answered else ""


def _moved(made: Import) -> str:
    """A known child who moves with a list is told to others, who act on it: that is put right by another move."""
    brought = brought_about_by(made)
    new = set(brought.added(Pupil))
    concerned = pupils.pupils_concerned(brought) - new
    care = CareChange.objects.filter(pupil__in=concerned, pk__gt=made.row_changes_before[CARE_CHANGES])
    pupil_ids = {*care.values_list("pupil", flat=True), *_told_to_others(brought, new)}
    if not pupil_ids:
        return ""
    pupil = Pupil.objects.filter(pk__in=[pk for pk in pupil_ids if pk]).by_name().first()
    if not (care.exists() or SchoolMove in brought.models or pupil is None):
        return f"This import wrote of {pupil} what cannot be set back by itself. Bring a file that says it right."
    who = f"{pupil} changed school or care" if pupil else "others were asked about a child on it"
    return (
        f"With this import {who}, and others were told and have tasks from it. "
        "A move is put right by recording where the child is, not by taking the import back."
    )


def _told_to_others(brought: BroughtAbout, new: set[int]) -> list[int | None]:
    """Pupils, not new ones, about whom something was added or changed that cannot be set back."""
    found: list[int | None] = []
    for model in brought.models:
        if (model in TAKEN_BACK and model not in STAYS_WITH_THE_NEW) or model in FOLLOWS:
            continue
        ids = brought.added(model) + ([] if model in TAKEN_BACK else brought.changed(model))
        if ids and "pupil" in {field.name for field in model._meta.get_fields()}:
            rows = model._default_manager.filter(pk__in=ids).exclude(pupil__in=new)
            found += rows.values_list("pupil", flat=True)
        elif ids:
            found.append(None)
    return found


def _worked_on(made: Import) -> str:
    brought = brought_about_by(made)
    new = set(brought.added(Pupil))
    if entry := Entry.objects.filter(pk__gt=made.landed_entry_id, pupil_id__in=new).order_by("pk").first():
        return _since_then(entry)
    for model in TAKEN_BACK:
        if again := brought.changed_again(model):
            return _changed_again(made, model, again)
    return ""


def _changed_again(made: Import, model: type[Model], ids: list[int]) -> str:
    rows = model._default_manager.filter(pk__in=ids)
    if model in schools.TAKEN_BACK:
        return (
            f"Since then, {Organisation.objects.filter(pk__in=ids).order_by('name').first() or 'a school'} was changed."
        )
    pupil_ids = ids if model is Pupil else list(rows.values_list("pupil", flat=True))
    entries = Entry.objects.filter(pk__gt=made.landed_entry_id, pupil_id__in=pupil_ids).order_by("pk")
    if entry := entries.first():
        return _since_then(entry)
    pupil = Pupil.objects.filter(pk__in=pupil_ids).by_name().first()
    return f"Since then, what it says of {pupil} was changed." if pupil else "Since then, something of it was changed."


def _since_then(entry: Entry) -> str:
    pupil = Pupil.objects.filter(pk=entry.pupil_id or 0).first()
    if entry.by is None or entry.subject_kind not in WORK:
        return f"Since then, somebody has written in the record of {pupil}."
    return f"Since then, {entry.by} {WORK[entry.subject_kind]} {pupil}."


def _no_past(made: Import) -> str:
    brought = brought_about_by(made)
    return NO_PAST if any(brought.without_past(model) for model in TAKEN_BACK) else ""


def take_back(made: Import, *, by: Any) -> None:
    """Set everything back that this import brought about. Those who call have locked it and asked ``why_not``."""
    brought = brought_about_by(made)
    because = f"The {made.get_kind_display().lower()} of {full_date(made.at)} was taken back."
    schools.take_back(brought, because=because, by=by)
    peps.take_back(brought)
    pupils.take_back(brought, because=because, by=by)
    ImportQuestion.objects.filter(pk__in=brought.added(ImportQuestion), answer="").update(
        answer=QuestionAnswer.TAKEN_BACK, answered_at=clock.now()
    )
    AwaitedChild.objects.filter(pk__in=brought.added(AwaitedChild)).update(says={}, landed_at=clock.now())
    for model in OURS:
        brought.set_back(model)

"""What was built on a landed import or on an answer, and so keeps it: said in a sentence that names who and whom."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, Q

from trellis.alerts import taken_back as alerts
from trellis.cycles import taken_back as cycles
from trellis.design.in_words import full_date
from trellis.exchange.lists import KINDS
from trellis.exchange.models import AwaitedChild, Import, ImportQuestion, ImportState
from trellis.history.models import Entry
from trellis.history.setting_back import BroughtAbout
from trellis.hours import taken_back as hours
from trellis.hv import taken_back as hv
from trellis.intervention_plans import taken_back as intervention_plans
from trellis.moves import taken_back as moves
from trellis.organisations import taken_back as schools
from trellis.organisations.models import Organisation
from trellis.passports import taken_back as passports
from trellis.peps import taken_back as peps
from trellis.pupils import taken_back as pupils
from trellis.pupils.models import Access, Pupil
from trellis.schooling import taken_back as schooling
from trellis.transfers import taken_back as transfers

OURS: tuple[type[Model], ...] = (ImportQuestion, AwaitedChild)
FOLDERS: tuple[Any, ...] = (
    schools, pupils, schooling, cycles, passports, intervention_plans, peps, hours, alerts, hv, transfers, moves,
)  # fmt: skip
TAKEN_BACK = {*OURS, *(model for folder in FOLDERS for model in folder.TAKEN_BACK)}  # rows of these may be added
MAY_REFUSE: tuple[Any, ...] = (schooling, hours, hv)  # what they let go may be used by others since
FOLLOWS = (Access,)  # follows from the facts, and is made anew from them
LOOKED_AT_NIGHTLY = alerts.TAKEN_BACK  # changes by the passing of days alone; what people do about it is in history

NOT_LANDED = "Only an import that has landed can be taken back."
TOO_OLD = "This import landed before Trellis kept what each import brought about, so it cannot be taken back."
NOT_ANSWERED = "Only an answer to “same child, or another?” can be taken back."
ANSWER_TOO_OLD = "This was answered before Trellis kept what each answer brought about, so it cannot be taken back."
NO_PAST = "Of something that this {} changed, nobody wrote down what it said before. So it cannot be taken back."
WORK = {  # what may be said to somebody who reads no record; of anything else no more than that there is something
    "cycles.cycle": "worked on a cycle for",
    "peps.pep": "worked on a PEP for",
    "peps.pepsection": "worked on a PEP for",
    "moves.schoolmove": "dealt with a change of school of",
    "moves.carechange": "recorded a change of care of",
    "pupils.pupil": "changed the record of",
    "advice.advicerequest": "asked for advice for",
    "transfers.transfer": "dealt with a file for the next school of",
    "schooling.attendance": "told of attendance of",
    "schooling.attainment": "told of attainment of",
    "schooling.suspension": "worked on a suspension of",
}


def brought_about_by(made: Import) -> BroughtAbout:
    """Asked once for each import that is held."""
    known: BroughtAbout = made.__dict__.setdefault(
        "_brought_about", BroughtAbout({"import": made.pk}, made.row_changes_before)
    )
    return known


def brought_about_by_answer(question: ImportQuestion) -> BroughtAbout:
    """Asked once for each question that is held."""
    known: BroughtAbout = question.__dict__.setdefault(
        "_brought_about", BroughtAbout({"answer": question.pk}, question.row_changes_before)
    )
    return known


@dataclass(frozen=True)
class Done:
    """What a landing or an answer wrote, and the entry of history with which it ended."""

    brought: BroughtAbout
    entry_id: int
    called: str  # "import", "answer"


def pupils_concerned(brought: BroughtAbout) -> set[int]:
    """Whom any of it is about, the new ones too."""
    found: set[int | None] = {*brought.added(Pupil), *brought.changed(Pupil)}
    for model in set_back_by(brought):
        if model not in (Pupil, *OURS):  # a question asks about somebody, and changes nothing of them
            found |= set(_pupils_of(model, [*brought.added(model), *brought.changed(model)]))
    return {pk for pk in found if pk}


def set_back_by(brought: BroughtAbout) -> list[type[Model]]:
    """The models whose rows are set back with it."""
    return [model for model in brought.models if model not in FOLLOWS]


def _pupils_of(model: type[Model], ids: Collection[int]) -> Iterable[int | None]:
    if not ids or not _is_about_pupils(model):
        return []
    return model._default_manager.filter(pk__in=ids).values_list("pupil", flat=True)


def _is_about_pupils(model: type[Model]) -> bool:
    return "pupil" in {field.name for field in model._meta.get_fields()}


def why_not(made: Import) -> str:
    """Why this import cannot be taken back, in a sentence that names what was built on it; empty when it can."""
    if not (made.is_landed or made.is_being_taken_back):
        return NOT_LANDED
    if not made.row_changes_before:
        return TOO_OLD
    done = Done(brought_about_by(made), made.landed_entry_id or 0, "import")
    return _later_import(made) or _answered(made) or _why_not(done)


def why_answer_stays(question: ImportQuestion) -> str:
    """The same of an answer to "same child, or another?"."""
    if not question.was_answered_here:
        return NOT_ANSWERED
    if not question.row_changes_before:
        return ANSWER_TOO_OLD
    done = Done(brought_about_by_answer(question), question.answered_entry_id or 0, "answer")
    return _later_list(question, done) or _why_not(done)


def _later_list(question: ImportQuestion, done: Done) -> str:
    """A list that landed since and changed something of whom the answer is about."""
    concerned = pupils_concerned(done.brought)
    of_import = question.of_import
    same = Import.objects.filter(kind=of_import.kind, virtual_school=of_import.virtual_school)
    for later in same.filter(state=ImportState.LANDED, landed_entry_id__gt=done.entry_id).order_by("pk"):
        if concerned & pupils_concerned(brought_about_by(later)):
            when = full_date(later.landed_at)
            return f"Since then, {later.file_name} landed on {when} and changed what it says of this child."
    return ""


def _why_not(done: Done) -> str:
    return (
        _worked_on(done)
        or next(filter(None, (folder.why_not(done.brought) for folder in MAY_REFUSE)), "")
        or _of_no_way_back(done)
        or _no_past(done)
    )


def _later_import(made: Import) -> str:
    stands = (ImportState.LANDED, ImportState.TAKING_BACK)
    same = Import.objects.filter(kind=made.kind, state__in=stands, landed_entry_id__gt=made.landed_entry_id)
    if not KINDS[made.kind].is_everybodys:
        same = same.filter(virtual_school=made.virtual_school, school=made.school)
    later = same.order_by("landed_entry_id").last()
    if later is None:
        return ""
    return f"Since then, {later.file_name} landed on {full_date(later.landed_at)}. Take that one back first."


def _answered(made: Import) -> str:
    answered = made.questions.filter(answered_by__isnull=False).select_related("answered_by").order_by("pk").first()
    return f"Since then, {answered.answered_by} answered a question of this import." if answered else ""


def _of_no_way_back(done: Done) -> str:
    """A row was added, not about a new pupil, that nobody knows how to make count for nothing."""
    brought = done.brought
    new = set(brought.added(Pupil))
    found: set[int | None] = set()
    for model in set_back_by(brought):
        if model not in TAKEN_BACK and (ids := brought.added(model)):
            found |= set(_pupils_of(model, ids)) - new if _is_about_pupils(model) else {None}
    if not found:
        return ""
    pupil = Pupil.objects.filter(pk__in=[pk for pk in found if pk]).by_name().first()
    about = f"wrote of {pupil}" if pupil else "brought about"
    return f"This {done.called} {about} what cannot be set back by itself. Bring a file that says it right."


def _worked_on(done: Done) -> str:
    brought = done.brought
    later = Entry.objects.filter(pk__gt=done.entry_id).order_by("pk")
    if entry := later.filter(pupil_id__in=brought.added(Pupil)).first():
        return _since_then(entry)
    by_days_alone = Q(by=None, subject_kind__in=[model._meta.label_lower for model in LOOKED_AT_NIGHTLY])
    of_moved = later.filter(pupil_id__in=moves.moved(brought, pupils_concerned(brought))).exclude(by_days_alone)
    if entry := of_moved.first():
        return _since_then(entry)
    for model in set_back_by(brought):
        if model in LOOKED_AT_NIGHTLY:
            ids = [*brought.added(model), *brought.changed(model)]
            entry = later.filter(subject_kind=model._meta.label_lower, subject_id__in=ids, by__isnull=False).first()
            if entry:
                return _since_then(entry)
        elif again := _changed_by_somebody(brought, model):
            return _changed_again(done, model, again)
    return ""


def _changed_by_somebody(brought: BroughtAbout, model: type[Model]) -> list[int]:
    """A question whose answer was taken back waits as before."""
    again = brought.changed_again(model)
    if model is ImportQuestion:
        return list(ImportQuestion.objects.filter(pk__in=again).exclude(answer="").values_list("pk", flat=True))
    return again


def _changed_again(done: Done, model: type[Model], ids: list[int]) -> str:
    if model in schools.TAKEN_BACK:
        return (
            f"Since then, {Organisation.objects.filter(pk__in=ids).order_by('name').first() or 'a school'} was changed."
        )
    pupil_ids = ids if model is Pupil else [pk for pk in _pupils_of(model, ids) if pk]
    later = Entry.objects.filter(pk__gt=done.entry_id, pupil_id__in=pupil_ids).order_by("pk")
    if entry := later.filter(subject_kind=model._meta.label_lower).first() or later.first():
        return _since_then(entry)
    pupil = Pupil.objects.filter(pk__in=pupil_ids).by_name().first()
    return f"Since then, what it says of {pupil} was changed." if pupil else "Since then, something of it was changed."


def _since_then(entry: Entry) -> str:
    pupil = Pupil.objects.filter(pk=entry.pupil_id or 0).first()
    if entry.by is None or entry.subject_kind not in WORK:
        return f"Since then, somebody has written in the record of {pupil}."
    return f"Since then, {entry.by} {WORK[entry.subject_kind]} {pupil}."


def _no_past(done: Done) -> str:
    brought = done.brought
    return NO_PAST.format(done.called) if any(brought.without_past(model) for model in set_back_by(brought)) else ""

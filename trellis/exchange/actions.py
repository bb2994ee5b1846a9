"""Bringing lists in: checked whole, previewed, landed whole or not at all."""

import hashlib
from collections.abc import Callable
from typing import Any

from django.db import DataError, IntegrityError, connection, transaction

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.refusals import NotPermitted, Refused, require
from trellis.exchange import landing, pep_list, permissions, queries, reading, rules, school_list
from trellis.exchange.models import Import, ImportKind, ImportQuestion, ImportState, QuestionAnswer
from trellis.exchange.progress import Progress
from trellis.exchange.rules import IMPORT, ListedChild
from trellis.history import actions as history
from trellis.organisations.models import VirtualSchool

LIST_LOCK, SCHOOLS_LOCK = 7_210, 7_211
CHANGED_SINCE = "What Trellis holds has changed since you looked. This is the new preview: look again, then land it."
DOES_NOT_FIT = "Something in this list does not fit what Trellis holds, so nothing of it landed. Bring it again."


@transaction.atomic
def preview_import(
    *,
    kind: str,
    content: bytes,
    file_name: str,
    virtual_school: VirtualSchool | None,
    by: Any,
    key: Key | None = None,
) -> Import:
    """Read and check a file whole, and keep what it would change. Raises Refused when it is no such list at all.

    ``by`` None is somebody at the command line.
    """
    if key and (made := key.made_before()):
        return made  # type: ignore[no-any-return]
    if by is not None:
        require(permissions.can_import(by, virtual_school))
    rows, preview = READ[kind](content, virtual_school)
    refused = bool(preview["refused"])
    made = Import.objects.create(
        kind=kind,
        virtual_school=virtual_school,
        state=ImportState.REFUSED if refused else ImportState.PREVIEWED,
        file_name=file_name[-200:].replace("\x00", ""),
        sha256=hashlib.sha256(content).hexdigest(),
        by=by,
        at=clock.now(),
        rows=[] if refused else rows,
        preview=preview,
    )
    history.record(made, by, f"Brought the {made}: {made.get_state_display().lower()}.", written_for=virtual_school)
    if key:
        key.made(made)
    return made


def _read_pupil_list(content: bytes, virtual_school: VirtualSchool | None) -> tuple[list[Any], dict[str, Any]]:
    if virtual_school is None:
        raise Refused("Say for which Virtual School the pupil list is.")
    today = clock.today()
    table = reading.read_table(content, required=rules.REQUIRED)
    dropped, ignored = table.columns_not_taken(rules.COLUMNS)
    known_urns = set(queries.schools_named(line.cells.get("school_urn", "").strip() for line in table.lines))
    children, complaints = rules.check_list(table.lines, known_urns, today)
    refused = any(complaint.weight == complaint.REFUSED for complaint in complaints)
    comparison = queries.Comparison() if refused else queries.compare(children, virtual_school, today)
    comparison.complaints = sorted([*complaints, *comparison.complaints], key=lambda c: c.line)
    return [child.as_dict() for child in children], queries.as_preview(comparison, dropped, ignored)


def _read_schools(content: bytes, virtual_school: VirtualSchool | None) -> tuple[list[Any], dict[str, Any]]:
    table = reading.read_table(content, required=school_list.REQUIRED)
    _, ignored = table.columns_not_taken(school_list.COLUMNS)
    rows, complaints = school_list.check_schools(table.lines)
    rows, left = school_list.without_others_schools(rows, table.lines, virtual_school)
    return rows, school_list.compare_schools(rows, [*complaints, *left], ignored)


def _read_peps(content: bytes, virtual_school: VirtualSchool | None) -> tuple[list[Any], dict[str, Any]]:
    if virtual_school is None:
        raise Refused("Say for which Virtual School the PEPs are.")
    table = reading.read_table(content, required=pep_list.REQUIRED)
    dropped, ignored = table.columns_not_taken(pep_list.COLUMNS)
    rows, complaints = pep_list.check_peps(table.lines)
    comparison = pep_list.compare_peps(rows, virtual_school, complaints)
    return rows, pep_list.as_preview(comparison, dropped, ignored)


READ: dict[str, Callable[[bytes, VirtualSchool | None], tuple[list[Any], dict[str, Any]]]] = {
    ImportKind.PUPIL_LIST: _read_pupil_list,
    ImportKind.SCHOOLS: _read_schools,
    ImportKind.PEPS: _read_peps,
}


@transaction.atomic
def queue_landing(import_id: int, *, by: Any) -> Import:
    """Ask for the import to land; a job does so. Asked again while it lands or after, changes nothing."""
    from trellis.exchange.tasks import land_import as job

    made = Import.objects.select_for_update().get(pk=import_id)
    require(permissions.can_import(by, made.virtual_school))
    if made.is_landed or (made.is_landing and not Progress.has_stopped(made)):
        return made
    IMPORT.move("queued for landing", made, landed_by=by)
    Progress.begin(made, of=len(made.rows))
    job.defer(import_id=made.pk)
    return made


def land_import(import_id: int, *, by: Any = None) -> Import:
    """Land an import whole or not at all. Run twice, lands once. What a rule refuses is said on the import."""
    try:
        return _land(import_id, by=by)
    except (Refused, NotPermitted) as refusal:
        return _refuse(import_id, str(refusal))
    except (IntegrityError, DataError):
        return _refuse(import_id, DOES_NOT_FIT)


@transaction.atomic
def _land(import_id: int, *, by: Any) -> Import:
    made = Import.objects.select_related("virtual_school__authority", "landed_by").get(pk=import_id)
    _wait_for_other_imports(made)
    made = Import.objects.select_for_update(of=("self",)).select_related("virtual_school__authority").get(pk=import_id)
    if made.is_landed or not rules.IMPORT.may("landed", made):
        return made
    by = by or made.landed_by or made.by
    progress = Progress.of(made)
    if made.kind == ImportKind.SCHOOLS:
        landing.land_schools(made, by=by, progress=progress)
        preview = made.preview
    elif made.kind == ImportKind.PEPS:
        found, preview = _peps_compared_again(made)
        if queries.fingerprint(preview) != queries.fingerprint(made.preview):
            IMPORT.move("shown again", made, preview=preview | {"sentence": CHANGED_SINCE})
            return made
        landing.land_peps(made, found, by=by, progress=progress)
    else:
        comparison, preview = _compared_again(made)
        if queries.fingerprint(preview) != queries.fingerprint(made.preview):
            IMPORT.move("shown again", made, preview=preview | {"sentence": CHANGED_SINCE})
            return made
        preview["landed"] = landing.land_pupil_list(made, comparison, by=by, progress=progress)
    IMPORT.move("landed", made, preview=preview, landed_by=by, landed_at=clock.now())
    history.record(made, by, f"Landed the {made}.", written_for=made.virtual_school)
    return made


def _compared_again(made: Import) -> tuple[queries.Comparison, dict[str, Any]]:
    """The list beside what Trellis holds at this moment, with the warnings it was read with."""
    children = [ListedChild.from_dict(row) for row in made.rows]
    assert made.virtual_school is not None
    comparison = queries.compare(children, made.virtual_school, clock.today())
    if comparison.is_refused:
        raise Refused(next(c.sentence for c in comparison.complaints if c.weight == c.REFUSED))
    preview = queries.as_preview(comparison, made.preview["dropped"], made.preview["ignored"])
    warnings = made.preview["warnings"]
    counts = preview["counts"] | {"warnings": len(warnings)}
    return comparison, preview | {"warnings": warnings, "counts": counts}


def _peps_compared_again(made: Import) -> tuple[pep_list.Comparison, dict[str, Any]]:
    """The file beside the PEPs as they are at this moment."""
    assert made.virtual_school is not None
    comparison = pep_list.compare_peps(made.rows, made.virtual_school, [])
    if comparison.is_refused:
        raise Refused(comparison.complaints[0].sentence)
    return comparison, pep_list.as_preview(comparison, made.preview["dropped"], made.preview["ignored"])


def _wait_for_other_imports(made: Import) -> None:
    """Two imports of one Virtual School land one after the other, however long the first takes."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '30min'")
        cursor.execute("SET LOCAL statement_timeout = '30min'")
        number = SCHOOLS_LOCK if made.kind == ImportKind.SCHOOLS else LIST_LOCK
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [number, (made.virtual_school_id or 0) % 2**31])


@transaction.atomic
def _refuse(import_id: int, sentence: str) -> Import:
    made = Import.objects.select_for_update().get(pk=import_id)
    IMPORT.move("refused", made, preview=made.preview | {"sentence": sentence}, rows=[])
    history.record(made, made.landed_by or made.by, f"The {made} was refused.", written_for=made.virtual_school)
    return made


@transaction.atomic
def abandon_import(import_id: int, *, by: Any) -> Import:
    """Throw a previewed import away: its lines are forgotten, nothing lands. Twice is once."""
    made = Import.objects.select_for_update().get(pk=import_id)
    require(permissions.can_import(by, made.virtual_school))
    if made.state != ImportState.ABANDONED:
        IMPORT.move("abandoned", made, rows=[], preview={"counts": made.counts})
        history.record(made, by, f"Abandoned the {made}.", written_for=made.virtual_school)
    return made


@transaction.atomic
def answer_question(question_id: int, *, by: Any, answer: str) -> ImportQuestion:
    """Say whether a listed child is the one who is known, or another, and the line then lands; or whether a target that
    is no longer in the file has ended. Said once, it stays."""
    question = ImportQuestion.objects.select_for_update().get(pk=question_id)
    virtual_school = question.of_import.virtual_school
    require(permissions.can_import(by, virtual_school))
    if question.answer:
        if question.answer == answer:
            return question
        raise Refused("This question was answered already.")
    if answer not in rules.answers_to(question.kind):
        raise Refused("This is no answer to the question. Choose one of those offered.", field="answer")
    settle = landing.settle_target if question.is_about_target else landing.settle
    settle(question, answer=answer, by=by)
    question.answer, question.answered_by, question.answered_at = answer, by, clock.now()
    question.save(update_fields=["answer", "answered_by", "answered_at"])
    words = QuestionAnswer(answer).label.lower()
    about = "a target that left the file" if question.is_about_target else "a child on the list"
    history.record(question, by, f"Answered for {about}: {words}.", written_for=virtual_school)
    return question

"""Bringing lists in: checked whole, previewed, landed whole or not at all."""

import hashlib
from collections.abc import Sequence
from typing import Any

from django.db import DataError, IntegrityError, connection, transaction

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.refusals import NotPermitted, Refused, require
from trellis.exchange import permissions, queries
from trellis.exchange.kinds import Brought, settles
from trellis.exchange.lists import KINDS
from trellis.exchange.models import Import, ImportQuestion, ImportState, QuestionAnswer
from trellis.exchange.progress import Progress
from trellis.exchange.rules import IMPORT
from trellis.history import actions as history
from trellis.organisations.models import VirtualSchool

LIST_LOCK, SCHOOLS_LOCK = 7_210, 7_211
CHANGED_SINCE = "What Trellis holds has changed since you looked. This is the new preview: look again, then land it."
DOES_NOT_FIT = "Something in this list does not fit what Trellis holds, so nothing of it landed. Bring it again."


@transaction.atomic
def preview_import(
    *,
    kind: str,
    files: Sequence[Brought],
    virtual_school: VirtualSchool | None,
    by: Any,
    key: Key | None = None,
) -> Import:
    """Read and check what was brought whole, and keep what it would change. Raises Refused when it is no such list.

    ``by`` None is somebody at the command line.
    """
    if key and (made := key.made_before()):
        return made  # type: ignore[no-any-return]
    if by is not None:
        require(permissions.can_import(by, virtual_school))
    if not 0 < len(files) <= KINDS[kind].most_files:
        raise Refused(f"Bring at most {KINDS[kind].most_files} at a time.", field="file")
    rows, preview = KINDS[kind].read(files, virtual_school)
    refused = bool(preview["refused"])
    made = Import.objects.create(
        kind=kind,
        virtual_school=virtual_school,
        state=ImportState.REFUSED if refused else ImportState.PREVIEWED,
        file_name=_name_of(files),
        sha256=_checksum(files),
        by=by,
        at=clock.now(),
        rows=[] if refused else rows,
        preview=preview,
    )
    history.record(made, by, f"Brought the {made}: {made.get_state_display().lower()}.", written_for=virtual_school)
    if key:
        key.made(made)
    return made


def _name_of(files: Sequence[Brought]) -> str:
    """The name of the one file; of several, the first by name and how many there are besides."""
    name = min(file.name for file in files)
    if len(files) > 1:
        name = f"{name[-180:]} and {len(files) - 1} other{'s' if len(files) > 2 else ''}"
    return name[-200:].replace("\x00", "")


def _checksum(files: Sequence[Brought]) -> str:
    """SHA-256 of the one file; of several, that of their checksums in order of name."""
    sums = [hashlib.sha256(file.content).hexdigest() for file in sorted(files, key=lambda file: file.name)]
    return sums[0] if len(sums) == 1 else hashlib.sha256("\n".join(sums).encode()).hexdigest()


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
    if made.is_landed or not IMPORT.may("landed", made):
        return made
    by = by or made.landed_by or made.by
    kind = KINDS[made.kind]
    comparison, preview = kind.compare(made)
    if queries.fingerprint(preview) != queries.fingerprint(made.preview):
        IMPORT.move("shown again", made, preview=preview | {"sentence": CHANGED_SINCE})
        return made
    preview |= kind.land(made, comparison, by, Progress.of(made))
    IMPORT.move("landed", made, preview=preview, landed_by=by, landed_at=clock.now())
    history.record(made, by, f"Landed the {made}.", written_for=made.virtual_school)
    return made


def _wait_for_other_imports(made: Import) -> None:
    """Two imports of one Virtual School land one after the other, however long the first takes."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '30min'")
        cursor.execute("SET LOCAL statement_timeout = '30min'")
        number = SCHOOLS_LOCK if KINDS[made.kind].is_everybodys else LIST_LOCK
        whose = 0 if KINDS[made.kind].is_everybodys else made.virtual_school_id or 0
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [number, whose % 2**31])


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
    if question.asked_of_id:
        raise Refused("Those who may keep a record of this child are asked. The line lands once they have answered.")
    asked = settles(KINDS, question)
    if answer not in asked.answers:
        raise Refused("This is no answer to the question. Choose one of those offered.", field="answer")
    asked.settle(question, answer=answer, by=by)
    question.answer, question.answered_by, question.answered_at = answer, by, clock.now()
    question.save(update_fields=["answer", "answered_by", "answered_at"])
    words = QuestionAnswer(answer).label.lower()
    history.record(question, by, f"Answered for {asked.about}: {words}.", written_for=virtual_school)
    return question

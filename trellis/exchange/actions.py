"""Bringing lists in: checked whole, previewed, landed whole or not at all."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.db import DataError, IntegrityError, connection, transaction

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.locks import change
from trellis.conduct.refusals import NotPermitted, Refused, require
from trellis.exchange import brought, built_on, permissions, queries, taking_back
from trellis.exchange.kinds import Brought, Preview, Rows, settles
from trellis.exchange.lists import KINDS
from trellis.exchange.mapping import answers
from trellis.exchange.mapping.answers import Answers, TheirTable, has_our_headings, their_table
from trellis.exchange.mapping.days import DAY_FIRST, MONTH_FIRST
from trellis.exchange.mapping.remembered import agreed_for, answers_of, read_as_said
from trellis.exchange.models import ColumnMapping, Import, ImportQuestion, ImportState, QuestionAnswer, Step
from trellis.exchange.progress import Progress
from trellis.exchange.rules import IMPORT
from trellis.history import actions as history
from trellis.history.setting_back import caused_by
from trellis.organisations.models import School, VirtualSchool

LIST_LOCK, SCHOOLS_LOCK = 7_210, 7_211
CHANGED_SINCE = "What Trellis holds has changed since you looked. This is the new preview: look again, then land it."
TAKEN_BACK_AT_ONCE = 100  # lines that changed something: what is longer, a page should not wait for
DOES_NOT_GO_BACK = "Something in this list could not be set back, so all of it stays as it landed."
LANDS_NOW = "A list is landing at this moment. Try again when it has landed."
IS_BEING_READ = "The file is being read at this moment. Wait until you see what would change."
NEVER_READ = "The file could not be read within a day, and is forgotten. Bring it again."
ANSWERED = ["answer", "answered_by", "answered_at"]
DOES_NOT_FIT = "Something in this list does not fit what Trellis holds, so nothing of it landed. Bring it again."


@transaction.atomic
def bring(*, files: Sequence[Brought], key: Key | None = None, **about: Any) -> Import:
    """Bring files by a page: read at once, or where that would take long, by a job, and the page says how far it is.
    Raises Refused when what is read at once is no such list. As ``preview_import`` otherwise."""
    if key and (made := key.made_before()):
        return made  # type: ignore[no-any-return]
    if brought.are_read_at_once(files):
        made = preview_import(files=files, **about)
    else:
        made = _begun(files=files, **about)
        brought.keep(made, files)
        history.record(made, made.by, f"Brought the {made}, to be read.", written_for=made.organisation)
        _queue_reading(made)
    if key:
        key.made(made)
    return made


@transaction.atomic
def preview_import(*, files: Sequence[Brought], by: Any, **about: Any) -> Import:
    """Read and check what was brought whole, and keep what it would change, for a Virtual School or a school. Raises
    Refused when it is no such list.

    ``by`` None is somebody at the command line.
    """
    made = _begun(files=files, by=by, **about)
    _read(made, files, Progress.of(made))
    history.record(made, by, f"Brought the {made}: {made.get_state_display().lower()}.", written_for=made.organisation)
    return made


def _begun(
    *,
    kind: str,
    files: Sequence[Brought],
    virtual_school: VirtualSchool | None = None,
    school: School | None = None,
    by: Any,
) -> Import:
    """The import of these files, not read yet."""
    if by is not None:
        require(permissions.can_import(by, virtual_school or school))
    if not KINDS[kind].is_of(virtual_school or school):
        raise Refused("This kind of file is not for you to bring. Choose another.", field="kind")
    if not 0 < len(files) <= KINDS[kind].most_files:
        raise Refused(f"Bring at most {KINDS[kind].most_files} at a time.", field="file")
    return Import.objects.create(
        kind=kind,
        virtual_school=virtual_school,
        school=school,
        state=ImportState.READING,
        file_name=_name_of(files),
        sha256=_checksum(files),
        by=by,
        at=clock.now(),
    )


def _name_of(files: Sequence[Brought]) -> str:
    """The name of the one file; of several, the first by name and how many there are besides."""
    name = min(file.name for file in files)
    if len(files) > 1:
        name = f"{name[-180:]} and {len(files) - 1} other{'s' if len(files) > 2 else ''}"
    return name[-200:].replace("\x00", "")


def _read(made: Import, files: Sequence[Brought], progress: Progress) -> None:
    """Read what was brought: under our headings, or as was agreed for headings like these; else it waits to be
    mapped."""
    progress.comes_to(Step.OPENING)
    kind = KINDS[made.kind]
    whose = made.organisation
    files = kind.joined(files)
    if whose is None or not kind.columns or has_our_headings(files[0], list(kind.required)):
        _show(made, kind.read(files, whose, progress))
        return
    table = their_table(files[0], kind.columns, list(kind.required))
    mapping = agreed_for(table, made.kind, whose)
    said = answers_of(mapping, table)
    if mapping is None or mapping.asks_again or not answers.is_said(table, kind.columns, said):
        asks_all = mapping is not None and mapping.asks_again
        asked = {"table": table.as_dict(), "said": asdict(said), "asks_all": asks_all}
        IMPORT.move("to be mapped", made, mapping=mapping, waiting=asked)
        return
    _show(made, read_as_said(kind, table, said, whose, progress), mapping=mapping)


def _show(made: Import, read: tuple[Rows, Preview], **fields: Any) -> None:
    """What was read stands as a preview, or is refused with the lines to mend."""
    rows, preview = read
    if preview["refused"]:
        IMPORT.move("refused", made, preview=preview, waiting={}, **fields)
    else:
        IMPORT.move("previewed", made, preview=preview, rows=rows, waiting={}, **fields)


def _queue_reading(made: Import) -> None:
    from trellis.exchange.tasks import read_import as job

    Progress.begin(made)
    job.defer(import_id=made.pk)


@transaction.atomic
def queue_reading(import_id: int, *, by: Any) -> Import:
    """Ask once more for an import to be read, whose job has stopped. Asked again meanwhile, changes nothing."""
    made = Import.objects.select_for_update().get(pk=import_id)
    require(permissions.can_import(by, made.organisation))
    if not made.is_being_read or not Progress.has_stopped(made):
        return made
    IMPORT.move("queued for reading", made)
    _queue_reading(made)
    return made


def read_import(import_id: int) -> Import:
    """Read what waits to be read, whole or not at all. Run twice, reads once. What is no such list is said on the
    import."""
    try:
        return _read_what_waits(import_id)
    except (Refused, NotPermitted) as refusal:
        return _refuse(import_id, str(refusal))
    except (IntegrityError, DataError):
        return _refuse(import_id, DOES_NOT_FIT)


def refuse_what_was_never_read() -> int:
    """Forget files that have waited for more than a day with nothing left that reads them. Returns how many imports."""
    a_day_ago = clock.now() - timedelta(days=1)
    late = Import.objects.filter(state=ImportState.READING, at__lt=a_day_ago)
    stopped = [made for made in late if Progress.has_stopped(made)]
    return len([_refuse(made.pk, NEVER_READ) for made in stopped])


@transaction.atomic
def _read_what_waits(import_id: int) -> Import:
    _may_take_long()
    with_whose = Import.objects.select_related("virtual_school__authority", "school", "by", "mapping")
    made = with_whose.select_for_update(of=("self",)).get(pk=import_id)
    if not made.is_being_read:
        return made
    with Progress.of(made) as progress:
        if made.waiting:
            table, said = waiting_table(made)
            _show(made, read_as_said(KINDS[made.kind], table, said, made.organisation, progress))
        else:
            _read(made, brought.kept(made), progress)
    brought.forget(made)
    history.record(
        made, made.by, f"Read the {made}: {made.get_state_display().lower()}.", written_for=made.organisation
    )
    return made


@transaction.atomic
def say_columns(import_id: int, *, by: Any, columns: Mapping[str, str]) -> Import:
    """Say which column of the list is which of ours. When no word of it is left to explain, it is read."""
    made = _to_be_mapped(import_id, by)
    table, said = waiting_table(made)
    ours = KINDS[made.kind].columns
    said.columns = {heading: columns.get(heading, said.columns.get(heading, "")) for heading in table.offered}
    for heading, sentence in (
        answers.problem_with(ours, said.columns),
        answers.too_many_words(table, ours, said),
    ):
        if sentence:
            raise Refused(sentence, field=heading)
    change(made, waiting=made.waiting | {"said": asdict(said), "asks_all": False})
    return _read_when_all_is_said(made, table, said, by)


@transaction.atomic
def say_words(import_id: int, *, by: Any, codes: Mapping[str, Mapping[str, str]], day_order: str = "") -> Import:
    """Say what the words of the list mean, and in which order its dates stand. Then it is read."""
    made = _to_be_mapped(import_id, by)
    table, said = waiting_table(made)
    ours = KINDS[made.kind].columns
    for name, meanings in codes.items():
        said.codes[name] = said.codes.get(name, {}) | {
            answers.word_key(word): code
            for word, code in meanings.items()
            if code == answers.UNKNOWN or code in ours[name].codes
        }
    if day_order in (DAY_FIRST, MONTH_FIRST):
        said.day_order = day_order
    change(made, waiting=made.waiting | {"said": asdict(said)})
    return _read_when_all_is_said(made, table, said, by)


def _to_be_mapped(import_id: int, by: Any) -> Import:
    made = Import.objects.select_for_update(of=("self",)).select_related("virtual_school", "school").get(pk=import_id)
    require(permissions.can_import(by, made.organisation))
    IMPORT.require("mapped", made)
    return made


def waiting_table(made: Import) -> tuple[TheirTable, Answers]:
    """The table that waits to be mapped, and what was said of it so far."""
    return TheirTable.from_dict(made.waiting["table"]), Answers(**made.waiting["said"])


def _read_when_all_is_said(made: Import, table: TheirTable, said: Answers, by: Any) -> Import:
    kind = KINDS[made.kind]
    if not answers.is_said(table, kind.columns, said):
        return made
    IMPORT.move("mapped", made)
    if brought.is_read_at_once(table):
        read = read_as_said(kind, table, said, made.organisation, Progress.of(made))
        _show(made, read, mapping=_agree(made, said, by))
    else:
        change(made, mapping=_agree(made, said, by))
        _queue_reading(made)
    history.record(made, by, f"Said how the {made} is read.", written_for=made.organisation)
    return made


def _agree(made: Import, said: Answers, by: Any) -> ColumnMapping:
    """Remember what was said; what was said before of other headings stays said. A word whose meaning nobody knew is
    asked about again."""
    assert made.organisation is not None
    before = made.mapping
    codes = {
        name: {word: code for word, code in meanings.items() if code != answers.UNKNOWN}
        for name, meanings in said.codes.items()
    }
    return ColumnMapping.objects.create(
        organisation_id=made.organisation.pk,
        kind=made.kind,
        columns=(before.columns if before else {}) | said.columns,
        codes=codes,
        day_order=said.day_order,
        agreed_by=by,
        at=clock.now(),
    )


@transaction.atomic
def ask_again(mapping_id: int, *, by: Any) -> ColumnMapping:
    """Have the next list with these headings asked about again, with what was agreed as proposals. Twice is once."""
    mapping = ColumnMapping.objects.select_related("organisation").get(pk=mapping_id)
    require(permissions.can_import(by, mapping.organisation))
    newest = ColumnMapping.objects.of(mapping.kind, mapping.organisation).filter(columns=mapping.columns).first()
    if newest is not None and newest.asks_again:
        return newest
    again = ColumnMapping.objects.create(
        organisation=mapping.organisation,
        kind=mapping.kind,
        columns=mapping.columns,
        codes={},
        day_order="",
        asks_again=True,
        agreed_by=by,
        at=clock.now(),
    )
    history.record(again, by, f"Asked to say the {again} again.", written_for=mapping.organisation)
    return again


def _checksum(files: Sequence[Brought]) -> str:
    """SHA-256 of the one file; of several, that of their checksums in order of name."""
    sums = [hashlib.sha256(file.content).hexdigest() for file in sorted(files, key=lambda file: file.name)]
    return sums[0] if len(sums) == 1 else hashlib.sha256("\n".join(sums).encode()).hexdigest()


@transaction.atomic
def queue_landing(import_id: int, *, by: Any) -> Import:
    """Ask for the import to land; a job does so. Asked again while it lands or after, changes nothing."""
    from trellis.exchange.tasks import land_import as job

    made = Import.objects.select_for_update().get(pk=import_id)
    require(permissions.can_import(by, made.organisation))
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
    made = Import.objects.select_related("virtual_school__authority", "school", "landed_by").get(pk=import_id)
    _wait_for_other_imports(made)
    with_whose = Import.objects.select_related("virtual_school__authority", "school")
    made = with_whose.select_for_update(of=("self",)).get(pk=import_id)
    if made.is_landed or not IMPORT.may("landed", made):
        return made
    by = by or made.landed_by or made.by
    kind = KINDS[made.kind]
    with Progress.of(made) as progress:
        progress.comes_to(Step.COMPARING)
        comparison, preview = kind.compare(made)
        if queries.fingerprint(preview) != queries.fingerprint(made.preview):
            IMPORT.move("shown again", made, preview=preview | {"sentence": CHANGED_SINCE})
            return made
        before = taking_back.before_landing()
        progress.comes_to(Step.LANDING)
        with caused_by(**{"import": made.pk}):
            preview |= kind.land(made, comparison, by, progress)
    IMPORT.move("landed", made, preview=preview, landed_by=by, landed_at=clock.now(), row_changes_before=before)
    entry = history.record(made, by, f"Landed the {made}.", written_for=made.organisation)
    change(made, landed_entry_id=entry.pk)
    return made


def ask_to_take_back(import_id: int, *, by: Any) -> Import:
    """Take a short list back at once; a long one is taken back by a job. Raises Refused as ``take_back_import``."""
    made = Import.objects.get(pk=import_id)
    lines = sum(made.counts.get(name, 0) for name in ("new", "changed", "gone"))
    return (take_back_import if lines <= TAKEN_BACK_AT_ONCE else queue_taking_back)(import_id, by=by)


@transaction.atomic
def queue_taking_back(import_id: int, *, by: Any) -> Import:
    """Ask for the import to be taken back; a job does so. Asked again meanwhile or after, changes nothing. Raises
    Refused where something was built on it."""
    from trellis.exchange.tasks import take_back_import as job

    made = Import.objects.select_for_update().get(pk=import_id)
    require(permissions.can_import(by, made.organisation))
    if made.is_taken_back or (made.is_being_taken_back and not Progress.has_stopped(made)):
        return made
    if sentence := built_on.why_not(made):
        raise Refused(sentence)
    IMPORT.move("queued for taking back", made, taken_back_by=by)
    Progress.begin(made)
    job.defer(import_id=made.pk)
    return made


def take_back_as_asked(import_id: int) -> Import:
    """What the job does: take it back, or keep it and say why on its page."""
    made = Import.objects.select_related("taken_back_by").get(pk=import_id)
    if not made.is_being_taken_back:
        return made
    try:
        return take_back_import(import_id, by=made.taken_back_by, may_wait=True)
    except (Refused, NotPermitted) as refusal:
        return _keep(import_id, str(refusal))
    except (IntegrityError, DataError):
        return _keep(import_id, DOES_NOT_GO_BACK)


@transaction.atomic
def take_back_import(import_id: int, *, by: Any, may_wait: bool = False) -> Import:
    """Set back whole what an import brought about, while nothing was built on it: children it began are entered in
    error, what it changed is as it was. Twice is once. Raises Refused with a sentence that names what was built."""
    with_whose = Import.objects.select_related("virtual_school__authority", "school")
    made = with_whose.get(pk=import_id)
    require(permissions.can_import(by, made.organisation))
    (_wait_for_other_imports if may_wait else _not_while_another_lands)(made)
    made = with_whose.select_for_update(of=("self",)).get(pk=import_id)
    if made.is_taken_back:
        return made
    with Progress.of(made) as progress:
        progress.comes_to(Step.TAKING_BACK)
        taking_back.lock_what_it_concerns(built_on.brought_about_by(made))
        if sentence := built_on.why_not(made):
            raise Refused(sentence)
        with caused_by(**{"taken back": made.pk}):
            taking_back.take_back(made, by=by, progress=progress)
    IMPORT.move("taken back", made, taken_back_by=by, taken_back_at=clock.now(), rows=[])
    history.record(made, by, f"Took back the {made}.", written_for=made.organisation)
    return made


@transaction.atomic
def _keep(import_id: int, sentence: str) -> Import:
    made = Import.objects.select_for_update().get(pk=import_id)
    IMPORT.move("kept", made, preview=made.preview | {"kept": sentence}, taken_back_by=None)
    return made


def _wait_for_other_imports(made: Import) -> None:
    """Two imports of one Virtual School or school land one after the other, however long the first takes."""
    _may_take_long()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", _turn_of(made))


def _may_take_long() -> None:
    """A job may wait and work for longer than a page does."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '30min'")
        cursor.execute("SET LOCAL statement_timeout = '30min'")


def _not_while_another_lands(made: Import) -> None:
    """Somebody at a page is told at once that a list is landing; a page does not wait for minutes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", _turn_of(made))
        if not cursor.fetchone()[0]:
            raise Refused(LANDS_NOW)


def _turn_of(made: Import) -> tuple[int, int]:
    """The lock that goes round among the imports of one Virtual School or school, or of everybody."""
    if KINDS[made.kind].is_everybodys:
        return SCHOOLS_LOCK, 0
    return LIST_LOCK, (made.virtual_school_id or made.school_id or 0) % 2**31


@transaction.atomic
def _refuse(import_id: int, sentence: str) -> Import:
    made = Import.objects.select_for_update().get(pk=import_id)
    IMPORT.move("refused", made, preview=made.preview | {"sentence": sentence}, rows=[], waiting={})
    brought.forget(made)
    history.record(made, made.landed_by or made.by, f"The {made} was refused.", written_for=made.organisation)
    return made


@transaction.atomic
def abandon_import(import_id: int, *, by: Any) -> Import:
    """Throw a previewed import away: its lines are forgotten, nothing lands. Twice is once."""
    made = Import.objects.get(pk=import_id)
    require(permissions.can_import(by, made.organisation))
    if made.is_being_read and not Progress.has_stopped(made):
        raise Refused(IS_BEING_READ)
    made = Import.objects.select_for_update().get(pk=import_id)
    if made.state != ImportState.ABANDONED:
        IMPORT.move("abandoned", made, rows=[], waiting={}, preview={"counts": made.counts})
        brought.forget(made)
        history.record(made, by, f"Abandoned the {made}.", written_for=made.organisation)
    return made


@transaction.atomic
def answer_question(question_id: int, *, by: Any, answer: str) -> ImportQuestion:
    """Say whether a listed child is the one who is known, or another, and the line then lands; or whether a target that
    is no longer in the file has ended. Said once, it stays."""
    of_import = ImportQuestion.objects.select_related("of_import").get(pk=question_id).of_import
    organisation = of_import.organisation
    require(permissions.can_import(by, organisation))
    _not_while_another_lands(of_import)
    question = ImportQuestion.objects.select_for_update().get(pk=question_id)
    if question.answer:
        if question.answer == answer:
            return question
        raise Refused("This question was answered already.")
    if question.asked_of_id:
        raise Refused("Those who may keep a record of this child are asked. The line lands once they have answered.")
    asked = settles(KINDS, question)
    if answer not in asked.answers:
        raise Refused("This is no answer to the question. Choose one of those offered.", field="answer")
    before = taking_back.before_landing()
    with caused_by(answer=question.pk):
        asked.settle(question, answer=answer, by=by)
    words = QuestionAnswer(answer).label.lower()
    entry = history.record(question, by, f"Answered for {asked.about}: {words}.", written_for=organisation)
    question.answer, question.answered_by, question.answered_at = answer, by, clock.now()
    question.row_changes_before, question.answered_entry_id = before, entry.pk
    question.save(update_fields=[*ANSWERED, "row_changes_before", "answered_entry_id"])
    return question


@transaction.atomic
def take_answer_back(question_id: int, *, by: Any) -> ImportQuestion:
    """Set back whole what "the same child" or "another child" brought about, while nothing was built on it; the
    question then waits again. Twice is once. Raises Refused with a sentence that names what was built."""
    of_import = ImportQuestion.objects.select_related("of_import").get(pk=question_id).of_import
    require(permissions.can_import(by, of_import.organisation))
    _not_while_another_lands(of_import)
    question = ImportQuestion.objects.select_for_update().get(pk=question_id)
    if question.is_waiting:
        return question
    taking_back.lock_what_it_concerns(built_on.brought_about_by_answer(question))
    if sentence := built_on.why_answer_stays(question):
        raise Refused(sentence)
    with caused_by(**{"answer taken back": question.pk}):
        taking_back.take_answer_back(question, by=by)
    question.answer, question.answered_by, question.answered_at = "", None, None
    question.save(update_fields=ANSWERED)
    history.record(question, by, f"Took back the answer for {question.about}.", written_for=of_import.organisation)
    return question

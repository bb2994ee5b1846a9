"""What a list brings about, step by step, through the actions of the folders whose facts they are."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from trellis.conduct import clock
from trellis.conduct.refusals import Refused
from trellis.exchange.models import Import, ImportQuestion, QuestionAnswer, QuestionKind
from trellis.exchange.progress import Progress
from trellis.exchange.pupil_list import compare
from trellis.exchange.pupil_list.compare import Change, Comparison, Known, Placing
from trellis.exchange.pupil_list.follows import is_a_move
from trellis.exchange.pupil_list.rules import ListedChild
from trellis.exchange.ssda903.landing import land_awaited
from trellis.history import actions as history
from trellis.merging import actions as merging
from trellis.merging.models import SameChild
from trellis.moves import actions as moves
from trellis.moves.models import Because
from trellis.organisations.models import LocalAuthority, School, VirtualSchool
from trellis.pupils import actions as pupils
from trellis.pupils import arrivals
from trellis.pupils.arrivals import Arrival, Facts
from trellis.pupils.models import ProfessionalRole, Pupil

AT_ONCE = 500  # lines: enough that questions of many cost little each, few enough to hold
CARE_FIRST = ("know_by", "care")
PARTICULARS = (
    "legal_first_name",
    "legal_last_name",
    "preferred_first_name",
    "date_of_birth",
    "sex",
)


def land_pupil_list(made: Import, comparison: Comparison, *, by: Any, progress: Progress) -> list[dict[str, Any]]:
    """Do what the comparison says; return the receipt: which pupil each new line became."""
    assert made.virtual_school is not None
    authority = made.virtual_school.authority
    schools = compare.schools_named(placing.child.school_urn for placing in comparison.placings)
    landed = []
    for batch in in_batches(comparison.placings):
        landed += _land_batch(made, batch, authority, schools, by)
        progress.step(len(comparison.placings), steps=len(batch))
    for _, known in comparison.gone:
        if known.care and known.care.since <= clock.today():
            moves.leave_care(known.pupil.pk, by=by, on=clock.today(), because=Because.NOT_LISTED)
    listed = {placing.child.child_id for placing in comparison.placings}
    _close_questions_of_those_gone(made, listed)
    land_awaited(made.virtual_school, listed, by=by)
    return landed


def in_batches(placings: Sequence[Placing]) -> Iterator[Sequence[Placing]]:
    return (placings[start : start + AT_ONCE] for start in range(0, len(placings), AT_ONCE))


def _land_batch(
    made: Import, batch: Sequence[Placing], authority: LocalAuthority, schools: dict[str, School], by: Any
) -> list[dict[str, Any]]:
    """Land these lines, those new to us all at once but for who comes into care now and moves; the receipt of the
    new."""
    at_once = [p.child for p in batch if p.known is None and not is_a_move(p.child)]
    arrived = arrivals.bring_in_many(
        [_arrival(child, authority, schools) for child in at_once], by=by, authority=authority
    )
    became = {child.line: pupil for child, pupil in zip(at_once, arrived, strict=True)}
    for placing in batch:
        if placing.question:
            _ask(made, placing, by)
        elif placing.child.line not in became:
            pupil = land_line(_without_year(placing), authority=authority, schools=schools, by=by)
            if placing.known is None:
                became[placing.child.line] = pupil
    pupils.say_year_groups(_years_said(batch), by=by)
    return [
        {"line": p.child.line, "pupil_id": became[p.child.line].pk, "name": p.child.name}
        for p in batch
        if p.child.line in became
    ]


def _years_said(batch: Sequence[Placing]) -> dict[int, int]:
    """The year groups that these lines change, by the pupil's number: in September all of them."""
    return {
        placing.known.pupil.pk: placing.child.year_group
        for placing in batch
        if placing.known and placing.child.year_group is not None and _changes_year(placing)
    }


def _changes_year(placing: Placing) -> bool:
    return any(change.verb == "year" for change in placing.changes)


def _without_year(placing: Placing) -> Placing:
    return replace(placing, changes=[change for change in placing.changes if change.verb != "year"])


def land_line(placing: Placing, *, authority: LocalAuthority, schools: dict[str, School], by: Any) -> Pupil:
    """Bring a new child in, or change what the line changes of one who is known: care first, because an authority
    corrects the record of a child in its care only."""
    if placing.known is None:
        return _bring_in(placing.child, authority, schools, by)
    for change in sorted(placing.changes, key=lambda change: change.verb not in CARE_FIRST):
        STEPS[change.verb](placing.child, placing.known, change, authority, schools, by)
    return placing.known.pupil


def _bring_in(child: ListedChild, authority: LocalAuthority, schools: dict[str, School], by: Any) -> Pupil:
    """A child nobody knew: record, number, school place, care, SEN status and social worker."""
    pupil = pupils.register_pupil(by=by, **_particulars(child))
    pupils.know_by(pupil.pk, authority=authority, child_id=child.child_id)
    if child.school_urn:
        _start_place(child, Known(pupil), None, authority, schools, by)
    _set_care(child, Known(pupil), None, authority, schools, by)
    _set_sen(child, Known(pupil), None, authority, schools, by)
    if child.social_worker:
        _name_social_worker(child, Known(pupil), None, authority, schools, by)
    return pupil


def _arrival(child: ListedChild, authority: LocalAuthority, schools: dict[str, School]) -> Arrival:
    """The same of a child who comes in with many others."""
    return Arrival(
        child_id=child.child_id,
        particulars=_particulars(child),
        school_place=_school_place(child, schools) if child.school_urn else None,
        care=_care(child, None, authority),
        sen=_sen(child),
        professional=_social_worker(child, authority) if child.social_worker else None,
    )


# --- what a line says, as the actions take it ------------------------------------------------------------------------


def _particulars(child: ListedChild) -> Facts:
    return {name: getattr(child, name) for name in ("upn", *PARTICULARS)}


def _school_place(child: ListedChild, schools: dict[str, School]) -> Facts:
    return {
        "school": schools[child.school_urn],
        "on": child.school_start or clock.today(),
        "year_group": child.year_group,
    }


def _care(child: ListedChild, known: Known | None, authority: LocalAuthority) -> Facts:
    """A first episode begins with the care, never before birth nor in one that has ended; a change begins today."""
    ended_on = known.care_ended_on if known else None
    began = max(child.looked_after_since, child.date_of_birth, ended_on or date.min)
    return {
        "authority": authority,
        "since": child.looked_after_since,
        "legal_status": child.legal_status,
        "placement_type": child.placement_type,
        "on": max(clock.today(), known.care.since) if known and known.care else began,
    }


def _sen(child: ListedChild) -> Facts:
    return {"status": child.sen_status, "primary_need": child.primary_need, "secondary_need": child.secondary_need}


def _social_worker(child: ListedChild, authority: LocalAuthority) -> Facts:
    return {
        "authority": authority,
        "role": ProfessionalRole.SOCIAL_WORKER,
        "name": child.social_worker,
        "email": child.social_worker_email,
    }


# --- the steps: each (child, known, change, authority, schools, by) --------------------------------------------------


def _know_by(child: ListedChild, known: Known, change: Any, authority: LocalAuthority, schools: Any, by: Any) -> None:
    pupils.know_by(known.pupil.pk, authority=authority, child_id=child.child_id)


def _correct(child: ListedChild, known: Known, change: Any, authority: Any, schools: Any, by: Any) -> None:
    """Every name that this line corrects at once; the later ones of the same line then find nothing to do."""
    says = {name: getattr(child, name) for name in PARTICULARS}
    corrected = {name: value for name, value in says.items() if str(value) == change.now}
    pupils.correct_particulars(known.pupil.pk, by=by, **corrected)


def _replace_upn(child: ListedChild, known: Known, change: Any, authority: Any, schools: Any, by: Any) -> None:
    pupils.replace_upn(known.pupil.pk, by=by, upn=child.upn)


def _move(child: ListedChild, known: Known, change: Any, authority: Any, schools: dict[str, School], by: Any) -> None:
    moves.move_school(
        known.pupil.pk,
        to=schools[child.school_urn],
        on=child.school_start or clock.today(),
        by=by,
        year_group=child.year_group,
    )


def _start_place(
    child: ListedChild, known: Known, change: Any, authority: Any, schools: dict[str, School], by: Any
) -> None:
    pupils.start_school_place(known.pupil.pk, by=by, **_school_place(child, schools))


def _say_year(child: ListedChild, known: Known, change: Any, authority: Any, schools: Any, by: Any) -> None:
    if child.year_group is not None:
        pupils.say_year_group(known.pupil.pk, by=by, year_group=child.year_group)


def _set_sen(child: ListedChild, known: Known, change: Any, authority: Any, schools: Any, by: Any) -> None:
    pupils.set_sen_status(known.pupil.pk, by=by, **_sen(child))


def _set_care(child: ListedChild, known: Known, change: Any, authority: LocalAuthority, schools: Any, by: Any) -> None:
    """Who comes into care now moves; care that was there before the list, or changes its legal status, is entered
    quietly."""
    begin = moves.enter_care if is_a_move(child, known) else pupils.start_care
    begin(known.pupil.pk, by=by, **_care(child, known, authority))


def _name_social_worker(
    child: ListedChild, known: Known, change: Any, authority: LocalAuthority, schools: Any, by: Any
) -> None:
    pupils.name_professional(known.pupil.pk, by=by, **_social_worker(child, authority))


Step = Callable[[ListedChild, Known, Change, LocalAuthority, dict[str, School], Any], None]
STEPS: dict[str, Step] = {
    "know_by": _know_by,
    "correct": _correct,
    "upn": _replace_upn,
    "move": _move,
    "place": _start_place,
    "year": _say_year,
    "sen": _set_sen,
    "care": _set_care,
    "social_worker": _name_social_worker,
}


# --- questions -------------------------------------------------------------------------------------------------------


def _ask(made: Import, placing: Placing, by: Any) -> None:
    """Let the line wait as a question; one that waits already takes the newest words of the list. About a child whom
    our authority does not know, those who keep the record are asked, not the office."""
    assert placing.known is not None
    assert made.virtual_school is not None
    waiting_here = ImportQuestion.objects.waiting_at(made.virtual_school).about_children()
    waiting = waiting_here.filter(child_id=placing.child.child_id).first()
    if waiting is not None:
        if waiting.pupil_id != placing.known.pupil.pk:
            waiting.asked_of = _asked_of_others(made, placing, by)
        waiting.row, waiting.kind, waiting.pupil = placing.child.as_dict(), placing.question, placing.known.pupil
        waiting.save(update_fields=["row", "kind", "pupil", "asked_of"])
        return
    ImportQuestion.objects.create(
        of_import=made,
        kind=placing.question,
        pupil=placing.known.pupil,
        child_id=placing.child.child_id,
        row=placing.child.as_dict(),
        asked_of=_asked_of_others(made, placing, by),
    )


def _asked_of_others(made: Import, placing: Placing, by: Any) -> SameChild | None:
    """The question to those who keep the record, where it is not for the office to tell."""
    assert placing.known is not None
    assert made.virtual_school is not None
    if not placing.is_of_others:
        return None
    child = placing.child
    wrote = {
        "name": f"{child.legal_first_name} {child.legal_last_name}",
        "called": child.preferred_first_name,
        "date_of_birth": child.date_of_birth.isoformat(),
        "upn": child.upn,
        "school": child.school_name,
        "since": "",
    }
    because = BECAUSE[QuestionKind(placing.question)]
    return merging.ask(placing.known.pupil, by=by, asked_for=made.virtual_school, wrote=wrote, because=because)


BECAUSE = {
    QuestionKind.TWIN: "the same name and date of birth",
    QuestionKind.OTHER_BIRTHDAY: "the same UPN",
    QuestionKind.CARE_ELSEWHERE: "the same UPN",
    QuestionKind.OTHER_NAME: "the same UPN and date of birth",
}


def follow_answer(same_child: SameChild, by: Any) -> None:
    """What follows when those who keep a record have said whether the child on a list is theirs: the line lands, as the
    list's own doing."""
    for question in ImportQuestion.objects.select_for_update().waiting().filter(asked_of=same_child):
        answer = QuestionAnswer.SAME if same_child.is_confirmed else QuestionAnswer.DIFFERENT
        pupil = settle(question, answer=answer, by=None)
        if same_child.is_another:
            merging.record_begun(same_child, pupil)
        question.answer, question.answered_by, question.answered_at = answer, by, clock.now()
        question.save(update_fields=["answer", "answered_by", "answered_at"])
        words = QuestionAnswer(answer).label.lower()
        about = question.of_import.virtual_school
        history.record(question, by, f"Answered for a child on the list: {words}.", written_for=about)


def _close_questions_of_those_gone(made: Import, listed: set[str]) -> None:
    assert made.virtual_school is not None
    waiting = ImportQuestion.objects.waiting_at(made.virtual_school).about_children().exclude(child_id__in=listed)
    waiting.update(answer=QuestionAnswer.GONE, answered_at=clock.now())


def settle(question: ImportQuestion, *, answer: str, by: Any) -> Pupil:
    """Land the line of a question: on the pupil it was asked about, or as another child."""
    virtual_school = question.of_import.virtual_school
    assert virtual_school is not None
    child = ListedChild.from_dict(question.row)
    same = answer == QuestionAnswer.SAME
    if same:
        _refuse_while_looked_after_elsewhere(question, virtual_school)
        pupils.know_by(question.pupil_id, authority=virtual_school.authority, child_id=child.child_id)
    elif question.kind != QuestionKind.TWIN:
        child = ListedChild.from_dict(question.row | {"upn": ""})  # the UPN is the other child's
    held = compare.holdings([child], virtual_school, clock.today())
    held.listed_before.pop(child.child_id, None)  # a line that waited has landed in no list before
    placing, _ = compare.place(child, held, settled=answer)
    placing.changes = [change for change in placing.changes if not _is_how_it_is_written(change)]
    if same and _has_another_number(placing):
        pupil = question.pupil
    else:
        pupil = land_line(placing, authority=virtual_school.authority, schools=held.schools, by=by)
    land_awaited(virtual_school, [child.child_id], by=by)
    return pupil


def _is_how_it_is_written(change: Change) -> bool:
    """Whoever said that the two are one child has seen both names and birthdays: those of the record stay."""
    return change.verb == "correct" or (change.verb == "upn" and bool(change.was))


def _has_another_number(placing: Placing) -> bool:
    """The list names this child in another line too; that line says what is true."""
    return placing.known is not None and len(placing.known.child_ids) > 1


def _refuse_while_looked_after_elsewhere(question: ImportQuestion, virtual_school: VirtualSchool) -> None:
    cares = question.pupil.care_episodes.filter(during__contains=clock.today())
    if cares.exclude(authority=virtual_school.authority_id).exists():
        raise Refused(
            "Another authority is recorded as looking after this child. Ask them to end that first, then answer here.",
            field="answer",
        )

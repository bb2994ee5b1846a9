"""What a yearly return brings about: history of care and SDQ of those who are known; the rest wait for a name."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from trellis.conduct import clock
from trellis.conduct.refusals import Refused
from trellis.exchange.models import AwaitedChild, Import, ImportQuestion, QuestionAnswer, QuestionKind
from trellis.exchange.progress import Progress
from trellis.exchange.ssda903 import compare
from trellis.exchange.ssda903.compare import Comparison, Placing
from trellis.exchange.ssda903.returned import ReturnedChild, as_history, fitted
from trellis.organisations.models import LocalAuthority, VirtualSchool
from trellis.pupils import actions as pupils


def land_return(made: Import, comparison: Comparison, *, by: Any, progress: Progress) -> None:
    """Do what the comparison says."""
    assert made.virtual_school is not None
    for placing in comparison.placings:
        land_child(made, placing, comparison.year_ended, by=by)
        progress.step(len(comparison.placings))
    for child_id, known in comparison.not_returned:
        _ask(made, child_id, known.pupil.pk, QuestionKind.NOT_RETURNED, _said(None, comparison.year_ended))


def land_child(made: Import, placing: Placing, year_ended: date, *, by: Any) -> None:
    virtual_school = made.virtual_school
    assert virtual_school is not None
    child = placing.child
    if placing.waits:
        _let_wait(made, child, year_ended)
        return
    if placing.known is None:
        return
    _add(placing, virtual_school.authority, year_ended, by=by)
    if placing.question:
        _ask(made, child.child_id, placing.known.pupil.pk, placing.question, _said(child, year_ended))


def _add(placing: Placing, authority: LocalAuthority, year_ended: date, *, by: Any) -> None:
    assert placing.known is not None
    if placing.past:
        pupils.add_care_history(placing.known.pupil.pk, by=by, authority=authority, past=placing.past)
    if placing.sdq_changes:
        _say_sdq(placing.known.pupil.pk, placing.child, authority, year_ended, by=by)


def _say_sdq(pupil_id: int, child: ReturnedChild, authority: LocalAuthority, year_ended: date, *, by: Any) -> None:
    pupils.say_sdq(
        pupil_id, by=by, authority=authority, year_ended=year_ended, score=child.score,
        no_score_because=child.no_score_because,
    )  # fmt: skip


# --- those whose name is not yet known -------------------------------------------------------------------------------


def _let_wait(made: Import, child: ReturnedChild, year_ended: date) -> None:
    """Keep the child's number, dates and codes until a weekly list brings the number; a later file of the same year
    takes the place of an earlier one."""
    assert made.virtual_school is not None
    AwaitedChild.objects.update_or_create(
        virtual_school=made.virtual_school, child_id=child.child_id, year_ended=year_ended,
        defaults={"of_import": made, "says": child.as_dict(), "landed_at": None},
    )  # fmt: skip


def land_awaited(virtual_school: VirtualSchool, child_ids: Iterable[str], *, by: Any) -> int:
    """Land what waits for children whose number has become known, the earliest year first; say of how many."""
    waiting = AwaitedChild.objects.waiting_at(virtual_school).filter(child_id__in=set(child_ids))
    landed = set()
    for awaited in waiting.select_related("of_import__virtual_school__authority").order_by("year_ended", "pk"):
        child = ReturnedChild.from_dict(awaited.says)
        held = compare.holdings([child], virtual_school, awaited.year_ended)
        placing = compare.place(child, held)
        if placing.known is None:
            continue
        land_child(awaited.of_import, placing, awaited.year_ended, by=by)
        awaited.says, awaited.landed_at = {}, clock.now()
        awaited.save(update_fields=["says", "landed_at"])
        landed.add(awaited.child_id)
    return len(landed)


# --- questions -------------------------------------------------------------------------------------------------------


def _said(child: ReturnedChild | None, year_ended: date) -> dict[str, Any]:
    return (child.as_dict() if child else {}) | {"year_ended": year_ended.isoformat()}


def _ask(made: Import, child_id: str, pupil_id: int, kind: str, row: dict[str, Any]) -> None:
    """Ask once: one that waits already takes the newest words of the return."""
    assert made.virtual_school is not None
    waiting = ImportQuestion.objects.waiting_at(made.virtual_school).about_returns().filter(child_id=child_id)
    for question in waiting:
        if question.row.get("year_ended") == row["year_ended"]:
            question.kind, question.row, question.pupil_id = kind, row, pupil_id
            question.save(update_fields=["kind", "row", "pupil"])
            return
    ImportQuestion.objects.create(of_import=made, kind=kind, pupil_id=pupil_id, child_id=child_id, row=row)


def settle(question: ImportQuestion, *, answer: str, by: Any) -> None:
    """Take what the return says of past care and SDQ, or leave what is here. The present care is never changed."""
    if answer != QuestionAnswer.THEIRS:
        return
    virtual_school = question.of_import.virtual_school
    assert virtual_school is not None
    child = ReturnedChild.from_dict({name: value for name, value in question.row.items() if name != "year_ended"})
    year_ended = date.fromisoformat(question.row["year_ended"])
    held = compare.holdings([child], virtual_school, year_ended)
    if child.child_id not in held.known:
        raise Refused("This number is no child’s any more. Bring the weekly pupil list first.")
    known = held.known[child.child_id]
    history = fitted(as_history(child.episodes, held.known_until))
    past, _ = compare.not_held_yet(history, child, known, held.today)
    if past:
        pupils.add_care_history(
            known.pupil.pk, by=by, authority=virtual_school.authority, past=past, take_place=True
        )  # fmt: skip
    if child.has_sdq:
        _say_sdq(known.pupil.pk, child, virtual_school.authority, year_ended, by=by)

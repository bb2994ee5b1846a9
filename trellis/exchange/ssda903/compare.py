"""A yearly return beside what Trellis holds: what lands as history, what waits for a name, what only a person can
say."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from trellis.conduct import clock
from trellis.design.in_words import full_date
from trellis.exchange.models import ImportQuestion, QuestionAnswer, QuestionKind
from trellis.exchange.ssda903.returned import (
    ONE_DAY,
    ReturnedChild,
    as_history,
    overlap_each_other,
)
from trellis.organisations.models import VirtualSchool
from trellis.pupils.actions import PastCare
from trellis.pupils.models import CareEpisode, ChildId, Pupil, SdqScore

OVERLAPS = {QuestionKind.CARE_OVERLAPS, QuestionKind.RETURN_OVERLAPS}  # of these the SDQ lands all the same


@dataclass
class Known:
    """What Trellis holds of a pupil: all times in care, and the SDQ of the return's year."""

    pupil: Pupil
    care: list[CareEpisode] = field(default_factory=list)
    sdq: SdqScore | None = None

    def in_care_today(self, today: date) -> CareEpisode | None:
        return next((one for one in self.care if today in one.during), None)


@dataclass
class Placing:
    """A child of the return and what becomes of it: ``past`` and ``sdq_changes`` land, unless it is a question, waits
    for a name, or is left out for the reason given."""

    child: ReturnedChild
    known: Known | None = None
    question: str = ""
    past: list[PastCare] = field(default_factory=list)
    sdq_changes: bool = False
    waits: bool = False
    left: str = ""

    @property
    def lands(self) -> bool:
        return bool(self.past or self.sdq_changes)


@dataclass
class Comparison:
    year_ended: date
    known_until: date
    placings: list[Placing] = field(default_factory=list)
    not_returned: list[tuple[str, Known]] = field(default_factory=list)


@dataclass
class Holdings:
    """All that a return is compared with, fetched once."""

    virtual_school: VirtualSchool
    year_ended: date
    known_until: date
    today: date
    known: dict[str, Known]
    answered: set[tuple[str, str, str]]

    @property
    def authority_id(self) -> int:
        return self.virtual_school.authority_id


def known_until(year_ended: date, today: date) -> date:
    """The day after the last that the return speaks of: of a year that is not over, today."""
    return min(year_ended + ONE_DAY, today)


def holdings(children: Iterable[ReturnedChild], virtual_school: VirtualSchool, year_ended: date) -> Holdings:
    today = clock.today()
    ids = {child.child_id for child in children}
    numbers = ChildId.objects.filter(authority=virtual_school.authority_id, child_id__in=ids).select_related("pupil")
    known = {number.child_id: Known(number.pupil) for number in numbers}
    _fetch(known.values(), virtual_school, year_ended)
    until = known_until(year_ended, today)
    return Holdings(virtual_school, year_ended, until, today, known, _answered(virtual_school))


def _fetch(known: Iterable[Known], virtual_school: VirtualSchool, year_ended: date) -> None:
    by_pupil = defaultdict(list)
    for one in known:
        by_pupil[one.pupil.pk].append(one)
    for care in CareEpisode.objects.filter(pupil__in=by_pupil, during__isempty=False).order_by("during"):
        for one in by_pupil[care.pupil_id]:
            one.care.append(care)
    scores = SdqScore.objects.filter(
        pupil__in=by_pupil, authority=virtual_school.authority_id, year_ended=year_ended
    )  # fmt: skip
    for sdq in scores:
        for one in by_pupil[sdq.pupil_id]:  # type: ignore[index]  # only one taken back is nobody's
            one.sdq = sdq


def _answered(virtual_school: VirtualSchool) -> set[tuple[str, str, str]]:
    """Questions that somebody answered: with the same words of the return they are not asked again."""
    answered = ImportQuestion.objects.filter(
        of_import__virtual_school=virtual_school, answer__in=[QuestionAnswer.OURS, QuestionAnswer.THEIRS]
    )
    return {(row.kind, row.child_id, says_of(row.row)) for row in answered.about_returns()}


def says_of(row: dict[str, Any]) -> str:
    """What the return says of a child, for comparing: not from which file and line."""
    episodes = [
        (one["since"], one["until"], one["legal_status"], one["placement_type"]) for one in row.get("episodes", [])
    ]
    return repr((row.get("born"), episodes, row.get("year_ended")))


def compare(
    children: list[ReturnedChild], virtual_school: VirtualSchool, year_ended: date, *, whole: bool
) -> Comparison:
    """Place each child; ``whole`` when the return has its Episodes, so that who is missing from it is missing."""
    held = holdings(children, virtual_school, year_ended)
    comparison = Comparison(year_ended, held.known_until)
    comparison.placings = [place(child, held) for child in children]
    if whole:
        comparison.not_returned = _not_returned(comparison.placings, held)
    return comparison


def place(child: ReturnedChild, held: Holdings) -> Placing:
    """What becomes of one child of the return: known by its number, and by that alone."""
    known = held.known.get(child.child_id)
    if known is None:
        if child.was_adult_on(held.year_ended):
            return Placing(child, left="adult")
        return Placing(child, waits=not child.says_nothing)
    present = known.in_care_today(held.today)
    if present is not None and present.authority_id != held.authority_id:
        return Placing(child, known, left="elsewhere")
    placing = Placing(child, known, sdq_changes=_sdq_changes(child, known))
    if child.born and child.born != known.pupil.date_of_birth:
        return _asked(placing, QuestionKind.RETURN_BIRTHDAY, held)
    past = as_history(child.episodes, held.known_until)
    if overlap_each_other(past):
        return _asked(placing, QuestionKind.RETURN_OVERLAPS, held)
    past, same = not_held_yet(past, child, known, held.today)
    if any(_contradicts(care, one) for care in past for one in known.care if one is not same):
        return _asked(placing, QuestionKind.CARE_OVERLAPS, held)
    placing.past = past
    if placing.lands and child.was_adult_on(held.year_ended):
        return _asked(placing, QuestionKind.ADULT, held)
    return placing


def not_held_yet(
    past: list[PastCare], child: ReturnedChild, known: Known, today: date
) -> tuple[list[PastCare], CareEpisode | None]:
    """What of the history is not held in the same words; and the present care, where the return's last episode is
    it."""
    present = known.in_care_today(today)
    same = present if present is not None and _is_the_same_care(past, present, child) else None
    new = past[:-1] if same else past
    return [care for care in new if not any(_holds(one, care) for one in known.care)], same


def _is_the_same_care(past: list[PastCare], present: CareEpisode, child: ReturnedChild) -> bool:
    """Whether the last episode of the return is the care of today: both began it on the same day, the return has not
    ended it, and legal status and placement are the same. The list then knows the whole, the return what it was made
    of."""
    if not past or child.episodes[-1].until is not None:
        return False
    last = past[-1]
    same = last.legal_status == present.legal_status and present.placement_type in {"", last.placement_type}
    return same and present.looked_after_since == last.looked_after_since and present.since <= last.since


def _holds(held: CareEpisode, care: PastCare) -> bool:
    """Whether it is held already in the same words, for as long or for longer."""
    return care.goes_on(held) and (held.during.upper is None or held.during.upper >= care.until)


def _contradicts(care: PastCare, held: CareEpisode) -> bool:
    """Whether it says of some days something else than is held of them. What an earlier return knew until its year
    ended may go on in a later one."""
    if not care.overlaps(held.during):
        return False
    ended: date | None = held.during.upper
    known_longer = care.goes_on(held) and ended is not None and (ended.day, ended.month) == (1, 4)
    return not known_longer


def _asked(placing: Placing, kind: str, held: Holdings) -> Placing:
    """A question, unless somebody answered it for these very words before. The SDQ lands beside one about episodes."""
    placing.past = []
    placing.sdq_changes = placing.sdq_changes and kind in OVERLAPS
    said = says_of(placing.child.as_dict() | {"year_ended": held.year_ended.isoformat()})
    if (kind, placing.child.child_id, said) not in held.answered:
        placing.question = kind
    return placing


def _sdq_changes(child: ReturnedChild, known: Known) -> bool:
    if not child.has_sdq:
        return False
    return known.sdq is None or (known.sdq.score, known.sdq.no_score_because) != (child.score, child.no_score_because)


def _not_returned(placings: list[Placing], held: Holdings) -> list[tuple[str, Known]]:
    """Those whom the weekly list calls looked after since a day of the return's year or before, and the return does
    not: it has no episode of theirs on its last day. Of one whose rows could not be read nothing is said."""
    last_day = held.known_until - ONE_DAY
    spoken_of = {
        placing.child.child_id
        for placing in placings
        if placing.question or placing.child.is_unclear or placing.child.is_in_care_on(last_day)
    }
    looked_after = CareEpisode.objects.filter(
        authority=held.authority_id, looked_after_since__lte=last_day, during__contains=held.today
    )
    numbers = ChildId.objects.filter(authority=held.authority_id, pupil__in=looked_after.values("pupil"))
    by_pupil: dict[int, list[ChildId]] = defaultdict(list)
    for number in numbers.select_related("pupil").order_by("pupil", "pk"):
        by_pupil[number.pupil_id].append(number)  # type: ignore[index]  # only one taken back is nobody's
    missing = [
        (mine[0].child_id, Known(mine[0].pupil))
        for mine in by_pupil.values()
        if not spoken_of & {number.child_id for number in mine}
    ]
    said = says_of({"year_ended": held.year_ended.isoformat()})
    return [one for one in missing if (QuestionKind.NOT_RETURNED, one[0], said) not in held.answered]


# --- the preview, as kept and shown ----------------------------------------------------------------------------------


def as_preview(comparison: Comparison, told: dict[str, Any]) -> dict[str, Any]:
    """As kept with the import. ``told`` is what was said of the files when they were read. Children who are not known
    by name stand in it by their number."""
    placings = comparison.placings
    waiting = [_waits(placing) for placing in placings if placing.waits]
    questions = [
        _question(placing.child.child_id, placing.known, placing.question) for placing in placings if placing.question
    ]
    questions += [_question(number, known, QuestionKind.NOT_RETURNED) for number, known in comparison.not_returned]
    landing = [placing for placing in placings if placing.lands and not placing.waits]
    unchanged = [p for p in placings if p.known and not (p.lands or p.question or p.left)]
    adults = sum(placing.left == "adult" for placing in placings)
    return {
        "counts": {
            "new": 0, "changed": len(landing), "unchanged": len(unchanged), "gone": 0, "waiting": len(waiting),
            "questions": len(questions), "refused": 0, "warnings": 0, "left_out": len(told["left_out"]),
            "advice": len(told["advice"]),
        },
        "new": [], "changed": [row for placing in landing for row in _changes(placing, comparison)], "gone": [],
        "waiting": waiting, "questions": questions, "refused": [], "warnings": [], "dropped": told["dropped"],
        "ignored": told["ignored"],
        "return": told | {
            "adults": adults,
            "elsewhere": [p.child.child_id for p in placings if p.left == "elsewhere"],
        },
    }  # fmt: skip


def _waits(placing: Placing) -> dict[str, Any]:
    child = placing.child
    return {"line": child.line, "file": child.file, "child_id": child.child_id, "what": what_it_holds(child)}


def what_it_holds(child: ReturnedChild) -> str:
    """ "2 times in care, SDQ"."""
    count = len(child.episodes)
    parts = [f"{count} {'time' if count == 1 else 'times'} in care"] if count else []
    return ", ".join([*parts, *(["SDQ"] if child.has_sdq else [])])


def _question(child_id: str, known: Known | None, kind: str) -> dict[str, Any]:
    assert known is not None
    return {
        "child_id": child_id, "name": known.pupil.name, "pupil_id": known.pupil.pk, "kind": str(kind),
        "what": str(QuestionKind(kind).label),
    }  # fmt: skip


def _changes(placing: Placing, comparison: Comparison) -> list[dict[str, Any]]:
    """What lands for one child; of the SDQ that there is one, not what it says."""
    assert placing.known is not None
    child, pupil = placing.child, placing.known.pupil
    named = {
        "line": child.line, "file": child.file, "child_id": child.child_id, "name": pupil.name, "pupil_id": pupil.pk,
        "was": "",
    }  # fmt: skip
    rows = []
    if past := placing.past:
        count = f"{len(past)} {'time' if len(past) == 1 else 'times'}"
        last_day = max(care.until for care in past)
        if last_day == comparison.known_until:
            last_day -= ONE_DAY  # it went on; the return speaks of no day after
        now = f"{count}, {full_date(past[0].since)} to {full_date(last_day)}"
        rows.append(named | {"what": "care before today", "now": now})
    if placing.sdq_changes:
        words = "corrected" if placing.known.sdq else "added"
        rows.append(named | {"what": "SDQ", "now": f"{words}, year to {full_date(comparison.year_ended)}"})
    return rows

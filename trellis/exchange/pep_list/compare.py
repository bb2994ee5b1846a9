"""The PEPs of a file beside ours: what it says new, and which targets it no longer names."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from trellis.calendar.models import Term
from trellis.exchange.cells import Complaint
from trellis.exchange.models import ImportQuestion, QuestionKind
from trellis.exchange.pep_list.rules import IN_WORDS, TARGET, Row
from trellis.organisations.models import VirtualSchool
from trellis.peps.models import Pep, PepTarget
from trellis.peps.queries import hanging_on
from trellis.pupils.models import ChildId, FormerUpn, Pupil


@dataclass
class Found:
    """A PEP that the file speaks of, with what it says and what is new in it; and its targets that are no longer in
    the file: those that end, and those on which something hangs, with what."""

    pep: Pep
    line: int
    says: dict[str, Any]
    changes: list[dict[str, Any]] = field(default_factory=list)
    gone: list[PepTarget] = field(default_factory=list)
    asked: list[tuple[PepTarget, list[str]]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.pep.pupil.initials}, {self.pep.term.in_words}"


@dataclass
class Comparison:
    found: list[Found]
    complaints: list[Complaint]

    @property
    def is_refused(self) -> bool:
        return any(complaint.weight == Complaint.REFUSED for complaint in self.complaints)


def compare_peps(rows: list[Row], virtual_school: VirtualSchool, complaints: list[Complaint]) -> Comparison:
    """Each PEP of the file beside ours, in the same few queries for any length."""
    pupils = _pupils(rows, virtual_school)
    terms = {str(term).lower(): term for term in Term.objects.of(virtual_school)}
    ours = _peps(set(pupils.values()), virtual_school)
    comparison = Comparison([], list(complaints))
    for lines in _by_pep(rows):
        row = lines[0]
        pep, sentence = _pep_of(row, pupils, terms, ours)
        if pep is None:
            comparison.complaints.append(Complaint(row["line"], "term", row["term"], sentence, Complaint.REFUSED))
            continue
        if before := next((one for one in comparison.found if one.pep == pep), None):
            sentence = f"Line {before.line} is about the same PEP: give this child the same number in each line."
            comparison.complaints.append(Complaint(row["line"], "child_id", "", sentence, Complaint.REFUSED))
            continue
        comparison.found.append(Found(pep, row["line"], _says(lines)))
    _say_what_changes(comparison.found)
    _say_what_is_gone(comparison.found)
    comparison.complaints.sort(key=lambda complaint: complaint.line)
    return comparison


def _by_pep(rows: list[Row]) -> list[list[Row]]:
    grouped: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        grouped.setdefault((row["child_id"] or row["upn"], row["term"]), []).append(row)
    return list(grouped.values())


def _pupils(rows: list[Row], virtual_school: VirtualSchool) -> dict[str, int]:
    """{number or UPN: pupil number}: the authority's own numbers, then UPNs, former ones last."""
    upns = {row["upn"] for row in rows if row["upn"]}
    numbers = {row["child_id"] for row in rows if row["child_id"]}
    former = FormerUpn.objects.filter(upn__in=upns).values_list("upn", "pupil")
    sure = Pupil.objects.filter(upn__in=upns, upn_in_question=False).order_by("same_child_as")
    now = {pupil.upn: pupil.same_child_as_id or pupil.pk for pupil in sure if pupil.upn}
    known = ChildId.objects.filter(authority=virtual_school.authority_id, child_id__in=numbers)
    return {**dict(former), **now, **dict(known.values_list("child_id", "pupil"))}  # type: ignore[arg-type]  # only one taken back is nobody's


def _peps(pupil_ids: set[int], virtual_school: VirtualSchool) -> dict[tuple[int, int], Pep]:
    """The newest PEP of each pupil and term."""
    peps = Pep.objects.filter(pupil__in=pupil_ids, written_for=virtual_school).order_by("number")
    return {(pep.pupil_id, pep.term_id): pep for pep in peps.select_related("pupil", "term")}


def _pep_of(
    row: Row, pupils: dict[str, int], terms: dict[str, Term], ours: dict[tuple[int, int], Pep]
) -> tuple[Pep | None, str]:
    """The PEP a line is about; or why there is none, in words that tell nothing of other authorities' children."""
    pupil_id = pupils.get(row["child_id"]) or pupils.get(row["upn"])
    term = terms.get(row["term"])
    if term is None:
        return None, "No term of this name is known here. Write it like autumn 2026."
    pep = ours.get((pupil_id, term.pk)) if pupil_id else None
    if pep is None:
        return None, "This child has no PEP for the term here. Bring the weekly pupil list first."
    if not pep.kept_elsewhere:
        return None, "This PEP is written here, so it cannot come by file."
    return pep, ""


def _says(lines: list[Row]) -> dict[str, Any]:
    """What the file says of one PEP, as ``take_in_pep`` takes it."""
    day = lines[0]["pep_date"]
    targets = [
        {name: read(row.get(heading, "")) for name, (heading, read) in TARGET.items()}
        for row in lines
        if row["target_number"]
    ]
    return {"held_on": date.fromisoformat(day) if day else None, "grade": lines[0]["grade"], "targets": targets}


def _say_what_changes(found: list[Found]) -> None:
    targets = PepTarget.objects.filter(pep__in=[one.pep for one in found])
    held = {(target.pep_id, target.number): target for target in targets}
    for one in found:
        pep, says = one.pep, one.says
        for name, ours in (("held_on", pep.held_on), ("grade", pep.grade_elsewhere)):
            if ours != says[name]:
                one.changes.append(_change(one, IN_WORDS[name], ours, says[name]))
        for target in says["targets"]:
            before = held.get((pep.pk, target["number"]))
            what = f"target {target['number']}"
            if before is None:
                one.changes.append(_change(one, what, "", target["statement"]))
            else:
                if before.left_file_on:
                    one.changes.append(_change(one, what, "had left the file", "is in it again"))
                one.changes += [
                    _change(one, f"{what}, {name.replace('_', ' ')}", getattr(before, name), value)
                    for name, value in target.items()
                    if getattr(before, name) != value
                ]


def _say_what_is_gone(found: list[Found]) -> None:
    """Targets that stood in an earlier file and are not in this one. A file that says no target at all of a PEP speaks
    of its day and quality alone; about a target that was asked about, a person decides."""
    of_pep = {one.pep.pk: one for one in found if one.says["targets"]}
    standing = PepTarget.objects.filter(pep__in=of_pep, dropped=False).select_related("pep").order_by("pep", "number")
    asked_before = set(ImportQuestion.objects.filter(target__in=standing).values_list("target", flat=True))
    missing = [
        target
        for target in standing
        if target.number not in {said["number"] for said in of_pep[target.pep_id].says["targets"]}
        and target.pk not in asked_before
    ]
    hangs = hanging_on(missing)
    for target in missing:
        one = of_pep[target.pep_id]
        if hangs[target.pk]:
            one.asked.append((target, hangs[target.pk]))
        else:
            one.gone.append(target)


def _gone(one: Found, target: PepTarget) -> dict[str, Any]:
    return {
        "line": one.line, "name": one.name, "pupil_id": one.pep.pupil_id, "target_id": target.pk,
        "number": target.number, "what": f"target {target.number}, “{target.statement}”",
    }  # fmt: skip


def _asked(one: Found, target: PepTarget, hangs: list[str]) -> dict[str, Any]:
    words = f"target {target.number}, “{target.statement}”, is no longer in the file, but on it hangs "
    asked = {"kind": QuestionKind.TARGET_GONE.value, "hangs": hangs, "what": words + "; ".join(hangs)}
    return _gone(one, target) | asked


def _change(one: Found, what: str, was: Any, now: Any) -> dict[str, Any]:
    return {
        "line": one.line, "name": one.name, "pupil_id": one.pep.pupil_id,
        "what": what, "was": "" if was is None else str(was), "now": "" if now is None else str(now),
    }  # fmt: skip


def as_preview(comparison: Comparison, dropped: list[str], ignored: list[str]) -> dict[str, Any]:
    """As kept with the import: what would change, by PEP; children by their initials."""
    found = [] if comparison.is_refused else comparison.found
    refused = [c.as_dict() for c in comparison.complaints if c.weight == Complaint.REFUSED]
    changed = [one for one in found if one.changes or one.gone]
    gone = [_gone(one, target) for one in found for target in one.gone]
    questions = [_asked(one, target, hangs) for one in found for target, hangs in one.asked]
    return {
        "counts": {
            "new": 0, "changed": len(changed), "unchanged": len(found) - len(changed), "gone": len(gone),
            "questions": len(questions), "refused": len({c["line"] for c in refused}), "warnings": 0,
        },
        "new": [], "changed": [change for one in changed for change in one.changes], "gone": gone,
        "questions": questions,
        "refused": refused, "warnings": [], "dropped": dropped, "ignored": ignored,
    }  # fmt: skip

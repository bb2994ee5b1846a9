"""PEPs that are kept in another system, as it gives them out: the day, the quality and the targets of each, one target
a line. A line without a target carries the PEP's own facts alone."""

from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

from trellis.exchange.cells import Complaint, Reader, Wrong, read_cells, real_day, whole_number, words
from trellis.exchange.reading import Line
from trellis.peps.models import Area, Grade, TargetResult
from trellis.pupils import rules as pupil_rules


def _one_of(choices: Any, sentence: str) -> Reader:
    """A choice by its value or its label, capitals or not; empty may be."""
    known = {str(text).lower(): value for value, label in choices.choices for text in (value, label)}

    def read(text: str) -> str:
        if text and text.lower() not in known:
            raise Wrong(sentence)
        return known[text.lower()] if text else ""

    return read


def _upn(text: str) -> str:
    return "" if (upn := pupil_rules.tidy_upn(text)) in pupil_rules.NO_UPN_YET else upn


def _day(text: str) -> str:
    return real_day(text).isoformat() if text else ""


def _term(text: str) -> str:
    return " ".join(text.lower().replace("term", "").split())


COLUMNS: dict[str, Reader] = {
    "child_id": words(20),
    "upn": _upn,
    "term": _term,
    "pep_date": _day,
    "grade": _one_of(Grade, "Write green, amber or red, or leave it empty."),
    "target_number": whole_number(1, 99),
    "target_area": _one_of(Area, f"Write one of: {', '.join(Area.values)}."),
    "target_statement": words(2000),
    "target_baseline": words(200),
    "target_value": words(200),
    "target_measure": words(200),
    "target_by": _day,
    "target_intervention": words(200),
    "target_dose": words(120),
    "target_owner": words(120),
    "target_result": _one_of(TargetResult, "Write met, partly or not met, or leave it empty."),
}
REQUIRED = ["child_id", "upn", "term", "pep_date", "grade", "target_number", "target_statement", "target_by"]
TARGET: dict[str, tuple[str, Callable[[Any], Any]]] = {  # our field ← the file's heading
    "number": ("target_number", int),
    "area": ("target_area", lambda text: text or Area.ACADEMIC.value),
    "statement": ("target_statement", str),
    "baseline": ("target_baseline", str),
    "target_value": ("target_value", str),
    "measure": ("target_measure", str),
    "by_when": ("target_by", date.fromisoformat),
    "intervention": ("target_intervention", str),
    "dose": ("target_dose", str),
    "owner": ("target_owner", str),
    "result": ("target_result", str),
}
IN_WORDS = {"held_on": "day of the PEP", "grade": "quality"}

Row = dict[str, Any]


def check_peps(lines: list[Line]) -> tuple[list[Row], list[Complaint]]:
    """Every line read; what is wrong in a line, and between the lines of one PEP."""
    rows: list[Row] = []
    complaints: list[Complaint] = []
    for line in lines:
        values, about_line = read_cells(line, COLUMNS)
        about_line += _about_the_line(line, values)
        complaints += about_line
        if not about_line:
            rows.append({"line": line.number, **values})
    return rows, complaints + list(_about_each_pep(rows))


def _about_the_line(line: Line, values: Row) -> list[Complaint]:
    found = []
    if line.cell_count != line.heading_count:
        sentence = f"This line has {line.cell_count} cells, the line of headings {line.heading_count}."
        found.append(Complaint(line.number, "", "", sentence, Complaint.REFUSED))
    if values.get("child_id") == "" and values.get("upn") == "":
        found.append(Complaint.about(line, "child_id", "Say which child: by the child’s number or the UPN."))
    if values.get("term") == "":
        found.append(Complaint.about(line, "term", "Say which term, like autumn 2026."))
    if values.get("target_number"):
        needed = {"target_statement": "Say what the target is.", "target_by": "Say by when it is to be reached."}
        found += [Complaint.about(line, name, words) for name, words in needed.items() if values.get(name) == ""]
    return found


def _about_each_pep(rows: list[Row]) -> Iterator[Complaint]:
    """The lines of one PEP agree on its day and quality, and number their targets once."""
    first: dict[tuple[str, ...], Row] = {}
    seen: set[tuple[str, ...]] = set()
    for row in rows:
        pep = (row["child_id"] or row["upn"], row["term"])
        before = first.setdefault(pep, row)
        for name in ("pep_date", "grade"):
            if row[name] != before[name]:
                sentence = f"Line {before['line']} says something else of the same PEP."
                yield Complaint(row["line"], name, row[name], sentence, Complaint.REFUSED)
        if number := row["target_number"]:
            if (target := (*pep, str(number))) in seen:
                sentence = "This target of the PEP stands in the file already."
                yield Complaint(row["line"], "target_number", str(number), sentence, Complaint.REFUSED)
            seen.add(target)

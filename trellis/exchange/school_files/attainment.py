"""Results of assessments as a school's own system gives them out: one result a line, or a column for each subject."""

from collections.abc import Collection, Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import F

from trellis.conduct import clock
from trellis.exchange.cells import Wrong, words
from trellis.exchange.mapping.columns import Column
from trellis.exchange.reading import Line
from trellis.exchange.school_files.facts import Change, SchoolFacts, kind_of
from trellis.exchange.school_files.who import Row, iso_day
from trellis.schooling import actions, rules
from trellis.schooling.models import AgainstExpected, Attainment

AGAINST = {code.value: code.value for code in AgainstExpected}


def against(text: str) -> str:
    if text and text.lower() not in AGAINST:
        raise Wrong("Write below, expected or above, or leave it empty.")
    return text.lower()


SUBJECTS = {  # columns that each hold the results in one subject: what the subject is called, and its other headings
    "reading": ("Reading", ("English reading", "Read")),
    "writing": ("Writing", ("English writing", "Writ")),
    "spelling": ("Spelling, punctuation and grammar", ("GPS", "SPaG", "GaPS", "Spelling")),
    "english": ("English", ("English language",)),
    "mathematics": ("Mathematics", ("Maths", "Math")),
    "science": ("Science", ("Sci",)),
}  # fmt: skip
COLUMNS = {
    "subject": Column(
        "Subject", words(80, what="The subject"), ("Subject name", "Course", "Aspect", "Curriculum area")
    ),
    "assessment": Column(
        "Kind of assessment", words(80), ("Assessment", "Assessment type", "Assessment name", "Marksheet", "Test")
    ),
    "result": Column(
        "Result", words(60, what="The result"), ("Grade", "Score", "Level", "Mark", "Outcome", "Current grade")
    ),
    **{name: Column(f"Result in {subject}", words(60), (subject, *also)) for name, (subject, also) in SUBJECTS.items()},
    "against_expected": Column(
        "Against what is expected", against, ("Expected", "Against expected", "On track", "Progress against target"),
        codes={"": "Not said", **dict(AgainstExpected.choices)},
        meanings={"On track": "expected", "At": "expected", "EXS": "expected", "WTS": "below", "GDS": "above",
                  "Working towards": "below", "Greater depth": "above", "Secure": "expected"},
    ),
    "assessed_on": Column(
        "Day of the assessment", iso_day, ("Date", "Assessment date", "Result date", "Date of assessment", "Assessed"),
        is_day=True, needed=True,
    ),
}  # fmt: skip


def things(line: Line) -> Iterator[Line]:
    """A line for each subject that has a column and a result there; a line that names its subject, as it is."""
    of_subjects = {name: line.cells[name] for name in SUBJECTS if name in line.cells}
    rest = {name: cell for name, cell in line.cells.items() if name not in of_subjects}
    if not of_subjects or rest.get("result", "").strip():
        yield replace(line, cells=rest)
    for name, cell in of_subjects.items():
        if cell.strip():
            yield replace(line, cells=rest | {"subject": SUBJECTS[name][0], "result": cell, "against_expected": ""})


def about_line(row: Row) -> Iterator[tuple[str, str]]:
    if not row["assessed_on"]:
        yield "assessed_on", "Say on which day this was assessed."
    elif not (finding := rules.assessment_has_been_made(date.fromisoformat(row["assessed_on"]), clock.today())):
        yield "assessed_on", finding.sentence


def thing(row: Row) -> tuple[str, ...]:
    return row["subject"], _assessment(row), row["assessed_on"]


def _assessment(row: Row) -> str:
    return row["assessment"] or "Assessment"


def held(pupil_ids: Collection[int]) -> dict[tuple[Any, ...], Attainment]:
    there = Attainment.objects.standing().filter(
        pupil__in=pupil_ids,
        pupil__school_places__during__contains=clock.today(),
        school=F("pupil__school_places__school"),
    )
    return {(one.pupil_id, one.subject, one.assessment, one.assessed_on.isoformat()): one for one in there}


def _says(row: Row) -> dict[str, Any]:
    return {
        "subject": row["subject"], "assessment": _assessment(row), "result": row["result"],
        "against_expected": row["against_expected"], "assessed_on": date.fromisoformat(row["assessed_on"]),
    }  # fmt: skip


def change(row: Row, held: dict[tuple[Any, ...], Attainment]) -> Change | None:
    before = held.get((row["pupil_id"], *thing(row)))
    says = Attainment(**_says(row))
    if before and (before.result, before.against_expected) == (says.result, says.against_expected):
        return None
    return Change("attainment", before.in_words if before else "", says.in_words)


def land(pupil_id: int, row: Row, *, by: Any, source: str) -> None:
    actions.tell_attainment(pupil_id, by=by, source=source, **_says(row))


ATTAINMENT = kind_of(
    SchoolFacts(
        name="Attainment",
        columns=COLUMNS,
        about_line=about_line,
        thing=thing,
        held=held,
        change=change,
        land=land,
        apart=SUBJECTS,
        things=things,
    )
)

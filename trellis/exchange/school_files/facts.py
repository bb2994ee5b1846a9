"""A kind of school file: what it says of a pupil, a line at a time, made a kind that can be brought."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from trellis.conduct.refusals import NotPermitted, Refused
from trellis.exchange import reading
from trellis.exchange.cells import Complaint, read_cells
from trellis.exchange.kinds import Brought, FileKind, Preview, Rows, Whose
from trellis.exchange.mapping.columns import Column
from trellis.exchange.models import Import, Step
from trellis.exchange.progress import Progress
from trellis.exchange.reading import Line, Table
from trellis.exchange.school_files.census import MOST_TABLES, Joined, joined
from trellis.exchange.school_files.who import WHO_COLUMNS, Row, find_pupils, others_in_words, pupils_of, shown_as
from trellis.pupils.models import Pupil


@dataclass(frozen=True)
class Change:
    """What a line would change: what it is about, what stood before, what stands then, and what follows."""

    what: str
    was: str
    now: str
    follows: str = ""


@dataclass(frozen=True)
class SchoolFacts:
    """One kind of fact that schools' files tell. ``about_line``: sentences by column of what cannot be; ``thing``: what
    may stand once for a pupil; ``held``: what Trellis holds of these pupils, in a few queries; ``change``: None where a
    line says nothing new; ``land``: through the action of the folder whose fact it is."""

    name: str
    columns: Mapping[str, Column]
    about_line: Callable[[Row], Iterable[tuple[str, str]]]
    thing: Callable[[Row], Any]
    held: Callable[[Collection[int]], Any]
    change: Callable[[Row, Any], Change | None]
    land: Callable[..., Any]  # (row, *, by, source)
    problem: Callable[[Row, Any], str] = lambda row, held: ""  # what cannot stand beside what is held
    for_virtual_schools: bool = True
    required: Sequence[str] = field(default=("upn", "first_name", "last_name", "date_of_birth"))
    rewritten: Callable[[Sequence[Brought]], Sequence[Brought]] = tuple  # a file of another shape, one line a thing
    census: Joined | None = None  # how the tables of the school census are one such list
    apart: Collection[str] = ()  # columns that each tell a thing of their own; ``things`` makes lines of them
    things: Callable[[Line], Iterable[Line]] = lambda line: [line]

    @property
    def all_columns(self) -> dict[str, Column]:
        return {**WHO_COLUMNS, **self.columns}

    @property
    def all_required(self) -> list[str]:
        """The headings by which a table is known to be ours."""
        return [*self.required, *(name for name in self.columns if name not in self.apart)]


@dataclass(frozen=True)
class Compared:
    changes: list[tuple[Row, Pupil, Change]]
    unchanged: int


def kind_of(facts: SchoolFacts) -> FileKind:
    """The kind of file that tells these facts."""

    def read(files: Sequence[Brought], whose: Whose, progress: Progress) -> tuple[Rows, Preview]:
        return read_lines(reading.read_table(files[0].content, required=facts.all_required), whose, progress)

    def read_lines(table: Table, whose: Whose, progress: Progress) -> tuple[Rows, Preview]:
        progress.comes_to(Step.CHECKING)
        dropped, ignored = table.columns_not_taken(facts.all_columns)
        pupils = pupils_of(whose)
        found = find_pupils(table.lines, pupils.values())
        rows, complaints = _checked(facts, found.lines)
        progress.comes_to(Step.COMPARING)
        complaints += _beside_what_is_held(facts, rows)
        warnings = [Complaint(line.number, "", "", words, Complaint.WARNING) for line, words in found.close]
        compared = _compare(facts, [] if complaints else rows, pupils)
        preview = _preview(compared, whose, complaints, warnings)
        told = {"dropped": dropped, "ignored": ignored, "sentence": others_in_words(found, whose)}
        return rows, preview | told

    def compare_again(made: Import) -> tuple[Compared, Preview]:
        pupils = pupils_of(made.organisation)
        compared = _compare(facts, made.rows, pupils)
        kept = {name: made.preview.get(name) for name in ("dropped", "ignored", "sentence")}
        told = _preview(compared, made.organisation, [], [])
        told["warnings"] = made.preview.get("warnings", [])
        told["counts"]["warnings"] = len(told["warnings"])
        return compared, told | kept

    def land(made: Import, compared: Compared, by: Any, progress: Progress) -> Preview:
        source = f"{facts.name} {made.file_name}, brought on {made.at:%d.%m.%Y}"
        for row, pupil, _ in compared.changes:
            _land_line(facts, pupil, row, by, source)
            progress.step(of=len(compared.changes))
        return {}

    return FileKind(
        name=facts.name,
        read=read,
        compare=compare_again,
        land=land,
        columns=facts.all_columns,
        required=facts.all_required,
        read_table=read_lines,
        of_schools=True,
        most_files=MOST_TABLES if facts.census else 1,
        joined=partial(_joined, facts),
        of_virtual_schools=facts.for_virtual_schools,
    )


def _land_line(facts: SchoolFacts, pupil: Pupil, row: Row, by: Any, source: str) -> None:
    """What a rule refuses is said of the line, so that it can be mended."""
    try:
        facts.land(pupil.pk, row, by=by, source=source)
    except (Refused, NotPermitted) as refusal:
        raise Refused(f"Line {row['line']}: {refusal}") from refusal


def _joined(facts: SchoolFacts, files: Sequence[Brought]) -> Sequence[Brought]:
    """One list: of the census tables, or of a file that has another shape."""
    if facts.census:
        files = joined(files, to=facts.census)
    return facts.rewritten(files)


def _checked(facts: SchoolFacts, lines: list[tuple[Line, Pupil]]) -> tuple[list[Row], list[Complaint]]:
    """The lines of pupils who are known, read; what is wrong in one, and with two that say the same thing twice."""
    readers = {name: column.reader for name, column in facts.columns.items() if name not in facts.apart}
    rows: list[Row] = []
    complaints: list[Complaint] = []
    first: dict[Any, int] = {}
    things = [(thing, pupil) for whole, pupil in lines for thing in facts.things(whole)]
    for line, pupil in things:
        values, wrong = read_cells(line, readers)
        if not wrong:
            wrong = [Complaint.about(line, name, sentence) for name, sentence in facts.about_line(values)]
        if not wrong and (before := first.setdefault((pupil.pk, facts.thing(values)), line.number)) != line.number:
            wrong = [Complaint.about(line, "", f"Line {before} tells the same of this pupil. Keep one of the two.")]
        complaints += wrong
        if not wrong:
            rows.append({"line": line.number, "pupil_id": pupil.pk, **values})
    return rows, complaints


def _beside_what_is_held(facts: SchoolFacts, rows: list[Row]) -> list[Complaint]:
    held = facts.held({row["pupil_id"] for row in rows})
    found = ((row["line"], facts.problem(row, held)) for row in rows)
    return [Complaint(line, "", "", sentence, Complaint.REFUSED) for line, sentence in found if sentence]


def _compare(facts: SchoolFacts, rows: list[Row], pupils: Mapping[int, Pupil]) -> Compared:
    """Each line beside what Trellis holds; those of pupils who have left since are left out."""
    theirs = [row for row in rows if row["pupil_id"] in pupils]
    held = facts.held({row["pupil_id"] for row in theirs})
    said = [(row, pupils[row["pupil_id"]], facts.change(row, held)) for row in theirs]
    changes = [(row, pupil, change) for row, pupil, change in said if change is not None]
    return Compared(changes, len(said) - len(changes))


def _preview(compared: Compared, whose: Whose, complaints: list[Complaint], warnings: list[Complaint]) -> Preview:
    changes = compared.changes
    return {
        "counts": {
            "new": 0, "changed": len(changes), "unchanged": compared.unchanged, "gone": 0, "questions": 0,
            "refused": len({complaint.line for complaint in complaints}), "warnings": len(warnings),
        },
        "new": [], "gone": [], "questions": [],
        "changed": [
            {
                "line": row["line"], "name": shown_as(pupil, whose), "pupil_id": pupil.pk, "what": change.what,
                "was": change.was, "now": change.now, "follows": change.follows,
            }
            for row, pupil, change in changes
        ],
        "refused": [complaint.as_dict() for complaint in complaints],
        "warnings": [warning.as_dict() for warning in warnings],
    }  # fmt: skip

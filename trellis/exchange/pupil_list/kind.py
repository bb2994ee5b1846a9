"""The weekly pupil list of a Virtual School: all children its authority looks after, one a line."""

from collections.abc import Sequence
from typing import Any

from trellis.conduct import clock
from trellis.conduct.refusals import Refused
from trellis.exchange import reading
from trellis.exchange.cells import not_taken
from trellis.exchange.kinds import Brought, FileKind, Preview, Question, Rows
from trellis.exchange.models import Import, QuestionAnswer, QuestionKind, Step
from trellis.exchange.progress import Progress
from trellis.exchange.pupil_list import compare, landing, rules
from trellis.exchange.pupil_list.columns import PUPIL_COLUMNS
from trellis.exchange.pupil_list.follows import say_beneath
from trellis.exchange.pupil_list.rules import ListedChild
from trellis.exchange.reading import Table
from trellis.organisations.models import VirtualSchool


def read(files: Sequence[Brought], virtual_school: VirtualSchool | None, progress: Progress) -> tuple[Rows, Preview]:
    if virtual_school is None:
        raise Refused("Say for which Virtual School the pupil list is.")
    return read_lines(reading.read_table(files[0].content, required=rules.REQUIRED), virtual_school, progress)


def read_lines(table: Table, virtual_school: VirtualSchool, progress: Progress) -> tuple[Rows, Preview]:
    progress.comes_to(Step.CHECKING)
    today = clock.today()
    dropped, ignored = table.columns_not_taken(rules.COLUMNS)
    known_urns = set(compare.schools_named(line.cells.get("school_urn", "").strip() for line in table.lines))
    children, complaints = rules.check_list(table.lines, known_urns, today)
    progress.comes_to(Step.COMPARING)
    refused = any(complaint.weight == complaint.REFUSED for complaint in complaints)
    comparison = compare.Comparison() if refused else compare.compare(children, virtual_school, today)
    told = [*complaints, *comparison.complaints, *not_taken(table.notes)]
    comparison.complaints = sorted(told, key=lambda c: c.line)
    preview = say_beneath(compare.as_preview(comparison, dropped, ignored), comparison, virtual_school)
    return [child.as_dict() for child in children], preview


def compare_again(made: Import) -> tuple[compare.Comparison, Preview]:
    """The list beside what Trellis holds at this moment, with the warnings it was read with."""
    children = [ListedChild.from_dict(row) for row in made.rows]
    assert made.virtual_school is not None
    comparison = compare.compare(children, made.virtual_school, clock.today())
    if comparison.is_refused:
        raise Refused(next(c.sentence for c in comparison.complaints if c.weight == c.REFUSED))
    preview = compare.as_preview(comparison, made.preview["dropped"], made.preview["ignored"])
    say_beneath(preview, comparison, made.virtual_school)
    warnings = made.preview["warnings"]
    counts = preview["counts"] | {"warnings": len(warnings)}
    return comparison, preview | {"warnings": warnings, "counts": counts}


def land(made: Import, comparison: compare.Comparison, by: Any, progress: Progress) -> Preview:
    return {"landed": landing.land_pupil_list(made, comparison, by=by, progress=progress)}


SAME_OR_ANOTHER = Question((QuestionAnswer.SAME, QuestionAnswer.DIFFERENT), landing.settle)
PUPIL_LIST = FileKind(
    name="weekly pupil list",
    read=read,
    compare=compare_again,
    land=land,
    columns=PUPIL_COLUMNS,
    required=rules.REQUIRED,
    read_table=read_lines,
    questions={
        QuestionKind.TWIN: SAME_OR_ANOTHER,
        QuestionKind.OTHER_BIRTHDAY: SAME_OR_ANOTHER,
        QuestionKind.CARE_ELSEWHERE: SAME_OR_ANOTHER,
        QuestionKind.OTHER_NAME: SAME_OR_ANOTHER,
    },
)

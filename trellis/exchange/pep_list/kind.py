"""PEPs that are kept in another system: the day, the quality and the targets of each, one target a line."""

from collections.abc import Sequence
from typing import Any

from trellis.conduct.refusals import Refused
from trellis.exchange import reading
from trellis.exchange.cells import not_taken
from trellis.exchange.kinds import Brought, FileKind, Preview, Question, Rows
from trellis.exchange.models import Import, QuestionAnswer, QuestionKind, Step
from trellis.exchange.pep_list import compare, landing, rules
from trellis.exchange.pep_list.columns import PEP_COLUMNS
from trellis.exchange.progress import Progress
from trellis.exchange.reading import Table
from trellis.organisations.models import VirtualSchool


def read(files: Sequence[Brought], virtual_school: VirtualSchool | None, progress: Progress) -> tuple[Rows, Preview]:
    if virtual_school is None:
        raise Refused("Say for which Virtual School the PEPs are.")
    return read_lines(reading.read_table(files[0].content, required=rules.REQUIRED), virtual_school, progress)


def read_lines(table: Table, virtual_school: VirtualSchool, progress: Progress) -> tuple[Rows, Preview]:
    progress.comes_to(Step.CHECKING)
    dropped, ignored = table.columns_not_taken(rules.COLUMNS)
    rows, complaints = rules.check_peps(table.lines)
    progress.comes_to(Step.COMPARING)
    comparison = compare.compare_peps(rows, virtual_school, [*complaints, *not_taken(table.notes)])
    return rows, compare.as_preview(comparison, dropped, ignored)


def compare_again(made: Import) -> tuple[compare.Comparison, Preview]:
    assert made.virtual_school is not None
    comparison = compare.compare_peps(made.rows, made.virtual_school, [])
    if comparison.is_refused:
        raise Refused(comparison.complaints[0].sentence)
    return comparison, compare.as_preview(comparison, made.preview["dropped"], made.preview["ignored"])


def land(made: Import, comparison: compare.Comparison, by: Any, progress: Progress) -> Preview:
    landing.land_peps(made, comparison, by=by, progress=progress)
    return {}


PEP_LIST = FileKind(
    name="PEPs kept in another system",
    read=read,
    compare=compare_again,
    land=land,
    columns=PEP_COLUMNS,
    required=rules.REQUIRED,
    read_table=read_lines,
    questions={
        QuestionKind.TARGET_GONE: Question(
            (QuestionAnswer.ENDED, QuestionAnswer.GOES_ON), landing.settle_target, about="a target that left the file"
        )
    },
)

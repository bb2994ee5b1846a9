"""The yearly looked-after return (SSDA903): several tables, of which care before today and the SDQ are taken."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from trellis.conduct import clock
from trellis.conduct.refusals import Refused
from trellis.exchange import reading
from trellis.exchange.kinds import Brought, FileKind, Preview, Question, Rows
from trellis.exchange.models import Import, QuestionAnswer, QuestionKind, Step
from trellis.exchange.progress import Progress
from trellis.exchange.reading import Unreadable
from trellis.exchange.reading.tables import find_headings, table_under
from trellis.exchange.reading.xml import is_xml
from trellis.exchange.ssda903 import compare, landing, returned, rules, tables, xml
from trellis.exchange.ssda903.compare import Comparison
from trellis.exchange.ssda903.returned import Return, ReturnedChild
from trellis.exchange.ssda903.tables import BY_NAME, Remark, Row
from trellis.organisations.models import VirtualSchool

MOST_FILES = 15
NO_YEAR = "No time in care with a date was found, so the year of the return is not known. Bring Episodes too."
NOT_ITS_HEADINGS = (
    "These are not the headings of a table of the return. Bring its tables as they were sent in, or choose what this "
    "file holds."
)
NO_TABLE = "No file is a table of the yearly return: none has its headings, such as CHILD, DECOM, RNE, LS, CIN, PLACE."


def read(files: Sequence[Brought], virtual_school: VirtualSchool | None, progress: Progress) -> tuple[Rows, Preview]:
    if virtual_school is None:
        raise Refused("Say for which Virtual School the return is.")
    rows, told, remarks = _read_files(files)
    if not told["tables"]:
        raise Unreadable(_why_no_table(told["not_read"]))
    today = clock.today()
    year_ended = returned.year_of(rows.get("episodes", []), today)
    if year_ended is None:
        raise Unreadable(NO_YEAR)
    progress.comes_to(Step.CHECKING)
    for of_table in rows.values():
        remarks += tables.read_cells(of_table, year_ended.year)
    whole = Return(year_ended, rows)
    children, about_children = returned.children_in(whole, today)
    remarks += [*about_children, *returned.told_twice(whole), *rules.advice_on(whole)]
    told |= rules.sorted_out(remarks) | {"year_ended": year_ended.isoformat(), "whole": "episodes" in rows}
    progress.comes_to(Step.COMPARING)
    comparison = compare.compare(children, virtual_school, year_ended, whole="episodes" in rows)
    return [child.as_dict() for child in children], compare.as_preview(comparison, told)


def _read_files(files: Sequence[Brought]) -> tuple[dict[str, list[Row]], dict[str, Any], list[Remark]]:
    """The rows of all files by table, what is said of each file, and remarks. A file that is none of the tables is
    named and left; the others are read."""
    rows: dict[str, list[Row]] = {}
    told: dict[str, Any] = {"tables": [], "not_read": [], "dropped": [], "ignored": []}
    remarks: list[Remark] = []
    for file in files:
        try:
            for part in _parts_of(file):
                read, about = tables.rows_of(file.name, part.table, part.recognised, is_grid=part.is_grid)
                remarks += about
                rows.setdefault(part.recognised.shape.name, []).extend(read)
                _tell(told, file.name, part.recognised, len(read))
        except Unreadable as unreadable:
            told["not_read"].append({"file": file.name, "sentence": str(unreadable)})
    return rows, told, remarks


def _parts_of(file: Brought) -> list["xml.Part"]:
    if is_xml(file.content):
        return xml.parts_of(file.content)
    found = find_headings(reading.sheets_of(reading.Brought(file.name, file.content)), tables.is_a_column)
    parts = []
    for one in found:
        if recognised := tables.recognise(one.headings):
            parts.append(xml.Part(table_under(one, file.content), recognised, is_grid=one.sheet.is_grid))
    if not parts:
        raise Unreadable(NOT_ITS_HEADINGS)
    return parts


def _tell(told: dict[str, Any], file: str, recognised: tables.Recognised, count: int) -> None:
    shape = BY_NAME[recognised.shape.name]
    told["tables"].append({"file": file, "table": shape.title, "rows": count, "kept": shape.kept})
    told["dropped"] = sorted({*told["dropped"], *recognised.addresses})
    told["ignored"] = sorted({*told["ignored"], *recognised.unknown})


def _why_no_table(not_read: list[dict[str, str]]) -> str:
    return not_read[0]["sentence"] if len(not_read) == 1 else NO_TABLE


def compare_again(made: Import) -> tuple[Comparison, Preview]:
    """The children of the return beside what Trellis holds at this moment; what was said of the files stays."""
    assert made.virtual_school is not None
    told = made.preview["return"] | {"dropped": made.preview["dropped"], "ignored": made.preview["ignored"]}
    children = [ReturnedChild.from_dict(row) for row in made.rows]
    year_ended = date.fromisoformat(told["year_ended"])
    comparison = compare.compare(children, made.virtual_school, year_ended, whole=told["whole"])
    return comparison, compare.as_preview(comparison, told)


def land(made: Import, comparison: Comparison, by: Any, progress: Progress) -> Preview:
    landing.land_return(made, comparison, by=by, progress=progress)
    return {}


OURS_OR_THEIRS = Question(
    (QuestionAnswer.OURS, QuestionAnswer.THEIRS, QuestionAnswer.WAIT), landing.settle, about="a child of the return"
)
YEARLY_RETURN = FileKind(
    name="yearly looked-after return",
    read=read,
    compare=compare_again,
    land=land,
    most_files=MOST_FILES,
    questions={
        QuestionKind.CARE_OVERLAPS: OURS_OR_THEIRS,
        QuestionKind.RETURN_OVERLAPS: OURS_OR_THEIRS,
        QuestionKind.RETURN_BIRTHDAY: OURS_OR_THEIRS,
        QuestionKind.ADULT: OURS_OR_THEIRS,
        QuestionKind.NOT_RETURNED: Question(
            (QuestionAnswer.OURS, QuestionAnswer.WAIT), landing.settle, about="a child who is not in the return"
        ),
    },
)

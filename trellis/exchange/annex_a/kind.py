"""Ofsted's SEND Annex A, lists 1 (with an EHC plan) and 2 (SEN support): the SEN of children in care, and what their
plans' days are."""

from collections.abc import Sequence
from typing import Any

from trellis.conduct import clock
from trellis.conduct.refusals import Refused
from trellis.exchange.annex_a import compare, landing, tables
from trellis.exchange.annex_a.tables import AnnexList, ListedPupil, Remark
from trellis.exchange.kinds import Brought, FileKind, Preview, Rows
from trellis.exchange.models import Import, Step
from trellis.exchange.progress import Progress
from trellis.exchange.reading import Unreadable, looks_like_an_address
from trellis.organisations.models import VirtualSchool

MOST_FILES = 2
TWO_OF_ONE = "List {number} stands there twice. Bring the workbook that counts, or each list once."


def read(files: Sequence[Brought], virtual_school: VirtualSchool | None, progress: Progress) -> tuple[Rows, Preview]:
    """Only the lines of children whom the authority looks after are kept; of the others no more than how many."""
    if virtual_school is None:
        raise Refused("Say for which Virtual School the lists are.")
    today = clock.today()
    lists = [one for file in files for one in tables.lists_in(file)]
    for number in (1, 2):
        if sum(one.number == number for one in lists) > 1:
            raise Unreadable(TWO_OF_ONE.format(number=number))
    progress.comes_to(Step.CHECKING)
    pupils: list[ListedPupil] = []
    remarks: list[Remark] = []
    for one in lists:
        read_here, about = tables.read_lines(one, today)
        pupils += read_here
        remarks += about
    doubles = tables.told_twice(pupils)
    doubled = {(remark.list_number, remark.line) for remark in doubles}
    once = [pupil for pupil in pupils if (pupil.list_number, pupil.line) not in doubled]
    progress.comes_to(Step.COMPARING)
    told = _told(lists, remarks + doubles, once)
    comparison = compare.compare(once, virtual_school, today, lists=[one.number for one in lists])
    rows = [placing.row.as_dict() for placing in comparison.placings]
    return rows, compare.as_preview(comparison, told, today)


def _told(lists: list[AnnexList], remarks: list[Remark], once: list[ListedPupil]) -> dict[str, Any]:
    """What is said of the files themselves."""
    others = sorted({heading for one in lists for heading in one.others})
    ordered = sorted(remarks, key=lambda remark: (remark.list_number, remark.line))
    return {
        "lists": [
            {"number": one.number, "file": one.file, "sheet": one.table.sheet, "lines": len(one.table.lines)}
            for one in lists
        ],
        "lines": len(once),
        "remarks": [remark.as_dict() for remark in ordered],
        "sums": sorted({heading for one in lists for heading in one.sums}),
        "dropped": [heading for heading in others if looks_like_an_address(heading)],
        "ignored": [heading for heading in others if not looks_like_an_address(heading)],
    }  # fmt: skip


def compare_again(made: Import) -> tuple[compare.Comparison, Preview]:
    """The lines that were kept beside what Trellis holds at this moment; what was said of the files stays."""
    assert made.virtual_school is not None
    today = clock.today()
    told = made.preview["annex"]
    told = {name: told[name] for name in ("lists", "lines", "remarks", "sums", "dropped", "ignored")}
    pupils = [ListedPupil.from_dict(row) for row in made.rows]
    lists = [one["number"] for one in told["lists"]]
    comparison = compare.compare(pupils, made.virtual_school, today, lists=lists)
    return comparison, compare.as_preview(comparison, told, today)


def land(made: Import, comparison: compare.Comparison, by: Any, progress: Progress) -> Preview:
    landing.land_lists(comparison, by=by, progress=progress)
    return {}


ANNEX_A = FileKind(name="SEND Annex A", read=read, compare=compare_again, land=land, most_files=MOST_FILES)

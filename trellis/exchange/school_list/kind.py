"""The list of schools as Get Information About Schools (GIAS) gives it out, with its links to successors: a file of
either, both at once, or the zip of both."""

from collections.abc import Sequence
from typing import Any

from trellis.exchange import reading
from trellis.exchange.kinds import Brought, FileKind, Preview, Rows
from trellis.exchange.models import Import, Step
from trellis.exchange.progress import Progress
from trellis.exchange.reading.limits import LARGEST_IN_ZIP
from trellis.exchange.school_list import compare, landing, rules
from trellis.organisations.models import VirtualSchool

MOST_FILES = 2
LOOKED_AT = 4096  # bytes, to tell a table of links by its headings


def read(files: Sequence[Brought], virtual_school: VirtualSchool | None, progress: Progress) -> tuple[Rows, Preview]:
    rows: Rows = []
    complaints, ignored = [], []
    for file in [one for brought in files for one in reading.unzipped(brought, largest=LARGEST_IN_ZIP)]:
        check, required, columns = _table_of(file)
        table = reading.read_table(file.content, required=required, largest=LARGEST_IN_ZIP, only=columns)
        progress.comes_to(Step.CHECKING)
        found, about_lines = check(table.lines)
        rows += found
        complaints += about_lines
        ignored += table.columns_not_taken(columns)[1]
    progress.comes_to(Step.COMPARING)
    rows, left = compare.without_others_schools(rows, virtual_school)
    return rows, compare.compare_schools(rows, [*complaints, *left], ignored)


def _table_of(file: Brought) -> tuple[Any, Sequence[str], Any]:
    """How a file is read: schools, or links between them."""
    if b"LinkURN" in file.content[:LOOKED_AT].replace(b"\x00", b""):
        return rules.check_links, rules.LINKS_REQUIRED, rules.LINKS
    return rules.check_schools, rules.REQUIRED, rules.COLUMNS


def as_it_was(made: Import) -> tuple[None, Preview]:
    """A school list says of each school what is true now; it may land whatever changed meanwhile."""
    return None, made.preview


def land(made: Import, comparison: None, by: Any, progress: Progress) -> Preview:
    landing.land_schools(made, by=by, progress=progress)
    return {}


SCHOOL_LIST = FileKind(
    name="list of schools", read=read, compare=as_it_was, land=land, is_everybodys=True, most_files=MOST_FILES
)

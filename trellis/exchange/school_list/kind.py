"""The list of schools as Get Information About Schools (GIAS) gives it out."""

from collections.abc import Sequence
from typing import Any

from trellis.exchange import reading
from trellis.exchange.kinds import Brought, FileKind, Preview, Rows
from trellis.exchange.models import Import
from trellis.exchange.progress import Progress
from trellis.exchange.school_list import compare, landing, rules
from trellis.organisations.models import VirtualSchool


def read(files: Sequence[Brought], virtual_school: VirtualSchool | None) -> tuple[Rows, Preview]:
    table = reading.read_table(files[0].content, required=rules.REQUIRED)
    _, ignored = table.columns_not_taken(rules.COLUMNS)
    rows, complaints = rules.check_schools(table.lines)
    rows, left = compare.without_others_schools(rows, table.lines, virtual_school)
    return rows, compare.compare_schools(rows, [*complaints, *left], ignored)


def as_it_was(made: Import) -> tuple[None, Preview]:
    """A school list says of each school what is true now; it may land whatever changed meanwhile."""
    return None, made.preview


def land(made: Import, comparison: None, by: Any, progress: Progress) -> Preview:
    landing.land_schools(made, by=by, progress=progress)
    return {}


SCHOOL_LIST = FileKind(name="list of schools", read=read, compare=as_it_was, land=land, is_everybodys=True)

"""What was agreed before of lists like this one, and a list read by it."""

from typing import Any

from trellis.conduct import clock
from trellis.exchange.cells import Complaint
from trellis.exchange.kinds import FileKind, Preview, Rows, Whose
from trellis.exchange.mapping import answers
from trellis.exchange.mapping.answers import Answers, TheirTable
from trellis.exchange.models import ColumnMapping
from trellis.exchange.progress import Progress
from trellis.organisations.models import Organisation

MOST_LOOKED_AT = 50  # of the newest


def agreed_for(table: TheirTable, kind: str, organisation: Organisation) -> ColumnMapping | None:
    """The newest mapping of a list with the most of these headings; None when none shares half of them."""
    mappings = list(ColumnMapping.objects.of(kind, organisation)[:MOST_LOOKED_AT])
    shared = {mapping.pk: len(set(table.offered) & mapping.columns.keys()) for mapping in mappings}
    best = max(mappings, key=lambda mapping: (shared[mapping.pk], mapping.pk), default=None)
    return best if best is not None and shared[best.pk] * 2 >= len(table.offered) else None


def answers_of(mapping: ColumnMapping | None, table: TheirTable) -> Answers:
    """What was said of this table's headings and words."""
    if mapping is None:
        return Answers()
    columns = {heading: name for heading, name in mapping.columns.items() if heading in table.headings}
    return Answers(columns, mapping.codes, mapping.day_order)


def read_as_said(
    kind: FileKind, table: TheirTable, said: Answers, whose: Whose, progress: Progress
) -> tuple[Rows, Preview]:
    """The lines and the preview, told in the headings that the list itself has."""
    assert kind.read_table is not None
    ours, notes = answers.as_ours(table, kind.columns, said, clock.today())
    rows, preview = kind.read_table(ours, whose, progress)
    theirs = {name: heading for heading, name in said.columns.items() if name}
    preview["warnings"] = [*_told(notes), *preview["warnings"]]
    preview["counts"]["warnings"] = len(preview["warnings"])
    for part in ("refused", "warnings"):
        preview[part] = [row | {"column": theirs.get(row["column"], row["column"])} for row in preview[part]]
    return rows, preview


def _told(complaints: list[Complaint]) -> list[dict[str, Any]]:
    return [complaint.as_dict() for complaint in complaints]

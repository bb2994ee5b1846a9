"""What waits for the job that reads it: files, kept privately until then, and tables that were just explained."""

from collections.abc import Sequence

from trellis.exchange.mapping.answers import TheirTable
from trellis.exchange.models import BroughtFile, Import
from trellis.exchange.reading import Brought

READ_AT_ONCE = 1_000_000  # bytes, together: some 7,000 lines of a weekly list, about two seconds
LINES_AT_ONCE = 7_000
PACKED = 8  # times smaller than it was, in a workbook or a zip


def are_read_at_once(files: Sequence[Brought]) -> bool:
    """Whether whoever brings them need not wait longer than for any page."""
    return sum(_weight(file.content) for file in files) <= READ_AT_ONCE


def is_read_at_once(table: TheirTable) -> bool:
    return len(table.lines) <= LINES_AT_ONCE


def _weight(content: bytes) -> int:
    return len(content) * (PACKED if content.startswith(b"PK") else 1)


def keep(made: Import, files: Sequence[Brought]) -> None:
    """Keep the files until they are read."""
    BroughtFile.objects.bulk_create(
        BroughtFile(of_import=made, name=file.name[-200:].replace("\x00", ""), content=file.content) for file in files
    )


def kept(made: Import) -> list[Brought]:
    """The files that wait to be read, as they were brought."""
    return [Brought(file.name, bytes(file.content)) for file in made.brought_files.order_by("pk")]


def forget(made: Import) -> None:
    """Nothing of the files is kept: neither what was read of them nor what was not."""
    made.brought_files.update(content=b"")

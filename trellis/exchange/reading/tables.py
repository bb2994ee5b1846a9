"""Finding the table among the lines of a file: titles above it, notes and totals beneath it are not of it."""

import hashlib
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from trellis.exchange.reading.limits import LARGEST_FILE
from trellis.exchange.reading.sheets import Brought, Row, Sheet, Unreadable, named, sheets_of

ADDRESS_WORDS = re.compile(r"address|post_?\s*code|street|locality|\btown|county|home_post|pl_post|uprn", re.IGNORECASE)
NOT_ADDRESSES = re.compile(r"e-?mail", re.IGNORECASE)
TOTALS = re.compile(r"^(grand |sub-?)?totals?\b|^count\b|^sum\b|^number of (children|pupils|rows)\b", re.IGNORECASE)
HEADINGS_WITHIN = 30  # lines: so far down the line of headings is looked for
FEW = 5  # columns: in a table as narrow as this a line of one cell may well be a line of it


@dataclass(frozen=True)
class Line:
    """A line of the file under its headings, a short one without the last of them; ``number`` counts from 1 for the
    first line of the file, as an editor does."""

    number: int
    cells: dict[str, str]
    cell_count: int
    heading_count: int


@dataclass(frozen=True)
class Table:
    """``left_out``: the lines beneath the headings that are notes or totals."""

    headings: list[str]
    lines: list[Line]
    sha256: str
    sheet: str = ""
    left_out: list[Row] = field(default_factory=list)

    @property
    def notes(self) -> list[tuple[int, str]]:
        """(number, beginning) of the lines that are notes or totals."""
        return [(row.number, " ".join(row.filled)[:60]) for row in self.left_out]

    def columns_not_taken(self, taken: Collection[str]) -> tuple[list[str], list[str]]:
        """The headings we leave out: those that look like an address, and the others."""
        left = [heading for heading in self.headings if heading and heading not in taken]
        addresses = [heading for heading in left if looks_like_an_address(heading)]
        return addresses, [heading for heading in left if heading not in addresses]


@dataclass(frozen=True)
class Found:
    """A sheet that may hold the table: where its line of headings stands, and how well it fits."""

    sheet: Sheet
    at: int  # in sheet.rows
    fits: int

    @property
    def headings(self) -> list[str]:
        return [" ".join(cell.split()) for cell in self.sheet.rows[self.at].cells]


def looks_like_an_address(heading: str) -> bool:
    return bool(ADDRESS_WORDS.search(heading)) and not NOT_ADDRESSES.search(heading)


def read_table(
    content: bytes, *, required: Collection[str], largest: int = LARGEST_FILE, only: Collection[str] | None = None
) -> Table:
    """The table under our own headings in a CSV file or workbook, with ``only`` the cells that are wanted.
    Raises Unreadable with a sentence."""
    sheets = sheets_of(Brought("", content), largest=largest)
    found = find_headings(sheets, lambda heading: heading in required)
    best = found[0]
    missing = [heading for heading in required if heading not in best.headings]
    if missing and not best.fits and max(len(row.filled) for row in best.sheet.rows[:HEADINGS_WITHIN]) == 1:
        raise Unreadable(f"The file has one column only. Missing: {named(missing)}.")
    if missing:
        raise Unreadable(f"The line of headings must hold ours. Missing: {named(missing)}.")
    if len(found) > 1 and found[1].fits == best.fits:
        names = named([one.sheet.name for one in found if one.fits == best.fits])
        raise Unreadable(f"Several sheets hold such a list: {names}. Keep the one that counts, or bring it alone.")
    return table_under(best, content, only)


def find_headings(sheets: list[Sheet], knows: Callable[[str], bool]) -> list[Found]:
    """Of each sheet the line that holds the most headings we know, the first such; the sheets that fit best first."""
    found = []
    for sheet in sheets:
        fits = [len({cell for cell in _tidied(row) if knows(cell)}) for row in sheet.rows[:HEADINGS_WITHIN]]
        at = max(range(len(fits)), key=lambda number: fits[number])
        found.append(Found(sheet, at, fits[at]))
    return sorted(found, key=lambda one: -one.fits)


def _tidied(row: Row) -> list[str]:
    return [text for cell in row.cells if (text := " ".join(cell.split()))]


def table_under(
    found: Found, content: bytes, only: Collection[str] | None = None, *, headings: list[str] | None = None
) -> Table:
    """The lines beneath the headings, or under ``headings`` in their place. Raises Unreadable when one stands there
    twice."""
    headings = headings or found.headings
    doubled = sorted({heading for heading in headings if heading and headings.count(heading) > 1})
    if doubled:
        raise Unreadable(f"These headings stand there twice: {named(doubled)}. Keep one of each.")
    if found.sheet.is_grid:
        while headings and not headings[-1]:
            headings = headings[:-1]
    width = len(headings)
    wanted = {heading for heading in headings if heading and (only is None or heading in only)}
    lines, left_out = [], []
    for row in found.sheet.rows[found.at + 1 :]:
        if is_note_or_total(row, width):
            left_out.append(row)
            continue
        cells = row.cells[:width] if found.sheet.is_grid else row.cells
        under = {heading: cell for heading, cell in zip(headings, cells, strict=False) if heading in wanted}
        if found.sheet.is_grid and not any(under.values()):
            continue
        lines.append(Line(row.number, under, len(cells), width))
    return Table(headings, lines, hashlib.sha256(content).hexdigest(), found.sheet.name, left_out)


def is_note_or_total(row: Row, width: int) -> bool:
    """A line that says how many there are, or one with a sentence in its only cell. A line of fewer words than a
    sentence is left in: it may be a child of whom little is known, and is then told as a line to mend."""
    filled = row.filled
    if width <= FEW or len(filled) > max(2, width // 3):
        return False
    if TOTALS.match(filled[0].strip()):
        return True
    return len(filled) == 1 and len(filled[0].split()) > 2

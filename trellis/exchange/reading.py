"""Reading a CSV file that somebody chose: every file is either a table or a sentence that says what is wrong."""

import csv
import hashlib
import io
import re
from collections.abc import Collection
from dataclasses import dataclass

from trellis.conduct.refusals import Refused

LARGEST_FILE = 10 * 1024 * 1024  # bytes
MOST_LINES = 100_000
MOST_COLUMNS = 400  # the download of all school columns has about 140
MOST_NAMED = 8
ADDRESS_WORDS = re.compile(r"address|post_?\s*code|street|locality|\btown|county|home_post|pl_post|uprn", re.IGNORECASE)
NOT_ADDRESSES = re.compile(r"e-?mail", re.IGNORECASE)


class Unreadable(Refused):
    """The file is not the table we asked for."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, field="file")


@dataclass(frozen=True)
class Line:
    """A line of the file under its headings, a short one without the last of them; ``number`` counts from 1 for the
    line of headings, as an editor does."""

    number: int
    cells: dict[str, str]
    cell_count: int
    heading_count: int


@dataclass(frozen=True)
class Table:
    headings: list[str]
    lines: list[Line]
    sha256: str

    def columns_not_taken(self, taken: Collection[str]) -> tuple[list[str], list[str]]:
        """The headings we leave out: those that look like an address, and the others."""
        left = [heading for heading in self.headings if heading and heading not in taken]
        addresses = [heading for heading in left if looks_like_an_address(heading)]
        return addresses, [heading for heading in left if heading not in addresses]


def looks_like_an_address(heading: str) -> bool:
    return bool(ADDRESS_WORDS.search(heading)) and not NOT_ADDRESSES.search(heading)


def read_table(content: bytes, *, required: Collection[str]) -> Table:
    """The table in a CSV file, in UTF-8 or Windows-1252, with commas. Raises Unreadable with a sentence."""
    text = _text_of(content)
    lines = _lines_of(text)
    if not lines:
        raise Unreadable("The file is empty. Choose the file with the list.")
    headings = _headings_of(lines[0][1], required)
    width = len(headings)
    return Table(
        headings=headings,
        lines=[
            Line(number, dict(zip(headings, cells, strict=False)), len(cells), width) for number, cells in lines[1:]
        ],
        sha256=hashlib.sha256(content).hexdigest(),
    )


def _text_of(content: bytes) -> str:
    if len(content) > LARGEST_FILE:
        raise Unreadable(f"The file is larger than {LARGEST_FILE // 1024 // 1024} MB. Choose the list alone.")
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise Unreadable("This is an Excel workbook. In Excel choose Save as, then “CSV UTF-8”, and bring that file.")
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise Unreadable("This file is in UTF-16. In Excel choose Save as, then “CSV UTF-8”, and bring that file.")
    if b"\x00" in content:
        raise Unreadable("This is not a text file. Choose the list saved as CSV.")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable("The letters of this file cannot be read. Save it as “CSV UTF-8” and bring that file.")


def _lines_of(text: str) -> list[tuple[int, list[str]]]:
    """Each line that holds something, with the number of the physical line on which it begins."""
    reader = csv.reader(io.StringIO(text, newline=""))
    lines, begins = [], 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                lines.append((begins, cells))
            begins = reader.line_num + 1
            if len(lines) > MOST_LINES:
                raise Unreadable(f"The file has more than {MOST_LINES:,} lines. Choose the list alone.")
    except csv.Error as error:
        raise Unreadable(
            f"The file cannot be read from line {begins} on: a quotation mark may be open, or a cell very long."
        ) from error
    return lines


def _headings_of(cells: list[str], required: Collection[str]) -> list[str]:
    if len(cells) > MOST_COLUMNS:
        raise Unreadable(f"The file has more than {MOST_COLUMNS} columns. Choose the list alone.")
    headings = [cell.strip() for cell in cells]
    missing = [heading for heading in required if heading not in headings]
    if missing and len(headings) == 1 and any(mark in headings[0] for mark in ";\t|"):
        raise Unreadable("The columns of this file are not separated by commas. Save it as CSV with commas.")
    if missing:
        raise Unreadable(f"The first line must hold our headings. Missing: {named(missing)}.")
    doubled = sorted({heading for heading in headings if heading and headings.count(heading) > 1})
    if doubled:
        raise Unreadable(f"These headings stand there twice: {named(doubled)}. Keep one of each.")
    return headings


def named(words: list[str]) -> str:
    """ "a, b, c and 12 others", cut so that a strange file makes no strange page."""
    shown = [word if len(word) <= 40 else word[:40] + "…" for word in words]
    if len(shown) <= MOST_NAMED:
        return ", ".join(shown)
    return f"{', '.join(shown[:MOST_NAMED])} and {len(shown) - MOST_NAMED} others"

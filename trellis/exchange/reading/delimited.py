"""Text with a mark between its cells: UTF-8, UTF-16 or Windows-1252; comma, semicolon, tab or bar, found by itself."""

import csv
import io
from collections import Counter

from trellis.exchange.reading.limits import MOST_COLUMNS, MOST_LINES
from trellis.exchange.reading.sheets import Row, Unreadable

MARKS = ",;\t|"
LOOKED_AT = 64 * 1024  # characters, to find the mark
UTF_16_BEGINS = (b"\xff\xfe", b"\xfe\xff")
NOT_TEXT = "This is not a text file. Choose the list, as an Excel workbook or CSV."
LETTERS = "The letters of this file cannot be read. Save it as “CSV UTF-8” and bring that file."


def text_of(content: bytes) -> str:
    if content.startswith(UTF_16_BEGINS):
        return _decoded(content, "utf-16")
    if b"\x00" in content:
        return _decoded(content, _utf_16_without_mark(content))
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable(LETTERS)


def _utf_16_without_mark(content: bytes) -> str:
    """In UTF-16 every other byte of mostly English text is zero: which ones says in which order the bytes stand."""
    sample = content[:4096]
    half = len(sample) // 2
    first, second = sample[::2].count(0), sample[1::2].count(0)
    if second > 0.4 * half and first < 0.1 * half:
        return "utf-16-le"
    if first > 0.4 * half and second < 0.1 * half:
        return "utf-16-be"
    raise Unreadable(NOT_TEXT)


def _decoded(content: bytes, encoding: str) -> str:
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        raise Unreadable(LETTERS) from None
    if "\x00" in text:
        raise Unreadable(NOT_TEXT)
    return text


def rows_of(text: str) -> list[Row]:
    """Each line that holds something, with the number of the physical line on which it begins."""
    text, mark, begins = _without_hint(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=mark or mark_of(text))
    rows, skipped = [], begins - 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                if len(cells) > MOST_COLUMNS:
                    raise Unreadable(f"The file has more than {MOST_COLUMNS} columns. Choose the list alone.")
                rows.append(Row(begins, cells))
            begins = reader.line_num + 1 + skipped
            if len(rows) > MOST_LINES:
                raise Unreadable(f"The file has more than {MOST_LINES:,} lines. Choose the list alone.")
    except csv.Error as error:
        raise Unreadable(
            f"The file cannot be read from line {begins} on: a quotation mark may be open, or a cell very long."
        ) from error
    return rows


def _without_hint(text: str) -> tuple[str, str, int]:
    """Excel may put ``sep=;`` on a line of its own before the list; what follows, the mark, the number of its line."""
    first, _, rest = text.partition("\n")
    hint = first.strip().strip('"').lower()
    if hint.startswith("sep=") and len(hint) <= 5:
        return rest, first.strip('\r"')[4:5] or "\t", 2
    return text, "", 1


def mark_of(text: str) -> str:
    """The mark under which most lines have the same number of cells, then the most cells; a comma when nothing tells.
    The line of headings tells a mark apart from one that merely stands within the cells of every other line."""
    return max(MARKS, key=lambda mark: _evenness(text[:LOOKED_AT], mark))


def _evenness(sample: str, mark: str) -> tuple[int, int]:
    try:
        widths = Counter(len(cells) for cells in csv.reader(io.StringIO(sample, newline=""), delimiter=mark))
    except csv.Error:
        return 0, 0
    return max(((lines, width) for width, lines in widths.items() if width > 1), default=(0, 0))

"""Workbooks as data: XLSX, XLSM, ODS and old XLS. Nothing in them runs: a macro is not looked at, a formula counts by
the value that was last worked out. How far the cells reach is found first, by a reader that keeps nothing."""

import io
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from xml.parsers import expat

import python_calamine as calamine

from trellis.exchange.reading import limits, zips
from trellis.exchange.reading.sheets import SAVE_AS, Row, Sheet, Unreadable

ZIP, OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
ODS = "application/vnd.oasis.opendocument.spreadsheet"
MANY_CELLS = f"The workbook holds more than {limits.MOST_CELLS:,} cells. Choose the list alone."
FAR_CELLS = "A cell of this workbook stands far away from its list. Copy the list alone into a new workbook."
WITH_ENTITIES = f"This workbook was not made by Excel or LibreOffice as they should. {SAVE_AS}"
ERRORS = ("#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#GETTING_DATA")
OLD_STREAMS = [  # what lies in an old container, by the names of its streams
    ("EncryptedPackage", zips.LOCKED),
    ("WordDocument", f"This is a Word document, not a list. {SAVE_AS}"),
    ("PowerPoint Document", f"This is a presentation, not a list. {SAVE_AS}"),
    ("__properties_version1.0", "This is a saved e-mail. Save the list that is attached to it, and bring that."),
]


def packed_workbook(content: bytes) -> list[Sheet]:
    """The sheets of an XLSX, XLSM or ODS. Raises Unreadable for any other zip."""
    packed = zips.opened(content)
    names = set(packed.namelist())
    if "xl/workbook.xml" in names:
        sheets = [entry for entry in packed.infolist() if entry.filename.startswith("xl/worksheets/")]
        _measure(packed, [entry for entry in sheets if entry.filename.endswith(".xml")], _XlsxReach)
        for name in ("xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml"):
            if name in names:
                _measure(packed, [packed.getinfo(name)], _Reach)
        return _read(content)
    if "mimetype" in names and zips.taken_out(packed, packed.getinfo("mimetype"))[:100].decode("latin-1") == ODS:
        _refuse_locked_ods(packed, names)
        _measure(packed, [packed.getinfo("content.xml")] if "content.xml" in names else [], _OdsReach)
        return _read(content)
    raise Unreadable(_what_else(names))


def _what_else(names: set[str]) -> str:
    if "xl/workbook.bin" in names:
        return "This is a binary workbook (.xlsb). In Excel choose Save as, then “Excel Workbook”, and bring that file."
    if "word/document.xml" in names:
        return f"This is a Word document, not a list. Copy the list into Excel. {SAVE_AS}"
    if "ppt/presentation.xml" in names:
        return "This is a presentation, not a list. Bring the list itself, as an Excel workbook or CSV."
    return "This is a zip file. Take the list out of it and bring that."


def _refuse_locked_ods(packed: zipfile.ZipFile, names: set[str]) -> None:
    manifest = "META-INF/manifest.xml"
    if manifest in names and b"encryption-data" in zips.taken_out(packed, packed.getinfo(manifest)):
        raise Unreadable(zips.LOCKED)


def old_workbook(content: bytes) -> list[Sheet]:
    """The sheets of an XLS of Excel 97 to 2003. Raises Unreadable for what else comes in that container."""
    if len(content) > limits.LARGEST_OLD_WORKBOOK:
        raise Unreadable(f"This is a large workbook of an old kind. {SAVE_AS}")
    for stream, sentence in OLD_STREAMS:
        if stream.encode("utf-16-le") in content:
            raise Unreadable(sentence)
    return _read(content)


# --- how far the cells reach -----------------------------------------------------------------------------------------


class _TooFar(Exception):
    """Stops the parser; the text is the sentence."""


@dataclass
class _Reach:
    """What a part of a workbook holds. Refuses definitions of entities, of which no honest workbook has any."""

    cells: int = 0
    area: int = 0

    def refuse(self, *declared: Any) -> None:
        raise _TooFar(WITH_ENTITIES)

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        pass

    def end(self, tag: str) -> None:
        pass

    def _hold(self, cells: int, last_line: int, last_column: int) -> None:
        self.cells += cells
        self.area = max(self.area, last_line * last_column)
        if self.cells > limits.MOST_CELLS:
            raise _TooFar(MANY_CELLS)
        if self.area > limits.MOST_AREA:
            raise _TooFar(FAR_CELLS)


@dataclass
class _XlsxReach(_Reach):
    line: int = 0
    column: int = 0
    widest: int = 0
    is_cell: bool = False

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "row":
            self.line, self.column = _number(attributes.get("r"), self.line + 1), 0
        elif name == "c":
            self.line, self.column = _place(attributes.get("r", ""), self.line, self.column)
            self.is_cell = True
        elif self.is_cell and name in {"v", "is"}:
            self.widest, self.is_cell = max(self.widest, self.column), False
            self._hold(1, self.line, self.widest)

    def end(self, tag: str) -> None:
        if tag.rpartition(":")[2] == "c":
            self.is_cell = False


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 9 else otherwise


def _place(reference: str, line: int, column: int) -> tuple[int, int]:
    """ "AB12" → (12, 28); without a reference the next cell of the line."""
    letters = reference.rstrip("0123456789")
    if not (letters.isascii() and letters.isalpha() and len(letters) < 4):
        return line, column + 1
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return _number(reference[len(letters) :], line), number


@dataclass
class _OdsReach(_Reach):
    line: int = 0
    column: int = 0
    widest: int = 0
    repeated: int = 1
    filled: int = 0
    pending: int = 0  # how often the cell we are in is repeated
    held: list[int] = field(default_factory=list)

    def begin(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "table:table":
            self.line = self.widest = 0
        elif tag == "table:table-row":
            self.repeated, self.column, self.filled = _number(attributes.get("table:number-rows-repeated"), 1), 0, 0
        elif tag in {"table:table-cell", "table:covered-table-cell"}:
            times = _number(attributes.get("table:number-columns-repeated"), 1)
            self.column += times
            self.pending = times
            if "office:value-type" in attributes:
                self._fill()
        elif tag == "text:p" and self.pending:
            self._fill()

    def _fill(self) -> None:
        self.filled, self.widest = self.filled + self.pending, max(self.widest, self.column)
        self.pending = 0
        self._hold(0, self.line + self.repeated, self.widest)

    def end(self, tag: str) -> None:
        if tag == "table:table-row":
            self.line += self.repeated
            if self.filled:
                self._hold(self.filled * self.repeated, self.line, self.widest)
        elif tag in {"table:table-cell", "table:covered-table-cell"}:
            self.pending = 0


def _measure(packed: zipfile.ZipFile, entries: list[zipfile.ZipInfo], reach: Callable[[], _Reach]) -> None:
    """Run through the parts of a workbook, keeping nothing. Raises Unreadable."""
    if len(entries) > limits.MOST_SHEETS:
        raise Unreadable(f"The workbook has more than {limits.MOST_SHEETS} sheets. Choose the list alone.")
    cells = area = 0
    for entry in entries:
        found = _measured(packed, entry, reach())
        cells, area = cells + found.cells, area + found.area
    if cells > limits.MOST_CELLS:
        raise Unreadable(MANY_CELLS)
    if area > limits.MOST_AREA:
        raise Unreadable(FAR_CELLS)


def _measured(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, reach: _Reach) -> _Reach:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = reach.refuse
    parser.StartElementHandler, parser.EndElementHandler = reach.begin, reach.end
    try:
        with packed.open(entry) as part:
            left = limits.LARGEST_UNPACKED
            while piece := part.read(256 * 1024):
                left -= len(piece)
                if left < 0:
                    raise _TooFar(zips.TOO_LARGE)
                parser.Parse(piece, False)
        parser.Parse(b"", True)
    except _TooFar as far:
        raise Unreadable(str(far)) from None
    except (expat.ExpatError, *zips.BROKEN):
        raise Unreadable(zips.DAMAGED) from None
    return reach


# --- the cells -------------------------------------------------------------------------------------------------------


def _read(content: bytes) -> list[Sheet]:
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        return [
            Sheet(meta.name, _rows(book, meta.name), is_grid=True) for meta in book.sheets_metadata if _is_seen(meta)
        ]
    except (Unreadable, MemoryError, KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # the reader's own panic is no Exception
        raise Unreadable(zips.DAMAGED) from None


def _is_seen(meta: calamine.SheetMetadata) -> bool:
    """A sheet that Excel hides is not read: nobody who looks at the file sees it."""
    is_table = meta.typ == calamine.SheetTypeEnum.WorkSheet
    return bool(is_table and meta.visible == calamine.SheetVisibleEnum.Visible)


def _rows(book: calamine.CalamineWorkbook, name: str) -> list[Row]:
    sheet = book.get_sheet_by_name(name)
    if sheet.total_height * sheet.width > limits.MOST_AREA:
        raise Unreadable(FAR_CELLS)
    if sheet.width > limits.MOST_COLUMNS:
        raise Unreadable(f"The sheet {name[:40]} has more than {limits.MOST_COLUMNS} columns. Choose the list alone.")
    if sheet.total_height > limits.MOST_LINES:
        raise Unreadable(f"The sheet {name[:40]} has more than {limits.MOST_LINES:,} lines. Choose the list alone.")
    return list(_texts(sheet)) if sheet.height else []


def _texts(sheet: calamine.CalamineSheet) -> Iterator[Row]:
    """Each line that holds something, with its number in the sheet; the same text is kept once."""
    kept: dict[str, str] = {}
    first = (sheet.start or (0, 0))[0] + 1
    for number, values in enumerate(sheet.iter_rows(), first):
        cells = [kept.setdefault(text, text) for text in map(text_of, values)]
        if any(cells):
            yield Row(number, cells)


def text_of(value: Any) -> str:
    """A cell as a person would type it: days as 2015-03-14, whole numbers without a point."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return "" if value is None else str(value)

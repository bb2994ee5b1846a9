"""Tables as files: a workbook with a sheet a table, or CSV as Excel reads it. A cell that looks like a formula is text.

Source: OWASP, CSV injection.
"""

import csv
import io
import re
from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from trellis.exchange.downloads.tables import ShownTable

NUMBER = re.compile(r"^-?\d{1,15}(\.\d{1,6})?$", re.ASCII)
WITH_NOUGHT = re.compile(r"^-?0\d")  # a number that begins so is a code: its nought must stay
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
NOT_IN_A_SHEETS_NAME = re.compile(r"[\[\]:*?/\\]")
LONGEST_NAME = 31
WIDEST, NARROWEST = 60, 8
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_csv(table: ShownTable) -> bytes:
    """UTF-8 with a byte order mark, so that Excel takes it for what it is."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerows([[harmless(cell) for cell in row] for row in [table.headings, *table.rows]])
    return "\ufeff".encode() + text.getvalue().encode()


def harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula; a plain number stays one."""
    return f"'{text}" if text.startswith(FORMULA) and not NUMBER.match(text) else text


def as_workbook(tables: Sequence[ShownTable]) -> bytes:
    """A workbook with the headings bold and kept in sight."""
    book = Workbook(write_only=True)
    names: set[str] = set()
    for number, table in enumerate(tables, start=1):
        sheet = book.create_sheet(_sheet_name(table.title or f"Table {number}", names))
        sheet.freeze_panes = "A2"
        for column, width in enumerate(_widths(table), start=1):
            sheet.column_dimensions[get_column_letter(column)].width = width
        sheet.append([_cell(sheet, heading, is_heading=True) for heading in table.headings])
        for row in table.rows:
            sheet.append([_cell(sheet, text) for text in row])
    into = io.BytesIO()
    book.save(into)
    return into.getvalue()


def _cell(sheet: WriteOnlyWorksheet, text: str, *, is_heading: bool = False) -> WriteOnlyCell:
    """Text is written as text, whatever it begins with; a plain number as a number."""
    if NUMBER.match(text) and not WITH_NOUGHT.match(text) and not is_heading:
        return WriteOnlyCell(sheet, value=float(text) if "." in text else int(text))
    cell = WriteOnlyCell(sheet, value=text)
    cell.data_type = "s"
    cell.quotePrefix = text.startswith(FORMULA)
    if is_heading:
        cell.font = Font(bold=True)
    return cell


def _widths(table: ShownTable) -> list[int]:
    columns = zip(*[table.headings, *table.rows], strict=False)
    return [min(WIDEST, max(NARROWEST, *(len(text) + 2 for text in column))) for column in columns]


def _sheet_name(title: str, taken: set[str]) -> str:
    """A name Excel allows, and no sheet has yet."""
    name = NOT_IN_A_SHEETS_NAME.sub(" ", title).strip(" '")[:LONGEST_NAME] or "Table"
    number = 2
    while name.lower() in taken:
        name = f"{name[: LONGEST_NAME - 4]} {number}"
        number += 1
    taken.add(name.lower())
    return name

"""The same list as another authority keeps it: in a workbook, with title lines, its own headings, dates of three kinds,
words for codes, names in capitals and a total beneath; and any list as XLSX, ODS or text in each encoding."""

import csv
import io
import random
import zipfile
from datetime import date
from typing import Any
from xml.sax.saxutils import escape

import openpyxl

Lines = list[list[Any]]

HEADINGS = {  # theirs → ours; None is a column that we do not take
    "Surname": "legal_last_name", "Forename": "legal_first_name", "Known as": "preferred_first_name",
    "D.O.B": "date_of_birth", "NCY": "year_group", "School (DfE URN)": "school_urn", "School": "school_name",
    "Start": "school_start", "SEND": "sen_status", "Need 1": "primary_need", "Need 2": "secondary_need", "UPN": "upn",
    "LCS ID": "child_id", "Gender": "sex", "BLA date": "looked_after_since", "Status": "legal_status",
    "Allocated worker": "social_worker", "Worker e-mail": "social_worker_email", "Plcmt": "placement_type", "RAG": None,
}  # fmt: skip
WORDS = {"E": ["EHCP", "EHC plan", "E"], "K": ["SEN Support", "k", "K"], "N": ["None", "", "N"]}


def messy(week: bytes, seed: int = 1) -> Lines:
    """The children of a list under our headings, as another authority keeps them."""
    chance = random.Random(seed)
    rows = list(csv.DictReader(io.StringIO(week.decode("utf-8-sig"), newline="")))
    lines: Lines = [["Children looked after: education list"], ["Run on", date(2026, 11, 16)], [], list(HEADINGS)]
    for number, row in enumerate(rows):
        lines.append([_theirs(chance, number, ours, row.get(ours or "", "")) for ours in HEADINGS.values()])
    return [*lines, [], ["Total", len(rows)]]


def _theirs(chance: random.Random, number: int, column: str | None, says: str) -> Any:
    match column:
        case None:
            return "RAG"[number % 3]
        case "legal_last_name":
            return says.upper() if number % 4 == 0 else says
        case "legal_first_name":
            return f"{says} " if number % 6 == 0 else says
        case "date_of_birth":
            day = date.fromisoformat(says)
            return [day.strftime("%d/%m/%Y"), day, day.strftime("%d-%b-%y")][number % 3]
        case "looked_after_since":
            return date.fromisoformat(says).strftime("%d/%m/%Y")
        case "school_start":
            return date.fromisoformat(says) if says else ""
        case "year_group":
            return f"Year {says}" if number % 5 == 0 else says
        case "sen_status":
            return chance.choice(WORDS[says])
        case "primary_need":
            return says.lower() if number % 3 == 0 else says
        case "sex":
            return {"M": "Male", "F": "Female"}[says]
        case "school_urn" | "child_id":
            return int(says) if says else ""
        case _:
            return says


def lines_of(content: bytes) -> Lines:
    """A CSV list as its lines."""
    return [list(cells) for cells in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))]


def as_text(lines: Lines, *, mark: str = ",", encoding: str = "utf-8") -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=mark, lineterminator="\r\n")
    writer.writerows([cell.isoformat() if isinstance(cell, date) else cell for cell in line] for line in lines)
    return text.getvalue().encode(encoding)


def as_xlsx(lines: Lines, *more: Lines, hidden: Lines | None = None) -> bytes:
    """A workbook; each of ``more`` is a sheet of its own, ``hidden`` one that nobody sees."""
    book = openpyxl.Workbook()
    for number, sheet_lines in enumerate([lines, *more]):
        sheet = book.active if number == 0 else book.create_sheet(f"Sheet {number + 1}")
        _fill(sheet, sheet_lines)
    if hidden is not None:
        sheet = book.create_sheet("Behind")
        sheet.sheet_state = "hidden"
        _fill(sheet, hidden)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def _fill(sheet: Any, lines: Lines) -> None:
    for line in lines:
        sheet.append(line)


def as_ods(lines: Lines) -> bytes:
    """An OpenDocument spreadsheet with one sheet."""
    names = {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    }
    spaces = " ".join(f'xmlns:{name}="{space}"' for name, space in names.items())
    rows = "".join(f"<table:table-row>{''.join(map(_ods_cell, line))}</table:table-row>" for line in lines)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        packed.writestr("META-INF/manifest.xml", "<manifest/>")
        packed.writestr(
            "content.xml",
            f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.2">'
            f'<office:body><office:spreadsheet><table:table table:name="List">{rows}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )
    return content.getvalue()


def _ods_cell(value: Any) -> str:
    if value in {"", None}:
        return "<table:table-cell/>"
    if isinstance(value, date):
        typed = f'office:value-type="date" office:date-value="{value.isoformat()}"'
    elif isinstance(value, int | float):
        typed = f'office:value-type="float" office:value="{value}"'
    else:
        typed = 'office:value-type="string"'
    return f"<table:table-cell {typed}><text:p>{escape(str(value))}</text:p></table:table-cell>"

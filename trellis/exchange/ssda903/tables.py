"""The tables of the yearly return: their columns, how each is recognised by its headings, and what a cell may hold."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from trellis.exchange.reading import Line, Table, looks_like_an_address
from trellis.exchange.ssda903.codes import CODES, codes_in, years_of
from trellis.pupils import rules as pupil_rules

BRITISH = re.compile(r"^(\d{1,2})([/.-])(\d{1,2})\2(\d{4})$", re.ASCII)
BRITISH_SHORT = re.compile(r"^\d{1,2}[/.-]\d{1,2}[/.-]\d{2}$", re.ASCII)
ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})(?:[ T]00:00(?::00)?)?$", re.ASCII)
SERIAL = re.compile(r"^\d{5}(?:\.0)?$", re.ASCII)
EXCEL_BEGAN = date(1899, 12, 30)
WHOLE_NUMBER = re.compile(r"^\d{1,3}$", re.ASCII)
WHOLE_AS_DECIMAL = re.compile(r"^(\d{1,3})\.0+$", re.ASCII)
CARE_PROVIDER_URN = re.compile(r"^(SC)?\d{5,7}$", re.ASCII | re.IGNORECASE)
NO_URN = {"XXXXXXX", "XXXXXX"}
MOST_SDQ = 40


# --- which table -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shape:
    """A table of the return. ``marks`` are the columns without which it is none; those of ``more`` may be missing, as
    they are in the shape of one year or another. ``kept`` says what we keep of it; empty: it is read for advice
    alone."""

    name: str
    title: str
    marks: tuple[str, ...]
    more: tuple[str, ...] = ()
    kept: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        return self.marks + self.more


SHAPES = [
    Shape("header", "Header", ("CHILD", "SEX", "DOB", "ETHNIC", "UPN"), ("MOTHER", "MC_DOB", "UASC")),
    Shape(
        "episodes", "Episodes", ("CHILD", "DECOM", "RNE", "LS", "CIN", "PLACE", "DEC", "REC"),
        ("PLACE_PROVIDER", "REASON_PLACE_CHANGE", "URN"), kept="when care began and ended, legal status, placement",
    ),
    Shape("reviews", "Reviews", ("CHILD", "DOB", "REVIEW", "REVIEW_CODE")),
    Shape("uasc", "UASC", ("CHILD", "SEX", "DOB", "DUC")),
    Shape(
        "oc2", "OC2", ("CHILD", "DOB", "SDQ_SCORE", "SDQ_REASON", "CONVICTED"),
        (
            "HEALTH_CHECK", "IMMUNISATIONS", "TEETH_CHECK", "HEALTH_ASSESSMENT", "SUBSTANCE_MISUSE",
            "INTERVENTION_RECEIVED", "INTERVENTION_OFFERED",
        ), kept="the carer’s SDQ score, or why there is none",
    ),
    Shape("oc3", "OC3", ("CHILD", "DOB", "IN_TOUCH", "ACTIV", "ACCOM")),
    Shape(
        "ad1", "AD1", ("CHILD", "DOB", "DATE_INT", "DATE_MATCH"),
        ("FOSTER_CARE", "NB_ADOPTR", "SEX_ADOPTR", "LS_ADOPTR"),
    ),
    Shape(
        "placed_for_adoption", "Placed for adoption", ("CHILD", "DOB", "DATE_PLACED", "DATE_PLACED_CEASED"),
        ("REASON_PLACED_CEASED",),
    ),
    Shape("previous_permanence", "Previous permanence", ("CHILD", "DOB", "PREV_PERM"), ("LA_PERM", "DATE_PERM")),
    Shape("missing", "Missing", ("CHILD", "DOB", "MISSING", "MIS_START", "MIS_END")),
    Shape("sw_episodes", "Social worker episodes", ("CHILD", "DOB", "SW_ID", "SW_DECOM"), ("SW_DEC", "SW_REASON")),
    Shape("dolo", "Deprivation of liberty orders", ("CHILD", "DOB", "DOLO_START", "DOLO_END")),
]  # fmt: skip
BY_NAME = {shape.name: shape for shape in SHAPES}
ALIASES = {"CHILDID": "CHILD", "CHILD_ID": "CHILD", "PL": "PLACE"}


@dataclass(frozen=True)
class Recognised:
    """A table in a file: the column of ours that each heading stands for, those renamed, and what is not taken."""

    shape: Shape
    column_of: dict[str, str]
    renamed: dict[str, str] = field(default_factory=dict)
    addresses: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def is_a_column(heading: str) -> bool:
    """Whether a heading is that of a column of any table."""
    column = heading.strip().upper()
    return any(ALIASES.get(column, column) in shape.columns for shape in SHAPES)


def recognise(headings: Iterable[str]) -> Recognised | None:
    """Which table of the return has these headings, whatever the file is called. A column may stand under a heading
    that holds its name (DUC_DATE)."""
    ours = {heading: ALIASES.get(heading.strip().upper(), heading.strip().upper()) for heading in headings if heading}
    for shape in SHAPES:
        present = {heading: column for heading, column in ours.items() if column in shape.columns}
        missing = [column for column in shape.marks if column not in present.values()]
        left = [heading for heading in ours if heading not in present]
        renamed = {heading: column for column in missing for heading in left if column in ours[heading]}
        if len(missing) > 1 or set(renamed.values()) != set(missing):
            continue
        left = [heading for heading in left if heading not in renamed]
        addresses = tuple(heading for heading in left if looks_like_an_address(heading))
        unknown = tuple(heading for heading in left if heading not in addresses)
        return Recognised(shape, present | renamed, renamed, addresses, unknown)
    return None


# --- rows and remarks ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Remark:
    """What is to be said of one cell or row: ``code`` is the published rule's, if one says it. ``lands`` False: the row
    is left out."""

    file: str
    line: int
    column: str
    found: str
    sentence: str
    code: str = ""
    lands: bool = True

    def as_dict(self) -> dict[str, Any]:
        return {
            "file": self.file, "line": self.line, "column": self.column, "found": self.found,
            "sentence": self.sentence, "code": self.code, "lands": self.lands,
        }  # fmt: skip


@dataclass
class Row:
    """A row of a table: its cells as they stand, and what they say once read. ``line`` counts from 1 for the headings;
    in an XML return it counts the children."""

    table: str
    file: str
    line: int
    cells: dict[str, str]
    says: dict[str, Any] = field(default_factory=dict)
    wrong: set[str] = field(default_factory=set)

    @property
    def child(self) -> str:
        return self.cells.get("CHILD", "").strip()

    def day(self, column: str) -> date | None:
        return self.says.get(column)

    def text(self, column: str) -> str:
        return self.says.get(column) or ""

    def holds(self, column: str) -> bool:
        """Whether something stands there, right or wrong."""
        return bool(self.cells.get(column, "").strip())

    def has(self, column: str) -> bool:
        """Whether the table has this column at all."""
        return column in self.cells

    def remark(self, column: str, sentence: str, code: str = "", *, lands: bool = True) -> Remark:
        found = self.cells.get(column, "")
        found = found if len(found) <= 40 else found[:40] + "…"
        return Remark(self.file, self.line, column, found, sentence, code, lands)


def rows_of(
    file: str, table: Table, recognised: Recognised, *, is_grid: bool = False
) -> tuple[list[Row], list[Remark]]:
    """The rows of a file under our columns. An address is left behind here; so is a row of a wrong length. A date that
    a workbook keeps as one is written as the return writes it."""
    rows, remarks = [], []
    name = recognised.shape.name
    for heading, column in recognised.renamed.items():
        sentence = f"This column is called {heading}; it is read as {column}."
        remarks.append(Remark(file, 1, column, heading, sentence))
    for line in table.lines:
        if line.cell_count != line.heading_count and not is_grid:
            remarks.append(_wrong_length(file, line))
            continue
        cells = {column: line.cells.get(heading, "") for heading, column in recognised.column_of.items()}
        if is_grid:
            cells = {column: _as_the_return_writes(column, text) for column, text in cells.items()}
        rows.append(Row(name, file, line.number, cells))
    for left in table.left_out:
        remarks.append(Remark(file, left.number, "", "", "This line is a note or a total, not a row."))
    return rows, remarks


def _as_the_return_writes(column: str, text: str) -> str:
    iso = ISO.match(text.strip()) if column in DAYS else None
    return f"{iso[3]:0>2}/{iso[2]:0>2}/{iso[1]}" if iso else text


def _wrong_length(file: str, line: Line) -> Remark:
    sentence = (
        f"This row has {line.cell_count} cells and the headings {line.heading_count}, so its cells may stand under the "
        "wrong heading."
    )
    return Remark(file, line.number, "", "", sentence, lands=False)


# --- cells -----------------------------------------------------------------------------------------------------------

# What a column holds, and the rule of the return that speaks of a wrong cell in it.
DAYS = {
    "DOB": "102", "MC_DOB": "171", "DECOM": "141", "DEC": "147", "REVIEW": "166", "DUC": "104", "DATE_INT": "112",
    "DATE_MATCH": "113", "DATE_PLACED": "115", "DATE_PLACED_CEASED": "116", "DATE_PERM": "632", "MIS_START": "1004",
    "MIS_END": "1005", "SW_DECOM": "SW04STG1", "SW_DEC": "SW05STG1", "DOLO_START": "", "DOLO_END": "",
}  # fmt: skip
RULE_OF = {
    "SEX": "101", "ETHNIC": "103", "UASC": "105", "MOTHER": "165", "RNE": "143", "LS": "144", "CIN": "145",
    "PLACE": "146", "PLACE_PROVIDER": "178", "REC": "149", "REASON_PLACE_CHANGE": "1009", "REVIEW_CODE": "167",
    "SDQ_REASON": "196", "IN_TOUCH": "131", "ACTIV": "132", "ACCOM": "133", "FOSTER_CARE": "114", "NB_ADOPTR": "175",
    "SEX_ADOPTR": "176", "LS_ADOPTR": "177", "REASON_PLACED_CEASED": "120", "PREV_PERM": "631", "MISSING": "1006",
    "SW_REASON": "SW13STG1", "CONVICTED": "181", "HEALTH_CHECK": "181", "IMMUNISATIONS": "181", "TEETH_CHECK": "181",
    "HEALTH_ASSESSMENT": "181", "SUBSTANCE_MISUSE": "181", "INTERVENTION_RECEIVED": "181",
    "INTERVENTION_OFFERED": "181",
}  # fmt: skip
NEEDED = {"DOB", "DECOM", "REVIEW", "RNE", "LS", "CIN", "PLACE", "SEX", "ETHNIC", "UPN", "REVIEW_CODE", "PREV_PERM",
          "MISSING", "MIS_START", "DATE_INT", "DATE_MATCH", "DATE_PLACED", "IN_TOUCH", "ACTIV", "ACCOM", "FOSTER_CARE",
          "NB_ADOPTR", "SEX_ADOPTR", "LS_ADOPTR", "SW_ID", "SW_DECOM", "DOLO_START"}  # fmt: skip
LEAVES_OUT = {"episodes": {"CHILD", "DECOM", "DEC", "LS"}, "oc2": {"CHILD", "SDQ_SCORE", "SDQ_REASON"}}


@dataclass(frozen=True)
class Read:
    """What a cell says; ``wrong`` why it cannot be read, ``note`` how it was read all the same."""

    value: Any = None
    wrong: str = ""
    note: str = ""


def read_day(text: str) -> Read:
    """A date as the return writes it, dd/mm/yyyy. Other ways are read where they can mean one day only."""
    if iso := ISO.match(text):
        year, month, number = (int(part) for part in iso.groups())
        return _real_day(year, month, number, note="Written as year-month-day; the return writes dd/mm/yyyy.")
    if british := BRITISH.match(text):
        number, month, year = (int(british[group]) for group in (1, 3, 4))
        note = "" if len(text) == 10 and british[2] == "/" else "Written otherwise than dd/mm/yyyy."
        return _real_day(year, month, number, note=note)
    if BRITISH_SHORT.match(text):
        return Read(wrong="The year has two figures: which century is not said. Write dd/mm/yyyy.")
    if SERIAL.match(text):
        may_be = EXCEL_BEGAN + timedelta(days=int(text[:5]))
        return Read(wrong=f"A spreadsheet put a number in place of the date; it may be {may_be:%d/%m/%Y}.")
    return Read(wrong="This is not a date. Write dd/mm/yyyy.")


def _real_day(year: int, month: int, number: int, *, note: str) -> Read:
    try:
        return Read(date(year, month, number), note=note)
    except ValueError:
        if month > 12 >= number:
            return Read(wrong=f"There is no month {month}: day and month may have changed places. Write dd/mm/yyyy.")
        return Read(wrong="There is no such date.")


def read_sdq(text: str) -> Read:
    """A whole number from 0 to 40."""
    note = ""
    if decimal := WHOLE_AS_DECIMAL.match(text):
        text, note = decimal[1], "A spreadsheet added a decimal; read as a whole number."
    if not WHOLE_NUMBER.match(text) or int(text) > MOST_SDQ:
        return Read(wrong=f"The SDQ score is a whole number from 0 to {MOST_SDQ}.")
    return Read(int(text), note=note)


def read_code(column: str, text: str, year: int) -> Read:
    """A code of the year's list; one of another year's is told and read, since it says what is meant."""
    code = text.upper()
    if code in codes_in(column, year):
        return Read(code, note="" if code == text else "The code is written in small letters.")
    if elsewhere := years_of(column, code):
        return Read(code, note=f"This code belongs to the returns {elsewhere}, not to that of {year}.")
    return Read(wrong="This is not a code of the return.")


def read_upn(text: str) -> Read:
    if text.upper() in {"UN1", "UN2", "UN3", "UN4", "UN5"}:
        return Read(text.upper())
    upn = pupil_rules.tidy_upn(text)
    if not (finding := pupil_rules.upn_has_the_right_shape(upn)):
        return Read(wrong=finding.sentence)
    return Read(upn, note="" if upn == text else "The UPN is written in small letters or with spaces.")


def read_urn(text: str) -> Read:
    if CARE_PROVIDER_URN.match(text) or text.upper() in NO_URN:
        return Read(text.upper())
    return Read(wrong="A spreadsheet may have damaged this number, which is the care provider’s at Ofsted.")


def read_cells(rows: Iterable[Row], year: int) -> Iterator[Remark]:
    """Read every cell of the rows into ``says``, and remark on those that are wrong or written otherwise."""
    for row in rows:
        for column in row.cells:
            yield from _read_cell(row, column, year)


def _read_cell(row: Row, column: str, year: int) -> Iterator[Remark]:
    raw = row.cells[column]
    text = raw.strip()
    lands = column not in LEAVES_OUT.get(row.table, ())
    code = RULE_OF.get(column) or DAYS.get(column, "")
    if not text:
        yield from _about_blank(row, column, code, lands)
        return
    read, code = _reader(column, text, year, code)
    if read.wrong:
        row.wrong.add(column)
        yield row.remark(column, read.wrong, code, lands=lands)
        return
    row.says[column] = read.value
    if read.note or raw != text:
        other_year = read.note.startswith("This code belongs")
        yield row.remark(column, read.note or "There are spaces around it.", code if other_year else "")


def _reader(column: str, text: str, year: int, code: str) -> tuple[Read, str]:
    if column in DAYS:
        return read_day(text), code
    if column in CODES:
        return read_code(column, text, year), code
    if column == "SDQ_SCORE":
        return read_sdq(text), "180"
    if column == "UPN":
        return read_upn(text), "168"
    if column == "URN":
        return read_urn(text), "1008"
    if column == "CHILD" and len(text) > 20:
        return Read(wrong="This number is too long for a child."), ""
    return Read(text), ""


def _about_blank(row: Row, column: str, code: str, lands: bool) -> Iterator[Remark]:
    if column == "CHILD":
        row.wrong.add(column)
        yield row.remark(column, "The child’s number is missing.", lands=lands)
    elif column in NEEDED:
        if column in LEAVES_OUT.get(row.table, ()):
            row.wrong.add(column)
        else:
            lands = True
        yield row.remark(column, "Nothing stands here.", "442" if column == "UPN" else code, lands=lands)

"""Every file is either a table or a sentence."""

import io
import itertools
import zipfile
from datetime import date

import pytest

from trellis.exchange import reading
from trellis.exchange.reading import Brought
from trellis.exchange.sample_workbooks import as_ods, as_text, as_xlsx

REQUIRED = ["child_id", "name"]
LINES = [["child_id", "name", "born"], ["1", "Zoë, the first", "2015-03-14"], ["002", 'Ay "B" Ng', ""]]
CELLS = [
    {"child_id": "1", "name": "Zoë, the first", "born": "2015-03-14"},
    {"child_id": "002", "name": 'Ay "B" Ng', "born": ""},
]
DOCTYPE = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'


def read(content):
    return reading.read_table(content, required=REQUIRED)


def rows_of(content):
    return [(row.number, row.cells) for sheet in reading.sheets_of(Brought("x", content)) for row in sheet.rows]


def packed(**entries):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, inside in entries.items():
            zipped.writestr(name.replace("__", "/").replace("_X", "."), inside)
    return content.getvalue()


def with_part(content, name, change):
    """The workbook with one of its parts changed."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as after:
        for entry in before.infolist():
            inside = before.read(entry)
            after.writestr(entry.filename, change(inside) if entry.filename == name else inside)
    return changed.getvalue()


def old_container(stream):
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600 + stream.encode("utf-16-le") + b"\x00" * 600


SHEET = "xl/worksheets/sheet1.xml"
ENCODINGS = ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"]
TEXTS = [
    pytest.param(as_text(LINES, mark=mark, encoding=encoding), id=f"{encoding} {mark!r}")
    for encoding, mark in itertools.product(ENCODINGS, ",;\t|")
]
WORKBOOKS = [pytest.param(as_xlsx(LINES), id="xlsx"), pytest.param(as_ods(LINES), id="ods")]


@pytest.mark.parametrize("content", [*TEXTS, *WORKBOOKS])
def test_read_table_in_each_encoding_with_each_mark_and_in_each_container(content):
    table = read(content)

    assert [line.cells for line in table.lines] == CELLS
    assert [(line.number, line.cell_count, line.heading_count) for line in table.lines] == [(2, 3, 3), (3, 3, 3)]


def test_marks_within_other_cells_do_not_mislead():
    content = b"child_id;name\n" + b"".join(b"%d;Eden Girls, Coventry, West, Mids\n" % n for n in range(20))

    assert read(content).lines[4].cells == {"child_id": "4", "name": "Eden Girls, Coventry, West, Mids"}


def test_the_mark_that_excel_names_on_a_line_of_its_own_counts():
    table = read(b"sep=|\r\nchild_id|name\r\n1|a,b\r\n")

    assert [(line.number, line.cells["name"]) for line in table.lines] == [(3, "a,b")]


@pytest.mark.parametrize("container", [as_xlsx, as_ods])
def test_cells_of_a_workbook_are_text_as_a_person_would_type_it(container):
    assert rows_of(container([["", "A"], [], [date(2012, 3, 14), 142960, 2.5, "  x ", "0012"]])) == [
        (1, ["", "A", "", "", ""]),
        (3, ["2012-03-14", "142960", "2.5", "x", "0012"]),
    ]


def test_hidden_sheets_and_macros_are_not_read():
    macros = with_part(as_xlsx(LINES, hidden=[["child_id", "name"]]), SHEET, lambda part: part)

    assert len(reading.sheets_of(Brought("list.xlsm", macros))) == 1


def test_title_lines_above_and_totals_beneath_are_not_of_the_table():
    wide = [*REQUIRED, "a", "b", "c", "d", "e"]
    lines = [
        ["Children looked after"], ["Run on", "2026-11-16"], [], wide, ["1", "Zoë", *"abcde"], [],
        ["2"], ["Produced by the data team"], ["Total", 2],
    ]  # fmt: skip

    for content in (as_xlsx(lines), as_text(lines)):
        table = read(content)
        assert [(line.number, line.cells["child_id"]) for line in table.lines] == [(5, "1"), (7, "2")]
        assert [row.number for row in table.left_out] == [8, 9]


def test_lines_are_numbered_as_an_editor_does():
    table = read(b'child_id,name\n1,"two\nlines"\n\n3,c\n')

    assert [(line.number, line.cells["child_id"]) for line in table.lines] == [(2, "1"), (5, "3")]


def test_the_sheet_with_our_headings_is_the_one_that_counts():
    assert read(as_xlsx([["Read me"]], LINES)).sheet == "Sheet 2"


def test_two_sheets_with_our_headings_are_a_question():
    with pytest.raises(reading.Unreadable, match="Several sheets hold such a list: Sheet, Sheet 2"):
        read(as_xlsx(LINES, LINES))


GOOD = "child_id,name\n1,Zoë\n"
FAR = with_part(as_xlsx(LINES), SHEET, lambda part: part.replace(b'r="C2"', b'r="XFD1048576"'))
DAMAGED = "This file is damaged: it may have been cut short on its way. Save it again and bring that."
SAVE_AS = "In Excel choose Save as, then “Excel Workbook” or “CSV UTF-8”, and bring that file."
LOCKED = "This file is protected by a password. Save it without one, and bring that."


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty. Choose the file with the list."),
        (b"\n \n,,\n", "The file is empty. Choose the file with the list."),
        (as_xlsx([]), "The file is empty. Choose the file with the list."),
        (b"PK\x03\x04rest", DAMAGED),
        (as_xlsx(LINES)[:-400], DAMAGED),
        (with_part(as_xlsx(LINES), SHEET, lambda part: part[:200]), DAMAGED),
        (b"child_id\x00,name", "This is not a text file. Choose the list, as an Excel workbook or CSV."),
        (b"\x81\x8d", "The letters of this file cannot be read. Save it as “CSV UTF-8” and bring that file."),
        (b"a,b\n1,2\n", "The line of headings must hold ours. Missing: child_id, name."),
        (b"name\nx\n", "The line of headings must hold ours. Missing: child_id."),
        (b"fruit\nx\n", "The file has one column only. Missing: child_id, name."),
        (b"child_id,name,name\n", "These headings stand there twice: name. Keep one of each."),
        (
            b'child_id,name\n1,"' + b"x" * 200_000,
            "The file cannot be read from line 2 on: a quotation mark may be open, or a cell very long.",
        ),
        (
            b"child_id,name," + b",".join(b"%d" % number for number in range(20_000)),
            "The file has more than 400 columns. Choose the list alone.",
        ),
        (b"x" * (reading.LARGEST_FILE + 1), "The file is larger than 10 MB. Choose the list alone."),
        (
            b"%PDF-1.7 ...",
            "This is a PDF, made for reading. Ask for the list as an Excel workbook or CSV, and bring that.",
        ),
        (b"\x89PNG\r\n", "This is a picture. Bring the list itself, as an Excel workbook or CSV."),
        (b"\r\n<HTML><table>", f"This is a web page, whatever its name says. Open it in Excel. {SAVE_AS}"),
        (b'<?xml version="1.0"?><x/>', f"This is an XML file, not a list. Open it in Excel. {SAVE_AS}"),
        (
            packed(word__document_Xxml="<w/>"),
            f"This is a Word document, not a list. Copy the list into Excel. {SAVE_AS}",
        ),
        (packed(list_Xcsv=GOOD), "This is a zip file. Take the list out of it and bring that."),
        (old_container("EncryptedPackage"), LOCKED),
        (old_container("WordDocument"), f"This is a Word document, not a list. {SAVE_AS}"),
        (old_container("Workbook"), DAMAGED),
        (
            packed(xl__workbook_Xxml="<x/>", xl__worksheets__sheet1_Xxml=DOCTYPE + "<x>&b;</x>"),
            f"This workbook was not made by Excel or LibreOffice as they should. {SAVE_AS}",
        ),
        (
            packed(xl__workbook_Xxml="<x/>", xl__worksheets__sheet1_Xxml="<x>" + " " * 20_000_000 + "</x>"),
            "This file would unpack to more than a list can be. Choose the list alone.",
        ),
        (FAR, "A cell of this workbook stands far away from its list. Copy the list alone into a new workbook."),
        (
            with_part(
                as_ods([["x"]]),
                "content.xml",
                lambda part: part.replace(b"row>", b'row table:number-rows-repeated="1000000">', 1).replace(
                    b"cell ", b'cell table:number-columns-repeated="16000" ', 1
                ),
            ),
            "A cell of this workbook stands far away from its list. Copy the list alone into a new workbook.",
        ),
    ],
)  # fmt: skip
def test_read_table_says_what_is_wrong(content, sentence):
    with pytest.raises(reading.Unreadable) as unreadable:
        read(content)

    assert unreadable.value.sentence == sentence


def test_unzipped_gives_the_csv_files_of_a_zip():
    content = packed(folder__a_Xcsv=GOOD, readme_Xtxt="x", b_Xcsv="x")

    assert [(file.name, file.content) for file in reading.unzipped(Brought("x.zip", content))] == [
        ("a.csv", GOOD.encode()),
        ("b.csv", b"x"),
    ]


@pytest.mark.parametrize("content", [GOOD.encode(), as_xlsx(LINES), as_ods(LINES)])
def test_unzipped_leaves_what_is_no_zip_of_files(content):
    assert reading.unzipped(Brought("x", content)) == [Brought("x", content)]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (packed(readme_Xtxt="x"), "This zip holds no CSV file. Take the list out of it and bring that."),
        (packed(a_Xcsv=" " * 20_000_000), "This file would unpack to more than a list can be. Choose the list alone."),
        (b"PK\x03\x04rest", DAMAGED),
    ],
)
def test_unzipped_says_what_is_wrong(content, sentence):
    with pytest.raises(reading.Unreadable) as unreadable:
        reading.unzipped(Brought("x.zip", content))

    assert unreadable.value.sentence == sentence


@pytest.mark.parametrize(
    ("heading", "looks"),
    [
        ("home_address", True),
        ("Postcode", True),
        ("placement_post_code", True),
        ("HOME_POST", True),
        ("Street", True),
        ("social_worker_email_address", False),
        ("favourite_colour", False),
    ],
)
def test_headings_that_look_like_an_address(heading, looks):
    assert reading.looks_like_an_address(heading) is looks

"""Every file is either a table or a sentence."""

import pytest

from trellis.exchange import reading

GOOD = "child_id,name\n1,Zoë\n"
REQUIRED = ["child_id", "name"]


def read(content):
    return reading.read_table(content, required=REQUIRED)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_read_table_in_each_encoding(encoding):
    assert [line.cells for line in read(GOOD.encode(encoding)).lines] == [{"child_id": "1", "name": "Zoë"}]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty. Choose the file with the list."),
        (b"\n \n,,\n", "The file is empty. Choose the file with the list."),
        (
            b"PK\x03\x04rest",
            "This is an Excel workbook. In Excel choose Save as, then “CSV UTF-8”, and bring that file.",
        ),
        (
            GOOD.encode("utf-16"),
            "This file is in UTF-16. In Excel choose Save as, then “CSV UTF-8”, and bring that file.",
        ),
        (b"child_id\x00,name", "This is not a text file. Choose the list saved as CSV."),
        (b"\x81\x8d", "The letters of this file cannot be read. Save it as “CSV UTF-8” and bring that file."),
        (b"a,b\n1,2\n", "The first line must hold our headings. Missing: child_id, name."),
        (
            b"child_id;name\n1;Zo\n",
            "The columns of this file are not separated by commas. Save it as CSV with commas.",
        ),
        (b"child_id,name,name\n", "These headings stand there twice: name. Keep one of each."),
        (
            b'child_id,name\n1,"' + b"x" * 200_000,
            "The file cannot be read from line 2 on: a quotation mark may be open, or a cell very long.",
        ),
        (
            b"child_id,name," + b",".join(b"%d" % number for number in range(1_000_000)),
            "The file has more than 400 columns. Choose the list alone.",
        ),
        (b"x" * (reading.LARGEST_FILE + 1), "The file is larger than 10 MB. Choose the list alone."),
    ],
)
def test_read_table_says_what_is_wrong(content, sentence):
    with pytest.raises(reading.Unreadable) as unreadable:
        read(content)

    assert unreadable.value.sentence == sentence


def test_lines_are_numbered_as_an_editor_does():
    table = read(b'child_id,name\n1,"two\nlines"\n\n3,c\n')

    assert [(line.number, line.cells["child_id"]) for line in table.lines] == [(2, "1"), (5, "3")]


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

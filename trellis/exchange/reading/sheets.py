"""Bytes → sheets of lines of text, whatever the container; or a sentence a person can act on."""

from dataclasses import dataclass

from trellis.conduct.refusals import Refused
from trellis.exchange.reading.limits import LARGEST_FILE

MOST_NAMED = 8

SAVE_AS = "In Excel choose Save as, then “Excel Workbook” or “CSV UTF-8”, and bring that file."
# What a file is by its first bytes, when it is none that holds a list.
STRANGERS: list[tuple[tuple[bytes, ...], str]] = [
    ((b"%PDF",), "This is a PDF, made for reading. Ask for the list as an Excel workbook or CSV, and bring that."),
    (
        (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*"),
        "This is a picture. Bring the list itself, as an Excel workbook or CSV.",
    ),
    ((b"{\\rtf",), f"This is a document, not a list. {SAVE_AS}"),
    (
        (b"\x1f\x8b", b"7z\xbc\xaf", b"Rar!", b"BZh", b"\xfd7zXZ"),
        "This is a packed file. Take the list out of it and bring that.",
    ),
]
WEB_PAGES = (b"<!doctype html", b"<html", b"<table", b"<head", b"<meta", b"<body", b"<style", b"<div")


class Unreadable(Refused):
    """The file is not the table we asked for."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence, field="file")


@dataclass(frozen=True)
class Brought:
    """A file as somebody chose it: its name and its bytes. Neither is kept."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Row:
    """A line that holds something; ``number`` counts from 1 for the first line of the file, as an editor does."""

    number: int
    cells: list[str]

    @property
    def filled(self) -> list[str]:
        return [cell for cell in self.cells if cell.strip()]


@dataclass(frozen=True)
class Sheet:
    """The lines of one sheet of a workbook, or of a CSV file, whose sheet has no name. ``is_grid``: a workbook's lines
    are equally long, so that an odd length tells nothing."""

    name: str
    rows: list[Row]
    is_grid: bool = False


def sheets_of(brought: Brought, *, largest: int = LARGEST_FILE) -> list[Sheet]:
    """The sheets that hold something. Raises Unreadable with a sentence when the file is no list or has none."""
    from trellis.exchange.reading import delimited, workbooks

    content = brought.content
    if len(content) > largest:
        raise Unreadable(f"The file is larger than {largest // 1024 // 1024} MB. Choose the list alone.")
    if not content.strip():
        raise Unreadable("The file is empty. Choose the file with the list.")
    _refuse_strangers(content)
    if content.startswith(workbooks.ZIP):
        sheets = workbooks.packed_workbook(content)
    elif content.startswith(workbooks.OLD):
        sheets = workbooks.old_workbook(content)
    else:
        sheets = [Sheet("", delimited.rows_of(delimited.text_of(content)))]
    sheets = [sheet for sheet in sheets if sheet.rows]
    if not sheets:
        raise Unreadable("The file is empty. Choose the file with the list.")
    return sheets


def _refuse_strangers(content: bytes) -> None:
    for beginnings, sentence in STRANGERS:
        if content.startswith(beginnings):
            raise Unreadable(sentence)
    start = content[:400].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(WEB_PAGES):
        raise Unreadable(f"This is a web page, whatever its name says. Open it in Excel. {SAVE_AS}")
    if start.startswith(b"<?xml"):
        raise Unreadable(f"This is an XML file, not a list. Open it in Excel. {SAVE_AS}")


def named(words: list[str]) -> str:
    """ "a, b, c and 12 others", cut so that a strange file makes no strange page."""
    shown = [word if len(word) <= 40 else word[:40] + "…" for word in words]
    if len(shown) <= MOST_NAMED:
        return ", ".join(shown)
    return f"{', '.join(shown[:MOST_NAMED])} and {len(shown) - MOST_NAMED} others"

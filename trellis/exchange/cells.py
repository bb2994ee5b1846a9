"""What may stand in a cell. Each reader turns tidy text into a value, or raises Wrong with a sentence for a person."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from trellis.exchange.reading import Line

ISO_DAY = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})$", re.ASCII)
BRITISH_DAY = re.compile(r"^(\d{1,2})[/-](\d{1,2})[/-](\d{4})$", re.ASCII)
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
FORMULA = ("=", "+", "-", "@")

Reader = Callable[[str], Any]


class Wrong(ValueError):
    """A cell holds what it cannot hold. The text is the sentence."""


@dataclass(frozen=True)
class Complaint:
    """What is the matter with one cell. ``weight``: REFUSED turns the file away; DOUBTFUL lands, but is to be mended
    when the file goes back anyway; WARNING is only told."""

    line: int
    column: str
    found: str
    sentence: str
    weight: str

    REFUSED = "refused"
    DOUBTFUL = "doubtful"
    WARNING = "warning"

    @classmethod
    def about(cls, line: Line, column: str, sentence: str, weight: str = REFUSED) -> "Complaint":
        found = line.cells.get(column, "")
        return cls(line.number, column, found if len(found) <= 60 else found[:60] + "…", sentence, weight)

    def as_dict(self) -> dict[str, Any]:
        """As kept with an import, for the page."""
        return {"line": self.line, "column": self.column, "found": self.found, "sentence": self.sentence}


def not_taken(notes: Iterable[tuple[int, str]]) -> list[Complaint]:
    """What is told of the notes and totals beneath a list, each by its number and beginning."""
    sentence = "Not taken: a note or a total, no line of the list."
    return [Complaint(number, "", text, sentence, Complaint.WARNING) for number, text in notes]


def read_cells(line: Line, columns: dict[str, Reader]) -> tuple[dict[str, Any], list[Complaint]]:
    """The values of a line by column, and what is wrong; a wrong cell has no value."""
    values: dict[str, Any] = {}
    complaints = []
    for column, reader in columns.items():
        try:
            values[column] = reader(tidy(line.cells.get(column, "")))
        except Wrong as wrong:
            complaints.append(Complaint.about(line, column, str(wrong)))
    return values, complaints


def tidy(text: str) -> str:
    """Text without spaces round it. Raises Wrong for what no cell may hold."""
    text = text.strip()
    if CONTROL.search(text):
        raise Wrong("There is a line break or a sign that cannot be shown in this cell. Take it out.")
    if text.startswith(FORMULA):
        raise Wrong("This looks like a formula. Write the words themselves.")
    return text


def words(longest: int, *, what: str = "") -> Reader:
    """Text up to a length; with ``what`` it must not be empty."""

    def read(text: str) -> str:
        if what and not text:
            raise Wrong(f"{what} is missing.")
        if len(text) > longest:
            raise Wrong(f"This is too long: {len(text)} characters, at most {longest} fit.")
        return text

    return read


def code(codes: Iterable[str], sentence: str, *, blank: str | None = None) -> Reader:
    """One of a list of codes, capitals or not. ``blank`` says what an empty cell means; None: it is wrong."""
    known = set(codes)

    def read(text: str) -> str:
        if not text and blank is not None:
            return blank
        if text.upper() not in known:
            raise Wrong(sentence)
        return text.upper()

    return read


def day(*, what: str = "") -> Reader:
    """A date as 2015-03-14 or 14/03/2015; with ``what`` it must not be empty."""

    def read(text: str) -> date | None:
        if not text:
            if what:
                raise Wrong(f"{what} is missing.")
            return None
        return real_day(text)

    return read


def real_day(text: str) -> date:
    if iso := ISO_DAY.match(text):
        year, month, number = iso.groups()
    elif british := BRITISH_DAY.match(text):
        number, month, year = british.groups()
    else:
        raise Wrong("Write the date as 2015-03-14 or 14/03/2015, with the whole year.")
    try:
        return date(int(year), int(month), int(number))
    except ValueError:
        raise Wrong("There is no such date.") from None


def email(text: str) -> str:
    if text:
        try:
            validate_email(text)
        except ValidationError:
            raise Wrong("This is not an e-mail address.") from None
    if len(text) > 254:
        raise Wrong("This is too long for an e-mail address.")
    return text


def whole_number(lowest: int, highest: int) -> Reader:
    def read(text: str) -> int | None:
        if not text:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 10 and lowest <= int(text) <= highest):
            raise Wrong(f"Write a whole number from {lowest} to {highest}.")
        return int(text)

    return read

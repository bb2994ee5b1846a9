"""The yearly return as one XML file: each child with its header, episodes, reviews and the rest; read into the same
tables as the CSV files. Read safely: no document type, no entities, no more than so much of anything."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from trellis.exchange.reading import LARGEST_FILE, Line, Table, Unreadable
from trellis.exchange.ssda903.tables import ALIASES, BY_NAME, Recognised, Shape

ROOT = "EXPSSDA903"
BEGINS_AS_XML = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<[?!A-Za-z]")
DEEPEST = 6
LONGEST_CELL = 500
MOST_CHILDREN = 50_000
NOT_SAFE = "This XML file declares a document type or entities, which the return never has. Nothing of it was read."
GROUPS = {
    "EPISODE": "episodes", "AREVIEW": "reviews", "OC2": "oc2", "PERMANENCE": "previous_permanence",
    "AMISSING": "missing", "AD_PLACED": "placed_for_adoption", "SWEPISODE": "sw_episodes", "DOLO": "dolo",
}  # fmt: skip
FLAT = ("uasc", "oc3", "ad1")  # their columns stand in the header of a child, if anywhere
ADDRESSES = ("HOME_POST", "PL_POST")


@dataclass(frozen=True)
class Part:
    """One table that a file holds."""

    table: Table
    recognised: Recognised
    is_grid: bool = False  # of a workbook, whose dates are dates


@dataclass
class _Child:
    number: int
    header: dict[str, str] = field(default_factory=dict)
    groups: list[tuple[str, dict[str, str]]] = field(default_factory=list)


def is_xml(content: bytes) -> bool:
    return bool(BEGINS_AS_XML.match(content[:200]))


def parts_of(content: bytes) -> list[Part]:
    """The tables in the XML return. Lines count the children, from 1: the file may be a single line."""
    if len(content) > LARGEST_FILE:
        raise Unreadable(f"The file is larger than {LARGEST_FILE // 1024 // 1024} MB. Bring the tables as CSV files.")
    reader = _Reader()
    reader.read(content)
    lines: dict[str, list[Line]] = {}
    for child in reader.children:
        for name, cells in _rows_of(child):
            width = len(BY_NAME[name].columns)
            lines.setdefault(name, []).append(Line(child.number, cells, width, width))
    sha256 = hashlib.sha256(content).hexdigest()
    return [
        Part(
            Table(list(BY_NAME[name].columns), of_table, sha256),
            Recognised(
                BY_NAME[name], {column: column for column in BY_NAME[name].columns},
                addresses=ADDRESSES if name == "episodes" else (),
            ),
        )
        for name, of_table in lines.items()
    ]  # fmt: skip


def _rows_of(child: _Child) -> Iterator[tuple[str, dict[str, str]]]:
    header = child.header
    yield "header", _cells(BY_NAME["header"], header)
    for name in FLAT:
        shape = BY_NAME[name]
        own = [column for column in shape.columns if column not in BY_NAME["header"].columns]
        if any(header.get(column) for column in own):
            yield name, _cells(shape, header)
    shared = {column: header.get(column, "") for column in ("CHILD", "DOB")}
    for name, cells in child.groups:
        yield name, _cells(BY_NAME[name], shared | cells)


def _cells(shape: Shape, said: dict[str, str]) -> dict[str, str]:
    return {column: said.get(column, "") for column in shape.columns}


class _Reader:
    """Goes through the file once, child by child. Elements that are none of ours, and addresses, are passed over."""

    def __init__(self) -> None:
        self.children: list[_Child] = []
        self._path: list[str] = []
        self._text: list[str] = []
        self._length = 0
        self._group: dict[str, str] | None = None

    def read(self, content: bytes) -> None:
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = _refuse
        parser.ExternalEntityRefHandler = _refuse
        parser.StartElementHandler, parser.EndElementHandler = self._begin, self._end
        parser.CharacterDataHandler = self._add
        parser.buffer_text = True
        try:
            parser.Parse(content, True)
        except (expat.ExpatError, UnicodeDecodeError, LookupError) as error:
            raise Unreadable(
                f"This XML file breaks off or is damaged at line {parser.CurrentLineNumber}. Export it again."
            ) from error
        if not self.children:
            raise Unreadable("This XML file holds no child of the return.")

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        name = name.rsplit(":", 1)[-1].upper()
        if not self._path and name != ROOT:
            raise Unreadable(f"This XML file is not the yearly return, whose outermost element is {ROOT}.")
        self._path.append(name)
        if len(self._path) > DEEPEST:
            raise Unreadable("This XML file is nested deeper than the return is.")
        if len(self._path) == 2 and name == "CHILD":
            if len(self.children) == MOST_CHILDREN:
                raise Unreadable(f"The file has more than {MOST_CHILDREN:,} children. Bring the tables as CSV files.")
            self.children.append(_Child(len(self.children) + 1))
        elif name in GROUPS and self.children and self._group is None:
            self._group = {}
            self.children[-1].groups.append((GROUPS[name], self._group))
        self._text, self._length = [], 0

    def _add(self, text: str) -> None:
        self._length += len(text)
        if self._length <= LONGEST_CELL:
            self._text.append(text)

    def _end(self, name: str) -> None:
        name = self._path.pop()
        words = "".join(self._text)
        self._text, self._length = [], 0
        if name in GROUPS:
            self._group = None
        elif self.children and name not in {"CHILD", "HEADER", ROOT} and name not in ADDRESSES:
            column = ALIASES.get(name, name)
            (self._group if self._group is not None else self.children[-1].header).setdefault(column, words)


def _refuse(*args: object) -> Any:
    raise Unreadable(NOT_SAFE)

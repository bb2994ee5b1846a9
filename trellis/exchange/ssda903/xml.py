"""The yearly return as one XML file: each child with its header, episodes, reviews and the rest; read into the same
tables as the CSV files."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from trellis.exchange.reading import Line, Table, Unreadable
from trellis.exchange.reading.xml import XmlReader
from trellis.exchange.ssda903.tables import ALIASES, BY_NAME, Recognised, Shape

ROOT = "EXPSSDA903"
MOST_CHILDREN = 50_000
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


def parts_of(content: bytes) -> list[Part]:
    """The tables in the XML return. Lines count the children, from 1: the file may be a single line."""
    reader = _Reader()
    reader.read(content)
    if not reader.children:
        raise Unreadable("This XML file holds no child of the return.")
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


class _Reader(XmlReader):
    """Child by child. Elements that are none of ours, and addresses, are passed over."""

    root = ROOT
    what = "the return"
    not_this = f"This XML file is not the yearly return, whose outermost element is {ROOT}."

    def __init__(self) -> None:
        super().__init__()
        self.children: list[_Child] = []
        self._group: dict[str, str] | None = None

    def began(self, name: str) -> None:
        if len(self.path) == 2 and name == "CHILD":
            if len(self.children) == MOST_CHILDREN:
                raise Unreadable(f"The file has more than {MOST_CHILDREN:,} children. Bring the tables as CSV files.")
            self.children.append(_Child(len(self.children) + 1))
        elif name in GROUPS and self.children and self._group is None:
            self._group = {}
            self.children[-1].groups.append((GROUPS[name], self._group))

    def ended(self, name: str, text: str) -> None:
        if name in GROUPS:
            self._group = None
        elif self.children and name not in {"CHILD", "HEADER", ROOT} and name not in ADDRESSES:
            column = ALIASES.get(name, name)
            (self._group if self._group is not None else self.children[-1].header).setdefault(column, text)

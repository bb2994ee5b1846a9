"""A common transfer file as a tree of those of its elements that are looked at; the rest is passed over, an address
unread. The order of elements tells nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from trellis.exchange.reading import Unreadable
from trellis.exchange.reading.xml import XmlReader, is_xml

ROOT = "CTFILE"
MOST_PUPILS = 5_000
MOST_ELEMENTS = 200_000
NO_XML = "This is no XML file. A common transfer file comes from the other school’s system as one, ending in .xml."
TAKEN = (
    "Header", "DateTime", "SourceSchool", "DestSchool", "LEA", "Estab", "SchoolName", "CTFpupilData", "Pupil", "UPN",
    "FormerUPN", "Surname", "Forename", "DOB", "Sex", "Gender", "BasicDetails", "LookedAfter", "InCare",
    "CareAuthority", "SENhistory", "SEN", "StartDate", "EndDate", "SENprovision", "SENneeds", "SENneed", "SENtypeRank",
    "SENtype", "Attendance", "YearData", "Year", "SessionsPossible", "SessionsAuthorised", "SessionsUnauthorised",
    "SchoolHistory", "School", "EntryDate", "LeavingDate",
)  # fmt: skip
PROPER = {name.upper(): name for name in TAKEN}
ADDRESSES = {"ADDRESS", "BS7666ADDRESS", "LINEADDRESS", "POSTCODE", "CONTACTS", "PHONES", "EMAIL"}


@dataclass
class Element:
    """An element by its proper name, what stands in it, and the elements within."""

    name: str
    text: str = ""
    within: list["Element"] = field(default_factory=list)

    def all(self, name: str) -> Iterator["Element"]:
        """All elements of this name within, however deep."""
        for one in self.within:
            if one.name == name:
                yield one
            yield from one.all(name)

    def first(self, name: str) -> "Element | None":
        return next(self.all(name), None)

    def says(self, name: str) -> str:
        """What stands in the first element of this name, without spaces round it."""
        found = self.first(name)
        return found.text.strip() if found else ""


@dataclass(frozen=True)
class TransferFile:
    """The header and the pupils as they stand in the file, and the names of what was passed over."""

    header: Element
    pupils: list[Element]
    ignored: list[str]
    dropped: list[str]


def file_in(content: bytes) -> TransferFile:
    """The elements of a file. Raises Unreadable with a sentence."""
    if not content.strip():
        raise Unreadable("The file is empty. Choose the common transfer file.")
    if not is_xml(content) and content[:2] not in (b"\xff\xfe", b"\xfe\xff"):
        raise Unreadable(NO_XML)
    reader = _Reader()
    reader.read(content)
    if not reader.pupils:
        raise Unreadable("This common transfer file holds no pupil.")
    return TransferFile(reader.header, reader.pupils, sorted(reader.ignored), sorted(reader.dropped))


class _Reader(XmlReader):
    root = ROOT
    what = "a common transfer file"
    not_this = "This XML file is not a common transfer file, whose outermost element is CTfile."
    deepest = 14

    def __init__(self) -> None:
        super().__init__()
        self.header = Element("Header")
        self.pupils: list[Element] = []
        self.ignored: set[str] = set()
        self.dropped: set[str] = set()
        self._open: list[Element] = []
        self._passed_over = 0  # how deep within an element that is not looked at
        self._count = 0

    def began(self, name: str) -> None:
        if self._passed_over or (len(self.path) > 1 and name not in PROPER):
            self._pass_over(name)
            return
        self._count += 1
        if self._count > MOST_ELEMENTS or len(self.pupils) > MOST_PUPILS:
            raise Unreadable("This file is larger than a common transfer file can be.")
        element = Element(PROPER.get(name, name))
        if self._open:
            self._open[-1].within.append(element)
        self._open.append(element)
        if len(self.path) == 2 and name == "HEADER":
            self.header = element
        elif len(self.path) == 3 and name == "PUPIL":
            self.pupils.append(element)

    def _pass_over(self, name: str) -> None:
        if name in ADDRESSES:
            self.dropped.add(self.written)
        elif not self._passed_over and len(self.path) == 4:
            self.ignored.add(self.written)
        self._passed_over += 1

    def ended(self, name: str, text: str) -> None:
        if self._passed_over:
            self._passed_over -= 1
        else:
            self._open.pop().text = text

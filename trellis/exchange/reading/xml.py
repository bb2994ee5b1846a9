"""XML gone through once and safely: no document type, no entities, nothing deeper, longer or larger than a file of its
kind is. What an element means its reader knows."""

import re
from typing import Any
from xml.parsers import expat

from trellis.exchange.reading.limits import LARGEST_FILE
from trellis.exchange.reading.sheets import Unreadable

BEGINS_AS_XML = re.compile(rb"^(?:\xef\xbb\xbf)?\s*<[?!A-Za-z]")
LONGEST_TEXT = 500  # of an element; what is longer is cut
NOT_SAFE = "This XML file declares a document type or entities, which {what} never has. Nothing of it was read."


def is_xml(content: bytes) -> bool:
    return bool(BEGINS_AS_XML.match(content[:200]))


class XmlReader:
    """Goes through the elements in order and tells of each by ``began`` and ``ended``, its name in capitals and without
    a prefix. ``path`` holds the names from the outermost element to the one that was begun last. Raises Unreadable."""

    root = ""
    what = "such a file"  # "the return"
    not_this = ""  # the sentence about a file with another outermost element
    deepest = 6

    def __init__(self) -> None:
        self.path: list[str] = []
        self.written = ""  # the name of the element that was begun last, as the file writes it
        self._text: list[str] = []
        self._length = 0

    def began(self, name: str) -> None:
        """An element begins; ``path`` ends with it."""

    def ended(self, name: str, text: str) -> None:
        """An element has ended; ``text`` is what stood in it after its last element within."""

    def read(self, content: bytes) -> None:
        if len(content) > LARGEST_FILE:
            raise Unreadable(f"The file is larger than {LARGEST_FILE // 1024 // 1024} MB.")
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = self._refuse
        parser.ExternalEntityRefHandler = self._refuse
        parser.StartElementHandler, parser.EndElementHandler = self._begin, self._end
        parser.CharacterDataHandler = self._add
        parser.buffer_text = True
        try:
            parser.Parse(content, True)
        except (expat.ExpatError, UnicodeError, LookupError, ValueError) as error:
            raise Unreadable(
                f"This XML file breaks off or is damaged at line {parser.CurrentLineNumber}. Export it again."
            ) from error

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self.written = name.rsplit(":", 1)[-1]
        name = self.written.upper()
        if not self.path and name != self.root:
            raise Unreadable(self.not_this)
        self.path.append(name)
        if len(self.path) > self.deepest:
            raise Unreadable(f"This XML file is nested deeper than {self.what} is.")
        self._text, self._length = [], 0
        self.began(name)

    def _add(self, text: str) -> None:
        self._length += len(text)
        if self._length <= LONGEST_TEXT:
            self._text.append(text)

    def _end(self, name: str) -> None:
        name = self.path.pop()
        text = "".join(self._text)
        self._text, self._length = [], 0
        self.ended(name, text)

    def _refuse(self, *args: object) -> Any:
        raise Unreadable(NOT_SAFE.format(what=self.what))

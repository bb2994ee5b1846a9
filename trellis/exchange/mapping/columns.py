"""What a kind of file says of each of its columns, so that another's headings and words can be told to be ours."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from trellis.exchange.cells import Reader, Wrong

NOT_LETTERS = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Column:
    """One of our columns. ``words`` are headings under which others keep it, ``looks`` what its cells look like.
    ``codes`` are what may stand there, in words; ``meanings`` the words of others, as a proposal."""

    text: str
    reader: Reader
    words: tuple[str, ...] = ()
    looks: re.Pattern[str] | None = None
    needed: bool = False
    codes: Mapping[str, str] = field(default_factory=dict)
    meanings: Mapping[str, str] = field(default_factory=dict)
    is_day: bool = False

    def is_called(self, heading: str) -> bool:
        return key_of(heading) in {key_of(word) for word in (self.text, *self.words)}

    def understands(self, text: str) -> bool:
        """Whether this is a code of ours already, or nothing where nothing may stand."""
        try:
            self.reader(text)
        except Wrong:
            return False
        return True

    def proposed(self, text: str) -> str:
        """The code that a word of theirs most likely means, or nothing."""
        known = {key_of(word): code for word, code in self.meanings.items()}
        known |= {key_of(words): code for code, words in self.codes.items()}
        return known.get(key_of(text), "")


Columns = Mapping[str, Column]


def key_of(text: str) -> str:
    """ "D.O.B" and "dob" are one heading, "SEN Support" and "sen support" one word."""
    return NOT_LETTERS.sub("", text).casefold()


def name_of(heading: str, columns: Columns) -> str:
    """Which of our columns a heading most likely is, or nothing."""
    if heading in columns:
        return heading
    return next((name for name, column in columns.items() if key_of(name) == key_of(heading)), "") or next(
        (name for name, column in columns.items() if column.is_called(heading)), ""
    )

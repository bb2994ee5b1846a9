"""Names in capitals, written as people write them. Capitals say nothing of how a name is written otherwise."""

import re

from trellis.pupils.folding import fold

# Parts of a name that stay small within it: van Dijk, de la Cruz, bin Said.
SMALL = {"van", "von", "der", "den", "de", "del", "della", "la", "le", "da", "dos", "das", "du", "di", "bin", "bint",
         "ibn", "al", "el", "ter", "ten", "zu", "af", "av"}  # fmt: skip
PARTS = re.compile(r"[^\s\-]+")
IRISH = re.compile(r"^(o|d|l|n)(['’])(\w)")
SCOTTISH = re.compile(r"^mc(\w)")


def is_in_capitals(name: str, *, is_last: bool) -> bool:
    """Whether a name is in capitals only. AJ and TJ are first names as they are written; a last name of two letters
    in capitals is not."""
    letters = [letter for letter in name if letter.isalpha()]
    return name.isupper() and len(letters) > (1 if is_last else 2)


def name_case(name: str) -> str:
    """McAllister, O'Hara, Smith-Jones, van Dijk, St John. Macdonald may be MacDonald too: that only people know."""
    small = PARTS.sub(lambda found: _part(found[0]), name.lower())
    return small if small[:1].isupper() or small.split()[0] in SMALL else small[:1].upper() + small[1:]


def _part(part: str) -> str:
    if part in SMALL:
        return part
    if IRISH.match(part):
        return part[0].upper() + part[1] + part[2].upper() + part[3:]
    if SCOTTISH.match(part):
        return "Mc" + part[2].upper() + part[3:]
    return part[:1].upper() + part[1:]


def as_called(legal_first: str, preferred_first: str, last: str) -> list[tuple[str, str]]:
    """(first name, last name) by which a child may go, without accents, capitals or apostrophes."""
    firsts = dict.fromkeys(fold(first.casefold()) for first in (legal_first, preferred_first) if first)
    return [(first, fold(last.casefold())) for first in firsts]

"""The shapes that shown slots answer with."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Tab:
    """A tab of the pupil record; ``name`` is compared with the page's own to mark the current one. Tabs stand by
    ``order``: cycle 10, PEP 20, advice and hours 30, funding 40, school place 50, EHC 60, views 70, people 80, …"""

    name: str
    text: str
    url: str
    order: int = 99


@dataclass(frozen=True)
class Deed:
    """Something that may be begun or done: a button or a link. ``is_asked``: it was begun already, ``text`` says how it
    stands."""

    text: str
    url: str
    is_asked: bool = False


@dataclass(frozen=True)
class Tag:
    text: str
    tone: str = "quiet"  # quiet, warn, late, ok


@dataclass(frozen=True)
class NextStep:
    """Something to do: "Record the review of Amira's second cycle". ``whose`` names roles or a person in words. What
    ``cannot_wait`` (a child may not be safe, or the law says at once) sorts before whatever is merely late."""

    due_on: date
    verb: str  # "Record the review"
    rest: str  # "of Amira's second cycle"
    url: str
    pupil_id: int
    whose: str = ""
    detail: str = ""
    go: str = "Open"
    cannot_wait: bool = False

    def __lt__(self, other: "NextStep") -> bool:
        return (not self.cannot_wait, self.due_on) < (not other.cannot_wait, other.due_on)

"""The shapes that shown slots answer with."""

from dataclasses import dataclass, field
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


@dataclass(frozen=True, order=True)
class NextStep:
    """Something to do: "Record the review of Amira's second cycle". ``whose`` names roles or a person in words."""

    due_on: date
    verb: str = field(compare=False)  # "Record the review"
    rest: str = field(compare=False)  # "of Amira's second cycle"
    url: str = field(compare=False)
    pupil_id: int = field(compare=False)
    whose: str = field(compare=False, default="")
    detail: str = field(compare=False, default="")
    go: str = field(compare=False, default="Open")

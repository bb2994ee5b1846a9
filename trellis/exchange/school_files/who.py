"""Whom a line of a school's file is about: only ever a pupil of those who brought it, and only where it is certain."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from trellis.conduct import clock
from trellis.exchange.cells import Wrong, real_day, tidy, words
from trellis.exchange.kinds import Whose
from trellis.exchange.mapping.columns import Column
from trellis.exchange.reading import Line
from trellis.organisations.models import School
from trellis.pupils.folding import fold
from trellis.pupils.models import Pupil, SchoolPlace
from trellis.pupils.rules import UPN_SHAPE, tidy_upn

Names = tuple[str, ...]
Row = dict[str, Any]  # the cells of a line, read; with its number and the pupil it is about


def iso_day(text: str) -> str:
    return real_day(text).isoformat() if text else ""


WHO_COLUMNS = {
    "upn": Column(
        "UPN (unique pupil number)", tidy_upn, ("UPN", "Unique pupil number", "Pupil UPN"),
        re.compile(r"^[A-Za-z]\d{11}[\dA-Za-z]$"),
    ),
    "first_name": Column(
        "First name", words(100),
        ("Forename", "Forenames", "Legal forename", "Legal first name", "Preferred forename", "Preferred first name",
         "Given name", "Chosen forename"),
    ),
    "last_name": Column(
        "Last name", words(100),
        ("Surname", "Legal surname", "Legal last name", "Preferred surname", "Preferred last name", "Family name"),
    ),
    "name": Column(
        "Whole name", words(200),
        ("Name", "Pupil", "Pupil name", "Student", "Student name", "Full name", "Legal name", "Preferred name"),
    ),
    "date_of_birth": Column(
        "Date of birth", iso_day, ("DOB", "Birth date", "Born", "D.O.B.", "Date of birth (DOB)"), is_day=True
    ),
}  # fmt: skip


@dataclass
class Found:
    """The lines that are of a pupil of theirs; how many are not; and what came close, to be looked at."""

    lines: list[tuple[Line, Pupil]] = field(default_factory=list)
    others: int = 0
    close: list[tuple[Line, str]] = field(default_factory=list)
    strange_upns: bool = False


def pupils_of(whose: Whose) -> dict[int, Pupil]:
    """Those a file may speak of: a school's pupils on roll today; the children a Virtual School's authority looks after
    today, if they have a school place."""
    today = clock.today()
    theirs = Pupil.objects.going_on()
    if isinstance(whose, School):
        return theirs.at_school_on(whose, today).in_bulk()
    assert whose is not None
    placed = SchoolPlace.objects.filter(during__contains=today)
    in_care = theirs.in_care_on(today).filter(
        care_episodes__authority=whose.authority_id, care_episodes__during__contains=today, school_places__in=placed
    )
    return in_care.in_bulk()


def find_pupils(lines: Iterable[Line], pupils: Iterable[Pupil]) -> Found:
    """Two of UPN, name and date of birth agree, and with one pupil only; else nobody is meant."""
    known = Known(list(pupils))
    found = Found()
    for line in lines:
        said = _said(line)
        if not (said.names or said.date_of_birth or UPN_SHAPE.fullmatch(said.upn)):
            continue  # a total or a note: it is about nobody
        found.strange_upns |= bool(said.upn) and not UPN_SHAPE.fullmatch(said.upn)
        near = known.near(said)
        meant = [pupil for pupil in near if known.agreeing(said, pupil) >= 2]
        if len(meant) == 1:
            found.lines.append((line, meant[0]))
            continue
        found.others += 1
        if near:
            found.close.append((line, said.why_not(meant)))
    return found


@dataclass(frozen=True)
class Said:
    """What a line says of whom it is about."""

    upn: str
    names: Names
    date_of_birth: str

    def why_not(self, meant: list[Pupil]) -> str:
        if meant:
            return "Several pupils have this name and date of birth. Give the UPN too. Nothing of this line was taken."
        if not self.date_of_birth:
            return "A pupil has this name or this UPN, but only one of the two agrees. Nothing of this line was taken."
        return "A pupil has this name or UPN, but another date of birth here. Nothing of this line was taken."


class Known:
    """The pupils a file may speak of, by UPN and by the names they go by."""

    def __init__(self, pupils: list[Pupil]) -> None:
        self.names = {pupil.pk: _names_of(pupil) for pupil in pupils}
        self.by_upn = {pupil.upn: pupil for pupil in pupils if pupil.upn and not pupil.upn_in_question}
        self.by_names: dict[Names, list[Pupil]] = {}
        for pupil in pupils:
            for names in self.names[pupil.pk]:
                self.by_names.setdefault(names, []).append(pupil)

    def near(self, said: Said) -> list[Pupil]:
        """Those whose name or UPN it is."""
        by_upn = [self.by_upn[said.upn]] if said.upn in self.by_upn else []
        found = {pupil.pk: pupil for pupil in [*by_upn, *self.by_names.get(said.names, [])]}
        return list(found.values())

    def agreeing(self, said: Said, pupil: Pupil) -> int:
        """How many of UPN, name and date of birth are this pupil's. Another date of birth is another child."""
        if said.date_of_birth and said.date_of_birth != pupil.date_of_birth.isoformat():
            return 0
        has_upn = self.by_upn.get(said.upn) == pupil
        return bool(said.date_of_birth) + has_upn + (said.names in self.names[pupil.pk])


def _names_of(pupil: Pupil) -> set[Names]:
    firsts = {pupil.legal_first_name, pupil.first_name}
    return {_names(first, pupil.legal_last_name) for first in firsts}


def _names(*parts: str) -> Names:
    """The words of a name in no order: "Vale, Jordan" and "Jordan Vale" are one."""
    return tuple(sorted(fold(" ".join(parts).replace(",", " ")).split()))


def _said(line: Line) -> Said:
    cells = {name: _tidied(line, name) for name in WHO_COLUMNS}
    both = [cells["first_name"], cells["last_name"]]
    names = _names(*both) if all(both) else _names(cells["name"])
    try:
        born = iso_day(cells["date_of_birth"])
    except Wrong:
        born = ""
    return Said(tidy_upn(cells["upn"]), names, born)


def _tidied(line: Line, name: str) -> str:
    try:
        return tidy(line.cells.get(name, ""))
    except Wrong:
        return ""


def others_in_words(found: Found, whose: Whose) -> str:
    """What became of the lines that are of nobody known here; nothing about who they are."""
    if not found.lines:
        who = "on your roll here" if isinstance(whose, School) else "among the children your authority looks after"
        hashed = " What stands in the UPN column are no UPNs." if found.strange_upns else ""
        return (
            f"Nobody in this file was found {who}: in no line do two of UPN, name and date of birth agree with a pupil."
            f"{hashed} Nothing would change."
        )
    if not found.others:
        return ""
    lines = "1 line is" if found.others == 1 else f"{found.others} lines are"
    whom = "pupils who are not on your roll here" if isinstance(whose, School) else "others"
    return f"{lines} of {whom}. Nothing of them was taken or kept."


def shown_as(pupil: Pupil, whose: Whose) -> str:
    """By name to the school; by initials to the business officer, who reads no record."""
    return pupil.name if isinstance(whose, School) else pupil.initials

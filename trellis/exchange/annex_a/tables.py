"""Lists 1 and 2 of the workbook that Ofsted asks for when it inspects SEND (Annex A): how each is known by its
headings, and what a cell may hold."""

import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from trellis.exchange.cells import Wrong, real_day, tidy, words
from trellis.exchange.reading import Brought, Line, Table, Unreadable, sheets_of
from trellis.exchange.reading.tables import Found, find_headings, table_under
from trellis.pupils import rules as pupil_rules
from trellis.pupils.models import Sen

HEADINGS = {  # ours ← theirs, without capitals, spaces and dashes
    "unique_id": ("uniqueid", "uniqueidentifier", "childuniqueid"),
    "upn": ("upn", "uniquepupilnumber"),
    "born": ("dateofbirth", "dob"),
    "issued": ("dateinitialehcplanissued", "dateehcplanissued"),
    "updated": ("dateupdatedehcplanissued", "dateehcplanupdated"),
    "reviewed": ("dateehcplanlastreviewed",),
    "need": ("senprimaryneed", "primaryneed"),
    "urn": ("maineducationestablishmenturn",),
}
OUR_NAME = {theirs: ours for ours, many in HEADINGS.items() for theirs in many}
PLAN_DAYS = ("issued", "updated", "reviewed")
SUMS = ("suspensions", "permanentexclusions", "absence")
TELLS_WHO = {"unique_id", "upn", "born"}  # what stands in these is not kept beside a remark
NO_LIST = (
    "No sheet has the headings of List 1 or List 2 of the SEND Annex A: Unique ID or UPN, Date of birth, SEN primary "
    "need. Bring Annex A as it is made for Ofsted, or choose what this file holds."
)
SAYS_ITSELF = {"senstatus", "sendstatus", "senprovision", "legalstatus"}  # of Annex A the list says it, not its lines
NEEDS_BY_WORDS = {label.casefold(): code for code, label in pupil_rules.TYPES_OF_NEED.items()}


@dataclass(frozen=True)
class AnnexList:
    """One of the two lists as it stands in the file. ``number``: 1 with an EHC plan, 2 with SEN support."""

    number: int
    file: str
    table: Table
    heading_of: dict[str, str]

    @property
    def sums(self) -> list[str]:
        return [heading for heading in self.table.headings if folded(heading) in SUMS]

    @property
    def others(self) -> list[str]:
        """The headings of which nothing is taken, without the sums."""
        return [one for one in self.table.headings if one and folded(one) not in OUR_NAME and one not in self.sums]


@dataclass(frozen=True)
class ListedPupil:
    """A line of one of the lists, read; an empty text is what it does not say or what cannot be read."""

    list_number: int
    line: int
    unique_id: str
    upn: str
    born: date
    issued: date | None
    updated: date | None
    reviewed: date | None
    need: str
    urn: str

    @property
    def status(self) -> str:
        return Sen.PLAN if self.list_number == 1 else Sen.SUPPORT

    @property
    def where(self) -> str:
        return f"List {self.list_number}, line {self.line}"

    def as_dict(self) -> dict[str, Any]:
        row = asdict(self)
        return row | {name: row[name] and row[name].isoformat() for name in ("born", *PLAN_DAYS)}

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> "ListedPupil":
        days = {name: row[name] and date.fromisoformat(row[name]) for name in ("born", *PLAN_DAYS)}
        return cls(**{**row, **days})


@dataclass(frozen=True)
class Remark:
    """What is the matter with a line. ``lands`` False: nothing of the line is taken."""

    list_number: int
    line: int
    column: str
    found: str
    sentence: str
    lands: bool = True

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"where": f"List {self.list_number}, line {self.line}"}


def folded(heading: str) -> str:
    return re.sub(r"[^a-z0-9]", "", heading.casefold())


def lists_in(file: Brought) -> list[AnnexList]:
    """The lists in a workbook or CSV file, each known by its headings whatever its sheet is called."""
    found = find_headings(sheets_of(file), lambda heading: folded(heading) in OUR_NAME)
    lists = [one for one in (_recognised(file, sheet) for sheet in found) if one is not None]
    if not lists:
        raise Unreadable(NO_LIST)
    return sorted(lists, key=lambda one: one.number)


def _recognised(file: Brought, found: Found) -> AnnexList | None:
    heading_of: dict[str, str] = {}
    for heading in found.headings:
        if ours := OUR_NAME.get(folded(heading)):
            heading_of.setdefault(ours, heading)
    if SAYS_ITSELF & {folded(heading) for heading in found.headings}:
        return None
    if not {"born", "need"} <= heading_of.keys() or not {"upn", "unique_id"} & heading_of.keys():
        return None
    number = 1 if heading_of.keys() & set(PLAN_DAYS) else 2
    return AnnexList(number, file.name, table_under(found, file.content), heading_of)


def read_lines(one: AnnexList, today: date) -> tuple[list[ListedPupil], list[Remark]]:
    """Every line of a list read, and what is the matter with it."""
    pupils, remarks = [], []
    for line in one.table.lines:
        values: dict[str, Any] = {}
        about_line = list(_read_cells(one, line, values))
        who = [remark for remark in about_line if not remark.lands] or list(_about_who(one, line, values, today))
        remarks += [*about_line, *(remark for remark in who if remark not in about_line)]
        if values.get("born") and (values["upn"] or values["unique_id"]) and all(remark.lands for remark in who):
            pupils.append(ListedPupil(one.number, line.number, **values))
    return pupils, remarks


def _read_cells(one: AnnexList, line: Line, values: dict[str, Any]) -> Iterator[Remark]:
    for name, read in READERS.items():
        values[name] = None if name in ("born", *PLAN_DAYS) else ""
        text = line.cells.get(one.heading_of.get(name, ""), "")
        try:
            values[name] = read(tidy(text))
        except Wrong as wrong:
            yield _remark(one, line, name, str(wrong), lands=name != "born")


def _about_who(one: AnnexList, line: Line, values: dict[str, Any], today: date) -> Iterator[Remark]:
    if values["born"] is None:
        yield _remark(one, line, "born", "The date of birth is missing, so nobody can be matched.", lands=False)
    elif not (finding := pupil_rules.date_of_birth_is_a_pupils(values["born"], today)):
        yield _remark(one, line, "born", finding.sentence, lands=False)
    if not values["upn"] and not values["unique_id"]:
        yield _remark(one, line, "upn", "Neither a UPN nor a Unique ID can be read in this line.", lands=False)
    if values["upn"] and not (finding := pupil_rules.upn_check_letter_agrees(values["upn"])):
        yield _remark(one, line, "upn", finding.sentence)


def _remark(one: AnnexList, line: Line, name: str, sentence: str, *, lands: bool = True) -> Remark:
    heading = one.heading_of.get(name, "")
    found = "" if name in TELLS_WHO else line.cells.get(heading, "")
    return Remark(one.number, line.number, heading, found[:60], sentence, lands)


# --- cells -----------------------------------------------------------------------------------------------------------


def _upn(text: str) -> str:
    upn = pupil_rules.tidy_upn(text)
    if upn in pupil_rules.NO_UPN_YET:
        return ""
    if not (finding := pupil_rules.upn_has_the_right_shape(upn)):
        raise Wrong(finding.sentence)
    return upn


def _day(text: str) -> date | None:
    return real_day(text) if text else None


def _need(text: str) -> str:
    """A type of need by its code or in the census’s words."""
    code = NEEDS_BY_WORDS.get(text.casefold(), text.upper())
    if code and code not in pupil_rules.TYPES_OF_NEED:
        raise Wrong(pupil_rules.needs_are_known_types.sentence)
    return code


def _urn(text: str) -> str:
    if text and not (text.isascii() and text.isdigit() and 5 <= len(text) <= 7):
        raise Wrong("This is not a school’s number (URN), six figures; a name is not looked up.")
    return text


READERS: dict[str, Callable[[str], Any]] = {
    "unique_id": words(60),
    "upn": _upn,
    "born": _day,
    "issued": _day,
    "updated": _day,
    "reviewed": _day,
    "need": _need,
    "urn": _urn,
}


def told_twice(pupils: list[ListedPupil]) -> list[Remark]:
    """Two lines for one pupil, in a list or across the two: either may be the wrong one, so both are told."""
    remarks = []
    for name, what in (("unique_id", "Unique ID"), ("upn", "UPN")):
        lines_of: dict[str, list[ListedPupil]] = {}
        for pupil in pupils:
            if value := getattr(pupil, name).casefold():
                lines_of.setdefault(value, []).append(pupil)
        for doubled in (lines for lines in lines_of.values() if len(lines) > 1):
            for pupil in doubled:
                others = "; ".join(other.where for other in doubled if other is not pupil)
                sentence = f"The same {what} stands in {others}. Neither is taken: keep the one that is right."
                remarks.append(Remark(pupil.list_number, pupil.line, what, "", sentence, lands=False))
    return remarks

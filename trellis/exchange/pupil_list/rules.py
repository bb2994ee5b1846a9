"""What must be true of a weekly pupil list on paper, column by column, line by line and across lines."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from trellis.calendar.rules import year_group as year_by_age
from trellis.conduct.rules import Finding, rule
from trellis.exchange.cells import Complaint, Reader, Wrong, code, day, email, read_cells, words
from trellis.exchange.pupil_list import names
from trellis.exchange.reading import Line
from trellis.pupils import rules as pupil_rules
from trellis.pupils.models import LegalStatus, Sen, Sex

# Placement codes of the looked-after return (SSDA903, code list 2026, and two that left it lately).
PLACEMENT_TYPES = [
    "A3", "A4", "A5", "A6", "H5", "K1", "K2", "K3", "P1", "P2", "P3", "R1", "R2", "R3", "R5", "S1",
    "T0", "T1", "T2", "T3", "T4", "U1", "U2", "U3", "U4", "U5", "U6", "Z1", "Z11", "Z12", "Z13", "Z14",
]  # fmt: skip
SEXES = {"M": Sex.MALE, "F": Sex.FEMALE, "U": Sex.UNKNOWN, "1": Sex.MALE, "2": Sex.FEMALE, "": Sex.UNKNOWN}
YEAR_WORD = re.compile(r"^(national curriculum )?(year|yr|y|ncy)\.? ?(?=\d|r|e|n)", re.IGNORECASE)
YEARS = {"E1": -4, "E2": -3, "N1": -2, "N2": -1, "R": 0, "RECEPTION": 0, **{str(year): year for year in range(1, 14)}}


def _sex(text: str) -> str:
    if text.upper() not in SEXES:
        raise Wrong("Write M, F or U.")
    return SEXES[text.upper()]


def _year(text: str) -> int | None:
    text = YEAR_WORD.sub("", text)
    if text and text.upper() not in YEARS:
        raise Wrong("This is not a year: write R for Reception or 1 to 13, for a nursery N1 or N2.")
    return YEARS[text.upper()] if text else None


def _upn(text: str) -> str:
    upn = pupil_rules.tidy_upn(text)
    if upn in pupil_rules.NO_UPN_YET:
        return ""
    if not (finding := pupil_rules.upn_has_the_right_shape(upn)):
        raise Wrong(finding.sentence)
    return upn


def _urn(text: str) -> str:
    if text and not (text.isascii() and text.isdigit() and 5 <= len(text) <= 7):
        raise Wrong("A URN is a number of six figures.")
    return text


def _need(text: str) -> str:
    if text and text.upper() not in pupil_rules.TYPES_OF_NEED:
        raise Wrong(pupil_rules.needs_are_known_types.sentence)
    return text.upper()


COLUMNS: dict[str, Reader] = {
    "child_id": words(20, what="The child’s number"),
    "upn": _upn,
    "legal_first_name": words(100, what="The first name"),
    "legal_last_name": words(100, what="The last name"),
    "preferred_first_name": words(100),
    "date_of_birth": day(what="The date of birth"),
    "sex": _sex,
    "looked_after_since": day(what="The day the child came into care"),
    "legal_status": code(LegalStatus.values, "This is not a legal status of the looked-after return, such as C2."),
    "school_urn": _urn,
    "school_name": words(200),
    "school_start": day(),
    "year_group": _year,
    "sen_status": code(Sen.values, "Write N, K (SEN support) or E (EHC plan)."),
    "primary_need": _need,
    "secondary_need": _need,
    "social_worker": words(120),
    "social_worker_email": email,
    "placement_type": code(
        PLACEMENT_TYPES, "This is not a placement code of the looked-after return, such as U4.", blank=""
    ),
}
REQUIRED = [name for name in COLUMNS if name not in {"preferred_first_name", "school_name", "placement_type"}]
NAMES = ("legal_first_name", "legal_last_name", "preferred_first_name")
TwinKey = tuple[str, str, date]  # first name, last name, born
DAYS = ("date_of_birth", "looked_after_since", "school_start")


@dataclass(frozen=True)
class ListedChild:
    """A line of the weekly list, read. ``year_group`` 0 is Reception; an empty text means the list does not say."""

    line: int
    child_id: str
    upn: str
    legal_first_name: str
    legal_last_name: str
    preferred_first_name: str
    date_of_birth: date
    sex: str
    looked_after_since: date
    legal_status: str
    school_urn: str
    school_name: str
    school_start: date | None
    year_group: int | None
    sen_status: str
    primary_need: str
    secondary_need: str
    social_worker: str
    social_worker_email: str
    placement_type: str
    in_capitals: list[str] = field(default_factory=list)  # the names that tell nothing of capitals and small letters

    def as_dict(self) -> dict[str, Any]:
        """As kept with the import: days as ISO text."""
        row = dict(vars(self))
        return row | {name: row[name] and row[name].isoformat() for name in DAYS}

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> "ListedChild":
        return cls(**{**row, **{name: row[name] and date.fromisoformat(row[name]) for name in DAYS}})

    @property
    def name(self) -> str:
        return f"{self.preferred_first_name or self.legal_first_name} {self.legal_last_name}"

    @property
    def names(self) -> list[tuple[str, str]]:
        return names.as_called(self.legal_first_name, self.preferred_first_name, self.legal_last_name)

    @property
    def twin_keys(self) -> list[TwinKey]:
        """By what one child may be taken for another."""
        return [(*name, self.date_of_birth) for name in self.names]

    @property
    def sen_in_codes(self) -> str:
        return sen_in_codes(self.sen_status, self.primary_need, self.secondary_need)


def sen_in_codes(status: str, primary: str, secondary: str) -> str:
    """ "K SEMH SLCN", "N"."""
    return " ".join(part for part in (status, primary, secondary) if part)


@rule(source="Nobody comes into care before birth", field="looked_after_since")
def care_begins_after_birth(born: date, since: date) -> bool:
    """This day is before the date of birth. One of the two dates is wrong."""
    return born <= since


def check_list(lines: list[Line], known_urns: set[str], today: date) -> tuple[list[ListedChild], list[Complaint]]:
    """Every line read and held against the rules, alone and among the others."""
    children, complaints = [], []
    for line in lines:
        child, about_line = check_line(line, known_urns, today)
        complaints += about_line
        if child is not None:
            children.append(child)
    return children, sorted([*complaints, *_told_twice(lines)], key=lambda c: c.line)


def check_line(line: Line, known_urns: set[str], today: date) -> tuple[ListedChild | None, list[Complaint]]:
    values, complaints = read_cells(line, COLUMNS)
    complaints += [*_about_the_line(line), *_across_columns(line, values, known_urns, today)]
    if any(complaint.weight == Complaint.REFUSED for complaint in complaints):
        return None, complaints
    return ListedChild(line=line.number, **_in_name_case(_without_unused_needs(values))), complaints


def _in_name_case(values: dict[str, Any]) -> dict[str, Any]:
    """Names that the list writes in capitals only, as people write them."""
    loud = [name for name in NAMES if names.is_in_capitals(values[name], is_last=name == "legal_last_name")]
    return values | {name: names.name_case(values[name]) for name in loud} | {"in_capitals": loud}


def _without_unused_needs(values: dict[str, Any]) -> dict[str, Any]:
    """No need goes with N, and none stands twice."""
    if values["sen_status"] == Sen.NONE:
        return values | {"primary_need": "", "secondary_need": ""}
    if values["secondary_need"] == values["primary_need"]:
        return values | {"secondary_need": ""}
    return values


def _about_the_line(line: Line) -> Iterator[Complaint]:
    if line.cell_count != line.heading_count:
        sentence = f"This line has {line.cell_count} cells, the line of headings {line.heading_count}."
        yield Complaint(line.number, "", "", sentence, Complaint.REFUSED)


def _across_columns(line: Line, values: dict[str, Any], known_urns: set[str], today: date) -> Iterator[Complaint]:
    yield from _about_birth(line, values, today)
    yield from _about_care(line, values, today)
    yield from _about_school(line, values, known_urns, today)
    yield from _about_sen(line, values)
    if values.get("upn"):
        yield from _told(line, pupil_rules.upn_check_letter_agrees(values["upn"]), weight=Complaint.WARNING)


def _about_birth(line: Line, values: dict[str, Any], today: date) -> Iterator[Complaint]:
    born = values.get("date_of_birth")
    if born is None:
        return
    yield from _told(line, pupil_rules.date_of_birth_is_a_pupils(born, today))
    year = values.get("year_group")
    if year is not None and born <= today and abs(year - year_by_age(born, today)) > 1:
        sentence = "The year and the date of birth are more than a year apart."
        yield Complaint.about(line, "year_group", sentence, Complaint.WARNING)


def _about_care(line: Line, values: dict[str, Any], today: date) -> Iterator[Complaint]:
    born, since = values.get("date_of_birth"), values.get("looked_after_since")
    if since is None:
        return
    if born is not None and born <= today:
        yield from _told(line, care_begins_after_birth(born, since), weight=Complaint.DOUBTFUL)
    if since > today:
        yield Complaint.about(line, "looked_after_since", "This day is still to come.", Complaint.WARNING)


def _about_school(line: Line, values: dict[str, Any], known_urns: set[str], today: date) -> Iterator[Complaint]:
    urn = values.get("school_urn")
    if urn and urn not in known_urns:
        yield Complaint.about(line, "school_urn", "No school with this URN is known. Import the school list first.")
    if urn == "":
        words = "No URN: a pupil already here stays at the same school; a new one has no school yet."
        yield Complaint.about(line, "school_urn", words, Complaint.WARNING)


def _about_sen(line: Line, values: dict[str, Any]) -> Iterator[Complaint]:
    if not {"sen_status", "primary_need", "secondary_need"} <= values.keys():
        return
    sen = pupil_rules.SenFacts(values["sen_status"], values["primary_need"], values["secondary_need"])
    yield from _told(line, pupil_rules.sen_status_names_its_need(sen))
    if sen.status == Sen.NONE:
        if sen.primary_need or sen.secondary_need:
            yield Complaint.about(line, "primary_need", "A need is named, but no SEN: it is left.", Complaint.WARNING)
        return
    yield from _told(line, pupil_rules.nsa_goes_with_sen_support(sen))
    yield from _told(line, pupil_rules.needs_differ(sen), weight=Complaint.WARNING)


def _told(line: Line, finding: Finding, weight: str = Complaint.REFUSED) -> Iterator[Complaint]:
    if not finding:
        yield Complaint.about(line, finding.rule.field or "", finding.sentence, weight)


def _told_twice(lines: Iterable[Line]) -> Iterator[Complaint]:
    """Two rows for one child, by number or by UPN: either may be the wrong one, so both are told."""
    for column, what in (("child_id", "child"), ("upn", "UPN")):
        lines_of: dict[str, list[Line]] = {}
        for line in lines:
            value = pupil_rules.tidy_upn(line.cells.get(column, ""))
            if value and value not in pupil_rules.NO_UPN_YET:
                lines_of.setdefault(value, []).append(line)
        for doubled in lines_of.values():
            for line in doubled if len(doubled) > 1 else []:
                others = ", ".join(str(other.number) for other in doubled if other is not line)
                yield Complaint.about(line, column, f"The same {what} stands in line {others}. Keep one of them.")

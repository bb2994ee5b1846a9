"""What a common transfer file says of each pupil: every element read by the type it should have, and a sentence where
it has another."""

import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from trellis.exchange.cells import BRITISH_DAY, Wrong, real_day
from trellis.exchange.ctf.elements import Element, TransferFile
from trellis.pupils import rules as pupil_rules
from trellis.pupils.models import Sen

MOST_SESSIONS = 500  # of a year; a school has 380
SUPPORT_BEFORE_2015 = {"A": "School Action", "P": "School Action Plus"}
YES_AND_NO = {"true": True, "1": True, "false": False, "0": False}
ALSO_YES_AND_NO = {"y": True, "yes": True, "n": False, "no": False}
NOT_SAID = {"", "XXX", "MMM", "XXXXXXX", "MMMMMMM", "XXXX", "MMMM"}  # a destination or source that is not known


@dataclass(frozen=True)
class Remark:
    """What is the matter with an element. ``number`` counts the pupils of the file from 1; 0 is the file itself."""

    number: int
    element: str
    found: str
    sentence: str

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class SchoolNumber:
    """A school as the Department numbers it, area and establishment, and its name as the file has it."""

    area: str = ""
    establishment: str = ""
    name: str = ""

    @property
    def is_said(self) -> bool:
        return not {self.area, self.establishment} & NOT_SAID

    @property
    def number(self) -> str:
        return f"{self.area}{self.establishment}"

    @property
    def in_words(self) -> str:
        return f"{self.name} ({self.number})" if self.name else self.number


@dataclass(frozen=True)
class ToldSen:
    """A line of the SEN history: from when, until when if that is said, and which status."""

    since: date
    until: date | None
    status: str


@dataclass(frozen=True)
class ToldAttendance:
    """Sessions of a year at a school."""

    year: int
    area: str
    establishment: str
    possible: int
    authorised: int
    unauthorised: int


@dataclass(frozen=True)
class ToldSchool:
    school: SchoolNumber
    since: date | None
    until: date | None


@dataclass
class ToldPupil:
    """A pupil of the file. ``in_care`` None: not said."""

    number: int
    upn: str = ""
    former_upns: list[str] = field(default_factory=list)
    last_name: str = ""
    first_name: str = ""
    born: date | None = None
    in_care: bool | None = None
    care_authority: str = ""
    sen: list[ToldSen] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)
    attendance: list[ToldAttendance] = field(default_factory=list)
    schools: list[ToldSchool] = field(default_factory=list)

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or f"Pupil {self.number} of the file"

    @property
    def facts(self) -> tuple[Any, ...]:
        """What would land; the same pupil twice is no matter where both say the same."""
        return (self.sen, self.needs, self.attendance, self.schools, self.in_care)

    def as_dict(self) -> dict[str, Any]:
        return _with_days_as_text(asdict(self))

    @classmethod
    def from_dict(cls, row: dict[str, Any]) -> "ToldPupil":
        def day(text: str | None) -> date | None:
            return date.fromisoformat(text) if text else None

        return cls(
            **row
            | {
                "born": day(row["born"]),
                "sen": [ToldSen(date.fromisoformat(s["since"]), day(s["until"]), s["status"]) for s in row["sen"]],
                "attendance": [ToldAttendance(**year) for year in row["attendance"]],
                "schools": [
                    ToldSchool(SchoolNumber(**s["school"]), day(s["since"]), day(s["until"])) for s in row["schools"]
                ],
            }
        )


def _with_days_as_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _with_days_as_text(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_with_days_as_text(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value


@dataclass
class Told:
    """The whole file: for whom, from whom, of which day, its pupils, and what is the matter."""

    source: SchoolNumber
    destination: SchoolNumber
    made_on: date | None
    pupils: list[ToldPupil]
    remarks: list[Remark]


def told_by(file: TransferFile) -> Told:
    remarks: list[Remark] = []
    head = _Reader(0, file.header, remarks)
    made_on = head.day(Element("DateTime", file.header.says("DateTime")[:10])) if file.header.says("DateTime") else None
    pupils = [_pupil(_Reader(number, element, remarks)) for number, element in enumerate(file.pupils, start=1)]
    source, destination = (_school(file.header.first(name)) for name in ("SourceSchool", "DestSchool"))
    return Told(source, destination, made_on, pupils, remarks)


def _school(element: Element | None) -> SchoolNumber:
    if element is None:
        return SchoolNumber()
    return SchoolNumber(element.says("LEA"), element.says("Estab"), element.says("SchoolName")[:100])


class _Reader:
    """Reads the elements of one pupil, or of the header, and remarks on those that are not as they should be."""

    def __init__(self, number: int, element: Element, remarks: list[Remark]) -> None:
        self.number, self.element, self._remarks = number, element, remarks

    def remark(self, name: str, found: str, sentence: str) -> None:
        self._remarks.append(Remark(self.number, name, found[:60], sentence))

    def day(self, element: Element | None) -> date | None:
        text = element.text.strip() if element else ""
        if element is None or not text:
            return None
        try:
            read = real_day(re.sub(r"(T.*|Z)$", "", text))
        except Wrong:
            self.remark(element.name, text, "This is no date. It should be written as year-month-day.")
            return None
        if BRITISH_DAY.match(text):
            self.remark(element.name, text, "Written as day/month/year; read all the same.")
        return read

    def days(self, element: Element, *names: str) -> Iterator[date | None]:
        return (self.day(element.first(name)) for name in names)

    def whole(self, element: Element, name: str) -> int | None:
        text = element.says(name)
        if text.isascii() and text.isdigit() and len(text) < 5:
            return int(text)
        self.remark(name, text, "This is no whole number.")
        return None


def _pupil(reader: _Reader) -> ToldPupil:
    element = reader.element
    pupil = ToldPupil(
        reader.number, last_name=element.says("Surname")[:100], first_name=element.says("Forename")[:100],
        born=reader.day(element.first("DOB")),
    )  # fmt: skip
    if pupil.born is None:
        reader.remark("DOB", "", "Without a date of birth nobody can be matched. The pupil is left out.")
    for read in READS:
        read(reader, pupil)
    return pupil


def _upns(reader: _Reader, pupil: ToldPupil) -> None:
    pupil.upn = _upn(reader, "UPN", reader.element.says("UPN"))
    former = [_upn(reader, "FormerUPN", one.text) for one in reader.element.all("FormerUPN")]
    pupil.former_upns = sorted({upn for upn in former if upn and upn != pupil.upn})


def _upn(reader: _Reader, name: str, text: str) -> str:
    """A UPN that may be taken; one whose check letter is wrong is somebody else's or a slip, so it is not."""
    upn = pupil_rules.tidy_upn(text)
    if not upn or upn in pupil_rules.NO_UPN_YET:
        return ""
    for finding in (pupil_rules.upn_has_the_right_shape(upn), pupil_rules.upn_check_letter_agrees(upn)):
        if not finding:
            reader.remark(name, "", f"{finding.sentence} It is not used.")
            return ""
    return upn


def _sex(reader: _Reader, pupil: ToldPupil) -> None:
    if reader.element.first("Gender"):
        sentence = "This element is called Sex. Read all the same, and not taken: a sex is changed on the record."
        reader.remark("Gender", "", sentence)


def _care(reader: _Reader, pupil: ToldPupil) -> None:
    text = reader.element.says("InCare")
    if not text:
        return
    pupil.in_care = YES_AND_NO.get(text.lower())
    if pupil.in_care is None:
        pupil.in_care = ALSO_YES_AND_NO.get(text.lower())
        read = "" if pupil.in_care is None else f" Read as {'yes' if pupil.in_care else 'no'}."
        reader.remark("InCare", text, f"This should be true or false.{read}")
    pupil.care_authority = reader.element.says("CareAuthority")[:60]
    if pupil.care_authority and not re.fullmatch(r"\d{3}", pupil.care_authority, re.ASCII):
        sentence = "An authority stands here by its three figures; this one is told as it is written."
        reader.remark("CareAuthority", pupil.care_authority, sentence)


def _sen_history(reader: _Reader, pupil: ToldPupil) -> None:
    for element in reader.element.all("SEN"):
        since, until = reader.days(element, "StartDate", "EndDate")
        status = _provision(reader, element.says("SENprovision"))
        if since is None:
            reader.remark("StartDate", "", "A line of the SEN history without its first day is left out.")
        elif until is not None and until < since:
            reader.remark("EndDate", until.isoformat(), "SEN ended before it began here. The line is left out.")
        elif status:
            pupil.sen.append(ToldSen(since, until, status))
    pupil.sen.sort(key=lambda one: one.since)


def _provision(reader: _Reader, text: str) -> str:
    code = text.upper()
    if code in Sen.values:
        return code
    if code in SUPPORT_BEFORE_2015:
        words = f"{SUPPORT_BEFORE_2015[code]} became SEN support in 2015, and is read as that."
        reader.remark("SENprovision", text, words)
        return Sen.SUPPORT
    sentence = "This is no SEN status that schools have today: N, K or E. The line is left out."
    reader.remark("SENprovision", text, sentence)
    return ""


def _needs(reader: _Reader, pupil: ToldPupil) -> None:
    ranked = []
    for element in reader.element.all("SENneed"):
        code = element.says("SENtype").upper()
        if code not in pupil_rules.TYPES_OF_NEED:
            reader.remark("SENtype", code, f"{pupil_rules.needs_are_known_types.sentence} It is left out.")
            continue
        rank = element.says("SENtypeRank")
        ranked.append((int(rank) if rank in {"1", "2"} else 9, code))
        if rank not in {"1", "2"}:
            reader.remark("SENtypeRank", rank, "A type of need has rank 1 or 2. It is read after those.")
    pupil.needs = list(dict.fromkeys(code for _, code in sorted(ranked, key=lambda one: one[0])))


def _attendance(reader: _Reader, pupil: ToldPupil) -> None:
    names = ("Year", "SessionsPossible", "SessionsAuthorised", "SessionsUnauthorised")
    for element in reader.element.all("YearData"):
        numbers = [reader.whole(element, name) for name in names]
        if None in numbers:
            continue
        year, possible, authorised, unauthorised = (number or 0 for number in numbers)
        if possible > MOST_SESSIONS or authorised + unauthorised > possible:
            sentence = "More sessions were missed than there were, or there are more than a year has. Left out."
            reader.remark("SessionsPossible", str(possible), sentence)
            continue
        pupil.attendance.append(
            ToldAttendance(year, element.says("LEA"), element.says("Estab"), possible, authorised, unauthorised)
        )


def _school_history(reader: _Reader, pupil: ToldPupil) -> None:
    for element in reader.element.all("School"):
        since, until = reader.days(element, "EntryDate", "LeavingDate")
        pupil.schools.append(ToldSchool(_school(element), since, until))


READS: tuple[Callable[[_Reader, ToldPupil], None], ...] = (
    _upns, _sex, _care, _sen_history, _needs, _attendance, _school_history,
)  # fmt: skip


# --- the name of the file --------------------------------------------------------------------------------------------

FILE_NAME = re.compile(r"(\w{7})_CTF_(\w{7})_(\d{3})\.xml", re.IGNORECASE | re.ASCII)


def about_the_name(name: str, told: Told) -> list[Remark]:
    """Files are named by who sends and who receives: LLLEEEE_CTF_LLLEEEE_NNN.xml."""
    found = FILE_NAME.fullmatch(name)
    if found is None:
        return [Remark(0, "", name, "A common transfer file is named LLLEEEE_CTF_LLLEEEE_NNN.xml. Read all the same.")]
    schools = (("sends it", found[1], told.source), ("receives it", found[2], told.destination))
    return [
        Remark(0, "", name, f"The name says another school that {what} than the file itself does. The file counts.")
        for what, number, school in schools
        if school.is_said and number != school.number
    ]

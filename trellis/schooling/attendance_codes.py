"""What each code in an attendance register counts as.

Source: School Attendance (Pupil Registration) (England) Regulations 2024, regulation 10, and chapter 8 of Working
together to improve school attendance (DfE, August 2024); H, F, J and Y as registers before 2024 have them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class CountsAs(StrEnum):
    ATTENDED = "attended"
    AUTHORISED = "authorised"
    UNAUTHORISED = "unauthorised"
    NOT_POSSIBLE = "not counted as possible"


CODES: dict[CountsAs, dict[str, str]] = {
    CountsAs.ATTENDED: {
        "/": "present in the morning", "\\": "present in the afternoon", "L": "late, before the register closed",
        "K": "education arranged by the authority", "V": "educational visit", "P": "sporting activity",
        "W": "work experience", "B": "another approved educational activity", "J": "interview (until 2024)",
    },
    CountsAs.AUTHORISED: {
        "C": "exceptional circumstances", "C1": "regulated performance or employment abroad",
        "C2": "part-time timetable", "E": "suspended or excluded", "I": "illness", "J1": "interview",
        "M": "medical or dental appointment", "R": "religious observance", "S": "study leave",
        "T": "mobile child, parent travels for work", "H": "holiday agreed (until 2024)",
        "F": "extended holiday agreed (until 2024)",
    },
    CountsAs.UNAUTHORISED: {
        "G": "holiday not granted", "N": "reason not yet known", "O": "other or unknown circumstances",
        "U": "arrived after the register closed",
    },
    CountsAs.NOT_POSSIBLE: {
        "D": "dual registered, at the other school", "Q": "no access arrangements by the authority",
        "X": "not of compulsory school age, not required", "Y": "unavoidable cause (until 2024)",
        "Y1": "transport not available", "Y2": "widespread disruption to travel", "Y3": "part of the school closed",
        "Y4": "school closed unexpectedly", "Y5": "criminal justice detention", "Y6": "public health guidance or law",
        "Y7": "another unavoidable cause", "Z": "not yet on the roll", "#": "planned closure",
    },
}  # fmt: skip
COUNTS_AS = {code: counts_as for counts_as, codes in CODES.items() for code in codes}


@dataclass(frozen=True)
class Sessions:
    """Sums of a pupil's register: each session counts once."""

    attended: int
    authorised: int
    unauthorised: int

    @property
    def possible(self) -> int:
        return self.attended + self.authorised + self.unauthorised


def counts_as(code: str) -> CountsAs | None:
    """None for what is no code of a register."""
    return COUNTS_AS.get(code.strip().upper())


def sums_of(by_code: Mapping[str, int]) -> Sessions:
    """The sums of so many sessions by code. Raises KeyError for what is no code."""
    sums = dict.fromkeys(CountsAs, 0)
    for code, sessions in by_code.items():
        sums[COUNTS_AS[code.strip().upper()]] += sessions
    return Sessions(sums[CountsAs.ATTENDED], sums[CountsAs.AUTHORISED], sums[CountsAs.UNAUTHORISED])

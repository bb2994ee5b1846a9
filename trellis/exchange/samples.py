"""Lists of our own making in the shapes of the real ones: schools, a week, the week after with what truly changed,
and a week with faults and where they stand. The same seed makes the same lists. Every child is invented.
"""

import csv
import io
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from trellis.calendar.rules import year_group
from trellis.exchange.pupil_list.rules import COLUMNS
from trellis.pupils.rules import upn_check_letter

Row = dict[str, str]

DAY = date(2026, 11, 23)  # the day on which the lists are brought
MOVED_ON = date(2026, 11, 18)
FIRST = ["Aoife", "Muhammad", "Oscar", "Ivy", "Ömer", "Seán", "Ngọc", "سارة", "Élodie", "D'Arcy", "Li", "Xanthe", "Kit"]
LAST = ["van Dijk", "Okonkwo", "Murphy", "Ní Bhriain", "O'Hara", "Şahin", "St John", "Nguyễn", "Smith-Jones", "Kaur"]
NEEDS = ["SEMH", "MLD", "SLCN", "ASD", "SPLD", "PD"]
SCHOOL_COLUMNS = [
    "URN", "LA (code)", "LA (name)", "EstablishmentNumber", "EstablishmentName", "EstablishmentStatus (name)",
    "PhaseOfEducation (name)", "OpenDate", "StatutoryLowAge", "StatutoryHighAge", "Town", "HeadLastName",
]  # fmt: skip


@dataclass(frozen=True)
class Samples:
    """The files, as bytes, and their manifests as rows."""

    schools: bytes
    week_1: bytes
    week_2: bytes
    changes: list[Row]
    week_1_faults: bytes
    faults: list[Row]


def make(seed: int = 1, *, children: int = 40, schools: int = 12) -> Samples:
    """A set of lists. At least 40 children and 4 schools."""
    chance = random.Random(seed)
    school_rows = [_school(chance, number) for number in range(schools)]
    week_1 = [_child(chance, number, school_rows) for number in range(children)]
    week_2, changes = _week_after(chance, week_1, school_rows)
    faulty, faults = _with_faults(week_1)
    return Samples(
        as_csv(school_rows, SCHOOL_COLUMNS),
        as_csv(week_1),
        as_csv(week_2),
        changes,
        as_csv(faulty),
        faults,
    )


def as_csv(rows: list[Row], columns: list[str] | None = None, encoding: str = "utf-8") -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns or list(COLUMNS), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def upn(chance: random.Random) -> str:
    """A UPN whose check letter agrees."""
    digits = "801" + "".join(str(chance.randrange(10)) for _ in range(9))
    return upn_check_letter("A" + digits) + digits


def _school(chance: random.Random, number: int) -> Row:
    phase = ["Primary", "Secondary", "Nursery", "Not applicable"][number % 4]
    return dict(
        zip(
            SCHOOL_COLUMNS,
            [
                str(990200 + number), "801", "Shire 801", "" if number % 5 == 4 else str(2000 + number),
                f"{chance.choice(['Alder', 'Birch', 'Hazel'])} {phase.split()[0]} {number}", "Open", phase,
                "01-09-1999", "4", "18", "Shiretown", "Nobody",
            ],
            strict=True,
        )
    )  # fmt: skip


def _child(chance: random.Random, number: int, schools: list[Row]) -> Row:
    born = DAY - timedelta(days=chance.randrange(6 * 365, 15 * 365))
    status = ["N", "K", "E", "N"][number % 4]
    primary, secondary = chance.sample(NEEDS, 2) if status != "N" else ("", "")
    school = chance.choice(schools)
    worker = chance.randrange(1, 9)
    return {
        "child_id": str(100_000 + number * 7),
        "upn": upn(chance),
        "legal_first_name": FIRST[number % len(FIRST)],
        "legal_last_name": f"{LAST[number % len(LAST)]}",
        "preferred_first_name": "",
        "date_of_birth": born.isoformat(),
        "sex": "MF"[number % 2],
        "looked_after_since": (DAY - timedelta(days=chance.randrange(30, 1500))).isoformat(),
        "legal_status": chance.choice(["C2", "C1", "V2", "E1"]),
        "school_urn": school["URN"],
        "school_name": school["EstablishmentName"],
        "school_start": (DAY - timedelta(days=chance.randrange(40, 700))).isoformat(),
        "year_group": {0: "R"}.get(year_group(born, DAY), str(year_group(born, DAY))),
        "sen_status": status,
        "primary_need": primary,
        "secondary_need": secondary if number % 3 else "",
        "social_worker": f"Worker {worker}",
        "social_worker_email": f"sw{worker}@social-care.example",
        "placement_type": chance.choice(["U4", "U6", "K2", "P1", "T0"]),
    }


# --- the week after --------------------------------------------------------------------------------------------------


def _week_after(chance: random.Random, week_1: list[Row], schools: list[Row]) -> tuple[list[Row], list[Row]]:
    """Moves, names, SEN, UPNs, children no longer listed, a new one, and a possible twin: 25 changes."""
    rows = [dict(row) for row in week_1]
    changes: list[Row] = []

    def told(row: Row, what: str, was: str = "", now: str = "") -> None:
        changes.append({"child_id": row["child_id"], "what": what, "was": was, "now": now})

    for row in rows[0:9]:
        to = chance.choice([school for school in schools if school["URN"] != row["school_urn"]])
        told(row, "moved school", row["school_urn"], to["URN"])
        row |= {
            "school_urn": to["URN"], "school_name": to["EstablishmentName"], "school_start": MOVED_ON.isoformat()
        }  # fmt: skip
    for row in rows[9:13]:
        told(row, "name corrected", row["legal_last_name"], "Marsh")
        row["legal_last_name"] = "Marsh"
    for row in [row for row in rows[13:] if row["sen_status"] == "N"][:3]:
        told(row, "SEN support begins", "N", "K SEMH")
        row |= {"sen_status": "K", "primary_need": "SEMH"}
    for row in rows[25:28]:
        fresh = upn(chance)
        told(row, "UPN replaced", row["upn"], fresh)
        row["upn"] = fresh
    gone, stay = rows[30:34], rows[:30] + rows[34:]
    for row in gone:
        told(row, "no longer listed")
    new = dict(rows[0]) | {
        "child_id": "700001", "upn": "", "legal_first_name": "Jordan", "legal_last_name": "Vale",
        "date_of_birth": "2018-01-14", "looked_after_since": "2026-11-17", "year_group": "4",
    }  # fmt: skip
    told(new, "new, no UPN yet")
    twin = dict(rows[20]) | {"child_id": "700002", "upn": ""}
    told(twin, f"same name and date of birth as {rows[20]['child_id']}: a question, not a merge")
    return [*stay, new, twin], changes


# --- faults ----------------------------------------------------------------------------------------------------------

FAULTS: list[tuple[int, str, str, str]] = [
    (2, "date_of_birth", "31/02/2015", "no such date"),
    (4, "date_of_birth", "2031-05-01", "in the future"),
    (6, "date_of_birth", "14.3.15", "which century, which order"),
    (8, "school_urn", "999999", "no such school"),
    (9, "sen_status", "S", "not a status"),
    (10, "primary_need", "BESD", "a code of before 2014"),
    (11, "legal_status", "Z9", "not a code"),
    (12, "placement_type", "U9", "not a code"),
    (14, "upn", "A33110001", "too short"),
    (16, "legal_last_name", "", "missing"),
    (18, "year_group", "14", "not a year"),
    (20, "looked_after_since", "1999-01-01", "before birth"),
    (22, "legal_first_name", '=HYPERLINK("x")', "a formula"),
    (24, "legal_last_name", "X" * 400, "too long"),
    (26, "social_worker_email", "not an address", "not an address"),
]


def _with_faults(week_1: list[Row]) -> tuple[list[Row], list[Row]]:
    """Week 1 with one fault a line, and two rows for one child. Lines count from 1 for the headings."""
    rows = [dict(row) for row in week_1]
    faults: list[Row] = []

    def spoil(line: int, column: str, now: str, why: str) -> None:
        row = rows[line - 2]
        faults.append({"line": str(line), "column": column, "was": row[column], "now": now, "why": why})
        row[column] = now

    for fault in FAULTS:
        spoil(*fault)
    spoil(28, "child_id", rows[27]["child_id"], "two rows for one child")
    unneeded = next(n for n, row in enumerate(rows) if n > 28 and row["sen_status"] != "N")
    spoil(unneeded + 2, "primary_need", "", "need missing")
    return rows, faults


# --- spoiling at random ----------------------------------------------------------------------------------------------


def mutated(content: bytes, chance: random.Random, times: int) -> bytes:
    """The same file with bytes changed, doubled, cut and put in, as a bad line or a bad hand would."""
    spoiled = bytearray(content)
    for _ in range(times):
        chance.choice(_SPOILERS)(spoiled, chance)
    return bytes(spoiled)


def _put(spoiled: bytearray, chance: random.Random) -> None:
    spoiled[chance.randrange(len(spoiled) + 1) : 0] = bytes([chance.choice(b',"\n\r;=\x00\xff\xfe\x80\t 0')])


def _change(spoiled: bytearray, chance: random.Random) -> None:
    if spoiled:
        spoiled[chance.randrange(len(spoiled))] = chance.randrange(256)


def _cut(spoiled: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(spoiled) + 1)
    del spoiled[start : start + chance.randrange(40)]


def _double(spoiled: bytearray, chance: random.Random) -> None:
    start = chance.randrange(len(spoiled) + 1)
    spoiled[start:start] = spoiled[start : start + chance.randrange(200)]


_SPOILERS: list[Callable[[bytearray, random.Random], Any]] = [_put, _change, _cut, _double]

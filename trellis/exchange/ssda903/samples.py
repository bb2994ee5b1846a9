"""Yearly returns of our own making in the shapes of the real ones, from a seed: the tables as CSV of one year or
another, and the same children as XML. Every child is invented."""

import csv
import io
import random
from dataclasses import dataclass
from datetime import date, timedelta
from xml.sax.saxutils import escape

from trellis.exchange.kinds import Brought

Row = dict[str, str]
ADDRESSES = ["HOME_POST", "PL_POST"]
COLUMNS = {
    "header": ["CHILD", "SEX", "DOB", "ETHNIC", "UPN", "MOTHER", "MC_DOB"],
    "episodes": [
        "CHILD", "DECOM", "RNE", "LS", "CIN", "PLACE", "PLACE_PROVIDER", "DEC", "REC", "REASON_PLACE_CHANGE",
        "HOME_POST", "PL_POST", "URN",
    ],
    "reviews": ["CHILD", "DOB", "REVIEW", "REVIEW_CODE"],
    "uasc": ["CHILD", "SEX", "DOB", "DUC"],
    "oc2": [
        "CHILD", "DOB", "SDQ_SCORE", "SDQ_REASON", "CONVICTED", "HEALTH_CHECK", "IMMUNISATIONS", "TEETH_CHECK",
        "HEALTH_ASSESSMENT", "SUBSTANCE_MISUSE", "INTERVENTION_RECEIVED", "INTERVENTION_OFFERED",
    ],
    "oc3": ["CHILD", "DOB", "IN_TOUCH", "ACTIV", "ACCOM"],
    "ad1": [
        "CHILD", "DOB", "DATE_INT", "DATE_MATCH", "FOSTER_CARE", "NB_ADOPTR", "SEX_ADOPTR", "LS_ADOPTR",
    ],
    "placed_for_adoption": ["CHILD", "DOB", "DATE_PLACED", "DATE_PLACED_CEASED", "REASON_PLACED_CEASED"],
    "previous_permanence": ["CHILD", "DOB", "PREV_PERM", "LA_PERM", "DATE_PERM"],
    "missing": ["CHILD", "DOB", "MISSING", "MIS_START", "MIS_END"],
    "sw_episodes": ["CHILD", "DOB", "SW_ID", "SW_DECOM", "SW_DEC", "SW_REASON"],
    "dolo": ["CHILD", "DOB", "DOLO_START", "DOLO_END"],
}  # fmt: skip
SINCE = {"sw_episodes": 2024, "dolo": 2027}  # in which year's shape a table first stands
GROUPS = {
    "reviews": "AREVIEW", "oc2": "OC2", "previous_permanence": "PERMANENCE", "missing": "AMISSING",
    "placed_for_adoption": "AD_PLACED", "sw_episodes": "SWEPISODE",
}  # fmt: skip


@dataclass(frozen=True)
class SampleReturn:
    """The rows of each table, and how they stand in files."""

    year: int
    tables: dict[str, list[Row]]

    def files(self) -> list[Brought]:
        """Each table as a CSV file."""
        return [Brought(f"{name}.csv", as_csv(name, rows)) for name, rows in self.tables.items()]

    def file(self, name: str) -> Brought:
        return Brought(f"{name}.csv", as_csv(name, self.tables[name]))

    def as_xml(self) -> Brought:
        """The same children as one XML file."""
        children = "".join(_child_as_xml(row, self.tables) for row in self.tables["header"])
        text = f"<?xml version='1.0' encoding='utf-8'?>\n<EXPSSDA903>{children}</EXPSSDA903>"
        return Brought("return.xml", text.encode())


def as_csv(name: str, rows: list[Row]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS[name], lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def british(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def child(number: str, born: date, *, year: int, sex: str = "2") -> dict[str, Row]:
    """What each table that has every child says of one; ``sex`` 1 or 2, as returns before 2025 write it."""
    known = {"CHILD": number, "DOB": british(born)}
    letter = {"1": "M", "2": "F"}[sex] if year >= 2025 else sex
    convicted = "0" if date(born.year + 10, born.month, min(born.day, 28)) <= date(year, 3, 31) else ""
    return {
        "header": known | {"SEX": letter, "ETHNIC": "WBRI", "UPN": "UN2", "MOTHER": "0" if letter in "2F" else ""},
        "oc2": known | {
            "SDQ_SCORE": "17", "CONVICTED": convicted, "IMMUNISATIONS": "1", "TEETH_CHECK": "1",
            "HEALTH_ASSESSMENT": "1", "SUBSTANCE_MISUSE": "0",
        },
        "reviews": known | {"REVIEW": british(date(year, 2, 3)), "REVIEW_CODE": "PN1"},
        "previous_permanence": known | {"PREV_PERM": "Z1"},
    }  # fmt: skip


def episode(number: str, since: date, until: date | None = None, **says: str) -> Row:
    """A row of Episodes; without other words one that begins care, goes on, and is told of in every column."""
    ended = {"DEC": british(until), "REC": "X1"} if until else {"DEC": "", "REC": ""}
    usual = {
        "CHILD": number, "DECOM": british(since), "RNE": "S", "LS": "C2", "CIN": "N1", "PLACE": "U4",
        "PLACE_PROVIDER": "PR1", "REASON_PLACE_CHANGE": "", "HOME_POST": "ZZ1 1ZZ", "PL_POST": "ZZ2 2ZZ",
        "URN": "SC123456",
    }  # fmt: skip
    return usual | ended | says


def make(seed: int = 1, *, children: int = 30, year: int = 2026) -> SampleReturn:
    """A return without a fault for the year that ended on 31 March, in the shape of that year."""
    chance = random.Random(seed)
    tables: dict[str, list[Row]] = {name: [] for name in COLUMNS if SINCE.get(name, 0) <= year}
    ended = date(year, 3, 31)
    for place in range(children):
        number = str(500_000 + place * 13)
        born = ended - timedelta(days=chance.randrange(7 * 365, 15 * 365))
        for name, row in child(number, born, year=year, sex=chance.choice("12")).items():
            tables[name].append(row)
        began = ended - timedelta(days=chance.randrange(400, 900))
        moved = ended - timedelta(days=chance.randrange(10, 300))
        tables["episodes"] += [
            episode(number, began, moved, REASON_PLACE_CHANGE="CREQB"),
            episode(number, moved, RNE="P", PLACE="U6", URN="SC654321"),
        ]
        if "sw_episodes" in tables:
            worker = {"SW_ID": "SW1", "SW_DECOM": british(began), "SW_REASON": "OTHERS"}
            tables["sw_episodes"].append({"CHILD": number, "DOB": british(born)} | worker)
        if place % 10 == 0:
            away = {"MISSING": "M", "MIS_START": british(moved), "MIS_END": british(moved + timedelta(days=2))}
            tables["missing"].append({"CHILD": number, "DOB": british(born)} | away)
    return SampleReturn(year, tables)


# --- as XML ----------------------------------------------------------------------------------------------------------


def _child_as_xml(header: Row, tables: dict[str, list[Row]]) -> str:
    number = header["CHILD"]
    flat = {"CHILDID": number} | {name: value for name, value in header.items() if name != "CHILD"}
    for table in ("uasc", "oc3", "ad1"):
        for row in _of(tables, table, number):
            flat |= {name: value for name, value in row.items() if name not in {"CHILD", "DOB", "SEX"}}
    groups = "".join(
        _element(group, "".join(_element(name, row.get(name, "")) for name in COLUMNS[table][2:]))
        for table, group in GROUPS.items()
        for row in _of(tables, table, number)
    )
    inner = "".join(_element(name, escape(value)) for name, value in flat.items()) + groups
    episodes = "".join(
        _element(
            "EPISODE",
            "".join(
                _element({"PLACE": "PL"}.get(name, name), row.get(name, ""))
                for name in COLUMNS["episodes"]
                if name != "CHILD"
            ),
        )
        for row in _of(tables, "episodes", number)
    )
    return _element("CHILD", _element("HEADER", inner) + episodes)


def _of(tables: dict[str, list[Row]], name: str, number: str) -> list[Row]:
    return [row for row in tables.get(name, []) if row["CHILD"] == number]


def _element(name: str, inner: str) -> str:
    return f"<{name}>{inner}</{name}>" if inner else f"<{name} />"


# --- damage, and where it stands -------------------------------------------------------------------------------------

Spoil = tuple[str, int, str, str, str]  # table, row from 1 under the headings, column, now, why
FAULTS: list[Spoil] = [
    ("header", 1, "DOB", "19/10/06", "two-digit year"),
    ("header", 2, "DOB", "38869", "Excel serial"),
    ("header", 3, "DOB", "2015-07-04", "year first"),
    ("header", 4, "DOB", "31/02/2011", "no such day"),
    ("header", 5, "DOB", "06/16/2011", "US order"),
    ("header", 6, "UPN", " o053351166345", "UPN with a space, in small letters"),
    ("header", 7, "SEX", "3", "no such code"),
    ("header", 8, "ETHNIC", "XXXX", "no such code"),
    ("episodes", 1, "DECOM", "42917", "Excel serial"),
    ("episodes", 3, "LS", "XX", "no such code"),
    ("episodes", 5, "LS", "c2", "small letters"),
    ("episodes", 7, "DEC", "01/01/2001", "ends before it starts"),
    ("episodes", 9, "URN", "1.3E+05", "damaged by a spreadsheet"),
    ("episodes", 11, "CHILD", "999903", "not in the Header"),
    ("reviews", 2, "REVIEW", "", "blank"),
    ("oc2", 3, "SDQ_SCORE", "17.0", "a decimal"),
    ("oc2", 4, "SDQ_SCORE", "high", "no number"),
    ("oc2", 5, "SDQ_SCORE", "-1", "out of 0-40"),
    ("oc2", 9, "DOB", "", "blank"),
]


def with_faults(made: SampleReturn) -> tuple[SampleReturn, list[Row]]:
    """The return with one fault a cell, and where each stands: file, line, column, now, why."""
    tables = {name: [dict(row) for row in rows] for name, rows in made.tables.items()}
    manifest = []
    for name, number, column, now, why in FAULTS:
        tables[name][number - 1][column] = now
        manifest.append({"file": f"{name}.csv", "line": str(number + 1), "column": column, "now": now, "why": why})
    return SampleReturn(made.year, tables), manifest

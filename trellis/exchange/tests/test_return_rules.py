"""The rules of the yearly return that are judged: each code is a published one, and each finds what breaks it."""

import csv
from datetime import date
from pathlib import Path

import pytest

from trellis.exchange.ssda903 import codes, tables
from trellis.exchange.ssda903.returned import Return
from trellis.exchange.ssda903.rules import JUDGES
from trellis.exchange.ssda903.samples import episode
from trellis.exchange.ssda903.tables import BY_NAME, Row
from trellis.exchange.tests.conftest import REAL

ENDED = date(2026, 3, 31)


def judged(code, **rows):
    """What a rule finds in a return with these rows: (table, number of the row from 1, column)."""
    read = {
        name: [Row(name, f"{name}.csv", n, {column: said.get(column, "") for column in BY_NAME[name].columns})
               for n, said in enumerate(some, start=1)]
        for name, some in rows.items()
    }  # fmt: skip
    for some in read.values():
        list(tables.read_cells(some, ENDED.year))
    return [(row.table, row.line, column) for row, column in JUDGES[code].find(Return(ENDED, read))]


def one(**says):
    return {"CHILD": "1", "DOB": "01/02/2014", "SEX": "F"} | says


def care(since=date(2024, 1, 1), until=None, **says):
    return episode("1", since, until, **says)


FIRST, SECOND = date(2025, 5, 1), date(2025, 8, 1)
BREAKS = [
    ("142", {"episodes": [care(FIRST), care(SECOND)]}, ("episodes", 1, "DEC")),
    ("501", {"episodes": [care(FIRST, date(2025, 9, 1)), care(SECOND)]}, ("episodes", 2, "DECOM")),
    ("431", {"episodes": [care(FIRST, SECOND), care(SECOND)]}, ("episodes", 2, "RNE")),
    ("432", {"episodes": [care(FIRST, SECOND, REC="E4A"), care(date(2025, 9, 1), RNE="P")]}, ("episodes", 2, "RNE")),
    ("433", {"episodes": [care(FIRST, SECOND), care(date(2025, 9, 1), RNE="P")]}, ("episodes", 2, "DECOM")),
    ("434", {"episodes": [care(FIRST, SECOND), care(SECOND, RNE="L")]}, ("episodes", 2, "RNE")),
    ("435", {"episodes": [care(FIRST, SECOND), care(SECOND, RNE="P", LS="V2")]}, ("episodes", 2, "RNE")),
    ("436", {"episodes": [care(FIRST, SECOND), care(SECOND, RNE="B")]}, ("episodes", 2, "RNE")),
    ("437", {"episodes": [care(FIRST, SECOND, REC="E2"), care(SECOND)]}, ("episodes", 1, "REC")),
    ("504", {"episodes": [care(FIRST, SECOND), care(SECOND, CIN="N5")]}, ("episodes", 2, "CIN")),
    ("225", {"episodes": [care(FIRST, SECOND), care(SECOND, RNE="P")]}, ("episodes", 1, "REASON_PLACE_CHANGE")),
    ("388", {"episodes": [care(FIRST, SECOND)]}, ("episodes", 1, "REC")),
    ("357", {"episodes": [care(FIRST, RNE="P")]}, ("episodes", 1, "RNE")),
    ("148", {"episodes": [care(FIRST, SECOND, REC="")]}, ("episodes", 1, "REC")),
    ("354", {"episodes": [care(FIRST, date(2026, 4, 2))]}, ("episodes", 1, "DEC")),
    ("445", {"episodes": [care(LS="D1")]}, ("episodes", 1, "LS")),
    ("378", {"episodes": [care(LS="V2", PLACE="P1")]}, ("episodes", 1, "LS")),
    ("380", {"episodes": [care(PLACE="T0")]}, ("episodes", 1, "PLACE")),
    ("390", {"episodes": [care(FIRST, SECOND, REC="E11")]}, ("episodes", 1, "PLACE")),
    ("408", {"episodes": [care(PLACE="A5")]}, ("episodes", 1, "LS")),
    ("218", {"episodes": [care(URN="")]}, ("episodes", 1, "URN")),
    ("222", {"episodes": [care(PLACE="P1")]}, ("episodes", 1, "URN")),
    ("529", {"episodes": [care(PLACE_PROVIDER="PR3")]}, ("episodes", 1, "PLACE_PROVIDER")),
    ("550", {"episodes": [care(PLACE_PROVIDER="PR0")]}, ("episodes", 1, "PLACE_PROVIDER")),
    ("361", {"episodes": [care(LS="L1")]}, ("episodes", 1, "LS")),
    ("358", {"header": [one(DOB="01/02/2019")], "episodes": [care(LS="J1")]}, ("episodes", 1, "LS")),
    ("387", {"header": [one()], "episodes": [care(FIRST, SECOND, REC="E5")]}, ("episodes", 1, "REC")),
    ("185", {"episodes": [care(FIRST)], "oc2": [one(SDQ_SCORE="9")]}, ("oc2", 1, "SDQ_SCORE")),
    ("186", {"header": [one()], "episodes": [care()], "oc2": [one()]}, ("oc2", 1, "SDQ_SCORE")),
    ("188", {"header": [one(DOB="01/02/2023")], "oc2": [one(SDQ_SCORE="9")]}, ("oc2", 1, "SDQ_SCORE")),
    ("197a", {"oc2": [one(SDQ_SCORE="9", SDQ_REASON="SDQ2")]}, ("oc2", 1, "SDQ_REASON")),
    ("192", {"oc2": [one(SUBSTANCE_MISUSE="1")]}, ("oc2", 1, "INTERVENTION_RECEIVED")),
    ("542", {"header": [one(DOB="01/02/2019")], "oc2": [one(CONVICTED="0")]}, ("oc2", 1, "CONVICTED")),
    ("174", {"header": [one(SEX="M", MC_DOB="01/02/2025")]}, ("header", 1, "MC_DOB")),
    ("301", {"header": [one(DOB="01/02/2027")]}, ("header", 1, "DOB")),
    ("440", {"reviews": [one(REVIEW="01/03/2026", REVIEW_CODE="PN0")]}, ("reviews", 1, "REVIEW_CODE")),
    ("567", {"missing": [one(MISSING="M", MIS_START="02/03/2026", MIS_END="01/03/2026")]}, ("missing", 1, "MIS_END")),
    ("635", {"previous_permanence": [one(PREV_PERM="Z1", LA_PERM="801")]}, ("previous_permanence", 1, "LA_PERM")),
    ("519", {"ad1": [one(LS_ADOPTR="L2", SEX_ADOPTR="F1")]}, ("ad1", 1, "SEX_ADOPTR")),
    ("119", {"placed_for_adoption": [one(DATE_PLACED_CEASED="01/03/2026")]},
     ("placed_for_adoption", 1, "REASON_PLACED_CEASED")),
    ("344", {"oc3": [one(IN_TOUCH="DIED", ACTIV="F1")]}, ("oc3", 1, "ACTIV")),
    ("SW02STG1", {"sw_episodes": [one(SW_ID="12")]}, ("sw_episodes", 1, "SW_ID")),
    ("INT03", {"header": [one(CHILD="2")], "episodes": [care()]}, ("episodes", 1, "CHILD")),
    ("INT14", {"header": [one()], "oc2": [one(DOB="02/02/2014")]}, ("oc2", 1, "DOB")),
    ("INT32", {"header": [one(), one()]}, ("header", 2, "CHILD")),
]  # fmt: skip


@pytest.mark.parametrize("code, rows, found", BREAKS, ids=[case[0] for case in BREAKS])
def test_finds_what_breaks_a_rule(code, rows, found):
    assert judged(code, **rows) == [found]


def test_finds_nothing_in_an_ordinary_year():
    before, after = care(date(2024, 1, 1), SECOND, REASON_PLACE_CHANGE="CREQB"), care(SECOND, RNE="P", PLACE="U6")
    rows = {"header": [one(MOTHER="0", UPN="UN2", ETHNIC="WBRI")], "episodes": [before, after]}

    assert [code for code in JUDGES if judged(code, **rows)] == []


def test_says_what_is_the_matter_in_a_sentence():
    assert [code for code, judge in JUDGES.items() if not judge.sense.endswith(".") or len(judge.sense) > 120] == []


@pytest.mark.parametrize("where", ["real"] if REAL else ["ours"])
def test_judges_by_codes_that_are_published(where):
    judged_by = {
        *JUDGES,
        *tables.RULE_OF.values(),
        *tables.DAYS.values(),
        "180",
        "168",
        "1008",
        "442",
        "355",
        "356",
    } - {""}
    if where == "ours":
        assert len(judged_by) > 150
        return
    with (Path(REAL) / "ssda903" / "903_2024_25_rule_info.csv").open(encoding="utf-8", newline="") as rows:
        published = {row["Rule code"] for row in csv.DictReader(rows)}
    assert judged_by - published == set()


@pytest.mark.parametrize("where", ["real"] if REAL else ["ours"])
def test_code_lists_are_those_of_each_year(where):
    if where == "ours":
        assert "CUSTOD" in codes.codes_in("REASON_PLACE_CHANGE", 2019)
        assert "CUSTOD" not in codes.codes_in("REASON_PLACE_CHANGE", 2018)
        return
    with (Path(REAL) / "ssda903" / "code_lists_by_year.csv").open(encoding="utf-8-sig", newline="") as rows:
        lists = [row for row in csv.DictReader(rows) if row["type"] == "category"]
    said = {}
    for row in lists:
        said.setdefault((row["column"], int(row["year"])), set()).add(row["code"])
    assert {
        where: listed ^ codes.codes_in(*where) for where, listed in said.items() if listed != codes.codes_in(*where)
    } == {}

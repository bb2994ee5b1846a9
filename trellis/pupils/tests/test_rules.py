"""UPNs and SEN statuses as tables. The UPN rows are checked against the shared list when real samples are at hand."""

import csv
import os
from datetime import date
from pathlib import Path

import pytest

from trellis.pupils import rules

UPNS = [
    ("H331700713254", "valid"),
    ("Y331700713254", "wrong letter"),
    ("A33110001", "wrong shape"),
    ("I331200015007", "wrong letter"),
    ("331200015007", "wrong shape"),
    ("V33120002488A", "valid"),
    ("v331 200015007", "valid"),
]


def judged(typed):
    upn = rules.tidy_upn(typed)
    if not rules.upn_has_the_right_shape(upn):
        return "wrong shape"
    return "valid" if rules.upn_check_letter_agrees(upn) else "wrong letter"


@pytest.mark.parametrize(("typed", "expected"), UPNS)
def test_upn(typed, expected):
    assert judged(typed) == expected


def test_upn_agrees_with_the_published_cases():
    samples = os.environ.get("TRELLIS_SAMPLES")
    cases = csv.DictReader((Path(samples) / "ids" / "upn_cases.csv").open()) if samples else [
        {"upn": typed, "expected": "valid" if verdict == "valid" else "invalid"} for typed, verdict in UPNS
    ]  # fmt: skip
    for case in cases:
        if case["expected"] in {"valid", "normalise"}:
            assert judged(case["upn"]) == "valid", case
        elif case["expected"] == "invalid":
            assert judged(case["upn"]) != "valid", case


@pytest.mark.parametrize(
    ("status", "primary", "secondary", "broken_rule"),
    [
        ("N", "", "", None),
        ("K", "SEMH", "SLCN", None),
        ("K", "NSA", "", None),
        ("E", "ASD", "", None),
        ("K", "", "", "sen_status_names_its_need"),
        ("E", "NSA", "", "nsa_goes_with_sen_support"),
        ("K", "BESD", "", "needs_are_known_types"),
        ("K", "SEMH", "SEMH", "needs_differ"),
    ],
)
def test_sen_status(status, primary, secondary, broken_rule):
    facts = rules.SenFacts(status, primary, secondary)
    findings = [
        rules.sen_status_names_its_need(facts), rules.nsa_goes_with_sen_support(facts),
        rules.needs_are_known_types(facts), rules.needs_differ(facts),
    ]  # fmt: skip
    assert [f.rule.name for f in findings if not f] == ([broken_rule] if broken_rule else [])


@pytest.mark.parametrize(
    ("born", "is_pupils"),
    [(date(2018, 3, 3), True), (date(2026, 11, 3), False), (date(1918, 3, 3), False), (date(2001, 9, 1), True)],
)
def test_date_of_birth(born, is_pupils):
    assert bool(rules.date_of_birth_is_a_pupils(born, date(2026, 11, 2))) is is_pupils

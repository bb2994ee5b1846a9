"""The table of who pays, read from rungs.csv: each row with its source in the domain."""

import csv
from datetime import date
from pathlib import Path

import pytest

from trellis.hours.models import PaidFrom
from trellis.who_pays import rules
from trellis.who_pays.rules import Budget, Facts, HighlyVulnerable, Override, OwnHours, PupilPremium

ROWS = list(csv.DictReader(Path(__file__).with_name("rungs.csv").open(newline="")))


def facts_of(row) -> Facts:
    def number(name):
        return int(row[name]) if row[name] else None

    return Facts(
        name="Jordan",
        service="SEMHL",
        minutes_needed=int(row["needed"]),
        price=72_00,
        today=date(2026, 11, 2),
        own=OwnHours(int(row["own_whole"]), int(row["own_left"]), "2026–27"),
        own_at_most=number("own_at_most"),
        budget=Budget(number("budget"), row["why_not"]),
        premium=PupilPremium(
            is_looked_after_here=row["looked_after"] == "yes",
            year_group=int(row["year_group"]),
            is_owed_by_plan=row["owed_by_plan"] == "yes",
            target="target 2" if row["target"] == "yes" else "",
            left=int(row["pot"]),
            still_allowed=number("still_allowed"),
        ),
        framework=HighlyVulnerable(row["hv_case"] == "yes", int(row["hv_left"])),
        is_statutory_advice=row["statutory"] == "yes",
        override=Override(row["first"], "There is a reason.", "Hana, headteacher") if row["first"] else None,
    )


@pytest.mark.parametrize("row", [pytest.param(row, id=row["case"]) for row in ROWS])
def test_rungs_pay_as_the_table_says(row):
    ladder = rules.rungs(facts_of(row))
    minutes = {rung.code: rung.minutes for rung in ladder}

    assert [rung.code for rung in ladder] == list(rules.ORDER)
    assert [minutes[code] for code in rules.ORDER] == [
        int(row[name]) for name in ("own", "own_budget", "premium", "framework")
    ]
    assert ladder[2].pence == int(row["premium_pence"])
    assert int(row["needed"]) - rules.paid(ladder) == int(row["unpaid"])
    assert [rung.offered for rung in ladder] == [rung.minutes > 0 for rung in ladder]


@pytest.mark.parametrize("row", [pytest.param(row, id=row["case"]) for row in ROWS])
def test_every_rung_gives_one_reason_and_its_source(row):
    assert row["source"]
    for rung in rules.rungs(facts_of(row)):
        assert rung.reason.endswith((".", "”"))
        assert rung.source
        assert rung.minutes % 15 == 0


@pytest.mark.parametrize("needed", range(15, 20 * 60, 105))
@pytest.mark.parametrize("own", [0, 45, 600])
@pytest.mark.parametrize("pot", [0, 5_000, 900_000])
@pytest.mark.parametrize("hv", [0, 75])
def test_no_rung_pays_more_than_it_has_and_together_never_more_than_needed(needed, own, pot, hv):
    facts = Facts(
        name="Jordan", service="EPS", minutes_needed=needed, price=85_00, today=date(2026, 11, 2),
        own=OwnHours(own, own, "2026–27"), budget=Budget(why_not="It pays the key adult."),
        premium=PupilPremium(target="target 1", left=pot), framework=HighlyVulnerable(bool(hv), hv),
    )  # fmt: skip
    first, _, third, fourth = rules.rungs(facts)

    assert first.minutes <= own
    assert third.pence <= pot
    assert fourth.minutes <= hv
    assert rules.paid([first, third, fourth]) <= needed
    assert PaidFrom(first.code) == PaidFrom.OWN


def test_an_override_says_why():
    assert rules.override_says_why("The school’s hours are kept for the exams.")
    assert not rules.override_says_why("  ")

from datetime import date, timedelta

import pytest

from trellis.alerts import rules
from trellis.alerts.models import AlertPolicy
from trellis.alerts.rules import Asked, AtRiskFacts, Found, Happened, PartTime, Reviewed, Suspended

ON = date(2027, 2, 22)


def suspended(number, day, half_days=2, **more):
    return Suspended(number, day, half_days, **more)


@pytest.mark.parametrize(
    ("says", "sentences"),
    [
        ({}, []),
        (
            {"suspensions": [suspended(1, date(2027, 2, 8), 9)], "half_days_in_three_terms": 9},
            [],
        ),
        (
            {"suspensions": [suspended(1, date(2027, 2, 8), 10)], "half_days_in_three_terms": 10},
            [
                "Suspended for 5 school days in three terms, last from 8 February 2027; 5 or more is a sign of risk "
                "in a primary school."
            ],
        ),
        (
            {"suspensions": [suspended(1, date(2027, 2, 8), 19)], "half_days_in_three_terms": 19, "is_secondary": True},
            [],
        ),
        (
            {"suspensions": [suspended(1, date(2027, 2, 8), 21)], "half_days_in_three_terms": 21, "is_secondary": True},
            [
                "Suspended for 10½ school days in three terms, last from 8 February 2027; 10 or more is a sign of "
                "risk in a secondary school."
            ],
        ),
        (
            {"suspensions": [suspended(2, date(2027, 2, 16)), suspended(1, date(2027, 2, 2))]},
            ["Suspended from 2 February 2027 and again from 16 February 2027: twice within 14 days."],
        ),
        ({"suspensions": [suspended(2, date(2027, 2, 17)), suspended(1, date(2027, 2, 2))]}, []),
        ({"suspensions": [suspended(2, date(2026, 11, 20)), suspended(1, date(2026, 11, 18))]}, []),
        (
            {"suspensions": [suspended(1, date(2027, 2, 17), 0, is_permanent=True)]},
            ["Permanently excluded on 17 February 2027."],
        ),
        ({"suspensions": [suspended(1, date(2027, 2, 17), 0, is_permanent=True, stands=False)]}, []),
        (
            {"part_time": PartTime(1, date(2027, 2, 1), 750, 1410)},
            ["On a part-time timetable since 1 February 2027: 12½ hours a week of 23½ hours."],
        ),
        ({"sent_home": [Happened(1, date(2027, 2, 3))]}, ["Sent home without a suspension on 3 February 2027."]),
        ({"sent_home": [Happened(1, ON - timedelta(weeks=13))]}, []),
        ({"moves": [Happened(2, date(2026, 10, 12), "to another school")]}, []),
        (
            {
                "moves": [
                    Happened(2, date(2026, 10, 12), "to another school"),
                    Happened(1, date(2026, 9, 28), "to another placement"),
                ]
            },
            [
                "2 moves in twelve months: to another placement on 28 September 2026; to another school on "
                "12 October 2026."
            ],
        ),
        (
            {
                "moves": [
                    Happened(2, date(2026, 10, 12), "to another school"),
                    Happened(1, date(2026, 2, 22), "to another school"),
                ]
            },
            [],
        ),
        (
            {"review": Reviewed(1, 2, date(2027, 1, 11), ["Stays in class"], "4 of 10 sessions held")},
            [
                "The review of 11 January 2027 found this worse than before: “Stays in class”.",
                "The review of 11 January 2027 found cycle 2 not delivered as planned: 4 of 10 sessions held.",
            ],
        ),
        ({"review": Reviewed(1, 2, date(2027, 1, 10), ["Stays in class"], "4 of 10 sessions held")}, []),
        ({"review": Reviewed(1, 2, date(2027, 1, 29))}, []),
        (
            {"in_doubt": Happened(1, date(2027, 2, 1), "Nobody for the afternoons.")},
            ["The school says it may not be able to keep the place: Nobody for the afternoons."],
        ),
        (
            {"unanswered": [Asked(1, "SEMHL", date(2027, 1, 4), "answer", date(2027, 1, 11))]},
            ["Advice was asked of SEMHL on 4 January 2027; its answer was due on 11 January 2027 and has not come."],
        ),
    ],
)
def test_reasons_are_dated_sentences(says, sentences):
    found = rules.reasons(AtRiskFacts(on=ON, **says), AlertPolicy())

    assert [one.sentence for one in found] == sentences


def test_what_happened_last_stands_first():
    facts = AtRiskFacts(
        on=ON, part_time=PartTime(1, date(2027, 1, 4), 750, 1410), sent_home=[Happened(1, date(2027, 2, 3))]
    )

    assert [one.kind for one in rules.reasons(facts, AlertPolicy())] == ["sent home", "part-time"]


def test_signs_stand_after_what_puts_the_place_at_risk():
    facts = AtRiskFacts(
        on=ON, part_time=PartTime(1, date(2027, 1, 4), 750, 1410), review=Reviewed(1, 2, date(2027, 2, 15), ["Reads"]),
        unanswered=[Asked(1, "SEMHL", date(2027, 1, 4), "answer", date(2027, 2, 18))],
    )  # fmt: skip
    found = rules.reasons(facts, AlertPolicy())

    assert [(one.kind, one.is_sign) for one in found] == [("part-time", False), ("advice", True), ("worse", True)]
    assert not rules.are_only_signs(found)
    assert rules.are_only_signs(found[1:])


def test_thresholds_are_the_policys():
    facts = AtRiskFacts(on=ON, suspensions=[suspended(1, ON, 6)], half_days_in_three_terms=6)

    assert len(rules.reasons(facts, AlertPolicy(primary_days=3))) == 1


RISK, NEW_RISK = Found("part-time", "a", "", ON), Found("sent home", "b", "", ON)
SIGN, NEW_SIGN = Found("worse", "c", "", ON), Found("not delivered", "d", "", ON)


@pytest.mark.parametrize(
    ("found", "back"),
    [
        ([], False), ([RISK], False), ([RISK, NEW_RISK], True), ([NEW_RISK], True), ([RISK, SIGN], False),
        ([RISK, NEW_SIGN], False), ([SIGN], False), ([SIGN, NEW_SIGN], True), ([NEW_RISK, NEW_SIGN], True),
    ],
)  # fmt: skip
def test_alert_comes_back_for_a_new_reason_and_for_a_new_sign_only_among_signs(found, back):
    assert rules.comes_back(found, {"a", "c"}) == back


@pytest.mark.parametrize(("because", "kept"), [("", False), ("  ", False), ("A new key adult since Monday.", True)])
def test_setting_aside_says_why(because, kept):
    assert bool(rules.setting_aside_has_its_reason(because)) == kept


@pytest.mark.parametrize(("primary", "secondary", "holds"), [(5, 10, True), (5, 5, True), (6, 5, False)])
def test_primary_days_are_no_more_than_secondary(primary, secondary, holds):
    policy = AlertPolicy(primary_days=primary, secondary_days=secondary)
    assert bool(rules.primary_days_are_no_more_than_secondary(policy)) == holds

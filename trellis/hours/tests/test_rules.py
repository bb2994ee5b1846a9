from datetime import datetime

import pytest

from trellis.conduct import clock
from trellis.hours import rules

WEDNESDAY_9 = datetime(2026, 11, 18, 9, tzinfo=clock.LONDON)


@pytest.mark.parametrize(("minutes", "fits"), [(15, True), (90, True), (0, False), (-15, False), (50, False)])
def test_time_is_in_quarter_hours(minutes, fits):
    assert bool(rules.time_is_in_quarter_hours(minutes)) is fits


@pytest.mark.parametrize(
    ("cause", "permitted"),
    [
        ("hours.visitpart", True),
        ("hours.hoursallocation", True),
        ("funding.fundingrequest", True),
        ("ehc_requests.advicesought", False),
    ],
)
def test_statutory_advice_is_never_a_permitted_cause(cause, permitted):
    finding = rules.hours_never_pay_for_statutory_advice(cause)

    assert bool(finding) is permitted
    assert finding.rule.is_law
    assert "reg 6" in finding.rule.source


@pytest.mark.parametrize(
    ("now", "late"),
    [
        (datetime(2026, 11, 16, 8, 59, tzinfo=clock.LONDON), False),
        (datetime(2026, 11, 16, 9, 0, tzinfo=clock.LONDON), False),
        (datetime(2026, 11, 16, 9, 1, tzinfo=clock.LONDON), True),
    ],
)
def test_notice_is_late_after_48_hours(now, late):
    assert rules.is_late_notice(WEDNESDAY_9, now, 48) is late


def test_notice_counts_clock_hours_over_the_end_of_summer_time():
    """On 25 October 2026 the day has 25 hours."""
    monday = datetime(2026, 10, 26, 9, tzinfo=clock.LONDON)

    assert not rules.is_late_notice(monday, datetime(2026, 10, 24, 9, 0, tzinfo=clock.LONDON), 48)
    assert rules.is_late_notice(monday, datetime(2026, 10, 24, 9, 1, tzinfo=clock.LONDON), 48)


def test_a_visit_without_a_day_is_never_late():
    assert rules.is_late_notice(None, WEDNESDAY_9, 48) is False


@pytest.mark.parametrize(
    ("delivered", "kept", "paid"),
    [
        (180, [90, 90], [90, 90]),
        (120, [90, 90], [30, 90]),
        (60, [90, 90], [0, 60]),
        (210, [90, 90], [120, 90]),
        (45, [60], [45]),
        (0, [60], [0]),
        (30, [], []),
    ],
)
def test_bought_minutes_are_used_first_and_more_falls_to_the_first_part(delivered, kept, paid):
    assert rules.shares(delivered, kept) == paid

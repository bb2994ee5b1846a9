from datetime import UTC, date, datetime

import pytest

from trellis.conduct import clock
from trellis.design import in_words
from trellis.design.templatetags import design

TODAY = date(2026, 12, 7)


@pytest.mark.parametrize(
    "day, full, short",
    [
        (date(2027, 1, 14), "14 January 2027", "14 January"),
        (date(2026, 8, 5), "5 August 2026", "5 August"),
        (datetime(2027, 6, 30, 23, 30, tzinfo=UTC), "1 July 2027", "1 July"),
        (datetime(2026, 12, 31, 23, 30, tzinfo=UTC), "31 December 2026", "31 December"),
    ],
)
def test_full_date_has_its_year_and_a_moment_is_its_day_in_england(day, full, short):
    assert (in_words.full_date(day), design.full_date(day), in_words.day_and_month(day)) == (full, full, short)


@pytest.mark.parametrize(
    "day, words",
    [
        (date(2027, 1, 14), "Thursday 14 January"),
        (date(2026, 9, 1), "Tuesday 1 September"),
        (date(2027, 8, 31), "Tuesday 31 August"),
        (date(2027, 9, 1), "Wednesday 1 September 2027"),
        (date(2026, 8, 31), "Monday 31 August 2026"),
    ],
)
def test_long_date_adds_the_year_outside_this_academic_year(day, words):
    assert in_words.long_date(day, TODAY) == words


@pytest.mark.parametrize("day, words", [(date(2026, 12, 8), "8 Dec"), (date(2026, 7, 1), "1 Jul 2026")])
def test_short_date(day, words):
    assert in_words.short_date(day, TODAY) == words


@pytest.mark.parametrize(
    "day, words",
    [
        (date(2026, 12, 4), "3 days late"),
        (date(2026, 12, 6), "1 day late"),
        (date(2026, 12, 7), "today"),
        (date(2026, 12, 8), "tomorrow"),
        (date(2026, 12, 11), "in 4 days"),
        (date(2027, 12, 7), "in 365 days"),
    ],
)
def test_days_left(day, words):
    assert in_words.days_left(day, TODAY) == words


@pytest.mark.parametrize(
    "minutes, words",
    [
        (0, "0 hours"),
        (1, "1 minute"),
        (10, "10 minutes"),
        (15, "15 minutes"),
        (30, "½ hour"),
        (45, "¾ hour"),
        (60, "1 hour"),
        (61, "1 hour 1 minute"),
        (75, "1¼ hours"),
        (90, "1½ hours"),
        (100, "1 hour 40 minutes"),
        (120, "2 hours"),
        (630, "10½ hours"),
        (-90, "−1½ hours"),
    ],
)
def test_hours(minutes, words):
    assert in_words.hours(minutes) == words


@pytest.mark.parametrize(
    "pence, words",
    [
        (0, "£0"),
        (5, "£0.05"),
        (10800, "£108"),
        (10850, "£108.50"),
        (1842000, "£18,420"),
        (-7200, "−£72"),
    ],
)
def test_pounds(pence, words):
    assert in_words.pounds(pence) == words


@pytest.mark.parametrize(
    "moment, words",
    [
        (datetime(2026, 12, 7, 16, 38, tzinfo=UTC), "4:38 pm"),
        (datetime(2026, 7, 7, 23, 5, tzinfo=UTC), "12:05 am"),
        (datetime(2026, 12, 7, 12, 0, tzinfo=UTC), "12:00 pm"),
    ],
)
def test_clock_time_is_in_england(moment, words):
    assert in_words.clock_time(moment) == words


def test_filters_take_today_from_the_clock():
    with clock.at(TODAY):
        assert design.long_date(date(2026, 12, 10)) == "Thursday 10 December"
        assert design.short_date(date(2026, 12, 10)) == "10 Dec"
        assert design.days_left(date(2026, 12, 10)) == "in 3 days"
        assert (design.is_late(date(2026, 12, 6)), design.is_late(TODAY)) == (True, False)


def test_filters_read_a_moment_as_its_day_in_england():
    with clock.at(TODAY):
        assert design.days_left(datetime(2026, 12, 7, 23, 59, tzinfo=UTC)) == "today"
        assert design.short_date(datetime(2027, 6, 30, 23, 30, tzinfo=UTC)) == "1 Jul"


@pytest.mark.parametrize(
    "say", [design.full_date, design.long_date, design.short_date, design.days_left, design.clock_time]
)
@pytest.mark.parametrize("nothing", [None, ""])
def test_filters_say_nothing_of_nothing(say, nothing):
    assert say(nothing) == ""
    assert (design.hours(nothing), design.pounds(nothing), design.is_late(nothing)) == ("", "", False)

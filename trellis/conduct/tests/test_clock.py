from datetime import UTC, date, datetime

import pytest

from trellis.conduct import clock


def test_clock_stands_where_it_is_put_and_goes_back():
    with clock.at(date(2026, 2, 3)):
        assert clock.today() == date(2026, 2, 3)
        with clock.at(date(2025, 1, 1)):
            assert clock.today() == date(2025, 1, 1)
        assert clock.today() == date(2026, 2, 3)
    assert clock.now().tzinfo is not None


def test_today_is_the_day_in_england():
    with clock.at(datetime(2026, 6, 30, 23, 30, tzinfo=UTC)):  # half past midnight, British Summer Time
        assert clock.today() == date(2026, 7, 1)


def test_clock_of_a_live_database_is_never_moved(settings):
    settings.STAMP = "live"
    settings.TODAY = "2001-01-01"

    assert clock.today().year > 2001
    with pytest.raises(RuntimeError), clock.at(date(2026, 2, 3)):
        pass


def test_trellis_today_moves_a_demonstration(settings):
    settings.STAMP, settings.TODAY = "demo", "2026-12-07"

    assert clock.today() == date(2026, 12, 7)

"""Each benchmark runs, with numbers as small as they go. How fast is for ``make bench`` to say, never for a test."""

import pytest

from bench import bookers, importing, pages, printing
from bench.measured import Measured, line
from sweep.walk import add_all_rows
from trellis.conduct import clock
from trellis.pupils.tests import world


@pytest.fixture
def ours(own_database):
    with clock.at(world.DAY):
        return world.ours()


def test_bookers_book_all_they_are_to_by_either_way(ours):
    measured = bookers.measure(ours, bookers=3, each=2)

    assert (measured.what, measured.ratio > 0) == ("3 bookers on one balance", True)


def test_pages_and_printing_are_measured_against_what_does_nothing(ours):
    with clock.at(world.DAY):
        add_all_rows(ours)

    on_screen = list(pages.measure(ours, classmates=2, times=1))
    on_paper = list(printing.measure(ours, times=1))

    assert [one.ratio > 1 for one in on_screen] == [True] * len(pages.PAGES)
    assert on_paper[0].ratio > 1


def test_import_is_measured_against_copying_the_rows_it_makes(ours):
    measured = importing.measure(ours, children=40)

    assert measured.ratio > 1


def test_a_line_says_what_was_measured_and_whether_its_goal_is_missed():
    slow = Measured("Pages", 9, 1, "ms", at_most=8)
    fast = Measured("Bookings", 30, 50, "a second", at_least=0.5)

    assert " ".join(line(slow.cells).split()) == "Pages 9.0 ms 1.0 ms 9.00 at most 8: missed"
    assert " ".join(line(fast.cells).split()) == "Bookings 30.0 a second 50.0 a second 0.60 at least 0.5"

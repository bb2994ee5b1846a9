"""Each benchmark runs, with numbers as small as they go. How fast is for ``make bench`` to say, never for a test."""

import pytest

from bench import bookers, crowd, fuzz, importing, memory, pages, printing
from bench.measured import Measured, line
from sweep.walk import add_all_rows
from trellis.conduct import clock
from trellis.exchange.models import ImportKind
from trellis.exchange.tests.fuzz_files import whole_files
from trellis.pupils.models import CareEpisode, Pupil
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

    assert [one.ratio > 1 for one in on_screen[::4]] == [True] * len(pages.PAGES)
    assert [one.ratio for one in on_screen[2::4]] == [1] * len(pages.PAGES), "as many questions with more pupils"
    assert on_paper[0].ratio > 1


def test_pages_are_measured_again_with_others_beside(ours):
    with clock.at(world.DAY):
        add_all_rows(ours)

    *pages_again, plans = crowd.measure(ours, children=40, times=1)

    assert [one.ratio > 0 for one in pages_again] == [True] * len(pages.PAGES)
    assert Pupil.objects.count() > 40
    assert (plans.ours, plans.reference > 40) == (0, True)


def test_memory_is_that_of_a_program_of_its_own(ours):
    measured = memory.measure(code="990", children=40)

    assert measured.ours > 10
    assert CareEpisode.objects.count() == 41


def test_spoiled_files_are_told_by_kind_and_ending(own_database):
    one_of_each_shape = len(whole_files())

    by_kind = list(fuzz.measure(files=one_of_each_shape))

    assert [one.ratio for one in by_kind] == [1] * len(ImportKind.values)
    assert sum(one.reference for one in by_kind) == one_of_each_shape


def test_import_is_measured_against_copying_the_rows_it_makes(ours):
    measured = importing.measure(ours, children=40)

    assert measured.ratio > 1


def test_a_line_says_what_was_measured_and_whether_its_goal_is_missed():
    slow = Measured("Pages", 9, 1, "ms", at_most=8)
    fast = Measured("Bookings", 30, 50, "a second", at_least=0.5)

    assert " ".join(line(slow.cells).split()) == "Pages 9.0 ms 1.0 ms 9.00 at most 8: missed"
    assert " ".join(line(fast.cells).split()) == "Bookings 30.0 a second 50.0 a second 0.60 at least 0.5"

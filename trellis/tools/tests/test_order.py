from pathlib import Path

from trellis.testing import LONGEST_FIRST, turn_of
from trellis.tools.steps import ROOT


def test_journeys_are_begun_first_and_the_longest_before_all():
    found = [
        "bench/tests/test_bench.py::test_table",
        "journeys/test_a_new_price.py::test_one",
        "trellis/hours/tests/test_rules.py::test_one",
        "journeys/test_every_page.py::test_axe[360]",
        "journeys/test_by_keyboard.py::test_one",
        "journeys/test_one_child_end_to_end.py::test_all",
    ]

    assert [Path(nodeid.partition("::")[0]).stem for nodeid in sorted(found, key=turn_of)] == [
        "test_one_child_end_to_end", "test_every_page", "test_a_new_price", "test_by_keyboard", "test_bench",
        "test_rules",
    ]  # fmt: skip


def test_the_longest_are_there():
    assert [file for file in LONGEST_FIRST if not (ROOT / file).is_file()] == []

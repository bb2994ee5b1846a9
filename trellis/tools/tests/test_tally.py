import subprocess
import sys

import pytest

from trellis.tools import steps, tally
from trellis.tools.tally import Tally
from trellis.tools.test import closing_line, find_chromium, what_is_wrong

GOOD = Tally(
    collected=["trellis/a.py::one", "journeys/test_b.py::two"],
    outcomes={"trellis/a.py::one": "passed", "journeys/test_b.py::two": "passed"},
)


def with_journey(outcome: str) -> Tally:
    return Tally(GOOD.collected, GOOD.outcomes | {"journeys/test_b.py::two": outcome})


def test_a_good_run_has_nothing_wrong():
    assert what_is_wrong(GOOD, [], 0) == []
    assert closing_line(GOOD, []) == "2 passed, 0 failed, 0 skipped"


@pytest.mark.parametrize(
    ("counted", "checks", "code", "wrong", "line"),
    [
        (GOOD, ["types"], 0, ["checks failed: types"], "2 passed, 1 failed, 0 skipped"),
        (
            with_journey("failed"),
            [],
            1,
            ["1 tests failed", "pytest ended with code 1"],
            "1 passed, 1 failed, 0 skipped",
        ),
        (
            with_journey("skipped"),
            [],
            0,
            ["1 tests were skipped", "no journey ran"],
            "1 passed, 0 failed, 1 skipped",
        ),
        (
            Tally(GOOD.collected, {"trellis/a.py::one": "passed"}),
            [],
            0,
            ["collected but not run: journeys/test_b.py::two", "no journey ran"],
            "1 passed, 1 failed, 0 skipped",
        ),
        (
            Tally(["trellis/a.py::one"], {"trellis/a.py::one": "passed"}),
            [],
            0,
            ["no journey ran"],
            "1 passed, 0 failed, 0 skipped",
        ),
        (
            Tally(errors=["trellis/a.py"]),
            [],
            2,
            ["could not be read as tests: trellis/a.py", "no journey ran", "pytest ended with code 2"],
            "0 passed, 1 failed, 0 skipped",
        ),
        (Tally(), [], -9, ["no journey ran", "pytest ended with code -9"], "0 passed, 0 failed, 0 skipped"),
    ],
)
def test_every_lack_is_told_and_fails(counted, checks, code, wrong, line):
    assert what_is_wrong(counted, checks, code) == wrong
    assert closing_line(counted, checks) == line


@pytest.mark.parametrize("processes", [[], ["-n", "2"]], ids=["one process", "two processes"])
def test_each_test_is_counted_once_and_the_worst_counts(tmp_path, processes):
    (tmp_path / "journeys").mkdir()
    (tmp_path / "journeys" / "test_all.py").write_text(
        "import pytest\n"
        "@pytest.fixture\n"
        "def bad_end():\n    yield\n    assert 0\n"
        "@pytest.fixture\n"
        "def bad_start():\n    assert 0\n"
        "def test_good(): pass\n"
        "def test_bad(): assert 0\n"
        "def test_bad_start(bad_start): pass\n"
        "def test_bad_end(bad_end): pass\n"
        "def test_skipped(): pytest.skip()\n"
        "@pytest.mark.skip\n"
        "def test_marked(): pass\n"
        "def test_left_out(): pass\n"
    )
    (tmp_path / "test_broken.py").write_text("import no_such_module\n")
    written = tmp_path / "tally.json"
    plugins = ["-p", "trellis.tools.counting", "-p", "no:django", "-c", "/dev/null"]
    subprocess.run(
        [
            sys.executable, "-m", "pytest", "-q", *plugins, *processes, f"--rootdir={tmp_path}",
            "--continue-on-collection-errors", "-k", "not left_out", tmp_path,
        ],
        cwd=steps.ROOT,
        env={tally.WHERE: str(written), "PATH": ""},
        capture_output=True,
        check=False,
    )  # fmt: skip

    counted = tally.read(written)
    names = {name.split("::")[1]: outcome for name, outcome in counted.outcomes.items()}
    assert names == {
        "test_good": "passed",
        "test_bad": "failed",
        "test_bad_start": "failed",
        "test_bad_end": "failed",
        "test_skipped": "skipped",
        "test_marked": "skipped",
    }
    assert counted.not_run() == ["journeys/test_all.py::test_left_out"]
    assert counted.errors == ["test_broken.py"]


def test_chromium_that_is_named_must_start(tmp_path, monkeypatch):
    program = tmp_path / "chromium"
    program.write_text("#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("CHROMIUM", str(program))
    assert find_chromium() == ""

    program.write_text("#!/bin/sh\necho Chromium\n")
    assert find_chromium() == str(program)

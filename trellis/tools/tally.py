"""Pytest plugin: counts each test once and keeps who of the collected did not run, for `make test` to judge by.

Pytest's own exit code does not tell that a journey was deselected, or that the run was cut off before it.
"""

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # test.py reads what we write, and begins where pytest is not installed
    import pytest

WHERE = "TRELLIS_TALLY"  # environment: the file to write
JOURNEYS = "journeys/"


@dataclass
class Tally:
    """Names of tests by what became of them. `collected` holds those that were then deselected too."""

    collected: list[str] = field(default_factory=list)
    outcomes: dict[str, str] = field(default_factory=dict)  # name: passed, failed or skipped
    errors: list[str] = field(default_factory=list)  # files that could not be read as tests

    def count(self, outcome: str) -> int:
        return sum(1 for each in self.outcomes.values() if each == outcome)

    def journeys_run(self) -> list[str]:
        return [name for name, outcome in self.outcomes.items() if name.startswith(JOURNEYS) and outcome != "skipped"]

    def not_run(self) -> list[str]:
        return [name for name in self.collected if name not in self.outcomes]


def read(path: Path) -> Tally:
    """What the plugin wrote; an empty tally if the run did not live to write it."""
    return Tally(**json.loads(path.read_text())) if path.exists() else Tally()


class Counting:
    """A test fails if any of setting up, running and taking down does; passes if it ran and none failed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tally = Tally()

    def pytest_itemcollected(self, item: "pytest.Item") -> None:
        self.tally.collected.append(item.nodeid)

    def pytest_collectreport(self, report: "pytest.CollectReport") -> None:
        if report.failed:
            self.tally.errors.append(report.nodeid)

    def pytest_runtest_logreport(self, report: "pytest.TestReport") -> None:
        outcomes = self.tally.outcomes
        if report.failed or (report.skipped and outcomes.get(report.nodeid) != "failed"):
            outcomes[report.nodeid] = report.outcome
        elif report.when == "call":
            outcomes.setdefault(report.nodeid, "passed")

    def pytest_sessionfinish(self) -> None:
        self.path.write_text(json.dumps(asdict(self.tally)))


def pytest_configure(config: "pytest.Config") -> None:
    if where := os.environ.get(WHERE):
        config.pluginmanager.register(Counting(Path(where)))

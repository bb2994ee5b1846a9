"""Pytest plugin: counts each test once, and keeps who of the collected did not run.

Where several processes share the run (pytest-xdist), they collect and run; the one that gathers their reports counts.
"""

import os
from pathlib import Path
from typing import Any

import pytest

from trellis.tools import tally
from trellis.tools.tally import Tally

COLLECTED = "collected"  # what a worker hands over at its end


class Counting:
    """A test fails if any of setting up, running and taking down does; passes if it ran and none failed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.tally = Tally()

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        self.tally.collected.append(item.nodeid)

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_node_collection_finished(self, ids: list[str]) -> None:
        self.collect(ids)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        self.collect(getattr(node, "workeroutput", {}).get(COLLECTED, []))

    def collect(self, names: list[str]) -> None:
        """Every worker finds all tests: each is kept once."""
        self.tally.collected = list(dict.fromkeys([*self.tally.collected, *names]))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and report.nodeid not in self.tally.errors:
            self.tally.errors.append(report.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        outcomes = self.tally.outcomes
        if report.failed or (report.skipped and outcomes.get(report.nodeid) != "failed"):
            outcomes[report.nodeid] = report.outcome
        elif report.when == "call":
            outcomes.setdefault(report.nodeid, "passed")

    def pytest_sessionfinish(self) -> None:
        tally.write(self.path, self.tally)


class Collecting:
    """In a worker: hands over every test it found, those that were then deselected too."""

    def __init__(self, output: dict[str, list[str]]) -> None:
        self.found = output.setdefault(COLLECTED, [])

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        self.found.append(item.nodeid)


def pytest_configure(config: pytest.Config) -> None:
    if hasattr(config, "workeroutput"):
        config.pluginmanager.register(Collecting(config.workeroutput))
    elif where := os.environ.get(tally.WHERE):
        config.pluginmanager.register(Counting(Path(where)))

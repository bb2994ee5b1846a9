"""What became of each test, as `counting.py` writes it from inside pytest and `test.py` judges it.

Pytest's own exit code does not tell that a journey was deselected, or that the run was cut off before it.
"""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

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
    """What was written; an empty tally if the run did not live to write it."""
    return Tally(**json.loads(path.read_text())) if path.exists() else Tally()


def write(path: Path, tally: Tally) -> None:
    path.write_text(json.dumps(asdict(tally)))

"""One figure beside its reference, and the line that says so."""

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

HEAD = ("what", "ours", "reference", "ratio", "goal")
WIDTHS = (38, 15, 15, 7, 0)


@dataclass(frozen=True)
class Measured:
    """``ours`` and ``reference`` in the same unit. A goal is a ratio: at most so much of a cost, at least so much of a
    speed."""

    what: str
    ours: float
    reference: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None
    note: str = ""  # what else is to be said of it, beneath its line

    @property
    def ratio(self) -> float:
        return self.ours / self.reference

    @property
    def holds(self) -> bool:
        return (self.at_most is None or self.ratio <= self.at_most) and (
            self.at_least is None or self.ratio >= self.at_least
        )

    @property
    def goal(self) -> str:
        goal = f"at least {self.at_least:g}" if self.at_least is not None else f"at most {self.at_most:g}"
        return goal if self.holds else f"{goal}: missed"

    @property
    def cells(self) -> tuple[str, ...]:
        ours, reference = (f"{figure:,.1f} {self.unit}" for figure in (self.ours, self.reference))
        return self.what, ours, reference, f"{self.ratio:.2f}", self.goal


def line(cells: Sequence[str]) -> str:
    """A line of the table, which is told as it grows: the last figures take minutes."""
    return "  ".join(cell.ljust(width) for cell, width in zip(cells, WIDTHS, strict=True)).rstrip()


def processor_milliseconds(doing: Callable[[], object], times: int) -> float:
    """The median of this process's own processor time; what else the machine does at the time hardly shows in it."""
    return statistics.median(_processor_seconds(doing) for _ in range(times)) * 1000


def by_turns(ours: Callable[[], object], reference: Callable[[], object], times: int) -> tuple[float, float]:
    """The same of two things done by turns, so that a busier moment meets both: (ours, reference)."""
    took = [(_processor_seconds(ours), _processor_seconds(reference)) for _ in range(times)]
    return statistics.median(one for one, _ in took) * 1000, statistics.median(one for _, one in took) * 1000


def _processor_seconds(doing: Callable[[], object]) -> float:
    before = time.process_time()
    doing()
    return time.process_time() - before


def fastest_milliseconds(doing: Callable[[], object], times: int) -> float:
    """The shortest time that it took, the database's work with it: what else the machine does can only lengthen it."""
    return min(seconds(doing) for _ in range(times)) * 1000


def seconds(doing: Callable[[], object]) -> float:
    before = time.perf_counter()
    doing()
    return time.perf_counter() - before

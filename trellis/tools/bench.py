"""`make bench`: measures against the budgets, on a database of its own."""

import sys

from trellis import postgres
from trellis.tools import assets, database, packages
from trellis.tools.packages import INSTALLED, PYTHON
from trellis.tools.steps import ROOT, VAR, Trouble, outcome, troubles_told

CLUSTER = VAR / "bench"


def main() -> None:
    with troubles_told():
        if not (ROOT / "bench").is_dir():
            raise Trouble("There are no benchmarks yet: they will be in the folder bench.")
        if INSTALLED in sys.argv:
            sys.exit(measure())
        packages.install("app", "dev")
        packages.enter("trellis.tools.bench")


def measure() -> int:
    assets.prepare(for_tests=True)
    server = database.embedded(CLUSTER)
    try:
        return outcome([PYTHON, "-m", "bench"], database.environment(server, "test"))
    finally:
        postgres.stop(CLUSTER)


if __name__ == "__main__":
    main()

"""`make bench`: measures against the budgets, on a database of its own that is thrown away before and after."""

import sys

from trellis import postgres
from trellis.tools import assets, database, packages
from trellis.tools.packages import INSTALLED, PYTHON
from trellis.tools.steps import VAR, outcome, troubles_told

CLUSTER = VAR / "bench"


def main() -> None:
    with troubles_told():
        if INSTALLED in sys.argv:
            sys.exit(measure())
        packages.install("app", "dev")
        packages.enter("trellis.tools.bench")


def measure() -> int:
    """As durable as the product's own database, and by the serving role: what measures connects by no other address.
    The owner's is for the program that pours other people's data in beside (``bench/beside.py``)."""
    assets.prepare(for_tests=True)
    postgres.discard(CLUSTER)
    server = database.embedded(CLUSTER)
    try:
        env = database.environment(server, "test")
        database.prepare(server, env)
        env["BENCH_OWNER_URL"] = env.pop("DATABASE_OWNER_URL")
        return outcome([PYTHON, "-m", "bench"], env)
    finally:
        postgres.discard(CLUSTER)


if __name__ == "__main__":
    main()

"""`make docs`: writes the pages that are generated from the code."""

import sys

from trellis.tools import database, packages
from trellis.tools.packages import INSTALLED
from trellis.tools.steps import outcome, troubles_told


def main() -> None:
    with troubles_told():
        if INSTALLED in sys.argv:
            sys.exit(outcome([*database.MANAGE, "docs"], database.without_database()))
        packages.install("app", "dev")
        packages.enter("trellis.tools.docs")


if __name__ == "__main__":
    main()

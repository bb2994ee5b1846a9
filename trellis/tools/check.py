"""`make check`: what can be said about the code without running it. All of it is run, even after one has failed."""

import sys
from dataclasses import dataclass

from trellis.tools import database, packages
from trellis.tools.packages import INSTALLED, PYTHON
from trellis.tools.steps import heard, say, troubles_told

IMPORT_ORDER = "import sys; from importlinter.cli import lint_imports_command; lint_imports_command()"


@dataclass(frozen=True)
class Check:
    name: str
    arguments: tuple[str, ...]  # after the Python of `.venv`


CHECKS = (
    Check("lint", ("-m", "ruff", "check", ".")),
    Check("format", ("-m", "ruff", "format", "--check", ".")),
    Check("types", ("-m", "mypy", "trellis", "manage.py")),
    Check("import order", ("-c", IMPORT_ORDER)),
    Check("templates", ("-m", "djlint", "--lint", "--quiet", "trellis")),
    Check("migrations", ("manage.py", "makemigrations", "--check", "--dry-run")),
    Check("generated pages", ("manage.py", "docs", "--check")),
)


def main() -> None:
    with troubles_told():
        if INSTALLED in sys.argv:
            sys.exit(1 if failures() else 0)
        packages.install("app", "dev")
        packages.enter("trellis.tools.check")


def failures() -> list[str]:
    """Run every check, say how it went, and give the names of those that failed."""
    return [check.name for check in CHECKS if not passes(check)]


def passes(check: Check) -> bool:
    code, output = heard([PYTHON, *check.arguments], database.without_database())
    if code:
        say(output.rstrip())
    say(f"{'FAILED' if code else 'ok':8}{check.name}")
    return not code


if __name__ == "__main__":
    main()

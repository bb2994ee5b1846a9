"""The programs that `make run` starts and stops: each with its own process group, found by number and never by name."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from trellis.tools.steps import ROOT, VAR, dies_with_us, last_lines

MARK = "TRELLIS_STARTED_FROM"  # in the environment of all we start, and so of all that they start
SECONDS_TO_STOP = 10


class Child:
    """One program with its log file under var/log/."""

    def __init__(self, name: str, command: Sequence[str], env: Mapping[str, str]) -> None:
        self.name = name
        self.log = VAR / "log" / f"{name.replace(' ', '-')}.log"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**env, MARK: str(ROOT)},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=dies_with_us(),
            )

    def has_ended(self) -> bool:
        return self.process.poll() is not None

    def last_words(self) -> str:
        return last_lines(self.log.read_text(errors="replace"))

    def tell(self, what: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, what)


def stop(children: Sequence[Child]) -> None:
    """Ask all of them to stop, wait for all, then end those that did not."""
    for child in children:
        child.tell(signal.SIGTERM)
    deadline = time.monotonic() + SECONDS_TO_STOP
    for child in children:
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.process.wait(max(0.1, deadline - time.monotonic()))
        child.tell(signal.SIGKILL)
        child.process.wait()


def stop_strays(root: Path = ROOT) -> int:
    """End what an earlier `make run` of this folder left behind when it was killed; give how many there were.

    They carry our mark in their environment, so a process that merely has an old number is safe. The caller holds the
    lock of `make run`: no living one can be hit.
    """
    strays = _marked(root)
    for ending, seconds in ((signal.SIGTERM, SECONDS_TO_STOP), (signal.SIGKILL, 2)):
        for pid in _marked(root):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, ending)
        deadline = time.monotonic() + seconds
        while _marked(root) and time.monotonic() < deadline:
            time.sleep(0.1)
    return len(strays)


def _marked(root: Path) -> set[int]:
    mark = f"{MARK}={root}".encode()
    return {int(entry.name) for entry in Path("/proc").glob("[0-9]*") if mark in _environment_of(entry)}


def _environment_of(process: Path) -> list[bytes]:
    """Empty for a process that is gone, is a zombie, or is not ours to read."""
    try:
        return (process / "environ").read_bytes().split(b"\0")
    except OSError:
        return []

"""Telling a person what is being done and how far it is, and running the programs that do it."""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VAR = ROOT / "var"
LAST_LINES = 30
PR_SET_PDEATHSIG = 1


class Trouble(Exception):
    """The work cannot go on; the message is a sentence a person can act on."""


def say(text: str) -> None:
    """Print at once. The terminal may be gone (hung up, a closed pipe): that must not keep us from stopping what we
    started.
    """
    with contextlib.suppress(OSError):
        print(text, flush=True)


class Steps:
    """Numbers what is done: `2 of 7  Installing the locked packages (about a minute)…`"""

    def __init__(self, total: int, done: int = 0) -> None:
        self.total = total
        self.done = done

    @contextlib.contextmanager
    def step(self, doing: str, *, needed: bool = True, takes: str = "") -> Iterator[None]:
        """What is not needed is said to be done before; the work itself must be safe to repeat."""
        self.done += 1
        ending = (f" ({takes})…" if takes else "…") if needed else ": done before"
        say(f"{self.done} of {self.total}  {doing}{ending}")
        began = time.monotonic()
        yield
        took = time.monotonic() - began
        if took >= 2:
            say(f"        done in {took:.0f} s")


def heard(command: Sequence[str], env: Mapping[str, str] | None = None) -> tuple[int, str]:
    """Run a program in the project's folder and give its exit code and all it said."""
    with _started(command, env, subprocess.PIPE) as process, ended_with_us(process):
        output, _ = process.communicate()
    return process.returncode, output


def quietly(command: Sequence[str], what: str, env: Mapping[str, str] | None = None) -> None:
    """Run a program that nobody wants to hear unless it fails; then its last lines are shown with the trouble."""
    code, output = heard(command, env)
    if code:
        raise Trouble(f"{last_lines(output)}\n{what} failed; above is what it said last.")


def aloud(command: Sequence[str], what: str, env: Mapping[str, str] | None = None) -> None:
    """Run a program that tells its own progress."""
    if outcome(command, env):
        raise Trouble(f"{what} failed; above is what it said.")


def outcome(command: Sequence[str], env: Mapping[str, str] | None = None) -> int:
    """Run a program on our terminal and give its exit code."""
    with _started(command, env, None) as process, ended_with_us(process):
        return process.wait()


def _started(command: Sequence[str], env: Mapping[str, str] | None, output: int | None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT if output else None,
        text=True,
        errors="replace",
        preexec_fn=dies_with_us(),
    )


@contextlib.contextmanager
def ended_with_us(process: subprocess.Popen[str]) -> Iterator[None]:
    """If we are told to stop meanwhile, the program is told too, and given time to leave things tidy."""
    try:
        yield
    except BaseException:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        process.kill()
        raise


def dies_with_us() -> Callable[[], None] | None:
    """On Linux the kernel tells a child when we are gone, however we went; elsewhere the next `make run` finds the
    port taken.
    """
    if not sys.platform.startswith("linux"):
        return None
    prctl, parent = ctypes.CDLL(None).prctl, os.getpid()

    def ask_the_kernel() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # we went between the fork and the asking
            os._exit(1)

    return ask_the_kernel


def last_lines(text: str) -> str:
    return "\n".join(text.rstrip().splitlines()[-LAST_LINES:])


# --- work that need not be done again ------------------------------------------------------------------------------


def is_done(stamp: Path, key: str) -> bool:
    """Whether the stamp says that the work was done for this very key."""
    try:
        return stamp.read_text() == key
    except FileNotFoundError:
        return False


def mark_done(stamp: Path, key: str) -> None:
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(key)


def hash_of(files: Iterable[Path], *words: str) -> str:
    """One hash over the files' names and contents, and some words."""
    sums = sorted((str(file.relative_to(ROOT)), sha256(file.read_bytes()).hexdigest()) for file in files)
    return sha256(json.dumps([sums, words]).encode()).hexdigest()


def listen_for_the_end() -> None:
    """Ctrl-C, SIGTERM and a terminal that hangs up raise KeyboardInterrupt; being told again changes nothing."""
    ways = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup's wish is kept
        ways.append(signal.SIGHUP)

    def stop(*_: object) -> None:
        for each in ways:
            signal.signal(each, signal.SIG_IGN)
        say("\nStopping…")
        raise KeyboardInterrupt

    for each in ways:
        signal.signal(each, stop)


# --- a tool's main -------------------------------------------------------------------------------------------------


def settle_output() -> None:
    """A terminal that cannot write "…" gets a question mark instead of a traceback; a pipe gets each line at once."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace", line_buffering=True)


@contextlib.contextmanager
def troubles_told() -> Iterator[None]:
    """End with exit code 1 and the sentence rather than a traceback; with 130 when told to stop."""
    settle_output()
    listen_for_the_end()
    try:
        yield
    except Trouble as trouble:
        say(str(trouble))
        sys.exit(1)
    except PermissionError as error:
        owner_hint = (
            "start Trellis as the user who first started it here" if os.geteuid() else "look at its permissions"
        )
        say(f"{error.filename or error} is closed to you: {owner_hint}.")
        sys.exit(1)
    except KeyboardInterrupt:
        say("Stopped.")
        sys.exit(130)

"""`make run`: from a bare checkout to a running demonstration, and tidily back.

Begins under the system's Python, with nothing installed; goes on as the same process under that of `.venv`.
"""

import contextlib
import errno
import fcntl
import http.client
import io
import json
import os
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from trellis import postgres
from trellis.postgres import Server
from trellis.tools import assets, children, database, packages
from trellis.tools.children import Child
from trellis.tools.packages import INSTALLED, PYTHON
from trellis.tools.steps import ROOT, VAR, Steps, Trouble, hash_of, is_done, mark_done, quietly, say, troubles_told

STEPS = 7
HOST = "127.0.0.1"
USUAL_PORT = 8000
SECONDS_TO_SERVE = 60
SECONDS_BETWEEN_LOOKS = 0.5
STATIC_COLLECTED = database.STAMPS / "static"


def main() -> None:
    with troubles_told():
        port = wanted_port(os.environ.get("PORT", ""))
        if INSTALLED in sys.argv:
            lock = os.fdopen(int(sys.argv[-1]), "r+")
            os.set_inheritable(lock.fileno(), False)
            with contextlib.suppress(KeyboardInterrupt):  # being stopped is how this command ends well
                run(port, lock)
            say("Stopped.")
        else:
            install(port)


def install(port: int) -> None:
    """The two steps that need nothing installed."""
    steps = Steps(STEPS)
    lock = hold_lock(VAR / "run.lock", address(port))
    with steps.step("Checking this machine"):
        if strays := children.stop_strays():
            say(f"        ended {strays} processes of a run that was killed")
        refuse_taken(port)
    with steps.step("Installing the locked packages", needed=bool(packages.missing("app")), takes="about a minute"):
        packages.install("app")
    os.set_inheritable(lock.fileno(), True)
    packages.enter("trellis.tools.run", str(lock.fileno()))


def run(port: int, lock: io.TextIOBase) -> None:
    """The other steps, and then waiting for the end."""
    steps = Steps(STEPS, done=2)
    with steps.step("Making the front-end files", needed=not assets.are_made(for_tests=False)):
        assets.prepare(for_tests=False)
    with embedded_server(steps) as server:
        env = database.environment(server, "demo")
        env.setdefault("SITE_URL", address(port).rstrip("/"))
        with steps.step("Preparing the database", needed=not database.is_prepared(server)):
            database.prepare(server, env)
        with steps.step("Making the demonstration", needed=not database.has_demo(server), takes="a minute or two"):
            database.make_demo(server, env)
        with steps.step("Starting the web server and the job worker"):
            collect_static(env)
            started = start(port, env)
        try:
            wait_until_serving(port, started)
            note_in(lock, address(port), serving=True)
            say(
                f"\nTrellis is running:   {address(port)}\nThe cast of the demo: {address(port)}demo/\nCtrl-C stops it."
            )
            watch(started, server)
        finally:
            children.stop(started)


# --- one at a time, on a free port -----------------------------------------------------------------------------------


def hold_lock(path: Path, where: str) -> io.TextIOBase:
    """The lock of this folder's `make run`, held until the process ends, whatever ends it.

    Its file says where we are.
    """
    path.parent.mkdir(exist_ok=True)
    lock = path.open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Trouble(already_running(path.read_text())) from None
    note_in(lock, where, serving=False)
    return lock


def note_in(lock: io.TextIOBase, where: str, *, serving: bool) -> None:
    lock.seek(0)
    lock.truncate()
    json.dump({"address": where, "process": os.getpid(), "serving": serving}, lock)
    lock.flush()


def already_running(note: str) -> str:
    try:
        first = json.loads(note)
    except ValueError:
        return "Another `make run` is starting in this folder."
    state = "is running from this folder" if first["serving"] else "is being started from this folder, to be"
    return f"Trellis {state} at {first['address']} (process {first['process']}); Ctrl-C there stops it."


def wanted_port(text: str) -> int:
    if not text:
        return USUAL_PORT
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise Trouble(f"PORT must be a number from 1 to 65535, not {text}.")
    return int(text)


def refuse_taken(port: int) -> None:
    if trouble := port_trouble(port):
        raise Trouble(trouble)


def port_trouble(port: int) -> str:
    """Why we cannot listen there; nothing if we can."""
    refused = _refusal(port)
    if not refused:
        return ""
    why = "is already in use" if refused == errno.EADDRINUSE else f"cannot be used ({os.strerror(refused)})"
    free = next((other for other in range(max(port, 1023) + 1, 65536) if not _refusal(other)), USUAL_PORT)
    return f"Port {port} {why}. Try another: make run PORT={free}"


def _refusal(port: int) -> int:
    """The system's error number for listening on the port; 0 if it is free."""
    with socket.socket() as probe:
        probe.setsockopt(
            socket.SOL_SOCKET, socket.SO_REUSEADDR, 1
        )  # connections that linger after their server do not matter
        try:
            probe.bind((HOST, port))
        except OSError as error:
            return error.errno or errno.EADDRINUSE
    return 0


def address(port: int) -> str:
    return f"http://{HOST}:{port}/"


# --- up, watched and down -------------------------------------------------------------------------------------------


@contextlib.contextmanager
def embedded_server(steps: Steps) -> Iterator[Server | None]:
    """Our PostgreSQL for as long as we run; it stays up at the end if somebody else uses it.

    None where one was given.
    """
    if database.given():
        with steps.step("Using the PostgreSQL of DATABASE_URL"):
            pass
        yield None
        return
    with steps.step("Starting PostgreSQL"):
        server = database.embedded(VAR)
        if server.note:
            say(f"        {server.note}")
    try:
        yield server
    finally:
        if _is_used_by_others(server):
            say("PostgreSQL stays up, because somebody else is connected to it.")
        else:
            postgres.stop(VAR)


def _is_used_by_others(server: Server) -> bool:
    """Our own programs have ended, but the server may need a moment to see it."""
    for _ in range(10):
        if not server.is_in_use():
            return False
        time.sleep(0.2)
    return True


def collect_static(env: dict[str, str]) -> None:
    files = [path for path in (ROOT / "trellis").glob("*/static/**/*") if path.is_file()]
    key = hash_of([*files, ROOT / "requirements" / "app.txt"])
    if not is_done(STATIC_COLLECTED, key) or not (VAR / "static").is_dir():
        quietly([*database.MANAGE, "collectstatic", "--noinput", "--clear"], "Collecting the static files", env)
        mark_done(STATIC_COLLECTED, key)


def start(port: int, env: dict[str, str]) -> list[Child]:
    """The web server and the job worker. Neither needs the owner's address, so neither has it."""
    serving = {name: value for name, value in env.items() if name != "DATABASE_OWNER_URL"}
    where = ["--host", HOST, "--port", str(port)]
    size = ["--workers", "2", "--blocking-threads", "4", "--respawn-failed-workers"]
    granian = [PYTHON, "-m", "granian", "--interface", "wsgi", *where, *size, "trellis.wsgi:application"]
    return [
        Child("web server", granian, serving),
        Child("job worker", [*database.MANAGE, "procrastinate", "worker"], serving),
    ]


def wait_until_serving(port: int, started: list[Child]) -> None:
    deadline = time.monotonic() + SECONDS_TO_SERVE
    while not is_healthy(port):
        refuse_dead(started)
        if time.monotonic() > deadline:
            raise Trouble(f"{started[0].last_words()}\nThe web server does not answer at {address(port)}health/.")
        time.sleep(0.1)


def is_healthy(port: int) -> bool:
    """Asked straight, whatever proxy the environment names."""
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    try:
        connection.request("GET", "/health/")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def watch(started: list[Child], server: Server | None) -> None:
    """Until we are told to stop, or something stops by itself. A database that was killed is started again."""
    had_terminal = sys.stdin.isatty()
    while not (had_terminal and terminal_has_gone()):
        time.sleep(SECONDS_BETWEEN_LOOKS)
        refuse_dead(started)
        if server and not server.answers():
            database.embedded(VAR)
            say("PostgreSQL had stopped and was started again.")


def terminal_has_gone() -> bool:
    """A shell passes the hang-up of its terminal on to us.

    A `make` that is the terminal's first program keeps it to itself.
    """
    return not os.isatty(sys.stdin.fileno()) and os.getsid(0) in {os.getpid(), os.getppid()}


def refuse_dead(started: list[Child]) -> None:
    for child in started:
        if child.has_ended():
            log = child.log.relative_to(ROOT)
            code = child.process.returncode
            raise Trouble(
                f"{child.last_words()}\nThe {child.name} stopped by itself (exit code {code}; all of it in {log})."
            )


if __name__ == "__main__":
    main()

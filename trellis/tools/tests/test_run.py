import os
import re
import signal
import socket
import subprocess
import sys
import time

import pytest

from trellis.tools import children, database, packages, run, steps
from trellis.tools.children import MARK, Child
from trellis.tools.steps import Trouble


@pytest.fixture
def taken_port():
    with socket.socket() as taken:
        taken.bind((run.HOST, 0))
        taken.listen()
        yield taken.getsockname()[1]


def test_a_taken_port_is_told_with_a_free_one(taken_port):
    said = run.port_trouble(taken_port)

    found = re.fullmatch(rf"Port {taken_port} is already in use\. Try another: make run PORT=(\d+)", said)
    assert found
    assert run.port_trouble(int(found[1])) == ""


@pytest.mark.parametrize(("text", "port"), [("", 8000), ("8001", 8001), ("65535", 65535)])
def test_wanted_port(text, port):
    assert run.wanted_port(text) == port


@pytest.mark.parametrize("text", ["0", "65536", "-1", "eighty", "80 80"])
def test_wanted_port_must_be_a_port(text):
    with pytest.raises(Trouble, match=f"PORT must be a number from 1 to 65535, not {text}."):
        run.wanted_port(text)


def test_second_run_says_where_the_first_is(tmp_path):
    path = tmp_path / "var" / "run.lock"
    with run.hold_lock(path, "http://127.0.0.1:8000/") as first:
        with pytest.raises(Trouble) as starting:
            run.hold_lock(path, "http://127.0.0.1:9000/")
        run.note_in(first, "http://127.0.0.1:8000/", serving=True)
        with pytest.raises(Trouble) as serving:
            run.hold_lock(path, "http://127.0.0.1:9000/")

    assert str(starting.value) == (
        "Trellis is being started from this folder, to be at http://127.0.0.1:8000/"
        f" (process {os.getpid()}); Ctrl-C there stops it."
    )
    assert str(serving.value) == (
        f"Trellis is running from this folder at http://127.0.0.1:8000/ (process {os.getpid()}); Ctrl-C there stops it."
    )


def test_lock_of_a_run_that_was_killed_is_free(tmp_path):
    code = (
        "import os, pathlib, sys; from trellis.tools import run;"
        "run.hold_lock(pathlib.Path(sys.argv[1]), 'there'); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, tmp_path / "run.lock"], cwd=steps.ROOT, check=False)

    run.hold_lock(tmp_path / "run.lock", "here").close()


def test_a_lock_note_cut_off_is_no_traceback():
    assert run.already_running('{"address": "ht') == "Another `make run` is starting in this folder."


@pytest.mark.parametrize("module", ["run", "test", "check", "docs", "bench"])
def test_commands_begin_with_nothing_installed(module):
    code = f"import trellis.tools.{module}"
    assert subprocess.run([sys.executable, "-S", "-c", code], cwd=steps.ROOT, check=False).returncode == 0


# --- children --------------------------------------------------------------------------------------------------------


def has_ended(pid: int) -> bool:
    """Within a moment; a zombie counts as ended."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            with open(f"/proc/{pid}/stat") as stat:
                if stat.read().rsplit(")", 1)[1].split()[0] == "Z":
                    return True
        except FileNotFoundError:
            return True
        time.sleep(0.02)
    return False


@pytest.fixture
def logs(tmp_path, monkeypatch):
    monkeypatch.setattr(children, "VAR", tmp_path)
    monkeypatch.setattr(children, "ROOT", tmp_path)
    monkeypatch.setattr(run, "ROOT", tmp_path)
    return tmp_path / "log"


def test_stop_ends_a_child_and_its_own_children(logs):
    child = Child("web server", ["sh", "-c", "sleep 60 & echo $!; wait"], os.environ)
    while not child.last_words():
        time.sleep(0.01)
    grandchild = int(child.last_words())

    children.stop([child])

    assert child.has_ended()
    assert has_ended(grandchild)
    assert child.log == logs / "web-server.log"


def test_stop_ends_a_child_that_does_not_listen(logs, monkeypatch):
    monkeypatch.setattr(children, "SECONDS_TO_STOP", 0.3)
    child = Child("deaf", ["sh", "-c", "trap '' TERM; echo up; while :; do sleep 0.1; done"], os.environ)
    while not child.last_words():
        time.sleep(0.01)

    children.stop([child])

    assert child.process.returncode == -signal.SIGKILL


def test_strays_are_found_by_their_mark_alone(tmp_path):
    stray = subprocess.Popen(["sleep", "60"], env={MARK: str(tmp_path)})
    other = subprocess.Popen(["sleep", "60"], env={MARK: f"{tmp_path}/elsewhere"})
    time.sleep(0.1)  # until both have their environment

    assert children.stop_strays(tmp_path) == 1
    assert stray.wait() == -signal.SIGTERM
    assert other.poll() is None
    other.kill()
    other.wait()


def test_a_child_dies_when_its_starter_is_killed(logs):
    code = (
        "import os, pathlib, sys; from trellis.tools import children;"
        "children.VAR = pathlib.Path(sys.argv[1]);"
        "child = children.Child('web', ['sleep', '60'], os.environ); print(child.process.pid, flush=True);"
        "os.kill(os.getpid(), 9)"
    )
    said = subprocess.run(
        [sys.executable, "-c", code, logs], cwd=steps.ROOT, stdout=subprocess.PIPE, text=True, check=False
    )

    assert has_ended(int(said.stdout))


def test_a_dead_child_is_told_with_its_last_words(logs):
    child = Child("job worker", ["sh", "-c", "echo I am out of jobs; exit 3"], os.environ)
    child.process.wait()

    with pytest.raises(Trouble) as told:
        run.refuse_dead([child])
    assert str(told.value) == (
        "I am out of jobs\nThe job worker stopped by itself (exit code 3; all of it in log/job-worker.log)."
    )


# --- steps, stamps, settings ---------------------------------------------------------------------------------------


def test_steps_say_how_far_it_is(capsys):
    counted = steps.Steps(7, done=1)
    with counted.step("Installing", takes="about a minute"):
        pass
    with counted.step("Making", needed=False, takes="long"):
        pass

    assert capsys.readouterr().out == "2 of 7  Installing (about a minute)…\n3 of 7  Making: done before\n"


def test_a_failing_program_shows_what_it_said():
    with pytest.raises(Trouble, match=r"no such thing\nFetching failed; above is what it said last\."):
        steps.quietly(["sh", "-c", "echo no such thing >&2; exit 1"], "Fetching")


def test_a_stamp_is_for_its_key_alone(tmp_path):
    stamp = tmp_path / "stamps" / "made"
    assert not steps.is_done(stamp, "a")
    steps.mark_done(stamp, "a")
    assert steps.is_done(stamp, "a")
    assert not steps.is_done(stamp, "b")


def test_a_given_database_needs_its_owners_address(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://app@db/trellis")
    monkeypatch.delenv("DATABASE_OWNER_URL", raising=False)
    with pytest.raises(Trouble, match="DATABASE_URL is set without DATABASE_OWNER_URL"):
        database.given()
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://owner@db/trellis")
    assert database.given()
    monkeypatch.delenv("DATABASE_URL")
    assert not database.given()


def test_secret_key_is_made_once_and_is_private(tmp_path, monkeypatch):
    monkeypatch.setattr(database, "VAR", tmp_path)
    monkeypatch.delenv("SECRET_KEY", raising=False)

    first = database.environment(None, "demo")["SECRET_KEY"]
    assert len(first) >= 50
    assert database.environment(None, "demo")["SECRET_KEY"] == first
    assert (tmp_path / "secret_key").stat().st_mode & 0o777 == 0o600


def test_an_old_npm_is_passed_over(tmp_path, monkeypatch):
    """npm 6 does not read our lock; then pip's is installed."""
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 6.14.4\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    asked = []
    monkeypatch.setattr(packages, "install", lambda *locks: asked.extend(locks))

    assert packages.npm()[0] == packages.PYTHON
    assert asked == ["node"]

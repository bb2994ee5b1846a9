"""Which database the commands use, and making it ready: migrated, granted, stamped, filled with the demonstration."""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from trellis import postgres
from trellis.postgres import OWNER, SERVING, PostgresRefused, Server
from trellis.tools.packages import PYTHON
from trellis.tools.steps import ROOT, VAR, Trouble, aloud, hash_of, is_done, mark_done, quietly

MANAGE = [PYTHON, "manage.py"]
STAMPS = VAR / "stamps"
PREPARED, DEMO_MADE = STAMPS / "prepared", STAMPS / "demo"


def given() -> bool:
    """Whether the person gave a database; then no server of ours is started."""
    if os.environ.get("DATABASE_URL") and not os.environ.get("DATABASE_OWNER_URL"):
        raise Trouble(
            "DATABASE_URL is set without DATABASE_OWNER_URL, by which the tables are made: set both, or none."
        )
    return bool(os.environ.get("DATABASE_URL"))


def embedded(root: Path, *, durable: bool = True) -> Server:
    try:
        return postgres.ensure(root, durable=durable)
    except PostgresRefused as refusal:
        raise Trouble(str(refusal)) from refusal


def environment(server: Server | None, stamp: str) -> dict[str, str]:
    """What settings.py reads, for a program that uses this server (or the given one) with a database of this kind."""
    env = dict(os.environ) | {"TRELLIS_STAMP": stamp, "DJANGO_SETTINGS_MODULE": "trellis.settings"}
    env["PYTHONUNBUFFERED"] = "1"  # progress and logs are seen as they happen
    env.setdefault("SECRET_KEY", _secret_key())
    if server:
        env["DATABASE_URL"] = server.url(SERVING, postgres.DATABASE)
        env["DATABASE_OWNER_URL"] = server.url(OWNER, postgres.DATABASE)
    return env


def without_database() -> dict[str, str]:
    """For programs that read the settings but need no database: none is started, and asking for one fails."""
    return environment(None, "test") | dict.fromkeys(
        ["DATABASE_URL", "DATABASE_OWNER_URL"], "postgresql://none@/none?host=/none"
    )


# --- ready -----------------------------------------------------------------------------------------------------------


def is_prepared(server: Server | None) -> bool:
    return server is not None and is_done(PREPARED, _prepared_key(server))


def prepare(server: Server | None, env: Mapping[str, str]) -> None:
    """Migrate, grant and stamp; skipped when nothing of that has changed since, here or in the database."""
    if not is_prepared(server):
        quietly([*MANAGE, "prepare_database", "--stamp", env["TRELLIS_STAMP"]], "Preparing the database", env)
        if server:
            mark_done(PREPARED, _prepared_key(server))


def has_demo(server: Server | None) -> bool:
    return server is not None and is_done(DEMO_MADE, server.identity())


def make_demo(server: Server | None, env: Mapping[str, str]) -> None:
    """The command itself leaves a database alone that has a demonstration; asking it takes seconds, so we remember."""
    if not has_demo(server):
        aloud([*MANAGE, "demo", "--if-empty"], "Making the demonstration", env)
        if server:
            mark_done(DEMO_MADE, server.identity())


def _prepared_key(server: Server) -> str:
    """What `prepare_database` made of, and what the database says of itself: it may be another, restored or migrated
    back.
    """
    sources = [
        *(ROOT / "trellis").glob("*/migrations/*.py"),
        *(ROOT / "trellis" / "conduct").rglob("*.py"),
        *(ROOT / "requirements").glob("app.txt"),
    ]
    applied = server.ask("SELECT string_agg(app || ' ' || name, ',' ORDER BY id) FROM django_migrations") or ""
    return hash_of(sources, server.identity(), applied)


def _secret_key() -> str:
    """A key of this folder's own: people stay signed in over a restart."""
    path = VAR / "secret_key"
    if not path.exists():
        VAR.mkdir(exist_ok=True)
        with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(50))
    return path.read_text()

"""Programs that work beside the benchmark, on the same database: one pours in, one imports with a memory of its own."""

import os
import subprocess
import sys
from datetime import date
from urllib.parse import urlsplit

from django.db import connection


def run(*arguments: str, on: date, as_owner: bool = False) -> str:
    """What a Python program of ours says, which takes it that today is ``on``."""
    env = os.environ | {"TRELLIS_TODAY": on.isoformat(), "TRELLIS_STAMP": "test"}
    env |= {"TRELLIS_AS_OWNER": "1" if as_owner else "", "DATABASE_URL": _here(os.environ["DATABASE_URL"])}
    if as_owner:
        env["DATABASE_OWNER_URL"] = _here(os.environ.get("BENCH_OWNER_URL") or os.environ["DATABASE_OWNER_URL"])
    done = subprocess.run([sys.executable, *arguments], env=env, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return done.stdout


def _here(url: str) -> str:
    """The address of the database that we measure, by the same role."""
    return urlsplit(url)._replace(path=f"/{connection.settings_dict['NAME']}").geturl()

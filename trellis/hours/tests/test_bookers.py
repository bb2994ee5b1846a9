"""Thirty-two programs book on one balance over HTTP, and a web worker is killed among them.

Afterwards the balance was never overdrawn, equals the sum of its entries, and agrees with what each booker was told:
saved means saved once, refused means absent, and what was in doubt its one-time key resolved.
"""

import contextlib
import http.client
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import reverse

from trellis.conduct import clock
from trellis.conduct.models import OneTimeKey
from trellis.history.models import Entry as Told
from trellis.hours.models import HoursAccount, Visit
from trellis.hours.tests.world import give_hours
from trellis.ledgers.models import Entry
from trellis.people.roles import Role
from trellis.pupils.tests import world
from trellis.testing import cloned_database

BOOKERS, EACH, QUARTER = 32, 4, 15
ENOUGH_FOR = 80  # bookings; 128 are tried
KILL_AFTER = 15  # bookings that are saved
SECONDS = 300  # before it is given up; two idle cores need 7


def test_bookers_at_once_with_a_worker_killed_never_overdraw_and_lose_nothing(django_db_setup, django_db_blocker):
    ends = time.monotonic() + SECONDS
    with django_db_blocker.unblock(), cloned_database(connection.settings_dict["NAME"], "demo") as name:
        with clock.at(world.DAY):
            ours = world.ours()
            hours = give_hours(ours, minutes=ENOUGH_FOR * QUARTER)
            teachers = [
                world.account(f"booker{number}", Role.DESIGNATED_TEACHER, ours.school, "ours.example")
                for number in range(BOOKERS)
            ]
        with served(name, ends) as (server, port):
            programs = [program(port, hours, teacher, ends) for teacher in teachers]
            until(lambda: Visit.objects.count() >= KILL_AFTER, ends)
            killed = workers_of(server.pid)[0]
            os.kill(killed, signal.SIGKILL)
            answers = [answers_of(one, ends) for one in programs]
            assert killed not in workers_of(server.pid)
            assert is_healthy(port)
        check_the_books(hours, teachers, answers)


def check_the_books(hours, teachers, answers):
    everything = list(itertools.chain.from_iterable(answers))
    by_word = {word: sum(one["told"] == word for one in everything) for word in ("saved", "refused", "nothing")}
    assert by_word == {"saved": ENOUGH_FOR, "refused": BOOKERS * EACH - ENOUGH_FOR, "nothing": 0}
    assert any(one["doubts"] for one in everything), "nobody was waiting for the worker that was killed"

    entries = list(Entry.objects.of(HoursAccount.objects.get(pk=hours.pk).account))
    assert all(balance >= 0 for balance in itertools.accumulate(entry.amount for entry in entries))
    balance = HoursAccount.objects.with_names().get(pk=hours.pk).account.balance
    assert (sum(entry.amount for entry in entries), balance) == (0, 0)
    assert [entry.kind for entry in entries] == ["allocated"] + ["reserved"] * ENOUGH_FOR
    assert Told.objects.filter(sentence__startswith="Booked 15 minutes").count() == ENOUGH_FOR

    made = {key.key: key.made_id for key in OneTimeKey.objects.filter(made_kind=Visit._meta.label)}
    saved = [
        made.pop(uuid.uuid5(uuid.UUID(one["key"]), str(teacher.pk)))
        for teacher, told in zip(teachers, answers, strict=True)
        for one in told
        if one["told"] == "saved"
    ]
    assert made == {}, "saved, but the booker was told it was refused"
    assert sorted(saved) == sorted(Visit.objects.values_list("pk", flat=True))


@contextlib.contextmanager
def served(database, ends):
    """The product's own web server with two workers on this database, as the serving role; ended by its number."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = dict(os.environ) | {
        "TRELLIS_STAMP": "demo", "TRELLIS_TODAY": world.DAY.isoformat(), "SECRET_KEY": settings.SECRET_KEY,
        "DATABASE_URL": urlsplit(settings.DATABASE_URL)._replace(path=f"/{database}").geturl(),
    }  # fmt: skip
    for owners in ("TRELLIS_AS_OWNER", "DATABASE_OWNER_URL"):
        env.pop(owners, None)
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)]
    size = ["--workers", "2", "--blocking-threads", "4", "--respawn-failed-workers"]
    server = subprocess.Popen([*granian, *size, "trellis.wsgi:application"], env=env, cwd=settings.BASE_DIR)
    try:
        until(lambda: is_healthy(port) and len(workers_of(server.pid)) == 2, ends)
        yield server, port
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            for pid in [*workers_of(server.pid), server.pid]:
                os.kill(pid, signal.SIGKILL)
            server.wait()


def program(port, hours, teacher, ends):
    client = Client()
    client.force_login(teacher)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    path = reverse("book_visit", args=[hours.pk])
    script = Path(__file__).with_name("booker.py")
    said = [str(port), path, session, str(EACH), str(ends - time.monotonic())]
    return subprocess.Popen([sys.executable, "-S", str(script), *said], stdout=subprocess.PIPE, text=True)


def answers_of(one, ends):
    try:
        out, _ = one.communicate(timeout=max(1, ends - time.monotonic()))
    except subprocess.TimeoutExpired:
        one.kill()
        out, _ = one.communicate()
    return [json.loads(line) for line in out.splitlines()]


def workers_of(pid):
    """The web workers that the server has started, by number."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def is_healthy(port):
    asked = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        asked.request("GET", "/health/")
        return asked.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        asked.close()


def until(is_so, ends):
    while not is_so():
        assert time.monotonic() < ends, "took too long"
        time.sleep(0.05)

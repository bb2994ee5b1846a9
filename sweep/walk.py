"""The addresses there are, and asking them as somebody without leaving a trace."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from trellis.conduct.doors import Door
from trellis.history.models import Look
from trellis.people.models import User
from trellis.pupils.models import Access, Level, Pupil
from trellis.pupils.tests.world import World

NOT_OURS = {"accounts"}  # allauth's own addresses; they show no pupil and have no door of ours
NO_SUCH_ID = 2**40
ENOUGH = {
    "whole": (Level.WHOLE,),
    "class": (Level.WHOLE, Level.CLASS),
    "written": (Level.WHOLE, Level.WRITTEN),
    "any": (Level.WHOLE, Level.CLASS, Level.WRITTEN),
    "advice": (Level.WHOLE, Level.WRITTEN, Level.ADVICE),
    "initials": (Level.WHOLE, Level.WRITTEN, Level.ADVICE, Level.INITIALS),
}


@dataclass(frozen=True)
class Address:
    """One pattern of the resolver: its name, the ids it asks for, and its door."""

    name: str
    route: str
    ids: tuple[str, ...]
    door: Door | None

    def __str__(self) -> str:
        return self.name

    def path(self, rows: dict[str, Any]) -> str:
        return reverse(self.name, kwargs={key: rows[key] for key in self.ids})


def addresses(resolver: Any = None, prefix: str = "") -> Iterator[Address]:
    """Every address of ours."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            if route.strip("/") not in NOT_OURS:
                yield from addresses(pattern, route)
        elif isinstance(pattern, URLPattern):
            ids = tuple(pattern.pattern.converters)
            yield Address(pattern.name or route, route, ids, getattr(pattern.callback, "door", None))


def add_all_rows(world: World) -> World:
    """Let every folder, in order, add its rows to the world."""
    for folder in settings.FOLDERS:
        module = f"trellis.{folder}.tests.world"
        if find_spec(module) and hasattr(import_module(module), "add_rows"):
            import_module(module).add_rows(world)
    return world


@dataclass
class Asked:
    """One answer, the pupils whom the access log says it showed, and how often it asked the database."""

    who: str
    address: Address
    method: str
    response: HttpResponse
    logged: set[int]
    queries: int

    @cached_property
    def text(self) -> str:
        if self.response.streaming or "html" not in self.response.get("Content-Type", ""):
            return ""
        return self.response.content.decode()

    def __str__(self) -> str:
        return f"{self.method} {self.address.name} as {self.who}: {self.response.status_code}"


class Counter:
    """Counts what is asked of the database. Savepoints are the walk's own: a page that is served has no such."""

    def __init__(self) -> None:
        self.queries = 0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        self.queries += not sql.startswith(("SAVEPOINT", "RELEASE SAVEPOINT"))
        return execute(sql, params, many, context)


def sign_in(world: World) -> World:
    """Let everybody of a world sign in, once: it costs as much as the asking of many a page."""
    for user in world.people.values():
        client = Client()
        client.force_login(user)
        user.cookies = client.cookies
    return world


def ask(user: User | None, who: str, address: Address, path: str, method: str) -> Asked:
    """Ask in a browser that has been nowhere since somebody signed in, then take back whatever the asking changed."""
    client = Client()
    client.cookies.update(user.cookies if user else {})
    with transaction.atomic():
        last = Look.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        with connection.execute_wrapper(counter := Counter()):
            response = client.get(path) if method == "GET" else client.post(path, {})
        logged = {i for look in Look.objects.filter(pk__gt=last) for i in look.pupil_ids}
        transaction.set_rollback(True)
    return Asked(who, address, method, response, logged, counter.queries)


def sees(user: User, pupil: Pupil, level: str) -> bool:
    """Whether the access table opens so much of the pupil to this person."""
    user.__dict__.pop("memberships_today", None)
    return Access.objects.open_to(user, *ENOUGH[level]).filter(pupil=pupil).exists()

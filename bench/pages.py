"""The main pages against a view that does nothing, behind the same middleware and door; what they ask and weigh."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db import connection
from django.test import Client, override_settings
from django.urls import reverse

from bench.measured import Measured, by_turns
from trellis.conduct import clock
from trellis.pupils import actions as pupils
from trellis.pupils.tests.world import DAY, World

ON = DAY.replace(day=3)
MOST_QUESTIONS, MOST_KB = 12, 60
PAGES = [
    ("My week", "my_week", ""),
    ("Pupils", "pupils", ""),
    ("Overview of a pupil", "pupil", "pupil_id"),
    ("Cycle", "cycle", "cycle_id"),
    ("PEP", "pep", "pep_id"),
]


def add_classmates(world: World, many: int) -> None:
    """So many more pupils at Jordan's school: lists have their usual length."""
    for number in range(many):
        pupil = pupils.register_pupil(
            by=None, legal_first_name=f"Classmate {number}", legal_last_name="Bench", date_of_birth=date(2018, 3, 3)
        )
        pupils.start_school_place(pupil.pk, by=None, school=world.school, on=date(2026, 9, 1), year_group=4)
        pupils.set_sen_status(pupil.pk, by=None, status="K", primary_need="SEMH", on=date(2026, 9, 1))


def measure(world: World, *, classmates: int = 29, times: int = 40) -> Iterator[Measured]:
    """For the SENCO of a school with Jordan and so many classmates."""
    with clock.at(ON), override_settings(ROOT_URLCONF="bench.urls", ALLOWED_HOSTS=["testserver"]):
        client = Client()
        client.force_login(world.sam)
        alone = {name: asked(client, path_of(world, view, of)) for name, view, of in PAGES}
        with clock.at(DAY):
            add_classmates(world, classmates)
        for name, view, of in PAGES:
            path = path_of(world, view, of)
            questions = asked(client, path)
            yield Measured(f"{name}, processor time", *costs(client, path, times), "ms", at_most=8)
            yield Measured(f"{name}, questions", questions, MOST_QUESTIONS, "asked", at_most=1)
            yield Measured(f"{name}, with {classmates} more pupils", questions, alone[name], "asked", at_most=1)
            weight = len(client.get(path).content) / 1024
            yield Measured(f"{name}, weight", weight, MOST_KB, "KB", at_most=1)


def path_of(world: World, view: str, of: str) -> str:
    return reverse(view, args=[world.rows[of]] if of else [])


def costs(client: Client, path: str, times: int) -> tuple[float, float]:
    """What the page takes, and what the view that does nothing takes."""

    def ask(path: str) -> None:
        assert client.get(path).status_code == 200

    for each in (path, reverse("empty")):
        ask(each)  # templates are read once
    return by_turns(lambda: ask(path), lambda: ask(reverse("empty")), times)


def asked(client: Client, path: str) -> int:
    """How often the page asks the database; a place to fall back to is no question."""
    client.get(path)  # what is asked once for a whole program
    counted: list[str] = []

    def note(execute: Any, sql: str, values: Any, many: bool, context: Any) -> Any:
        counted.append(sql)
        return execute(sql, values, many, context)

    with connection.execute_wrapper(note):
        assert client.get(path).status_code == 200
    return sum("SAVEPOINT" not in sql for sql in counted)

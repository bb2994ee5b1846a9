"""The processor time of the main pages against a view that does nothing, behind the same middleware and door."""

from collections.abc import Iterator
from datetime import date

from django.test import Client, override_settings
from django.urls import reverse

from bench.measured import Measured, processor_milliseconds
from trellis.conduct import clock
from trellis.pupils import actions as pupils
from trellis.pupils.tests.world import DAY, World

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
    with clock.at(DAY):
        add_classmates(world, classmates)
    with clock.at(DAY.replace(day=3)), override_settings(ROOT_URLCONF="bench.urls", ALLOWED_HOSTS=["testserver"]):
        client = Client()
        client.force_login(world.sam)
        reference = cost(client, reverse("empty"), times)
        for name, view, of in PAGES:
            ours = cost(client, reverse(view, args=[world.rows[of]] if of else []), times)
            yield Measured(f"{name}, processor time", ours, reference, "ms", at_most=8)


def cost(client: Client, path: str, times: int) -> float:
    def ask() -> None:
        assert client.get(path).status_code == 200

    ask()  # templates are read once
    return processor_milliseconds(ask, times)

"""Makes a country of invented children, to see that every page is as quick there."""

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db import connection

from trellis.conduct import clock
from trellis.conduct.models import Stamp
from trellis.england import build
from trellis.england.country import CHILDREN
from trellis.organisations.models import Organisation
from trellis.people.models import User


class Command(BaseCommand):
    help = "Fill an empty database stamped demo with invented children of England's number. As the tables' owner."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--children", type=int, default=CHILDREN, help="how many are looked after today")
        parser.add_argument("--years", type=int, default=10, help="how far back what is known reaches")
        parser.add_argument("--beside", action="store_true", help="beside what is there, in a database stamped test")
        parser.add_argument("--seed", default="1", help="the same seed on the same day makes the same children")

    def handle(self, *args: Any, children: int, years: int, seed: str, beside: bool, **options: Any) -> None:
        refuse_unless_stamped("test" if beside else "demo")
        if not beside:
            refuse_unless_empty()
        refuse_unless_owner()
        begun = time.monotonic()
        poured = build.build(clock.today(), children=children, years=years, seed=seed, say=self._say_since(begun))
        for model, rows in sorted(poured.poured.items(), key=lambda pair: -pair[1]):
            self.stdout.write(f"  {rows:>12,}  {model._meta.verbose_name_plural}")
        rows, seconds = sum(poured.poured.values()), time.monotonic() - begun
        self.stdout.write(f"{rows:,} rows in {seconds:,.0f} s, {database_size()}. Checksum {poured.checksum}.")

    def _say_since(self, begun: float) -> Any:
        return lambda words: self.stdout.write(f"  {time.monotonic() - begun:5.0f} s  {words}")


def refuse_unless_empty() -> None:
    if User.objects.exists() or Organisation.objects.exists():
        raise CommandError("England is only made in an empty database: this one has people or organisations already.")


def refuse_unless_stamped(stamp: str) -> None:
    if not Stamp.objects.filter(kind=stamp).exists():
        raise CommandError(f"England is only made in a database stamped {stamp}.")


def refuse_unless_owner() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_has_role(relowner, 'USAGE') FROM pg_class WHERE oid = 'pupils_pupil'::regclass")
        (is_owner,) = cursor.fetchone()
    if not is_owner:
        raise CommandError("England is made by the owner of the tables: set TRELLIS_AS_OWNER=1.")


def database_size() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_size_pretty(pg_database_size(current_database()))")
        return str(cursor.fetchone()[0])

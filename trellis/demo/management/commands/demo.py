"""Makes the demonstration, once, whole or not at all."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db import connection, transaction

from trellis.conduct import clock
from trellis.conduct.models import Stamp
from trellis.demo import year
from trellis.people.models import User


class Command(BaseCommand):
    help = "Make the demonstration in a database stamped demo. Where there is one already, nothing happens."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--if-empty", action="store_true", help="say nothing when the demonstration is there")

    def handle(self, *args: Any, if_empty: bool, **options: Any) -> None:
        if not Stamp.objects.filter(kind="demo").exists():
            raise CommandError("The demonstration is only made in a database stamped demo.")
        if User.objects.exists():
            if not if_empty:
                self.stdout.write("The demonstration is there already.")
            return
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL synchronous_commit = off")
            year.build(clock.today(), say=lambda month: self.stdout.write(f"  {month}"))

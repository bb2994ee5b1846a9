"""Makes or brings up to date the database, as its owner: tables, cache, grants, stamp."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command

from trellis.conduct import grants
from trellis.conduct.models import Stamp


class Command(BaseCommand):
    help = "Migrate, grant the serving role what it needs, and stamp a new database demo, test or live."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--stamp", choices=["demo", "test", "live"], default=settings.STAMP)
        parser.add_argument("--serving-role", default=settings.SERVING_ROLE)

    def handle(self, *args: Any, stamp: str, serving_role: str, **options: Any) -> None:
        call_command("migrate", interactive=False, verbosity=options["verbosity"] - 1)
        call_command("createcachetable", verbosity=0)
        stamped = Stamp.objects.first() or Stamp.objects.create(kind=stamp)
        if stamped.kind != stamp:
            raise CommandError(f"This database is stamped {stamped.kind}; it cannot become {stamp}.")
        grants.grant(serving_role)

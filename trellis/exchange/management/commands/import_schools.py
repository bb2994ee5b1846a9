"""Brings a list of schools in, from Get Information About Schools."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand

from trellis.exchange.command_line import add_by, import_file, person
from trellis.exchange.models import ImportKind
from trellis.exchange.permissions import virtual_school_of


class Command(BaseCommand):
    help = "Bring a list of schools in: checked whole, landed whole or not at all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="a CSV file as GIAS gives it out")
        parser.add_argument("--preview", action="store_true", help="only say what would change")
        add_by(parser)

    def handle(self, *args: Any, file: str, preview: bool, by: str, **options: Any) -> None:
        user = person(by)
        virtual_school = virtual_school_of(user) if user else None
        import_file(self, ImportKind.SCHOOLS, file, virtual_school, user, preview_only=preview)

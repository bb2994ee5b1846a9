"""Brings the weekly pupil list of a Virtual School in."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand

from trellis.exchange.command_line import add_by, import_file, person, virtual_school_with
from trellis.exchange.models import ImportKind


class Command(BaseCommand):
    help = "Bring the weekly pupil list in: checked whole, previewed, landed whole or not at all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="a CSV file with our headings")
        parser.add_argument("--virtual-school", required=True, metavar="CODE", help="for example 990")
        parser.add_argument("--preview", action="store_true", help="only say what would change")
        add_by(parser)

    def handle(self, *args: Any, file: str, virtual_school: str, preview: bool, by: str, **options: Any) -> None:
        school = virtual_school_with(virtual_school)
        import_file(self, ImportKind.PUPIL_LIST, file, school, person(by), preview_only=preview)

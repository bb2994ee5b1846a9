"""Brings lists 1 and 2 of the SEND Annex A in: SEN status and need of the children whom an authority looks after."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand

from trellis.exchange.command_line import add_by, import_file, person, virtual_school_with
from trellis.exchange.models import ImportKind


class Command(BaseCommand):
    help = "Bring the lists of the SEND Annex A in: checked whole, previewed, landed whole or not at all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", help="the workbook, or each list as a CSV file")
        parser.add_argument("--virtual-school", required=True, metavar="CODE", help="for example 991")
        parser.add_argument("--preview", action="store_true", help="only say what would change")
        add_by(parser)

    def handle(self, *args: Any, files: list[str], virtual_school: str, preview: bool, by: str, **options: Any) -> None:
        school = virtual_school_with(virtual_school)
        import_file(self, ImportKind.ANNEX_A, files, school, person(by), preview_only=preview)

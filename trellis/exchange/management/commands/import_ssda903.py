"""Brings the yearly looked-after return (SSDA903) of an authority in."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand

from trellis.exchange.command_line import add_by, import_file, person, virtual_school_with
from trellis.exchange.models import ImportKind


class Command(BaseCommand):
    help = "Bring the yearly looked-after return in: care before today and the SDQ of children who are known."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", help="its tables as CSV files, or the one XML file")
        parser.add_argument("--virtual-school", required=True, metavar="CODE", help="for example 990")
        parser.add_argument("--preview", action="store_true", help="only say what would change")
        add_by(parser)

    def handle(self, *args: Any, files: list[str], virtual_school: str, preview: bool, by: str, **options: Any) -> None:
        school = virtual_school_with(virtual_school)
        import_file(self, ImportKind.SSDA903, files, school, person(by), preview_only=preview)

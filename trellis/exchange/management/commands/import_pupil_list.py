"""Brings the weekly pupil list of a Virtual School in."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from trellis.exchange.command_line import add_by, import_file, person
from trellis.exchange.models import ImportKind
from trellis.organisations.models import VirtualSchool


class Command(BaseCommand):
    help = "Bring the weekly pupil list in: checked whole, previewed, landed whole or not at all."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", help="a CSV file with our headings")
        parser.add_argument("--virtual-school", required=True, metavar="CODE", help="for example 990")
        parser.add_argument("--preview", action="store_true", help="only say what would change")
        add_by(parser)

    def handle(self, *args: Any, file: str, virtual_school: str, preview: bool, by: str, **options: Any) -> None:
        school = VirtualSchool.objects.filter(code=virtual_school).first()
        if school is None:
            codes = ", ".join(VirtualSchool.objects.order_by("code").values_list("code", flat=True)) or "none yet"
            raise CommandError(f"There is no Virtual School with the code {virtual_school}. Known: {codes}.")
        import_file(self, ImportKind.PUPIL_LIST, file, school, person(by), preview_only=preview)

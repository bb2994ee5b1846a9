"""A letter with Jordan's record, ready to open."""

from datetime import date

from trellis.conduct import clock
from trellis.files import actions
from trellis.files.intake import take_in
from trellis.pupils.tests.world import World

KEPT = date(2026, 10, 1)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"


def letter(world: World, name: str = "letter.pdf", data: bytes = PDF, by=None):
    """A file as somebody added it."""
    return actions.keep_file(
        pupil=world.jordan, written_for=world.school, subject=world.jordan, upload=take_in(name, data),
        by=by or world.sam,
    )  # fmt: skip


def add_rows(world: World) -> None:
    with clock.at(KEPT):
        file = letter(world)
    world.rows["file_id"] = file.address

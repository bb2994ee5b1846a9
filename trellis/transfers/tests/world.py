"""Larch owes three files to an academy that does not sign in here; the sweep opens the SEN record."""

from datetime import date

from trellis.conduct.periods import from_day
from trellis.organisations.actions import list_school
from trellis.pupils.models import SchoolPlace
from trellis.pupils.tests.world import World
from trellis.transfers.actions import open_transfers
from trellis.transfers.models import What

LEFT_ON = date(2026, 9, 1)


def add_rows(world: World) -> None:
    """The old place stands for itself, so that no access hangs on it."""
    elder = list_school(urn=str(int(world.school.urn) + 50), name="Elder Academy", authority_code="801")
    left = SchoolPlace(pupil=world.jordan, school=world.school, during=from_day(date(2025, 9, 1), LEFT_ON))
    opened = open_transfers(world.jordan, from_place=left, to_school=elder, by=None)
    world.rows["transfer_id"] = next(one.pk for one in opened if one.what == What.SEN)

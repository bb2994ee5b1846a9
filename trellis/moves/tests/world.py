"""Jordan came to Larch in September; the record waits for its receipt."""

from datetime import date

from trellis.moves import actions
from trellis.pupils.tests.world import World


def add_rows(world: World) -> None:
    move = actions.move_school(world.jordan.pk, to=world.school, on=date(2026, 9, 1), by=world.dee)
    world.rows["move_id"] = move.pk

"""Jordan came to Larch in September; the record waits for its receipt. Whose the EHC plan would be is said."""

from datetime import date

from trellis.moves import actions
from trellis.pupils.tests.world import World


def add_rows(world: World) -> None:
    move = actions.move_school(world.jordan.pk, to=world.school, on=date(2026, 9, 1), by=world.dee)
    world.rows["move_id"] = move.pk
    change = actions.keep_plan_elsewhere(
        world.jordan.pk, authority=world.virtual_school.authority, on=date(2026, 9, 1), by=world.vic
    )
    world.rows["care_change_id"] = change.pk

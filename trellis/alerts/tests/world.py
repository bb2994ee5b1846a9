"""Jordan's place is at risk: a part-time timetable since October, and the school is not sure it can go on."""

from trellis.alerts import actions, queries
from trellis.conduct.keys import Key
from trellis.pupils.tests.world import World


def add_rows(world: World) -> None:
    doubt = actions.say_in_doubt(
        world.jordan.pk, by=world.sam, key=Key.fresh(world.sam), cannot="Nobody can stay with Jordan after lunch.",
        would_help="An adult trained in trauma for the afternoons.",
    )  # fmt: skip
    alert = queries.open_alert(world.jordan)
    assert alert is not None
    world.rows |= {"alert_id": alert.pk, "doubt_id": doubt.pk}

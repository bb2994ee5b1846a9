"""A filter that Sam keeps."""

from trellis.caseloads import actions
from trellis.pupils.tests.world import World


def add_rows(world: World) -> None:
    saved = actions.save_filter(by=world.sam, name="Year 4", query="year=4")
    world.rows["filter_id"] = saved.pk

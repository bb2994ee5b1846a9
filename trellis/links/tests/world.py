"""The addresses of personal links, for the sweep: a link that is no link opens nothing for anybody."""

from trellis.pupils.tests.world import World


def add_rows(world: World) -> None:
    world.rows |= {"token": "no-such-link", "link_id": 2**31}

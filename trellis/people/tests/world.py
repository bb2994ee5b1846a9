"""What the addresses of people ask for."""

from trellis.pupils.tests.world import World


def add_rows(world: World) -> None:
    world.rows["issuer_id"] = "no-issuer"  # organisations' sign-in is off unless a setting names them

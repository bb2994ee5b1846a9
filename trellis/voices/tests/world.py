"""Jordan's carer was asked for a view by link, gave it and said a worry; nobody has read either."""

from datetime import date, timedelta

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.links.models import PersonalLink
from trellis.pupils.tests.world import CANARY, World
from trellis.voices import actions

ASKED = date(2026, 10, 26)
PARTS = [
    ["What is hard for Jordan just now?", f"Mondays. {CANARY}"],
    ["What helps at home?", "A warning before we go."],
]
WORRY = f"He says somebody waits for him at the gate. {CANARY}"


def ask(world: World, by=None, **more):
    """Somebody is asked; the carer unless said otherwise."""
    by = by or world.sam
    usual = {"whose": "carer", "name": "Cara", "email": "cara@home.example", "key": Key.fresh(by),
             "due_on": clock.today() + timedelta(days=7)}  # fmt: skip
    return actions.ask_view(world.jordan.pk, by=by, **(usual | more))


def link_of(asked) -> PersonalLink:
    return PersonalLink.objects.about(asked).first()


def add_rows(world: World) -> None:
    with clock.at(ASKED):
        asked = ask(world, name=f"Cara {CANARY}")
        worry = actions.send_worry(link_of(asked), worry=WORRY)
        actions.give_view(link_of(asked), parts=PARTS)
    world.rows |= {"asked_id": asked.pk, "worry_id": worry.pk}

"""Jordan's passport: a version that stands, and a draft of the next."""

from datetime import date

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.passports import actions
from trellis.passports.models import Passport
from trellis.pupils.tests.world import CANARY, World

BEGUN = date(2026, 10, 12)
WORDS = {
    "likes": "Trains, and building things.",
    "good_at": "I make people laugh.",
    "matters": "Tell me before things change.",
    "helps": "A check-in with Tia in the morning\nShort talk, one thing at a time",
    "makes_worse": "Being hurried\nShouting, even at someone else",
    "key_adult": "Tia, or Mr Osei",
    "signal": "I point to the card, then go to the quiet corner.",
    "working_on": "Asking for help in words",
}


def begin(world: World, on: date = BEGUN, by: str = "sam", **words: str) -> Passport:
    """A draft with Jordan's words."""
    writer = world.people[by]
    with clock.at(on):
        draft = actions.start_passport(world.jordan.pk, by=writer, key=Key.fresh(writer))
        return actions.write_passport(draft.pk, by=writer, seen=None, **(WORDS | words))


def agree(world: World, draft: Passport, on: date = BEGUN, by: str = "sam", **more) -> Passport:
    told = {"agreed_on": on, "agreed_how": "talked", "agreed_with": "Tia"} | more
    with clock.at(on):
        return actions.agree_passport(draft.pk, by=world.people[by], seen=None, **told)


def agreed(world: World, on: date = BEGUN, **words: str) -> Passport:
    """A version that stands."""
    return agree(world, begin(world, on, **words), on)


def add_rows(world: World) -> None:
    current = agreed(world, good_at=CANARY)
    draft = begin(world, date(2026, 10, 30))
    world.rows |= {"passport_id": current.pk, "passport_draft_id": draft.pk}

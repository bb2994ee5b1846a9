"""Jordan's PP+: a pot for 2026-27, and what last summer's target asked of it."""

from datetime import date
from typing import Any

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.funding import actions
from trellis.funding.models import FundingRequest
from trellis.peps.models import PepTarget
from trellis.peps.tests import world as peps
from trellis.pupils.tests.world import World

TALK_PARTNERS: dict[str, Any] = {
    "amount_pence": 10_800,
    "what_for": "A talk partner’s training, and picture cards <svg onload=1> {{7*7}}",
    "supplier": "Speech and Language Link",
    "starts_on": date(2026, 10, 5),
    "ends_on": date(2026, 12, 18),
    "expected_impact": "Asks for help 3 times a day, counted for a week",
    "why_not_otherwise": "The school’s SEN budget already pays the check-in; Jordan has no EHC plan.",
}


def fill_pot(world: World, amount_pence: int = 500_000, source: str = "DfE, first instalment"):
    return actions.enter_money(
        world.virtual_school.pk, by=world.bea, key=Key.fresh(world.bea), amount_pence=amount_pence, source=source
    )


def signed_target(world: World) -> PepTarget:
    """The target of a PEP that was signed off today."""
    return peps.signed_off(world).targets.get()


def ask(world: World, target: PepTarget, by: Any = None, **said) -> FundingRequest:
    by = by or world.dee
    return actions.ask_funding(target.pk, by=by, key=Key.fresh(by), **{**TALK_PARTNERS, **said})


def agreed(world: World, target: PepTarget, **said) -> FundingRequest:
    return actions.agree_funding(ask(world, target, **said).pk, by=world.ada, seen=None)


def paid(world: World, target: PepTarget, **said) -> FundingRequest:
    request = agreed(world, target, **said)
    batch = actions.make_batch(world.virtual_school.pk, by=world.bea)
    actions.export_batch(batch.pk, by=world.bea)
    request.refresh_from_db()
    return request


def spend(world: World, request: FundingRequest, amount_pence: int, by: Any = None, **said):
    by = by or world.dee
    words = {"what": "Picture cards", "spent_on": clock.today()} | said
    return actions.record_spend(request.pk, by=by, key=Key.fresh(by), amount_pence=amount_pence, **words)


def add_rows(world: World) -> None:
    """A pot, and a request of last summer's target that was paid and partly spent."""
    target = PepTarget.objects.get(pk=world.rows["last_target_id"])
    with clock.at(date(2026, 10, 12)):
        fill_pot(world)
        request = paid(world, target)
        spent = spend(world, request, 4_500)
        ask(world, target, amount_pence=2_500, what_for="A second set of cards for home")
    world.rows |= {
        "funding_request_id": request.pk, "pot_id": request.pot_id, "batch_id": request.batch_id, "spend_id": spent.pk
    }  # fmt: skip

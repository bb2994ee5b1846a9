"""A draft request of 3 hours of SEMHL, with some own hours left and a signed PEP whose target may ask."""

from trellis.advice.models import AdviceRequest
from trellis.advice.tests import world as advice
from trellis.conduct import clock
from trellis.funding.tests import world as funding
from trellis.hours.models import HoursAccount
from trellis.hours.tests.world import book, give_hours
from trellis.peps.models import PepTarget
from trellis.pupils.tests.world import CANARY, DAY, World
from trellis.who_pays import actions
from trellis.who_pays.models import PaymentPlan

WHY_NOT = "The rest of the SEN budget pays the key adult."


def hours_left(world: World, minutes: int, *, of: int = 360, service: str = "SEMHL") -> HoursAccount:
    """The school has so much of its hours of the service left."""
    hours = give_hours(world, service, minutes=of)
    if of > minutes:
        book(world, hours, of - minutes)
    return hours


def target_with_money(world: World, pence: int = 500_000) -> PepTarget:
    with clock.at(DAY):
        if pence:
            funding.fill_pot(world, pence)
        return funding.signed_target(world)


def draft(world: World, **more) -> AdviceRequest:
    with clock.at(DAY):
        return advice.ready(world, **({"consent": "given"} | more))


def say(request: AdviceRequest, by, **said) -> PaymentPlan:
    with clock.at(DAY):
        return actions.say_who_pays(request.pk, by=by, seen=None, **said)


def add_rows(world: World) -> None:
    """A draft to EPS beside the request that was answered: 1½ hours of 3 are the school's own, PP+ may pay the rest."""
    hours_left(world, 90, service="EPS")
    target = PepTarget.objects.get(pk=world.rows["last_target_id"])
    say(draft(world, service="EPS"), world.sam, budget_why_not=f"{CANARY} {WHY_NOT}", target=target)

"""Jordan's request: asked for by the school in October, being assessed, with a second pack being put together."""

from datetime import date

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.ehc_requests import actions
from trellis.ehc_requests.models import AdviceSought, EhcPack, EhcRequest
from trellis.pupils import actions as pupils
from trellis.pupils.tests.world import CANARY, World

ASKED = date(2026, 10, 12)
SENT = date(2026, 10, 14)
RECEIVED = date(2026, 10, 15)
DECIDED = date(2026, 10, 30)
LETTER = f"Jordan needs more than we can give from our own means. {CANARY}"


def begun(world: World, on: date = ASKED, by=None) -> EhcRequest:
    by = by or world.sam
    with clock.at(on):
        return actions.start_request(
            world.jordan.pk, by=by, key=Key.fresh(by), addressed_to=world.virtual_school.authority
        )


def pack_of(request: EhcRequest) -> EhcPack:
    """The pack that is being put together."""
    return EhcPack.objects.get(request=request, sent_on__isnull=True)


def sent(world: World, on: date = SENT, by=None) -> EhcRequest:
    by = by or world.sam
    request = begun(world)
    with clock.at(on):
        pack = actions.write_letter(pack_of(request).pk, by=by, seen=None, letter=LETTER)
        actions.send_pack(pack.pk, by=by, seen=None)
    return EhcRequest.objects.get(pk=request.pk)


def received(world: World, on: date = RECEIVED) -> EhcRequest:
    request = sent(world)
    with clock.at(on):
        return actions.record_receipt(request.pk, by=world.ed, seen=None, on=on)


def assessing(world: World, on: date = DECIDED) -> EhcRequest:
    request = received(world)
    with clock.at(on):
        return actions.decide_to_assess(request.pk, by=world.ed, seen=None, on=on)


def ask_advice(world: World, request: EhcRequest, adviser: str = "education", on: date = DECIDED) -> AdviceSought:
    with clock.at(on):
        return actions.seek_advice(
            request.pk, by=world.ed, key=Key.fresh(world.ed), adviser=adviser, who="", asked_on=on
        )


def add_rows(world: World) -> None:
    """A request that is being assessed, with advice sought and a second pack, with ids for every address."""
    with clock.at(ASKED):
        pupils.say_authority(
            world.jordan.pk, by=world.sol, duty="resident", authority=world.virtual_school.authority, on=ASKED
        )
    request = assessing(world)
    advice = ask_advice(world, request)
    with clock.at(DECIDED):
        pack = actions.prepare_another_pack(request.pk, by=world.sam, key=Key.fresh(world.sam))
    world.rows |= {"ehc_request_id": request.pk, "ehc_pack_id": pack.pk, "ehc_advice_id": advice.pk}

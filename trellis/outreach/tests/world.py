"""Outreach came for Jordan once, and is under way again, in the hours that the Virtual School head awarded."""

from datetime import timedelta

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.outreach import actions
from trellis.outreach.models import OutreachCase
from trellis.pupils.tests.world import CANARY, World


def ask(world: World, *, by=None, **says) -> OutreachCase:
    by = by or world.sam
    told = {
        "happened": "Sent home twice last week.", "tried": "A way out and back, a key adult.",
        "needed": "Somebody who watches a morning with us.", "at_risk_this_week": True,
    } | says  # fmt: skip
    return actions.raise_outreach(world.jordan.pk, by=by, key=Key.fresh(by), **told)


def accept(case, world: World, *, by=None) -> OutreachCase:
    return actions.accept_outreach(case.pk, by=by or world.otis, seen=None, answer="I come tomorrow.")


def contact(case, world: World, minutes=90, *, by=None, **says):
    by = by or world.otis
    told = {"on": clock.today(), "with_whom": "Mr Osei, class teacher", "how": "visit", "done": "Watched maths."} | says
    return actions.keep_contact(case.pk, by=by, key=Key.fresh(by), minutes=minutes, **told)


def plan(case, world: World, *, by=None, **says) -> OutreachCase:
    told = {
        "plan": "Otis comes twice a week.", "plan_agreed_with": "Sam and Mr Osei",
        "review_on": clock.today() + timedelta(weeks=2),
    } | says  # fmt: skip
    return actions.agree_outreach_plan(case.pk, by=by or world.otis, seen=None, **told)


def close(case, world: World, *, by=None, **says) -> OutreachCase:
    told = {
        "because": "settled", "place_kept": True, "before": "4 days lost in a month", "after": "None for three weeks",
        "goes_on": "The key adult greets him.",
    } | says  # fmt: skip
    return actions.close_outreach(case.pk, by=by or world.otis, seen=None, **told)


def add_rows(world: World) -> None:
    earlier = accept(ask(world), world)
    contact(earlier, world, 60)
    close(earlier, world)
    case = accept(ask(world, happened=CANARY), world)
    kept = contact(case, world)
    plan(case, world)
    world.rows |= {"outreach_id": case.pk, "look_id": earlier.looks.first().pk, "contact_id": kept.pk}

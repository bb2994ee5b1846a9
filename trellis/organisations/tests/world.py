"""A policy that has not begun, so that every address about policies has its row."""

from datetime import date

from trellis.conduct.keys import Key
from trellis.organisations import actions, policies
from trellis.organisations.models import DatedPolicy, Organisation
from trellis.organisations.queries import Timeline
from trellis.pupils.tests.world import CANARY, World


def settled(organisation: Organisation, slug: str, by: object, since: date, **what: object) -> DatedPolicy:
    """What the page does, for the words given."""
    kind = policies.find(slug, organisation)
    timeline = Timeline(kind, organisation)
    return actions.set_policy(
        kind, organisation.pk, by=by, key=Key.fresh(by), seen=timeline.version, since=since,
        agreed_by="Governing board", source="Minutes of 14 October", settled=what,
    )  # fmt: skip


def add_rows(world: World) -> None:
    service = world.services["EPS"]
    later = settled(service, "consent", world.vic, date(2027, 4, 1), days_valid=180)
    type(later).objects.filter(pk=later.pk).update(source=CANARY, agreed_by=CANARY)
    world.rows |= {"organisation_id": service.pk, "policy": "consent", "later_id": later.pk}

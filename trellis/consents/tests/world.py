"""Jordan's consent: the social worker was asked, because Jordan is under a care order."""

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.consents import actions, queries
from trellis.consents.models import Consent
from trellis.pupils import actions as pupils
from trellis.pupils.tests.world import DAY, World

PURPOSE = "Watch how Jordan manages in class, and advise the people who teach him."


def worker_reference(world: World) -> str:
    return next(one.reference for one in queries.who_can_agree(world.jordan, DAY) if one.professional)


def ask(world: World, *, by: str = "sam", service: str = "SEMHL", **more) -> Consent:
    user = world.people[by]
    more["asked_of"] = more["asked_of"] if "asked_of" in more else worker_reference(world)
    return actions.ask_consent(
        world.jordan.pk, by=user, key=Key.fresh(user), service=world.services[service], purpose=PURPOSE, **more
    )


def add_parent(world: World, **more):
    """Somebody who holds parental responsibility and may be contacted, unless said otherwise."""
    usual = {"name": "Canary Parent", "relationship": "mother", "has_parental_responsibility": True,
             "may_be_contacted": True, "email": "mum@home.example"}  # fmt: skip
    return pupils.add_person_around(world.jordan.pk, by=world.dee, key=Key.fresh(world.dee), **(usual | more))


def section_20(world: World, on=DAY) -> None:
    pupils.start_care(
        world.jordan.pk, by=None, authority=world.virtual_school.authority, since=on, on=on, legal_status="V2"
    )


def add_rows(world: World) -> None:
    with clock.at(DAY):
        world.rows["consent_id"] = ask(world).pk

"""Somebody is invited to Jordan's school and has not come yet."""

from datetime import timedelta

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.mail.models import Message
from trellis.pupils.tests.world import CANARY, World
from trellis.teams import actions
from trellis.teams.models import Invitation


def invited(organisation, by, email="new@ours.example", roles=("class teacher",), since=None, **more) -> Invitation:
    return actions.invite(
        organisation.pk, by=by, key=Key.fresh(by), first_name=more.pop("first_name", "Noor"),
        last_name=more.pop("last_name", "Okoro"), email=email, roles=roles, since=since or clock.today(), **more,
    )  # fmt: skip


def link_to(invitation: Invitation) -> str:
    """The address in the newest e-mail of an invitation."""
    return Message.objects.filter(address=invitation.email).exclude(secret_path="").latest("pk").secret_path


def add_rows(world: World) -> None:
    domain = world.sam.email.partition("@")[2]
    waiting = invited(world.school, world.hana, email=f"new@{domain}", last_name=CANARY)
    later = clock.today() + timedelta(days=60)
    cover = actions.arrange_cover(
        world.school.pk, world.osei.pk, by=world.hana, key=Key.fresh(world.hana), stand_in=world.tia, since=later,
        until_day=later + timedelta(days=7),
    )  # fmt: skip
    world.rows |= {
        "cover_id": cover.pk,
        "invitation_id": waiting.pk, "membership_id": world.osei.memberships.get().pk,
        "joining_id": 2**31,  # a number that no browser holds
    }  # fmt: skip

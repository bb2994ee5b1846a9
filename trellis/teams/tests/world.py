"""Somebody is invited to Jordan's school and has not come yet."""

from datetime import timedelta

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.mail.models import Message
from trellis.people import actions as people
from trellis.pupils.tests.world import CANARY, World
from trellis.teams import actions, actions_handover
from trellis.teams.held import held_by
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
    authority = world.virtual_school.authority
    sue = people.give_account(email=f"sue@{domain}", first_name="Sue", last_name="Sims")
    people.give_role(user=sue, role="social worker", organisation=authority, by=None)
    planned = actions_handover.hand_over(
        authority.pk, world.sol.pk, by=world.bea, key=Key.fresh(world.bea), seen=None, to=sue, on=later,
        chosen=[one.key for one in held_by(authority, world.sol.pk)],
    )  # fmt: skip
    world.rows |= {
        "handover_id": planned.pk,
        "cover_id": cover.pk,
        "invitation_id": waiting.pk, "membership_id": world.osei.memberships.get().pk,
        "joining_id": 2**31,  # a number that no browser holds
    }  # fmt: skip

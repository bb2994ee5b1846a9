"""Handing over what somebody has by name, all or some of it, today or on a later day."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.db import transaction

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.locks import lock, unchanged
from trellis.conduct.refusals import NotPermitted, Refused, require
from trellis.conduct.rules import check
from trellis.design.in_words import full_date
from trellis.history import actions as history
from trellis.people.models import Membership, User
from trellis.teams import letters, permissions, queries, rules
from trellis.teams.actions import lock_team
from trellis.teams.held import Held, held_by
from trellis.teams.models import Handover, HandoverState


@transaction.atomic
def hand_over(
    organisation_id: int, user_id: int, *, by: User, key: Key, seen: int | None, to: User, chosen: Collection[str],
    on: date,
) -> Handover:  # fmt: skip
    """Give what was chosen to a colleague: today at once, else early on the day. Each thing goes by its own folder's
    verb and has a row in its own history; both are told once."""
    organisation = lock_team(organisation_id)
    if made := key.made_before():
        return made  # type: ignore[no-any-return]
    colleague = queries.colleague(organisation, user_id)
    unchanged(colleague, seen)
    require(permissions.can_hand_over(by, organisation))
    things = [one for one in held_by(organisation, user_id) if one.key in chosen]
    check(
        rules.something_is_handed_over(len(things)),
        rules.successor_is_somebody_else(user_id, to.pk),
        rules.handover_is_today_or_later(on, clock.today()),
        rules.handover_is_within_a_year(on, clock.today()),
        rules.successor_has_the_role(roles_on(organisation.pk, to, on), [one.needs for one in things]),
    )
    handover = Handover.objects.create(
        organisation=organisation, from_user=colleague.user, to_user=to, on=on, chosen=[one.key for one in things],
        asked_by=by, asked_at=clock.now(),
    )  # fmt: skip
    key.made(handover)
    if on <= clock.today():
        _carry(handover, things)
    else:
        _told(handover, by, f"Hands {len(things)} of {colleague} over to {to} on {full_date(on)}.")
        letters.handover_planned(handover, len(things))
    return handover


@transaction.atomic
def carry_out(handover_id: int) -> Handover:
    """Its day has come. Carried out or withdrawn already, it stays as it is."""
    organisation_id = Handover.objects.values_list("organisation_id", flat=True).get(pk=handover_id)
    organisation = lock_team(organisation_id)
    handover = lock(Handover, handover_id)
    if handover.is_planned and handover.on <= clock.today():
        held = held_by(organisation, handover.from_user_id)
        _carry(handover, [one for one in held if one.key in handover.chosen])
    return handover


@transaction.atomic
def withdraw_handover(handover_id: int, *, by: User, seen: int | None = None) -> Handover:
    """What was planned does not happen; everything stays where it is."""
    handover = lock(Handover, handover_id)
    require(permissions.can_hand_over(by, handover.organisation))
    if handover.state == HandoverState.WITHDRAWN:
        return handover
    unchanged(handover, seen)
    rules.HANDOVER.move("withdrawn", handover)
    _told(handover, by, f"Does not hand over to {handover.to_user} after all.")
    letters.handover_withdrawn(handover)
    return handover


def _carry(handover: Handover, things: list[Held]) -> None:
    """In the order of the children's numbers, as everybody locks them."""
    receipt = [_passed_on(one, handover) for one in sorted(things, key=lambda one: (one.pupil_id or 0, one.key))]
    gone = len(handover.chosen) - len(things)
    if gone:
        receipt.append({"about": "No longer theirs", "words": f"{gone} of what was chosen", "pupil": None,
                        "went": False, "why": "It ended or changed hands before the day."})  # fmt: skip
    rules.HANDOVER.move("carried out", handover, done_at=clock.now(), receipt=receipt)
    went = sum(line["went"] for line in receipt)
    _told(handover, handover.asked_by, f"Handed {went} of {handover.from_user} over to {handover.to_user}.")
    letters.handed_over(handover, went, len(handover.chosen) - went)


def _passed_on(one: Held, handover: Handover) -> dict[str, Any]:
    line = {"about": one.kind.heading, "words": one.words, "pupil": one.pupil_id, "went": True, "why": ""}
    try:
        with transaction.atomic():
            roles = roles_on(handover.organisation_id, handover.to_user, clock.today())
            check(rules.successor_has_the_role(roles, [one.needs]))
            one.kind.pass_on(one.number, handover.to_user, handover.asked_by)
    except Refused as no:
        return line | {"went": False, "why": no.sentence}
    except NotPermitted as no:
        return line | {"went": False, "why": str(no)}
    return line


def roles_on(organisation_id: int, user: User, day: date) -> set[str]:
    there = Membership.objects.on(day).filter(organisation=organisation_id, user=user)
    return set(there.values_list("role", flat=True))


def _told(handover: Handover, by: Any, sentence: str) -> None:
    history.record(handover, by, sentence, written_for=handover.organisation)

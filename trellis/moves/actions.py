"""What people do when a pupil changes school."""

from datetime import date
from typing import Any

from django.db import transaction

from trellis.conduct import clock
from trellis.conduct.locks import lock
from trellis.conduct.refusals import Refused, require
from trellis.conduct.rules import check
from trellis.cycles import actions as cycles
from trellis.cycles.models import Cycle
from trellis.history import actions as history
from trellis.mail import actions as mail
from trellis.moves import permissions, queries, rules
from trellis.moves.models import SchoolMove
from trellis.organisations.models import School
from trellis.peps import actions as peps
from trellis.pupils import actions as pupils
from trellis.pupils.models import Pupil, SchoolPlace


@transaction.atomic
def move_school(pupil_id: int, *, to: School, on: date, by: Any, year_group: int | None = None) -> SchoolMove:
    """A pupil starts at another school: the place, the access, the open cycle and the draft PEP go there the same
    day, and the new school is asked for its receipt. The same move again returns the move there is.

    ``by`` None is an import by command.
    """
    pupil = lock(Pupil, pupil_id)
    if known := SchoolMove.objects.filter(pupil=pupil, to_school=to, on=on).first():
        return known
    if by is not None:
        require(permissions.can_move_school(by, pupil))
    before = _change_place(pupil, to=to, on=on, by=by, year_group=year_group)
    move = SchoolMove.objects.create(
        pupil=pupil,
        written_for=before.school if before else to,
        from_school=before.school if before else None,
        to_school=to,
        on=on,
        asked_by=by,
        asked_at=clock.now(),
        carried=_hand_over(pupil, to=to, by=by),
    )
    history.record(move, by, _told(move))
    _ask_for_receipt(move)
    return move


@transaction.atomic
def acknowledge_move(move_id: int, *, by: Any) -> SchoolMove:
    """The new school says that it has the record. Said before, stays as it was said."""
    move = lock(SchoolMove, move_id)
    require(permissions.can_acknowledge_move(by, move))
    if move.is_awaiting_receipt:
        rules.MOVE.move("received", move, received_by=by, received_at=clock.now())
        history.record(move, by, f"{move.to_school} received the record.", written_for=move.to_school)
    return move


def _change_place(pupil: Pupil, *, to: School, on: date, by: Any, year_group: int | None) -> SchoolPlace | None:
    """Start the place at the new school, unless it stands already; return the place before."""
    if SchoolPlace.objects.filter(pupil=pupil, during__startswith__gt=on).exists():
        raise Refused("A later school place is recorded already. Check the date of the move.", field="on")
    if SchoolPlace.objects.filter(pupil=pupil, school=to, during__startswith=on).exists():
        return queries.place_before(pupil, on)
    before = queries.place_on(pupil, on)
    facts = rules.MoveFacts(
        from_school_id=before.school_id if before else None,
        there_since=before.since if before else None,
        to_school_id=to.pk,
        on=on,
    )
    check(
        rules.move_has_happened(facts, clock.today()),
        rules.move_is_to_another_school(facts),
        rules.move_follows_the_place_before(facts),
    )
    pupils.start_school_place(pupil.pk, by=by, school=to, on=on, year_group=year_group)
    return before or queries.place_before(pupil, on)


def _hand_over(pupil: Pupil, *, to: School, by: Any) -> list[str]:
    """Give the open cycles and the PEPs not yet signed off to the new school; say what went along."""
    open_cycles = Cycle.objects.filter(pupil=pupil).open().order_by("number").values_list("pk", flat=True)
    handed = [cycles.hand_over(cycle_id, to_school=to, by=by) for cycle_id in open_cycles]
    peps_handed = peps.hand_over_all(pupil.pk, to, by)
    return [
        *(f"Cycle {cycle.number} of Assess, Plan, Do, Review: {cycle.get_state_display().lower()}" for cycle in handed),
        *(f"The {pep}: {pep.get_state_display().lower()}" for pep in peps_handed),
    ]


def _told(move: SchoolMove) -> str:
    where_from = f"from {move.from_school} " if move.from_school else ""
    return f"Moved {where_from}to {move.to_school} on {move.on:%-d %B %Y}."


def _ask_for_receipt(move: SchoolMove) -> None:
    for user in queries.receivers_of(move):
        mail.write(
            to=user,
            subject="A pupil has joined your school: please receive the record",
            body=(
                f"A pupil with an open record has moved to {move.to_school}. "
                "Open the record, read what came along, and press “Receive the record”, "
                "so that the old school and the Virtual School know it has arrived."
            ),
            path=move.get_absolute_url(),
            pupil_id=move.pupil_id,
        )

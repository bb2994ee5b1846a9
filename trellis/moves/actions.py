"""What people do when a pupil changes school."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db import transaction

from trellis.advice import actions as advice
from trellis.conduct import clock
from trellis.conduct.locks import change, lock, unchanged
from trellis.conduct.refusals import Refused, require
from trellis.conduct.rules import check
from trellis.consents import actions as consents
from trellis.cycles import actions as cycles
from trellis.cycles.models import Cycle
from trellis.cycles.permissions import can_keep_cycle
from trellis.design.in_words import full_date
from trellis.ehc_requests import actions as ehc_requests
from trellis.funding import actions as funding
from trellis.history import actions as history
from trellis.hours import actions as hours
from trellis.hv import actions as hv
from trellis.intervention_plans import actions as intervention_plans
from trellis.mail import actions as mail
from trellis.moves import permissions, queries, rules
from trellis.moves.models import SchoolMove
from trellis.organisations.models import School
from trellis.outreach import actions as outreach
from trellis.passports import actions as passports
from trellis.people.models import User
from trellis.peps import actions as peps
from trellis.peps.queries import signed_peps_in_words, state_in_a_sentence
from trellis.pupils import actions as pupils
from trellis.pupils.models import Pupil, SchoolPlace
from trellis.schooling import actions as schooling


@transaction.atomic
def move_school(pupil_id: int, *, to: School, on: date, by: Any, year_group: int | None = None) -> SchoolMove:
    """A pupil starts at another school: the place, the access and all that is under way go there the same day. The new
    school is asked for its receipt; the social worker and the Virtual School head are told. The same move again returns
    the move there is.

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
        carried=_hand_over(pupil, from_school=before.school if before else None, to_school=to, on=on, by=by),
    )
    history.record(move, by, _told(move))
    _ask_for_receipt(move)
    _tell_the_authority(move)
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


@transaction.atomic
def say_deliverers(move_id: int, *, by: User, seen: int | None, now: Mapping[int, tuple[str, str]]) -> SchoolMove:
    """Say for each intervention that came along which teacher answers for it now, and who delivers it: ``now`` by the
    intervention's number."""
    move = lock(SchoolMove, move_id)
    unchanged(move, seen)
    cycle = queries.cycle_that_came(move)
    if cycle is None:
        raise Refused("No plan of the old school is under way any more. Nothing is to be said here.")
    require(can_keep_cycle(by, cycle))
    for intervention in queries.interventions_that_came(move):
        teacher, deliverer = now[intervention.pk]
        cycles.change_intervention(intervention.pk, by=by, seen=None, accountable_teacher=teacher, deliverer=deliverer)
    change(move, deliverers_said_at=clock.now(), deliverers_said_by=by)
    history.record(move, by, "Said who delivers the plan now.", written_for=move.to_school)
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


def _hand_over(pupil: Pupil, **told: Any) -> list[dict[str, Any]]:
    """Let every folder give the new school what it keeps, in the order of the folders; say what went along."""
    carried = ((about, hand_over(pupil, **told)) for about, hand_over in GOES_ALONG)
    return [{"about": about, "sentences": sentences} for about, sentences in carried if sentences]


def _cycles(pupil: Pupil, *, from_school: School | None, to_school: School, on: date, by: Any) -> list[str]:
    open_cycles = Cycle.objects.filter(pupil=pupil).open().order_by("number").values_list("pk", flat=True)
    handed = [cycles.hand_over(cycle_id, to_school=to_school, by=by) for cycle_id in open_cycles]
    return [
        *(f"Cycle {cycle.number} of Assess, Plan, Do, Review: {cycle.get_state_display().lower()}" for cycle in handed),
        *queries.closed_cycles_in_words(pupil),
    ]


def _peps(pupil: Pupil, *, from_school: School | None, to_school: School, on: date, by: Any) -> list[str]:
    handed = peps.hand_over_all(pupil.pk, to_school, by)
    return [*(f"The {pep}: {state_in_a_sentence(pep)}" for pep in handed), *signed_peps_in_words(pupil)]


GOES_ALONG: list[tuple[str, Callable[..., list[str]]]] = [
    ("School place", schooling.hand_over),
    ("Consent to specialist advice", consents.hand_over),
    ("Assess, Plan, Do, Review", _cycles),
    ("Passport", passports.hand_over),
    ("Positive intervention plan", intervention_plans.hand_over),
    ("Requests for specialist advice", advice.hand_over),
    ("Personal Education Plan (PEP)", _peps),
    ("Hours of specialist services", hours.hand_over),
    ("Pupil Premium Plus", funding.hand_over),
    ("Highly Vulnerable framework", hv.hand_over),
    ("Emergency outreach", outreach.hand_over),
    ("Education, Health and Care (EHC) needs assessment", ehc_requests.hand_over),
]


def _told(move: SchoolMove) -> str:
    where_from = f"from {move.from_school} " if move.from_school else ""
    return f"Moved {where_from}to {move.to_school} on {full_date(move.on)}."


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


def _tell_the_authority(move: SchoolMove) -> None:
    """The named social worker and the Virtual School head hear of it at once (designated teacher guidance 2018)."""
    for worker in queries.social_workers_of(move):
        mail.write(
            to=worker,
            subject="A pupil whose social worker you are has changed school",
            body=(
                f"The pupil started at {move.to_school} on {full_date(move.on)}. The record went along. "
                "Open it to see what is due now and who works with the pupil there."
            ),
            path=move.pupil.get_absolute_url(),
            pupil_id=move.pupil_id,
        )
    for head in queries.virtual_school_heads_of(move):
        mail.write(
            to=head,
            subject="A pupil of your Virtual School has changed school",
            body=(
                f"The pupil started at {move.to_school} on {full_date(move.on)}. "
                "Open the move to see what went along and whether the new school has received it."
            ),
            path=move.get_absolute_url(),
            pupil_id=move.pupil_id,
        )

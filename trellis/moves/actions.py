"""What people do when a pupil changes school, comes into care or leaves it, or another authority takes over."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.db import transaction

from trellis.advice import actions as advice
from trellis.alerts import actions as alerts
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
from trellis.moves.follows import Follows, Planned, grouped
from trellis.moves.models import Because, CareChange, SchoolMove, Verb
from trellis.organisations.models import LocalAuthority, Organisation, School
from trellis.outreach import actions as outreach
from trellis.passports import actions as passports
from trellis.people import actions as people
from trellis.people.models import Membership, User
from trellis.peps import actions as peps
from trellis.peps.queries import signed_peps_in_words, state_in_a_sentence
from trellis.peps.rules import reaches_into
from trellis.pupils import actions as pupils
from trellis.pupils.models import (
    AuthorityDuty,
    CareEpisode,
    ProfessionalRole,
    Pupil,
    PupilAuthority,
    SchoolPlace,
    virtual_school_of,
)
from trellis.schooling import actions as schooling
from trellis.voices import actions as voices


@transaction.atomic
def move_school(pupil_id: int, *, to: School, on: date, by: Any, year_group: int | None = None) -> SchoolMove:
    """A pupil starts at another school: the place, the access and all that is under way go there the same day. The new
    school is asked for its receipt; the social worker and the Virtual School head are told. The same move again returns
    the move there is.

    ``by`` None is an import by command.
    """
    pupil = lock(Pupil, pupil_id)
    if known := SchoolMove.objects.that_were().filter(pupil=pupil, to_school=to, on=on).first():
        return known
    if by is not None:
        require(permissions.can_move_school(by, pupil))
    return _move(pupil, to=to, on=on, by=by, year_group=year_group)


def _move(pupil: Pupil, *, to: School, on: date, by: Any, year_group: int | None = None) -> SchoolMove:
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
def follow_successor(school_id: int, *, to: School, on: date, by: User, with_staff: bool) -> list[SchoolMove]:
    """A school goes on as another: each of its pupils moves there, with receipt, and what is left of its hours goes
    along; with its staff, who then hold the same roles there from today. A pupil who came later than that
    moves on the day they came. Pressed twice, nobody is left to move."""
    school = School.objects.get(pk=lock(Organisation, school_id).pk)
    require(permissions.can_say_successor(by, school))
    check(
        rules.school_is_closed(school.closed_on, clock.today()),
        rules.successor_is_another(school.pk, to.pk),
        rules.successor_is_open(to.opened_on, to.closed_on, on),
        rules.move_has_happened(rules.MoveFacts(school.pk, None, to.pk, on), clock.today()),
    )
    moves = [
        _move(lock(Pupil, place.pupil_id), to=to, on=max(on, place.since), by=by,
              year_group=place.year_group)
        for place in queries.places_to_follow(school)
    ]  # fmt: skip
    hours.pass_hours_on(school, to, by=by)
    if with_staff:
        _take_staff_along(school, to, by=by)
    history.record(school, by, f"Goes on as {to}: its pupils went along, {len(moves)} of them.", written_for=to)
    return moves


def _take_staff_along(school: School, to: School, *, by: User) -> None:
    """Whoever has a role at a school today has it at its successor from today; those who have it there keep theirs."""
    today = clock.today()
    there = set(Membership.objects.on(today).filter(organisation=to).values_list("user", "role"))
    staff = Membership.objects.on(today).filter(organisation=school).select_related("user", "standing_in_for")
    for membership in staff.order_by("pk"):
        if (membership.user_id, membership.role) not in there:
            people.give_role(
                user=membership.user, role=membership.role, organisation=to, by=by,
                until_day=membership.during.upper, standing_in_for=membership.standing_in_for,
            )  # fmt: skip


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


# --- care ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def enter_care(
    pupil_id: int, *, authority: LocalAuthority, since: date, legal_status: str, by: Any, placement_type: str = "",
    on: date | None = None,
) -> CareChange:  # fmt: skip
    """A child comes into the care of an authority: its Virtual School reads the record, a PEP and its clock begin, who
    may consent is looked at again. ``on``: when the episode begins, where the care began before. Those concerned hear
    of it while the clock of the first PEP runs; what is long known is entered quietly.

    ``by`` None is an import by command.
    """
    pupil, on = lock(Pupil, pupil_id), on or since
    if (known := queries.last_change(pupil, Verb.ENTER_CARE, on)) and _stands(known):
        return known
    if by is not None:
        require(permissions.can_enter_care(by, pupil, authority))
    facts = _care_facts(pupil, on, to=authority)
    check(
        rules.change_has_happened(facts, clock.today()),
        rules.child_in_care_is_under_18(facts),
        rules.nobody_looks_after_the_child_yet(facts),
        rules.no_later_care_is_recorded(facts),
    )
    is_news = reaches_into(since, clock.today())
    planned = Planned(Verb.ENTER_CARE, on, pupil.pk, authority_id=authority.pk, since=since)
    foreseen = queries.foreseen(planned) if is_news else []
    change = _keep(planned, pupil, foreseen, by, came=authority)
    pupils.start_care(
        pupil.pk, by=by, authority=authority, since=since, legal_status=legal_status, placement_type=placement_type,
        on=on,
    )  # fmt: skip
    if is_news:
        _tell_of_care(change, queries.told_of_care_change(pupil, {authority.pk}), by)
    return change


@transaction.atomic
def leave_care(pupil_id: int, *, on: date, by: Any, because: str = Because.OTHER) -> CareChange:
    """A child is no longer looked after: the Virtual School, the social worker and the IRO lose the record, the
    unfinished PEP ends, what only care gave ends with it, what was promised is kept. Said again, it is what it was."""
    pupil = lock(Pupil, pupil_id)
    if queries.care_on(pupil, on) is None and (known := queries.last_change(pupil, Verb.LEAVE_CARE, on)):
        return known
    if by is not None:
        require(permissions.can_leave_care(by, pupil))
    return _end_care(Planned(Verb.LEAVE_CARE, on, pupil.pk, because=because), pupil, by)


@transaction.atomic
def turn_18(pupil_id: int) -> CareChange | None:
    """On the 18th birthday care ends by law of itself. None where it had ended before."""
    pupil = lock(Pupil, pupil_id)
    care = queries.care_on(pupil, clock.today())
    if care is None or rules.birthday(pupil.date_of_birth, 18) > clock.today():
        return None
    on = max(rules.birthday(pupil.date_of_birth, 18), care.since)
    return _end_care(Planned(Verb.TURN_18, on, pupil.pk), pupil, by=None)


@transaction.atomic
def change_authority(
    pupil_id: int, *, authority: LocalAuthority, on: date, by: Any, legal_status: str = "", placement_type: str = ""
) -> CareChange:  # fmt: skip
    """Another authority looks after the child from a day on: the one before loses the record, the new one reads it,
    with a PEP and a clock of its own. Without a legal status it stays as it was."""
    pupil = lock(Pupil, pupil_id)
    known = queries.last_change(pupil, Verb.CHANGE_AUTHORITY, on)
    if known and known.to_authority == authority and _stands(known):
        return known
    if by is not None:
        require(permissions.can_change_authority(by, pupil))
    before = queries.care_on(pupil, on)
    check(
        rules.authority_is_another(_care_facts(pupil, on, to=authority)),
        rules.child_in_care_is_under_18(_care_facts(pupil, on)),
    )
    planned = Planned(Verb.CHANGE_AUTHORITY, on, pupil.pk, authority_id=authority.pk, since=on)
    change = _end_care(planned, pupil, by, came=authority)
    assert before is not None  # else the end of it was refused
    pupils.start_care(
        pupil.pk, by=by, authority=authority, since=on, legal_status=legal_status or before.legal_status,
        placement_type=placement_type or before.placement_type,
    )  # fmt: skip
    return change


@transaction.atomic
def live_elsewhere(pupil_id: int, *, authority: LocalAuthority, on: date, by: Any) -> CareChange:
    """The child lives in another authority's area: the duty for special educational needs goes there (domain G9)."""
    return _change_duty(Verb.LIVE_ELSEWHERE, AuthorityDuty.RESIDENT, pupil_id, authority, on, by)


@transaction.atomic
def keep_plan_elsewhere(pupil_id: int, *, authority: LocalAuthority, on: date, by: Any) -> CareChange:
    """Another authority maintains the EHC plan: the EHC coordinator of the one before loses the record."""
    return _change_duty(Verb.KEEP_PLAN_ELSEWHERE, AuthorityDuty.PLAN_MAINTAINING, pupil_id, authority, on, by)


def _change_duty(
    verb: Verb, duty: AuthorityDuty, pupil_id: int, authority: LocalAuthority, on: date, by: Any
) -> CareChange:  # fmt: skip
    pupil = lock(Pupil, pupil_id)
    if by is not None:
        require(permissions.can_change_authority(by, pupil))
    before = PupilAuthority.objects.filter(pupil=pupil, duty=duty, during__contains=on).first()
    later = PupilAuthority.objects.filter(pupil=pupil, duty=duty, during__startswith__gt=on).exists()
    had_it = before.authority_id if before else None
    facts = rules.CareFacts(on, pupil.date_of_birth, had_it, later_episode=later, to_id=authority.pk)
    known = queries.last_change(pupil, verb, on)
    if known and known.to_authority == authority and had_it == authority.pk:
        return known
    check(
        rules.change_has_happened(facts, clock.today()),
        rules.authority_is_another(facts),
        rules.no_later_care_is_recorded(facts),
    )
    planned = Planned(verb, on, pupil.pk, authority_id=authority.pk)
    told = queries.told_of_care_change(pupil, {authority.pk} & _caring(pupil))
    change = _keep(
        planned, pupil, queries.foreseen(planned), by, left=before.authority if before else None, came=authority
    )
    if verb == Verb.KEEP_PLAN_ELSEWHERE and before is not None:
        pupils.end_professional(
            pupil.pk, by=by, authority=before.authority, role=ProfessionalRole.EHC_COORDINATOR, on=on
        )
    pupils.say_authority(pupil.pk, by=by, duty=duty, authority=authority, on=on)
    _tell_of_care(change, told, by)
    return change


def _end_care(planned: Planned, pupil: Pupil, by: Any, came: LocalAuthority | None = None) -> CareChange:
    """End the care of a child, with all that hung on it: what later folders do follows ``pupils.slots.care_changed``.
    Who hears of it is asked before it is done."""
    facts = _care_facts(pupil, planned.on, to=came)
    check(
        rules.change_has_happened(facts, clock.today()),
        rules.somebody_looks_after_the_child(facts),
        rules.no_later_care_is_recorded(facts),
    )
    care = queries.care_on(pupil, planned.on)
    assert care is not None
    told = queries.told_of_care_change(pupil, {care.authority_id, *([came.pk] if came else [])})
    change = _keep(planned, pupil, queries.foreseen(planned), by, left=care.authority, came=came)
    voices.take_back_when_care_ends(pupil, by)
    pupils.end_care(pupil.pk, by=by, on=planned.on)
    alerts.look_again(pupil, by)
    _tell_of_care(change, told, by)
    return change


def _keep(
    planned: Planned, pupil: Pupil, foreseen: list[Follows], by: Any, *, left: LocalAuthority | None = None,
    came: LocalAuthority | None = None,
) -> CareChange:  # fmt: skip
    """Keep what changed and what follows, with its sentence of history."""
    first = left or came
    assert first is not None  # a change of care is from or to an authority
    offices = (virtual_school_of(authority.pk) for authority in (left, came) if authority is not None)
    change = CareChange.objects.create(
        pupil=pupil, written_for=next(filter(None, offices), None) or first, verb=planned.verb, on=planned.on,
        from_authority=left, to_authority=came, because=planned.because, recorded_at=clock.now(), recorded_by=by,
        followed=grouped(foreseen),
    )  # fmt: skip
    history.record(change, by, change.in_words)
    return change


def _care_facts(pupil: Pupil, on: date, to: LocalAuthority | None = None) -> rules.CareFacts:
    care = queries.care_on(pupil, on)
    return rules.CareFacts(
        on=on,
        date_of_birth=pupil.date_of_birth,
        caring_id=care.authority_id if care else None,
        caring_since=care.since if care else None,
        later_episode=CareEpisode.objects.filter(pupil=pupil, during__startswith__gt=on).exists(),
        to_id=to.pk if to else None,
    )


def _caring(pupil: Pupil) -> set[int]:
    care = queries.care_on(pupil, clock.today())
    return {care.authority_id} if care else set()


def _stands(change: CareChange) -> bool:
    """Whether the child is in the care that this change brought."""
    care = queries.care_on(change.pupil, change.on)
    return care is not None and care.authority_id == change.to_authority_id


def _tell_of_care(change: CareChange, told: list[User | str], by: Any) -> None:
    """Who works with the child hears that something changed; what, the page says to who may read it."""
    for reader in told:
        if reader != by:
            mail.write(
                to=reader,
                subject="The circumstances of a pupil you work with have changed",
                body=(
                    "Something changed in who is responsible for a pupil, and some dates, money or access change with "
                    "it. Open the record to see what follows and what is due now. You may no longer be able to open it."
                ),
                path=change.get_absolute_url(),
                pupil_id=change.pupil_id,
            )


# --- a school move, step by step -------------------------------------------------------------------------------------


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

"""What people look at about moves: what will follow one, what came along, and what is to be done."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.urls import reverse
from django.utils import timezone

from trellis.conduct import clock
from trellis.cycles.models import OPEN_STATES, Cycle, CycleState, Intervention
from trellis.cycles.permissions import KEEPERS
from trellis.design.in_words import day_and_month, full_date
from trellis.moves import follows
from trellis.moves.facts import facts_for
from trellis.moves.follows import Follows, Planned
from trellis.moves.models import CareChange, SchoolMove, Verb
from trellis.moves.permissions import SCHOOL_SPEAKERS, areas_spoken_for
from trellis.moves.rules import TransferTask, transfer_tasks, years_before
from trellis.organisations.models import School
from trellis.people.models import Membership, User
from trellis.people.roles import Role
from trellis.peps.models import Pep
from trellis.pupils.models import CareEpisode, NamedProfessional, ProfessionalRole, Pupil, SchoolPlace
from trellis.pupils.shown import NextStep
from trellis.transfers.queries import are_kept

DAYS_TO_SAY_WHO_DELIVERS = 7  # our own reminder: a plan that nobody delivers is soon no plan


# --- what will follow ------------------------------------------------------------------------------------------------


def what_follows(verb: Verb, pupil: Pupil, **planned: Any) -> list[str]:
    """What a move of this pupil will bring, as sentences: access, PEP, hours, money, clock. ``planned``: the fields of
    ``follows.Planned``."""
    return [one.sentence for one in foreseen(Planned(verb, pupil_id=pupil.pk, **planned))]


def what_follows_for_many(planned: Sequence[Planned], *, to_a_list: bool = False) -> list[list[str]]:
    """The same for many moves, in their order, in as many queries as for one. ``to_a_list``: for whoever brings a
    list, without what only the record holds."""
    return [
        [one.sentence for one in follows.told(move, facts) if not (to_a_list and one.is_of_record)]
        for move, facts in zip(planned, facts_for(planned), strict=True)
    ]


def foreseen(planned: Planned) -> list[Follows]:
    """What one move will bring, each with what it is about."""
    return follows.told(planned, facts_for([planned])[0])


# --- school moves ----------------------------------------------------------------------------------------------------


def closed_schools(user: User) -> QuerySet[School]:
    """Schools that have closed and still have pupils, for those who may say where these go; ``pupils`` counts them."""
    today = clock.today()
    own = [m.organisation_id for m in user.memberships_today if m.role in SCHOOL_SPEAKERS]
    places = SchoolPlace.objects.filter(school=OuterRef("pk"), during__contains=today)
    counted = places.order_by().values("school").annotate(number=Count("pk")).values("number")
    return (
        School.objects.filter(Q(pk__in=own) | Q(authority_code__in=areas_spoken_for(user)), closed_on__lte=today)
        .annotate(pupils=Subquery(counted))
        .filter(pupils__gt=0)
        .prefetch_related("successions__successor")
        .order_by("closed_on", "name", "pk")
    )


def places_to_follow(school: School) -> list[SchoolPlace]:
    """The places that are still held at a school."""
    return list(SchoolPlace.objects.filter(school=school, during__contains=clock.today()).order_by("pupil"))


def place_on(pupil: Pupil, day: date) -> SchoolPlace | None:
    return SchoolPlace.objects.filter(pupil=pupil, during__contains=day).select_related("school").first()


def place_before(pupil: Pupil, day: date) -> SchoolPlace | None:
    """The last place that had ended by a day."""
    ended = SchoolPlace.objects.filter(pupil=pupil, during__endswith__lte=day, during__isempty=False)
    return ended.select_related("school").order_by("-during").first()


def receivers_of(move: SchoolMove) -> list[User]:
    """The new school's SENCOs and designated teachers, each once."""
    staff = Membership.objects.on(clock.today()).playing(Role.SENCO, Role.DESIGNATED_TEACHER)
    ids = staff.filter(organisation=move.to_school_id).order_by().values("user")
    return list(User.objects.filter(pk__in=ids).order_by("pk"))


def social_workers_of(move: SchoolMove) -> list[User | str]:
    """The social worker named for the pupil: their account, else their address."""
    named = NamedProfessional.objects.filter(
        pupil=move.pupil_id, role=ProfessionalRole.SOCIAL_WORKER, during__contains=clock.today()
    )
    return [worker.user or worker.email for worker in named.select_related("user") if worker.user or worker.email]


def virtual_school_heads_of(move: SchoolMove) -> list[User]:
    """The heads of the Virtual School that looks after the pupil's education, but for who recorded the move."""
    care = CareEpisode.objects.filter(pupil=move.pupil_id, during__contains=clock.today())
    heads = Membership.objects.on(clock.today()).playing(Role.VIRTUAL_SCHOOL_HEAD)
    ids = heads.filter(organisation__virtualschool__authority__in=care.values("authority")).order_by().values("user")
    return [head for head in User.objects.filter(pk__in=ids).order_by("pk") if head.pk != move.asked_by_id]


# --- changes of care -------------------------------------------------------------------------------------------------


def care_on(pupil: Pupil, day: date) -> CareEpisode | None:
    return CareEpisode.objects.filter(pupil=pupil, during__contains=day).select_related("authority").first()


def last_change(pupil: Pupil, verb: Verb, on: date) -> CareChange | None:
    """What was recorded of this kind for that day, latest first."""
    return CareChange.objects.that_were().filter(pupil=pupil, verb=verb, on=on).order_by("-pk").first()


def care_changes_of(pupil: Pupil, user: User) -> list[CareChange]:
    """What this person may read of the changes so far, latest first."""
    changes = CareChange.objects.visible_to(user).filter(pupil=pupil)
    return list(changes.select_related("from_authority", "to_authority").order_by("-on", "-pk"))


def told_of_care_change(pupil: Pupil, authorities: set[int]) -> list[User | str]:
    """Who hears of a change of care: the heads of the Virtual Schools concerned, the named social worker, the SENCO and
    the designated teacher of the school; each once."""
    today = clock.today()
    schools = SchoolPlace.objects.filter(pupil=pupil, during__contains=today).values("school")
    at_school = Q(role__in=(Role.SENCO, Role.DESIGNATED_TEACHER), organisation__in=schools)
    heads = Q(role=Role.VIRTUAL_SCHOOL_HEAD, organisation__virtualschool__authority__in=authorities)
    ids = Membership.objects.on(today).filter(at_school | heads).order_by().values("user")
    workers = NamedProfessional.objects.filter(
        pupil=pupil, role=ProfessionalRole.SOCIAL_WORKER, during__contains=today
    ).select_related("user")
    named: list[User | str] = [one.user or one.email for one in workers if one.user or one.email]
    return list(dict.fromkeys([*User.objects.filter(pk__in=ids).order_by("pk"), *named]))


def turned_18(today: date) -> list[CareEpisode]:
    """The care episodes that run on past the child's 18th birthday."""
    running = CareEpisode.objects.filter(during__contains=today, pupil__date_of_birth__lte=years_before(today, 18))
    return list(running.select_related("pupil", "authority").order_by("pupil"))


# --- what comes along ------------------------------------------------------------------------------------------------


def closed_cycles_in_words(pupil: Pupil) -> list[str]:
    """The cycles that come as evidence: "2 reviewed cycles: cycle 1, reviewed on 5 October 2026; …"."""
    closed = Cycle.objects.filter(pupil=pupil).exclude(state__in=OPEN_STATES).order_by("number")
    reviewed = [
        f"cycle {cycle.number}, reviewed on {full_date(cycle.review.held_on)}"
        for cycle in closed.select_related("review")
        if cycle.state == CycleState.REVIEWED
    ]
    ended = [
        f"Cycle {cycle.number} of Assess, Plan, Do, Review: ended without a review on {full_date(cycle.closed_on)}"
        for cycle in closed
        if cycle.state == CycleState.ENDED
    ]
    counted = f"{len(reviewed)} reviewed cycle{'s' if len(reviewed) > 1 else ''}"
    return [*([f"{counted}: {'; '.join(reviewed)}"] if reviewed else []), *ended]


def tasks_outside(move: SchoolMove) -> list[TransferTask]:
    """What the two schools still have to send one another outside Trellis, as it stood on the day of the move: the
    school that the pupil left learns nothing here of care that ended or began since."""
    care = CareEpisode.objects.filter(pupil=move.pupil_id, during__contains=move.on)
    peps_here = Pep.objects.filter(pupil=move.pupil_id, kept_elsewhere="", opened_on__lte=move.on)
    return transfer_tasks(
        is_looked_after=care.exists(), has_pep_here=peps_here.exists(),
        are_kept=are_kept(move.pupil, move.from_school, move.on),
    )  # fmt: skip


# --- who delivers now ------------------------------------------------------------------------------------------------


def cycle_that_came(move: SchoolMove) -> Cycle | None:
    """The cycle that the old school began and the new one goes on with, as long as it is open there."""
    return Cycle.objects.open().filter(pupil=move.pupil_id, kept_by=move.to_school).with_names().first()


def interventions_that_came(move: SchoolMove) -> list[Intervention]:
    """What the old school planned and is still to be delivered: its people are not there any more."""
    return list(_came().filter(pupil=move.pupil_id, outcome__cycle__kept_by=move.to_school).select_related("outcome"))


def _came() -> QuerySet[Intervention]:
    """Interventions of open cycles that another school planned than the one that keeps the cycle now."""
    return (
        Intervention.objects.in_plan()
        .filter(
            outcome__taken_out_on__isnull=True, outcome__cycle__in=Cycle.objects.open(), ends_on__gte=clock.today()
        )
        .exclude(written_for=F("outcome__cycle__kept_by"))
        .order_by("pk")
    )  # fmt: skip


def waits_for_deliverers(move: SchoolMove) -> bool:
    return move.deliverers_said_at is None and bool(interventions_that_came(move))


# --- next steps ------------------------------------------------------------------------------------------------------


def rows_of_next_steps() -> list[QuerySet[Any, Any]]:
    """Rows without which there is no next step, by the numbers of their pupils."""
    return [
        SchoolMove.objects.awaiting_receipt().values("pupil"),
        SchoolMove.objects.filter(deliverers_said_at__isnull=True).values("pupil"),
    ]


def next_steps(user: User, pupils: QuerySet[Pupil], today: date) -> list[NextStep]:
    """Records that wait for this person's receipt, and plans whose deliverers stayed behind, in two queries."""
    return [*_to_receive(user, pupils), *_to_say_who_delivers(user, pupils)]


def _to_receive(user: User, pupils: QuerySet[Pupil]) -> list[NextStep]:
    waiting: Any = SchoolMove.objects.to_be_received_by(user).filter(pupil__in=pupils).with_names()
    return [
        NextStep(
            due_on=move.on,
            verb="Receive the record",
            rest=f"of {move.pupil.first_name} {move.pupil.legal_last_name}",
            url=move.get_absolute_url(),
            pupil_id=move.pupil_id,
            whose="SENCO or designated teacher",
            detail=f"Joined {move.to_school} on {day_and_month(move.on)}",
            go="Open the move",
        )
        for move in waiting
    ]


def _to_say_who_delivers(user: User, pupils: QuerySet[Pupil]) -> Iterator[NextStep]:
    schools = {m.organisation_id for m in user.memberships_today if m.role in KEEPERS}
    if not schools:
        return
    came = _came().filter(pupil=OuterRef("pupil"), outcome__cycle__kept_by=OuterRef("to_school"))
    waiting: Any = SchoolMove.objects.filter(
        Exists(came), to_school__in=schools, pupil__in=pupils, deliverers_said_at__isnull=True
    )
    for move in waiting.select_related("pupil", "from_school"):
        yield NextStep(
            due_on=timezone.localdate(move.asked_at) + timedelta(days=DAYS_TO_SAY_WHO_DELIVERS),
            verb="Say who delivers now",
            rest=f"for {move.pupil.first_name}’s plan",
            url=reverse("say_deliverers", args=[move.pk]),
            pupil_id=move.pupil_id,
            whose="the SENCO",
            detail=f"The plan names people of {move.from_school}" if move.from_school else "",
            go="Say who",
        )

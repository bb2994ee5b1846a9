"""What is looked at to find a place at risk, and what people look at once it is found."""

from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet

from trellis.advice.models import AdviceRequest, AdviceState
from trellis.alerts import rules
from trellis.alerts.models import Alert, AlertPolicy, AlertQuerySet, AlertReason, AlertState, PlaceInDoubt
from trellis.conduct import clock
from trellis.cycles.models import CycleReview, Result
from trellis.cycles.queries import delivery_in, plan_of
from trellis.people.models import User
from trellis.people.roles import SCHOOL_LEADS, VIRTUAL_SCHOOL_TEACHERS, Role
from trellis.pupils.models import Access, CareEpisode, Level, Pupil, SchoolPlace, virtual_school_of
from trellis.pupils.shown import NextStep
from trellis.schooling import queries as schooling
from trellis.schooling.models import PartTimeTimetable, SentHome, Suspension

FIRST_SECONDARY_YEAR = 7
TOLD_AT_SCHOOL = (Role.SENCO, Role.DESIGNATED_TEACHER)
TOLD_AT_VIRTUAL_SCHOOL = (Role.VIRTUAL_SCHOOL_HEAD, Role.EDUCATION_ADVISER)
DAYS_LOOKED_BACK = 400  # three terms and their holidays: older facts raise nothing


# --- the facts -------------------------------------------------------------------------------------------------------


def reasons_of(pupil: Pupil, on: date) -> list[rules.Found]:
    """Why this pupil's place is at risk today, from all facts there are."""
    care = CareEpisode.objects.filter(pupil=pupil, during__contains=on).first()
    policy = AlertPolicy.objects.counting(virtual_school_of(care.authority_id) if care else None, on)
    return rules.reasons(facts_of(pupil, on), policy)


def facts_of(pupil: Pupil, on: date) -> rules.AtRiskFacts:
    known = schooling.facts_of(pupil, on)
    since = known.terms[0][0]
    place = schooling.place_on(pupil, on)
    year = place.year_group if place and place.year_group is not None else pupil.year_by_age
    return rules.AtRiskFacts(
        on=on,
        is_secondary=year >= FIRST_SECONDARY_YEAR,
        suspensions=[
            rules.Suspended(one.pk, one.first_day, one.half_days, one.is_permanent, one.stands)
            for one in known.suspensions
            if one.first_day >= since
        ],
        half_days_in_three_terms=known.half_days_in_three_terms,
        part_time=_part_time(known.timetable, place),
        sent_home=[rules.Happened(one.pk, one.happened_on) for one in known.sent_home],
        moves=moves_of(pupil),
        review=_latest_review(pupil),
        unanswered=unanswered_of(pupil, on),
        in_doubt=_in_doubt(pupil, place),
    )


def _part_time(timetable: PartTimeTimetable | None, place: SchoolPlace | None) -> rules.PartTime | None:
    """The timetable of the present school: one of a school that the pupil left ends with the place there."""
    if timetable is None or place is None or timetable.school_id != place.school_id:
        return None
    return rules.PartTime(timetable.pk, timetable.starts_on, timetable.minutes_now, timetable.minutes_full)


def moves_of(pupil: Pupil) -> list[rules.Happened]:
    """Changes of school, and changes of the kind of placement, latest first. The first place and the first placement
    are no moves; nor is a new legal status in the same placement."""
    places = list(SchoolPlace.objects.filter(pupil=pupil, during__isempty=False).order_by("during"))
    schools = [
        rules.Happened(later.pk, later.since, "to another school")
        for earlier, later in pairwise(places)
        if earlier.school_id != later.school_id
    ]
    episodes = list(CareEpisode.objects.filter(pupil=pupil, during__isempty=False).order_by("during"))
    placements = [
        rules.Happened(later.pk, later.since, "to another placement")
        for earlier, later in pairwise(episodes)
        if earlier.placement_type and later.placement_type and earlier.placement_type != later.placement_type
    ]
    return sorted(schools + placements, key=lambda move: (move.on, move.id), reverse=True)


def _latest_review(pupil: Pupil) -> rules.Reviewed | None:
    review = CycleReview.objects.filter(pupil=pupil).select_related("cycle__kept_by").order_by("-cycle__number").first()
    if review is None:
        return None
    worse = review.results.filter(result=Result.WORSE).select_related("outcome").order_by("outcome")
    delivery = delivery_in(plan_of(review.cycle))
    return rules.Reviewed(
        review.pk, review.cycle.number, review.held_on, [one.outcome.statement for one in worse],
        delivery.in_words if delivery.is_drifting else "",
    )  # fmt: skip


def unanswered_of(pupil: Pupil, on: date) -> list[rules.Asked]:
    """Requests for advice that a service has not answered, or not reported on, by the day it was due."""
    late = late_requests(on).filter(pupil=pupil).select_related("service").order_by("sent_on", "pk")
    return [asked for one in late if (asked := _asked(one)) is not None]


def _asked(request: AdviceRequest) -> rules.Asked | None:
    is_sent = request.state == AdviceState.SENT
    what, due_on = ("answer", request.decide_by) if is_sent else ("report", request.report_by)
    if request.sent_on is None or due_on is None:
        return None
    return rules.Asked(request.pk, request.service.name, request.sent_on, what, due_on)


def late_requests(on: date) -> QuerySet[AdviceRequest]:
    return AdviceRequest.objects.filter(
        Q(state=AdviceState.SENT, decide_by__lt=on) | Q(state=AdviceState.ACCEPTED, report_by__lt=on)
    )


def _in_doubt(pupil: Pupil, place: SchoolPlace | None) -> rules.Happened | None:
    if place is None:
        return None
    doubt = PlaceInDoubt.objects.filter(pupil=pupil, school=place.school_id, taken_back_on__isnull=True).first()
    return rules.Happened(doubt.pk, doubt.said_on, doubt.cannot) if doubt else None


def to_look_at_again(today: date) -> QuerySet[Pupil]:
    """Pupils about whom something may have changed by the passing of days alone."""
    since = today - timedelta(days=DAYS_LOOKED_BACK)
    return Pupil.objects.filter(
        Q(pk__in=Alert.objects.open().values("pupil"))
        | Q(pk__in=Suspension.objects.filter(first_day__gte=since).that_were().values("pupil"))
        | Q(pk__in=SentHome.objects.filter(happened_on__gte=since).values("pupil"))
        | Q(pk__in=PartTimeTimetable.objects.current().values("pupil"))
        | Q(pk__in=PlaceInDoubt.objects.filter(taken_back_on__isnull=True).values("pupil"))
        | Q(pk__in=CycleReview.objects.filter(held_on__gte=since).values("pupil"))
        | Q(pk__in=late_requests(today).values("pupil"))
    )


def told_when_raised(alert: Alert) -> list[User]:
    """The SENCO and the designated teacher; the Virtual School head and advisers of the authority that looks after the
    pupil."""
    place = schooling.place_on(alert.pupil, clock.today())
    care = CareEpisode.objects.filter(pupil=alert.pupil_id, during__contains=clock.today()).first()
    at_school = schooling.people_of(place.school if place else None, *TOLD_AT_SCHOOL)
    virtual_school = virtual_school_of(care.authority_id) if care else None
    return [*at_school, *schooling.people_of(virtual_school, *TOLD_AT_VIRTUAL_SCHOOL)]


# --- what people look at ---------------------------------------------------------------------------------------------


def open_alert(pupil: Pupil) -> Alert | None:
    return Alert.objects.filter(pupil=pupil).open().first()


class Shelf(models.TextChoices):
    """How the list of alerts is parted."""

    AT_RISK = AlertState.OPEN.value, "At risk"
    SIGNS = "SIGNS", "Worth a look"
    SET_ASIDE = AlertState.SET_ASIDE.value, "Set aside"
    RESOLVED = AlertState.RESOLVED.value, "No reason left"


def reasons_in_words(pupil: Pupil) -> str:
    """Why the pupil's alert is open, as its sentences; "" where none is."""
    standing = AlertReason.objects.filter(alert__pupil=pupil, alert__state=AlertState.OPEN, ended_on__isnull=True)
    return " ".join(standing.order_by("-happened_on", "-pk").values_list("sentence", flat=True))


def alerts_for(user: User, shelf: str) -> QuerySet[Alert]:
    """The alerts of pupils whose whole record this person reads, what happened last first."""
    return _on(shelf, user).with_reasons().with_notes().latest_first()


def _on(shelf: str, user: User) -> AlertQuerySet:
    mine = Alert.objects.filter(pupil__in=Access.objects.open_to(user, Level.WHOLE).values("pupil"))
    match shelf:
        case Shelf.AT_RISK:
            return mine.at_risk()
        case Shelf.SIGNS:
            return mine.only_signs()
    return mine.filter(state=shelf)


def rows_of_next_steps() -> list[QuerySet[Any, Any]]:
    """Rows without which there is no next step, by the numbers of their pupils."""
    return [Alert.objects.filter(answered_on__isnull=True).at_risk().values("pupil")]


def next_steps(user: User, pupils: QuerySet[Pupil], today: date) -> list[NextStep]:
    """Alerts to which nobody has said what is being done: for those who lead in the school, and the Virtual School."""
    if not user.plays(SCHOOL_LEADS | VIRTUAL_SCHOOL_TEACHERS):
        return []
    waiting: Any = Alert.objects.filter(pupil__in=pupils, answered_on__isnull=True).at_risk().with_reasons()
    return [
        NextStep(
            alert.last_happened_on, "Say what is being done", f"to keep {alert.pupil.first_name}’s school place",
            alert.get_absolute_url(), alert.pupil_id, "SENCO, headteacher, Virtual School",
            detail=alert.standing_reasons[0].sentence if alert.standing_reasons else "", go="Open the alert",
        )
        for alert in waiting
    ]  # fmt: skip


def earlier_alerts(alert: Alert) -> QuerySet[Alert]:
    return Alert.objects.filter(pupil=alert.pupil_id).exclude(pk=alert.pk).with_reasons().latest_first()


def counts_by_shelf(user: User) -> dict[str, int]:
    mine = Alert.objects.filter(pupil__in=Access.objects.open_to(user, Level.WHOLE).values("pupil"))
    counts = dict.fromkeys(Shelf.values, 0)
    for state, is_only_a_sign, count in mine.values_list("state", "is_only_a_sign").annotate(models.Count("pk")):
        counts[Shelf.SIGNS if is_only_a_sign and state == AlertState.OPEN else state] += count
    return counts

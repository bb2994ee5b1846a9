"""How hours and visits look on pages: the parts of a bar, a visit as a row."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from trellis.advice.models import WITH_THE_SERVICE, AdviceRequest, AdviceState
from trellis.advice.permissions import can_keep_request
from trellis.calendar.rules import add_working_days
from trellis.conduct import clock
from trellis.design import in_words
from trellis.hours import queries
from trellis.hours.models import Visit, VisitState
from trellis.hours.permissions import BOOKERS, can_confirm_delivered
from trellis.hours.queries import Tally
from trellis.organisations.models import SpecialistService
from trellis.people.models import User
from trellis.people.roles import SERVICE_STAFF
from trellis.pupils.models import Pupil
from trellis.pupils.shown import NextStep

LET_GO = "Reported without a visit: release the hours"
DAYS_TO_PLAN = 10  # working days in which a service gives a visit its day; our own reminder

TAGS = {
    VisitState.TO_PLAN: {"text": "To be planned", "tone": "warn"},
    VisitState.BOOKED: {"text": "Booked", "tone": "quiet"},
    VisitState.DELIVERED: {"text": "Delivered", "tone": "ok"},
    VisitState.CANCELLED: {"text": "Cancelled", "tone": "quiet"},
}


def bar_of(tally: Tally) -> list[dict[str, Any]]:
    """Used, booked, left: what is nought stands in the words beneath, not in the bar."""
    parts = [("used", tally.used, "first"), ("booked", tally.booked, "second"), ("left", tally.left, "rest")]
    return [{"text": f"{in_words.hours(m)} {word}", "amount": m, "tone": tone} for word, m, tone in parts]


def when(visit: Visit) -> str:
    """ "Wednesday 18 November, 9:30 am"; "No day yet"."""
    if visit.on is None:
        return "No day yet"
    day = in_words.long_date(visit.on, clock.today())
    begins = visit.begins
    return f"{day}, {in_words.clock_time(begins)}" if visit.starts_at and begins else day


def length(visit: Visit) -> int:
    """Minutes: what it came to, else what is kept."""
    return visit.minutes_delivered if visit.minutes_delivered is not None else queries.minutes_kept(visit)


def in_a_line(visit: Visit) -> str:
    about = f" about {visit.pupil.name}" if visit.pupil else ""
    return (
        f"{visit.get_work_display()}{about} by {visit.service.abbreviation} at {visit.school}. "
        f"{when(visit)}, {in_words.hours(length(visit))}."
    )


def visit_row(visit: Visit, *, for_service: bool = False) -> dict[str, Any]:
    """A visit in a calendar list; asks no query when parts and names came with it."""
    late = visit.is_to_be_confirmed and visit.on is not None and visit.on < clock.today()
    who = visit.school.name if for_service else visit.service.abbreviation
    tag = {"text": "To be confirmed", "tone": "warn"} if visit.is_to_be_confirmed else TAGS[VisitState(visit.state)]
    details = [in_words.hours(length(visit)), str(visit.pupil) if visit.pupil else visit.what_for]
    details += [str(visit.specialist)] if visit.specialist else []
    details += ["the hours count as used"] if visit.is_charged else []
    return {
        "when": in_words.short_date(visit.on, clock.today()) if visit.on else "No day",
        "late": late and for_service,
        "lead": visit.get_work_display(),
        "text": f"at {who}" if for_service else f"by {who}",
        "url": visit.get_absolute_url(),
        "detail": " · ".join(filter(None, details)),
        "tag": tag,
    }


def visit_groups(visits: Iterable[Visit], user: User) -> list[dict[str, Any]]:
    """Without a day first, then what is to be confirmed, then what is coming: those with something in them."""
    for_service = user.plays(SERVICE_STAFF)
    groups: dict[str, list[dict[str, Any]]] = {"To be planned": [], LET_GO: [], "To confirm": [], "Coming": []}
    for visit in visits:
        groups[_group_of(visit)].append(visit_row(visit, for_service=for_service))
    return [{"title": title, "rows": rows, "count": len(rows)} for title, rows in groups.items() if rows]


def _group_of(visit: Visit) -> str:
    if visit.on is None:
        return LET_GO if visit.is_to_be_let_go else "To be planned"
    return "To confirm" if visit.is_to_be_confirmed else "Coming"


def on_request(request: AdviceRequest, user: User) -> dict[str, str] | None:
    """What a request's page says of its visit, for those who may see it; or how to keep hours for one."""
    if not queries.is_under_way(request):
        return None
    visit = Visit.objects.visible_to(user).filter(request=request).open().as_a_calendar().first()
    if visit is not None:
        if visit.on is None:
            return {"text": _without_a_day(visit, request), "url": visit.get_absolute_url()}
        day = in_words.long_date(visit.on, clock.today())
        if not visit.has_begun:
            text = f"The visit is on {day}"
        elif can_confirm_delivered(user, visit):
            text = f"Confirm the visit of {day}, or say that it did not take place: its hours stay booked until then"
        else:
            text = f"The visit of {day} is not confirmed yet"
        return {"text": text, "url": visit.get_absolute_url()}
    if request.state not in WITH_THE_SERVICE or not can_keep_request(user, request):
        return None
    if not Visit.objects.filter(request=request).open().exists():
        another = "another" if queries.is_another(request) else "a"
        return {"text": f"Keep hours for {another} visit", "url": reverse("keep_hours", args=[request.pk])}
    return None


def _without_a_day(visit: Visit, request: AdviceRequest) -> str:
    """What a visit without a day waits for."""
    if request.state == AdviceState.SENT:
        return "Hours are kept for a visit; it is planned once the service has accepted"
    if not queries.may_name_the_pupil(visit):
        return "Hours are kept for a visit; it is planned once consent stands"
    if request.state == AdviceState.REPORTED:
        return "Hours are still kept for a visit that has no day: open it to cancel it"
    return "The visit has no day yet: open it"


def capacity_words(service: SpecialistService) -> str | None:
    """What a service has in its calendar."""
    visits = list(Visit.objects.filter(service=service).open().prefetch_related(queries.with_parts()))
    if not visits:
        return None
    planned = [queries.minutes_kept(visit) for visit in visits if visit.on]
    waiting = [queries.minutes_kept(visit) for visit in visits if not visit.on]
    return (
        f"Planned: {_counted(len(planned))}, {in_words.hours(sum(planned))}. "
        f"Without a day: {_counted(len(waiting))}, {in_words.hours(sum(waiting))}."
    )


def _counted(visits: int) -> str:
    return "1 visit" if visits == 1 else f"{visits} visits"


def rows_of_next_steps() -> list[QuerySet[Any, Any]]:
    """Rows without which there is no next step, by the numbers of their pupils."""
    return [Visit.objects.open().values("pupil")]


def next_steps(user: User, pupils: QuerySet[Pupil], today: date) -> list[NextStep]:
    """For a service: visits to be confirmed and to be planned. For the school: those coming within a week."""
    services = {m.organisation_id for m in user.memberships_today if m.role in SERVICE_STAFF}
    schools = {m.organisation_id for m in user.memberships_today if m.role in BOOKERS}
    if not services | schools:
        return []
    visits = Visit.objects.visible_to(user).to_be_done().filter(pupil__in=pupils).with_names().as_a_calendar()
    steps = []
    for visit in visits:
        if visit.service_id in services:
            steps.append(_for_service(visit, today))
        elif visit.school_id in schools and visit.has_begun and not queries.may_name_the_pupil(visit):
            steps.append(_step(visit, visit.on or today, "Confirm the visit", "the SENCO", "Confirm"))
        elif visit.school_id in schools and visit.on and today <= visit.on <= today + timedelta(days=7):
            steps.append(_step(visit, visit.on, "Prepare for the visit", "the SENCO", "Open"))
    return steps


def _for_service(visit: Visit, today: date) -> NextStep:
    if visit.on is None:
        made_on = timezone.localtime(visit.made_at).date()
        if visit.is_to_be_let_go:
            return _step(visit, today, "Release the hours", "the service", "Open", rest="kept for a visit ")
        return _step(visit, add_working_days(made_on, DAYS_TO_PLAN), "Plan the visit", "the service", "Plan")
    verb, go = ("Confirm the visit", "Confirm") if visit.on <= today else ("Visit", "Open")
    return _step(visit, visit.on, verb, "the service", go)


def _step(visit: Visit, due_on: date, verb: str, whose: str, go: str, *, rest: str = "") -> NextStep:
    name = visit.pupil.first_name if visit.pupil else ""
    rest = f"{rest}about {name} by {visit.service.abbreviation}"
    return NextStep(due_on, verb, rest, visit.get_absolute_url(), visit.pupil_id or 0, whose, str(visit.school), go)


def visit_facts(visit: Visit) -> list[dict[str, str]]:
    """What the page of a visit says, as key and value."""
    facts = [
        ("School", visit.school.name),
        ("Service", visit.service.name),
        ("When", when(visit)),
        ("Who comes", str(visit.specialist) if visit.specialist else ""),
        ("What for", visit.what_for),
        ("Time kept", in_words.hours(queries.minutes_kept(visit))),
        ("It came to", in_words.hours(visit.minutes_delivered) if visit.minutes_delivered is not None else ""),
        ("Why it was cancelled", visit.ended_because),
    ]
    return [{"key": key, "value": value} for key, value in facts if value]

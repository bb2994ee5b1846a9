"""How hours and visits look on pages: the parts of a bar, a visit as a row."""

from collections.abc import Iterable
from typing import Any

from trellis.conduct import clock
from trellis.design import in_words
from trellis.hours import queries
from trellis.hours.models import Visit, VisitState
from trellis.hours.queries import Tally
from trellis.people.models import User
from trellis.people.roles import SERVICE_STAFF

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
    """To confirm, to plan, coming: those with something in them."""
    for_service = user.plays(SERVICE_STAFF)
    groups: dict[str, list[dict[str, Any]]] = {"To confirm": [], "To be planned": [], "Coming": []}
    for visit in visits:
        name = "To confirm" if visit.is_to_be_confirmed else "Coming" if visit.on else "To be planned"
        groups[name].append(visit_row(visit, for_service=for_service))
    return [{"title": title, "rows": rows, "count": len(rows)} for title, rows in groups.items() if rows]


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

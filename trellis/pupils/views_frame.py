"""What stands around every page of one pupil's record: the identity strip and the tabs."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from trellis.calendar.rules import academic_year
from trellis.conduct import clock
from trellis.people.models import User
from trellis.pupils import slots
from trellis.pupils.models import Pupil
from trellis.pupils.queries import Identity, Reading, Standing, known_to, reading_of, standing_of
from trellis.pupils.shown import Tab

OVERVIEW = "overview"


def pupil_frame(request: HttpRequest, pupil: Pupil, tab: str) -> dict[str, Any]:
    """The context of a page that extends ``pupils/pupil_base.html``; ``tab`` names the one this page lies under.

    Holds ``pupil``, ``identity``, ``passport_url`` (one tap from the strip), ``tabs``, ``reading`` (how much of the
    pupil this person has open) and ``standing``.
    One query, none for a pupil that came through ``queries.as_known_to``.
    """
    user: User = request.user  # type: ignore[assignment]
    known = known_to(user, pupil)
    reading = reading_of(user, known)
    standing = standing_of(known, reading)
    return {
        "pupil": pupil,
        "reading": reading,
        "standing": standing,
        "identity": identity_of(known, user, reading, standing),
        "passport_url": next(slots.identity_links.ask(known, user), ""),
        "tabs": tabs_of(known, user, current=tab),
    }


def identity_of(pupil: Pupil, user: User, reading: Reading, standing: Standing) -> Identity:
    """Who this is about. A school that the pupil left knows the name and its own time, nothing since."""
    if reading.is_written_only and reading.ended_on:
        return Identity(pupil.name, [f"{reading.school} until {_day_and_month(reading.ended_on)}"])
    facts = [f"Age {pupil.age}, {standing.year_in_words}"]
    if standing.place:
        facts.append(f"{standing.place.school} since {_day_and_month(standing.place.since)}")
    tags = []
    if standing.sen:
        tags.append({"text": standing.sen.in_words, "tone": "quiet"})
    if standing.care:
        tags.append({"text": f"Looked after by {standing.care.authority}", "tone": "quiet"})
    tags += [{"text": tag.text, "tone": tag.tone} for tag in slots.identity_tags.ask(pupil, user)]
    return Identity(pupil.name, facts, tags)


def tabs_of(pupil: Pupil, user: User, *, current: str) -> list[dict[str, Any]]:
    """The tabs this person may open, the overview first, with the present one marked."""
    overview = Tab(OVERVIEW, "Overview", reverse("pupil", args=[pupil.pk]))
    tabs = [overview, *sorted(slots.pupil_tabs.ask(pupil, user), key=lambda tab: tab.order)]
    return [{"text": tab.text, "url": tab.url, "current": tab.name == current} for tab in tabs]


def _day_and_month(day: date) -> str:
    """ "18 November", with its year outside this academic year."""
    year = "" if academic_year(day) == academic_year(clock.today()) else f" {day.year}"
    return f"{day.day} {day:%B}{year}"

"""The one clock. Everything that needs today or now asks here, history too.

In a demo or test database the clock may stand elsewhere: for a whole process by ``TRELLIS_TODAY``, for a block of
code by ``clock.at(…)``, which is how the demonstration walks through a year. In a live one it cannot be moved.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone

LONDON = ZoneInfo("Europe/London")
_standing_at: ContextVar[datetime | None] = ContextVar("clock_standing_at", default=None)


def now() -> datetime:
    """This moment, with its time zone."""
    standing = _standing_at.get()
    if standing is not None:
        return standing
    if settings.TODAY and settings.STAMP != "live":
        moved_to = date.fromisoformat(settings.TODAY)
        return datetime.combine(moved_to, timezone.now().astimezone(LONDON).time(), LONDON)
    return timezone.now()


def today() -> date:
    """Today's date in England."""
    return now().astimezone(LONDON).date()


@contextmanager
def at(moment: date | datetime) -> Iterator[None]:
    """Stand the clock at a day (nine in the morning) or a moment, for the block. Refused in a live database."""
    if settings.STAMP == "live":
        raise RuntimeError("The clock of a live database is never moved.")
    if not isinstance(moment, datetime):
        moment = datetime.combine(moment, time(9), LONDON)
    token = _standing_at.set(moment)
    try:
        yield
    finally:
        _standing_at.reset(token)

"""School days, read from terms and closures."""

from datetime import date, timedelta

from trellis.calendar.models import Closure, Term
from trellis.calendar.rules import bank_holidays
from trellis.organisations.models import Organisation


def school_days(organisation: Organisation, since: date, until: date) -> list[date]:
    """The days on which schools of the area are open, from ``since`` up to and including ``until``."""
    terms = [term.during for term in Term.objects.of(organisation)]
    closures = [closure.during for closure in Closure.objects.filter(organisation=organisation)]
    days = (since + timedelta(days=n) for n in range((until - since).days + 1))
    return [
        day
        for day in days
        if day.weekday() < 5
        and day not in bank_holidays(day.year)
        and any(day in term for term in terms)
        and not any(day in closure for closure in closures)
    ]


def term_for(organisation: Organisation, day: date) -> Term | None:
    """The term a day belongs to; in a holiday the next one."""
    return Term.objects.of(organisation).on_or_after(day)

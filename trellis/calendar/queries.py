"""School days, read from terms and closures."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet, Value

from trellis.calendar.models import Closure, Term
from trellis.calendar.rules import add_school_days, bank_holidays, monday_of
from trellis.conduct.periods import DateRange
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


HALF_A_TERM = 30  # school days: six weeks of school
MOST_WEEKS = 26


@dataclass(frozen=True)
class SchoolWeeks:
    """The terms and closures of one authority's area, asked week by week."""

    terms: tuple[DateRange, ...] = ()
    closures: tuple[DateRange, ...] = ()

    def open_days(self, monday: date) -> list[date]:
        """The school days of that week. Where no term is known, Monday to Friday count."""
        days = [monday + timedelta(days=n) for n in range(5)]
        return [day for day in days if not self.terms or self._is_open(day)]

    def _is_open(self, day: date) -> bool:
        return (
            any(day in term for term in self.terms)
            and not any(day in closure for closure in self.closures)
            and day not in bank_holidays(day.year)
        )


def school_weeks(authority_codes: Collection[str]) -> dict[str, SchoolWeeks]:
    """The school weeks of several areas at once, by the authority's code, in one query."""
    periods: dict[str, tuple[list[DateRange], list[DateRange]]] = {code: ([], []) for code in authority_codes}
    terms, closures = (
        _periods(model, position, set(authority_codes)) for position, model in enumerate((Term, Closure))
    )
    for position, code, during in terms.union(closures, all=True):
        periods[code][position].append(during)
    return {code: SchoolWeeks(tuple(terms), tuple(closures)) for code, (terms, closures) in periods.items()}


def _periods(model: Any, position: int, authority_codes: set[str]) -> QuerySet[Any, tuple[int, str, DateRange]]:
    area = "organisation__virtualschool__authority__code"
    rows = model.objects.filter(**{f"{area}__in": authority_codes}).order_by()
    return rows.values_list(Value(position), area, "during")  # type: ignore[no-any-return]


def half_a_term_after(authority_code: str, day: date) -> date:
    """The school day that lies six weeks of school later in an authority's area, holidays not counted. Where the terms
    known do not reach so far, six calendar weeks later."""
    weeks = school_weeks({authority_code})[authority_code]
    mondays = [monday_of(day) + timedelta(weeks=n) for n in range(MOST_WEEKS)]
    open_days = [one for monday in mondays for one in weeks.open_days(monday)]
    return add_school_days(day, HALF_A_TERM, open_days) or day + timedelta(weeks=6)

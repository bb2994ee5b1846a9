"""Periods: dated facts as PostgreSQL ranges that cannot overlap themselves. A period holds its first day and not the
day after its last."""

from datetime import date, timedelta

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, RangeOperators
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, Func, Q, QuerySet, Value

__all__ = ["DateRange", "DateRangeField", "containing", "first_day", "from_day", "last_day", "never_overlaps", "until"]


class Int8Range(Func):
    """A key as a range of one, so that it can stand in a GiST exclusion constraint without any extension."""

    function = "INT8RANGE"
    output_field = BigIntegerRangeField()


def never_overlaps(name: str, *keys: str, sentence: str, condition: Q | None = None) -> ExclusionConstraint:
    """At any day at most one row for the same keys (whole numbers); ``sentence`` says so to a person."""
    same = [(Int8Range(F(key), F(key), Value("[]")), RangeOperators.EQUAL) for key in keys]
    return ExclusionConstraint(
        name=name,
        expressions=[*same, ("during", RangeOperators.OVERLAPS)],
        condition=condition,
        violation_error_message=sentence,
    )


def from_day(day: date, until_day: date | None = None) -> DateRange:
    """From a day on, open ended, or up to but not including ``until_day``."""
    return DateRange(day, until_day, "[)")


def until(period: DateRange, day: date) -> DateRange:
    """The period ended: its last day is the day before ``day``, never before it began."""
    return DateRange(period.lower, max(day, period.lower), "[)")


def first_day(period: DateRange) -> date:
    return period.lower  # type: ignore[no-any-return]


def last_day(period: DateRange) -> date | None:
    """The last day that belongs to the period; None while it is open."""
    return period.upper - timedelta(days=1) if period.upper else None


def containing(rows: QuerySet, day: date) -> QuerySet:
    """The rows true on a day."""
    return rows.filter(during__contains=day)

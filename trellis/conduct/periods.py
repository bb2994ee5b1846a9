"""Periods: dated facts as PostgreSQL ranges that cannot overlap themselves. A period holds its first day and not the
day after its last."""

from datetime import date

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import BigIntegerRangeField, DateRangeField, RangeOperators
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import F, Func, Q, Value

__all__ = ["DateRange", "DateRangeField", "from_day", "never_overlaps", "until"]


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

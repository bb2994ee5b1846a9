"""What is true of dated policies on paper: whoever decided by one must find it as it was."""

from datetime import date, timedelta

from trellis.conduct.rules import rule

FURTHEST = timedelta(days=2 * 365)
SOURCE = "Policy is dated data, not changed for days already used (design, section 4)"


@rule(source=SOURCE, field="since")
def policy_never_begins_in_the_past(since: date, today: date) -> bool:
    """Choose a day that is not over: what was decided on earlier days stays as it was."""
    return since >= today


@rule(source=SOURCE, field="since")
def policy_leaves_today_as_it_is(since: date, today: date, *, holds_today: bool) -> bool:
    """Choose a day from tomorrow on: what was decided today was decided by what holds today.

    Where nobody has agreed anything, today is open: its sample was nobody's decision, and says so where it was used.
    """
    return since > today or not holds_today


@rule(source="A year that was mistyped", field="since")
def policy_begins_within_two_years(since: date, today: date) -> bool:
    """Choose a day within the next two years. Check the year."""
    return since <= today + FURTHEST


@rule(source=SOURCE)
def policy_has_not_begun(since: date | None, today: date) -> bool:
    """Only what has not begun can be withdrawn. Set what is to hold instead, from a later day."""
    return since is not None and since > today


@rule(source=SOURCE)
def policy_was_not_used(uses: int) -> bool:
    """Something was decided by this already, so it stays. Set what is to hold instead, from a later day."""
    return uses == 0

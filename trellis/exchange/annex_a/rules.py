"""What must be true on paper of the days of an EHC plan as Annex A lists them. All of it is advice."""

from dataclasses import dataclass
from datetime import date

from trellis.conduct.rules import Finding, rule


@dataclass(frozen=True)
class PlanDays:
    """When a plan was first issued, last issued anew, and last reviewed, as a list says it."""

    issued: date | None
    updated: date | None
    reviewed: date | None

    @property
    def said(self) -> list[date]:
        return [day for day in (self.issued, self.updated, self.reviewed) if day]


@rule(source="A plan is issued before it is changed or reviewed")
def plan_is_issued_first(days: PlanDays) -> bool:
    """The plan was updated or reviewed before the day on which it was first issued. One of these days is wrong."""
    return days.issued is None or min(days.said) == days.issued


@rule(source="A list says what was done")
def plan_days_are_past(days: PlanDays, today: date) -> bool:
    """One of the days of this plan is still to come."""
    return all(day <= today for day in days.said)


@rule(source="A plan has a day on which it was issued (Annex A, list 1)")
def plan_says_when_it_was_issued(days: PlanDays) -> bool:
    """The list does not say when the plan was first issued."""
    return days.issued is not None


@rule(source="Children and Families Act 2014, section 44(1)", is_law=True)
def plan_is_reviewed_within_a_year(days: PlanDays, today: date) -> bool:
    """The plan is to be reviewed within 12 months of its issue and of each review. By this list that is overdue."""
    last = days.reviewed or days.issued
    return last is None or today <= a_year_after(last)


def a_year_after(day: date) -> date:
    """The same day a year later; of 29 February the 28th."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)


def findings(days: PlanDays, today: date) -> list[Finding]:
    """What is to be said of the days of a plan."""
    asked = (
        plan_says_when_it_was_issued(days),
        plan_is_issued_first(days),
        plan_days_are_past(days, today),
        plan_is_reviewed_within_a_year(days, today),
    )
    return [finding for finding in asked if not finding]

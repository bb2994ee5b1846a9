"""Naming a school on a form."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from trellis.conduct import clock
from trellis.organisations.models import School

MOST_NAMED = 5


class SchoolField(forms.CharField):
    """A school by its URN or by its name; says which schools fit when several do."""

    def clean(self, value: Any) -> School | None:
        typed = super().clean(value)
        found = list(self._fitting(typed)[: MOST_NAMED + 1])
        if len(found) == 1:
            return found[0]
        raise forms.ValidationError(_no_one_school(typed, found))

    def _fitting(self, typed: str) -> QuerySet[School]:
        schools = School.objects.open_on(clock.today()).order_by("name", "pk")
        if typed.isdigit():
            return schools.filter(code=typed)
        exact = schools.filter(name__iexact=typed)
        return exact if exact.exists() else schools.filter(name__icontains=typed)


def _no_one_school(typed: str, found: list[School]) -> str:
    if not found:
        return f"No open school here is called “{typed}”. Check the spelling, or enter its URN."
    if len(found) > MOST_NAMED:
        return "Many schools fit this name. Write more of it, or enter the URN."
    return "More than one school fits. Enter the URN of one: " + "; ".join(f"{s.name} {s.urn}" for s in found) + "."

"""School terms as an authority publishes them."""

from datetime import date
from typing import Self

from django.db import models

from trellis.conduct.periods import DateRangeField, never_overlaps
from trellis.organisations.models import Organisation


class TermQuerySet(models.QuerySet["Term"]):
    def of(self, organisation: Organisation) -> Self:
        return self.filter(organisation=organisation).order_by("during")

    def on_or_after(self, day: date) -> "Term | None":
        """The term that a day falls in, or the next when it falls in a holiday."""
        return self.filter(during__endswith__gt=day).order_by("during").first()


class Term(models.Model):
    """One of the three terms of an academic year, for a Virtual School's area."""

    class Name(models.TextChoices):
        AUTUMN = "autumn", "Autumn"
        SPRING = "spring", "Spring"
        SUMMER = "summer", "Summer"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="terms")
    name = models.CharField(max_length=6, choices=Name.choices)
    during = DateRangeField()
    source = models.CharField(max_length=300)

    objects = TermQuerySet.as_manager()

    class Meta:
        constraints = [
            never_overlaps("terms_follow_each_other", "organisation", sentence="Terms must not overlap."),
        ]

    def __str__(self) -> str:
        return f"{self.get_name_display()} {self.during.lower.year}"

    @property
    def in_words(self) -> str:
        return f"{self.name} term {self.during.lower.year}"


class Closure(models.Model):
    """Days inside a term on which schools are closed: half term, a training day."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="closures")
    during = DateRangeField()
    name = models.CharField(max_length=80)

    def __str__(self) -> str:
        return f"{self.name}, {self.during.lower}"

"""Who works with pupils: authorities, Virtual Schools, schools, specialist services; and policies, dated."""

from datetime import date
from typing import Any, ClassVar, Self

from django.db import models

from trellis.conduct.periods import DateRangeField
from trellis.history.events import keeps_row_changes


class Kind(models.TextChoices):
    AUTHORITY = "authority", "Local authority"
    VIRTUAL_SCHOOL = "virtual school", "Virtual School"
    SCHOOL = "school", "School"
    SERVICE = "service", "Specialist service"


@keeps_row_changes
class Organisation(models.Model):
    """An authority, Virtual School, school or service: whatever people belong to and records are written for."""

    kind = models.CharField(max_length=20, choices=Kind.choices)
    name = models.CharField(max_length=200)
    code = models.CharField(max_length=12)  # authority: three digits; school: its URN

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "code"], name="one_organisation_a_code")]

    def __str__(self) -> str:
        return self.name


class LocalAuthority(Organisation):
    """A council with duties for children: looks after them, lives around them, keeps their EHC plan."""


class VirtualSchool(Organisation):
    """The team that champions the education of the children an authority looks after. Not a School."""

    authority = models.OneToOneField(LocalAuthority, on_delete=models.PROTECT, related_name="virtual_school")


class SpecialistService(Organisation):
    """A council team whose specialists advise schools: EPS, CCT, SEMHL. ``code`` is the authority's code and the
    team's abbreviation, "801-EPS"."""

    authority = models.ForeignKey(LocalAuthority, on_delete=models.PROTECT, related_name="services")
    abbreviation = models.CharField(max_length=8)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authority", "abbreviation"], name="one_service_a_name")]


ENTERED_IN_ERROR = "Entered in error"  # the status of a school whose list was taken back


class SchoolQuerySet(models.QuerySet["School"]):
    def open_on(self, day: date) -> Self:
        return self.filter(models.Q(closed_on__isnull=True) | models.Q(closed_on__gt=day))

    def by_urn(self, urns: set[str]) -> dict[str, "School"]:
        return {school.code: school for school in self.filter(code__in=urns)}


@keeps_row_changes
class School(Organisation):
    """A school as Get Information About Schools lists it; ``code`` is its URN."""

    authority_code = models.CharField(max_length=3, db_index=True)
    authority_name = models.CharField(max_length=100, blank=True)
    establishment_number = models.CharField(max_length=4, blank=True)
    phase = models.CharField(max_length=40, blank=True)
    type_name = models.CharField(max_length=100, blank=True)
    status = models.CharField(max_length=40, blank=True)
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    lowest_age = models.PositiveSmallIntegerField(null=True)
    highest_age = models.PositiveSmallIntegerField(null=True)
    town = models.CharField(max_length=100, blank=True)

    objects = SchoolQuerySet.as_manager()  # type: ignore[misc]  # a school has phrases of its own

    @property
    def urn(self) -> str:
        return self.code


@keeps_row_changes
class SchoolSuccession(models.Model):
    """A school that goes on as another, as Get Information About Schools links them: an academy in place of a
    maintained school, two schools made one. What follows for its pupils a person decides (``moves``). A link that was
    taken back is no school's."""

    school: Any = models.ForeignKey(School, null=True, on_delete=models.PROTECT, related_name="successions")
    successor = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    since = models.DateField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["school", "successor"], name="one_link_to_a_successor")]

    def __str__(self) -> str:
        return f"{self.school} goes on as {self.successor}"


class DatedPolicy(models.Model):
    """What one authority does differently from another, for a period. Days already used are never changed.

    Each policy class adds its fields, an exclusion constraint on organisation and period, and says whose policy counts.
    ``SAMPLE`` is the source of its defaults, which hold where nobody has agreed anything. One withdrawn before it began
    holds on no day: its period is empty.
    """

    SAMPLE: ClassVar[str] = "sample"

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    during = DateRangeField()
    agreed_by = models.CharField(max_length=120)
    source = models.CharField(max_length=300)

    class Meta:
        abstract = True

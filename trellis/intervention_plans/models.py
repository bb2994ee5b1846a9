"""The positive intervention plan: what adults do at each stage, so that it need not come to the next one."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from trellis.conduct.models import Versioned
from trellis.cycles.models import AboutPupilInClassQuerySet
from trellis.documents.models import Document
from trellis.history.events import keeps_row_changes
from trellis.passports.models import AgreedHow
from trellis.pupils.models import AboutPupil, AboutPupilQuerySet

if TYPE_CHECKING:
    from trellis.people.models import User


class PlanState(models.TextChoices):
    DRAFT = "DRAFT", "Being written"
    AGREED = "AGREED", "Agreed"
    SUPERSEDED = "SUPERSEDED", "An earlier version"
    SET_ASIDE = "SET_ASIDE", "Set aside"


class Risk(models.TextChoices):
    LOW = "low", "Low"
    MEDIUM = "medium", "Medium"
    HIGH = "high", "High"


class InterventionPlanQuerySet(AboutPupilInClassQuerySet):
    def agreed(self) -> Self:
        return self.filter(state__in=[PlanState.AGREED, PlanState.SUPERSEDED])

    def drafts(self) -> Self:
        return self.filter(state=PlanState.DRAFT)

    def current(self) -> Self:
        return self.filter(state=PlanState.AGREED)

    def readable_by(self, user: "User") -> Self:
        """Versions that stand or stood; class staff act on them, so they read them."""
        return super().readable_by(user).agreed()

    def with_names(self) -> Self:
        return self.select_related("pupil", "written_for", "started_by", "recorded_by", "document")


@keeps_row_changes
class InterventionPlan(AboutPupil, Versioned):
    """One version of a pupil's positive intervention plan. Agreed, its words are never changed: a new version follows.

    ``stages``: {"calm": {"looks_like": …, "works": …, "does_not": …}, "anxious": …}.
    """

    state = models.CharField(max_length=10, choices=PlanState.choices, default=PlanState.DRAFT)
    number = models.PositiveSmallIntegerField(null=True)  # given when it is agreed
    strengths = models.TextField(blank=True)
    motivators = models.TextField(blank=True)
    triggers = models.TextField(blank=True)
    early_signs = models.TextField(blank=True)
    stages = models.JSONField(default=dict)
    adult_roles = models.TextField(blank=True)
    safe_place = models.TextField(blank=True)
    adjustments = models.TextField(blank=True)
    physical_response = models.TextField(blank=True)  # empty: none is agreed
    training = models.TextField(blank=True)
    repair = models.TextField(blank=True)
    risk_before = models.CharField(max_length=6, choices=Risk.choices, blank=True)
    risk_after = models.CharField(max_length=6, choices=Risk.choices, blank=True)
    started_on = models.DateField()
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    agreed_on = models.DateField(null=True)
    agreed_how = models.CharField(max_length=10, choices=AgreedHow.choices, blank=True)  # with the pupil
    agreed_with = models.CharField(max_length=120, blank=True)  # the adult who went through it with the pupil
    headteacher = models.CharField(max_length=120, blank=True)  # who agreed to it for the school
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    looked_at_on = models.DateField(null=True)
    review_on = models.DateField(null=True)
    document = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="+")

    objects = InterventionPlanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pupil"], condition=Q(state="DRAFT"), name="one_plan_draft_at_a_time"),
            models.UniqueConstraint(fields=["pupil"], condition=Q(state="AGREED"), name="one_agreed_plan_at_a_time"),
            models.UniqueConstraint(fields=["pupil", "number"], name="intervention_plans_are_numbered"),
            models.CheckConstraint(
                condition=~Q(state__in=["AGREED", "SUPERSEDED"])
                | Q(number__isnull=False, agreed_on__isnull=False, review_on__isnull=False, document__isnull=False)
                & ~Q(agreed_with="") & ~Q(agreed_how="") & ~Q(headteacher=""),
                name="an_agreed_plan_says_by_whom_and_is_kept",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["DRAFT", "SET_ASIDE"]) | Q(physical_response="") | ~Q(training=""),
                name="a_physical_response_names_its_training",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"positive intervention plan, version {self.number}" if self.number else "positive intervention plan"

    def get_absolute_url(self) -> str:
        if self.state == PlanState.DRAFT:
            return reverse("agree_intervention_plan", args=[self.pk])
        return reverse("intervention_plan", args=[self.pk])

    @property
    def is_current(self) -> bool:
        return self.state == PlanState.AGREED

    @property
    def agreed_how_in_words(self) -> str:
        """ "we talked it through"."""
        label = str(self.get_agreed_how_display())
        return label[:1].lower() + label[1:]


@keeps_row_changes
class PlanShared(AboutPupil):
    """Somebody was given a version of the plan: who, and when."""

    plan = models.ForeignKey(InterventionPlan, on_delete=models.PROTECT, related_name="shared")
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=120)
    shared_on = models.DateField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = AboutPupilQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.name}, {self.role}"

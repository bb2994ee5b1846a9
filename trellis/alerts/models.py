"""Early warnings that a pupil's school place is at risk: each with its reasons, and what was done about it."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Prefetch, Q
from django.urls import reverse

from trellis.conduct.models import Versioned
from trellis.conduct.periods import never_overlaps
from trellis.design.in_words import full_date
from trellis.history.events import keeps_row_changes
from trellis.history.models import ADDED_TO_ONLY
from trellis.organisations.models import DatedPolicy, Organisation, School
from trellis.pupils.models import AboutPupil, AboutPupilQuerySet


class AlertPolicyQuerySet(models.QuerySet["AlertPolicy"]):
    def counting(self, virtual_school: Organisation | None, day: date) -> "AlertPolicy":
        """The policy of the Virtual School that looks after the child, on the day looked at; where it has agreed none,
        or nobody looks after the child, the sample."""
        agreed = self.filter(organisation=virtual_school.pk, during__contains=day).first() if virtual_school else None
        return agreed or AlertPolicy(source=AlertPolicy.SAMPLE)


@keeps_row_changes
class AlertPolicy(DatedPolicy):
    """From when on a Virtual School says that a place is at risk."""

    SAMPLE = "sample: the suspended days that Southwark publishes; the rest is our own"

    primary_days = models.PositiveSmallIntegerField(default=5)  # school days suspended in three terms
    secondary_days = models.PositiveSmallIntegerField(default=10)
    days_between_suspensions = models.PositiveSmallIntegerField(default=14)
    moves_in_a_year = models.PositiveSmallIntegerField(default=2)
    weeks_remembered = models.PositiveSmallIntegerField(default=12)  # of single events
    weeks_review_counts = models.PositiveSmallIntegerField(default=6)  # a review that went badly, until the next one

    objects = AlertPolicyQuerySet.as_manager()

    class Meta:
        constraints = [
            never_overlaps("one_alert_policy_a_day", "organisation", sentence="One alert policy counts on any day."),
        ]

    def __str__(self) -> str:
        return f"at risk from {self.primary_days} or {self.secondary_days} suspended days"


class AlertState(models.TextChoices):
    OPEN = "OPEN", "At risk"
    SET_ASIDE = "SET_ASIDE", "Set aside"
    RESOLVED = "RESOLVED", "No reason left"


class AlertQuerySet(AboutPupilQuerySet):
    def open(self) -> Self:
        return self.filter(state=AlertState.OPEN)

    def at_risk(self) -> Self:
        """Open, with a reason that by itself puts a place at risk."""
        return self.open().filter(is_only_a_sign=False)

    def only_signs(self) -> Self:
        return self.open().filter(is_only_a_sign=True)

    def latest_first(self) -> Self:
        return self.order_by("-last_happened_on", "-pk")

    def with_reasons(self) -> Self:
        """The reasons that stand, the newest first."""
        reasons = AlertReason.objects.filter(ended_on__isnull=True).order_by("-happened_on", "-pk")
        standing = Prefetch("reasons", queryset=reasons, to_attr="standing_reasons")
        return self.select_related("pupil", "written_for", "set_aside_by").prefetch_related(standing)

    def with_notes(self) -> Self:
        """What was said to them."""
        return self.prefetch_related(Prefetch("notes", queryset=AlertNote.objects.select_related("by")))


@keeps_row_changes
class Alert(AboutPupil, Versioned):
    """A pupil's place at this school is at risk, or something is worth a look before it is. One is open at a time; its
    reasons come and go with the facts."""

    state = models.CharField(max_length=10, choices=AlertState.choices, default=AlertState.OPEN)
    raised_on = models.DateField()
    last_happened_on = models.DateField()
    is_only_a_sign = models.BooleanField(default=False)  # no reason of those that stand puts a place at risk by itself
    answered_on = models.DateField(null=True)  # when somebody last said what is being done; none after a new reason
    set_aside_because = models.TextField(blank=True)
    set_aside_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    closed_on = models.DateField(null=True)
    closed_because = models.TextField(blank=True)

    objects = AlertQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["state", "-last_happened_on"])]
        constraints = [
            models.UniqueConstraint(fields=["pupil"], condition=Q(state="OPEN"), name="one_open_alert_a_pupil"),
            models.CheckConstraint(
                condition=~Q(state="SET_ASIDE") | ~Q(set_aside_because=""), name="an_alert_is_set_aside_for_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"alert of {full_date(self.raised_on)}"

    def get_absolute_url(self) -> str:
        return reverse("alert", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state == AlertState.OPEN


class ReasonKind(models.TextChoices):
    IN_DOUBT = "in doubt", "The school may not be able to keep the place"
    PERMANENT = "permanent", "Permanent exclusion"
    SUSPENDED_DAYS = "suspended days", "Suspended days"
    SUSPENSIONS_CLOSE = "suspensions close", "Suspensions close together"
    SENT_HOME = "sent home", "Sent home without a suspension"
    PART_TIME = "part-time", "Part-time timetable"
    MOVES = "moves", "Moves"
    WORSE = "worse", "An outcome worse than before"
    NOT_DELIVERED = "not delivered", "Support not delivered as planned"
    ADVICE = "advice", "Advice asked for and not answered"


# worth a look; by themselves they put no place at risk
SIGNS = {ReasonKind.WORSE, ReasonKind.NOT_DELIVERED, ReasonKind.ADVICE}


@keeps_row_changes
class AlertReason(AboutPupil):
    """One reason of an alert, as a dated sentence. ``key`` names the fact it comes from: one fact is one reason."""

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="reasons")
    kind = models.CharField(max_length=20, choices=ReasonKind.choices)
    key = models.CharField(max_length=60)
    sentence = models.TextField()
    happened_on = models.DateField()
    found_on = models.DateField()
    ended_on = models.DateField(null=True)

    objects = AboutPupilQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["alert", "key"], name="a_fact_once_in_an_alert")]

    def __str__(self) -> str:
        return self.sentence


@keeps_row_changes
class AlertNote(AboutPupil):
    """What somebody says is being done about an alert. It is never changed."""

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="notes")
    words = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = AboutPupilQuerySet.as_manager()

    class Meta:
        triggers = ADDED_TO_ONLY
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return self.words


@keeps_row_changes
class PlaceInDoubt(AboutPupil, Versioned):
    """A school says that it may not be able to keep a pupil's place. Said early, help can still come."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    said_on = models.DateField()
    said_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    cannot = models.TextField()
    would_help = models.TextField(blank=True)
    taken_back_on = models.DateField(null=True)
    taken_back_because = models.TextField(blank=True)

    objects = AboutPupilQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pupil", "school"], condition=Q(taken_back_on__isnull=True), name="a_place_in_doubt_once"
            ),
        ]

    def __str__(self) -> str:
        return f"place in doubt since {full_date(self.said_on)}"

"""Which funding pays for a request for advice: what the school says while it asks, and the split as it was sent."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from trellis.advice.models import AdviceRequest
from trellis.conduct.models import Versioned
from trellis.funding.models import FundingRequest, RequestState
from trellis.history.events import keeps_row_changes
from trellis.history.models import ADDED_TO_ONLY
from trellis.hours.models import PaidFrom
from trellis.peps.models import PepTarget
from trellis.pupils.models import AboutPupil, AboutPupilQuerySet


@keeps_row_changes
class PaymentPlan(AboutPupil, Versioned):
    """Who pays for one request. Until it is sent: what the school says of its hours and budget, which target it serves,
    and the split it has seen. ``written_for`` is the school."""

    request = models.OneToOneField(AdviceRequest, on_delete=models.PROTECT, related_name="payment_plan")
    own_at_most = models.PositiveIntegerField(null=True)  # minutes of the school's own; None: as many as are needed
    budget_minutes = models.PositiveIntegerField(null=True)  # None: not said
    budget_why_not = models.TextField(blank=True)
    is_owed_by_plan = models.BooleanField(default=False)  # the help is what the pupil's EHC plan names
    target = models.ForeignKey(PepTarget, null=True, on_delete=models.PROTECT, related_name="+")
    seen = models.JSONField(default=list)  # the split as it was last shown: [[rung, minutes, pence], …]

    first = models.CharField(max_length=20, choices=PaidFrom.choices, blank=True)  # an override of the order
    first_because = models.TextField(blank=True)
    first_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    first_by_role = models.CharField(max_length=40, blank=True)
    first_at = models.DateTimeField(null=True)

    sent_at = models.DateTimeField(null=True)
    price_pence = models.PositiveIntegerField(null=True)  # an hour, on the day it was sent
    price_source = models.CharField(max_length=300, blank=True)

    objects = AboutPupilQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="an_override_has_its_reason",
                condition=Q(first="") | ~Q(first_because="") & Q(first_by__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return "who pays for the advice"

    def get_absolute_url(self) -> str:
        return reverse("who_pays", args=[self.request_id])

    @property
    def is_sent(self) -> bool:
        return self.sent_at is not None


class PaymentPart(AboutPupil):
    """One rung of the split as it was sent, in the words it was shown in. What money was asked for and did not come is
    split anew, in a round of its own; the rounds before stay as they were."""

    plan = models.ForeignKey(PaymentPlan, on_delete=models.PROTECT, related_name="parts")
    round = models.PositiveSmallIntegerField(default=1)
    said_at = models.DateTimeField(null=True)  # of a later round
    rung = models.CharField(max_length=20, choices=PaidFrom.choices)
    name = models.CharField(max_length=120)
    offered = models.BooleanField()
    minutes = models.PositiveIntegerField()
    pence = models.PositiveIntegerField()
    reason = models.TextField()
    source = models.CharField(max_length=300)
    funding = models.OneToOneField(FundingRequest, null=True, on_delete=models.PROTECT, related_name="+")

    objects = AboutPupilQuerySet.as_manager()

    class Meta:
        triggers = ADDED_TO_ONLY
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["plan", "round", "rung"], name="one_part_a_rung")]

    def __str__(self) -> str:
        return f"{self.name}: {self.minutes} minutes"

    @property
    def came(self) -> int:
        """Minutes that somebody pays: those of money that was refused do not come, those of money still asked may."""
        asked = self.funding
        if asked is None or asked.state == RequestState.ASKED:
            return self.minutes
        return asked.minutes_bought

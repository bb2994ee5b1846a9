"""A pupil's move from one school to another, and the receipt of the record."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.urls import reverse

from trellis.conduct.models import Versioned
from trellis.design.in_words import full_date
from trellis.history.events import keeps_row_changes
from trellis.organisations.models import School
from trellis.people.roles import Role
from trellis.pupils.models import AboutPupil, AboutPupilQuerySet

if TYPE_CHECKING:
    from trellis.people.models import User

RECEIVERS = {Role.SENCO, Role.DESIGNATED_TEACHER, Role.HEADTEACHER}


class MoveState(models.TextChoices):
    AWAITING_RECEIPT = "AWAITING_RECEIPT", "Awaiting receipt"
    RECEIVED = "RECEIVED", "Received"


class SchoolMoveQuerySet(AboutPupilQuerySet):
    def awaiting_receipt(self) -> Self:
        return self.filter(state=MoveState.AWAITING_RECEIPT)

    def received(self) -> Self:
        return self.filter(state=MoveState.RECEIVED)

    def to_be_received_by(self, user: "User") -> Self:
        """Records that wait at a school where this person gives the receipt."""
        schools = {m.organisation_id for m in user.memberships_today if m.role in RECEIVERS}
        return self.awaiting_receipt().filter(to_school__in=schools)

    def with_names(self) -> Self:
        return self.select_related("pupil", "from_school", "to_school", "asked_by", "received_by")


@keeps_row_changes
class SchoolMove(AboutPupil, Versioned):
    """A pupil leaves one school for another; the record goes along and the new school gives a receipt.

    Written for the old school, which goes on reading it; the new school reads it with the whole record.
    """

    from_school = models.ForeignKey(School, null=True, on_delete=models.PROTECT, related_name="+")
    to_school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    state = models.CharField(max_length=20, choices=MoveState.choices, default=MoveState.AWAITING_RECEIPT)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(null=True)
    carried = models.JSONField(default=list)  # [{"about": "Passport", "sentences": ["The pupil passport, …"]}, …]
    deliverers_said_at = models.DateTimeField(null=True)  # when the new school said who delivers the plan now
    deliverers_said_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = SchoolMoveQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pupil", "to_school", "on"], name="one_move_a_day_to_a_school")]
        indexes = [models.Index(fields=["to_school", "state"])]

    def __str__(self) -> str:
        return f"move to {self.to_school} on {full_date(self.on)}"

    def get_absolute_url(self) -> str:
        return reverse("move", args=[self.pk])

    @property
    def is_awaiting_receipt(self) -> bool:
        return self.state == MoveState.AWAITING_RECEIPT

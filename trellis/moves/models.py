"""A pupil's move from one school to another with the receipt of the record, and changes of care with what followed."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from trellis.conduct.models import Versioned
from trellis.design.in_words import full_date
from trellis.history.events import keeps_row_changes
from trellis.history.models import ADDED_TO_ONLY
from trellis.organisations.models import LocalAuthority, School
from trellis.people.roles import Role
from trellis.pupils.models import AboutPupil, AboutPupilQuerySet

if TYPE_CHECKING:
    from trellis.people.models import User

RECEIVERS = {Role.SENCO, Role.DESIGNATED_TEACHER, Role.HEADTEACHER}


class Verb(models.TextChoices):
    """What may change around a child so that much follows."""

    MOVE_SCHOOL = "move school", "Changes school"
    ENTER_CARE = "enter care", "Came into care"
    LEAVE_CARE = "leave care", "Left care"
    CHANGE_AUTHORITY = "change authority", "Another authority looks after the child"
    LIVE_ELSEWHERE = "live elsewhere", "Lives in another authority’s area"
    KEEP_PLAN_ELSEWHERE = "keep plan elsewhere", "Another authority keeps the EHC plan"
    TURN_18 = "turn 18", "Turned 18"


class Because(models.TextChoices):
    """How care ended, as far as it decides what follows (domain C12)."""

    HOME = "home", "Went home to parents or family"
    ADOPTED = "adopted", "Adopted"
    GUARDIAN = "guardian", "Special guardianship order"
    ARRANGEMENTS = "arrangements", "Child arrangements order"
    OTHER = "other", "Another reason"
    NOT_LISTED = "not listed", "No longer on the weekly pupil list"
    MISTAKE = "mistake", "Care was recorded by mistake"


PREVIOUSLY_LOOKED_AFTER = (Because.ADOPTED, Because.GUARDIAN, Because.ARRANGEMENTS)


class MoveState(models.TextChoices):
    AWAITING_RECEIPT = "AWAITING_RECEIPT", "Awaiting receipt"
    RECEIVED = "RECEIVED", "Received"
    TAKEN_BACK = "TAKEN_BACK", "Taken back"


class SchoolMoveQuerySet(AboutPupilQuerySet):
    def visible_to(self, user: "User") -> Self:
        """As rows about a pupil are; one that was taken back with its list never was."""
        return super().visible_to(user).that_were()

    def that_were(self) -> Self:
        return self.exclude(state=MoveState.TAKEN_BACK)

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
        constraints = [
            models.UniqueConstraint(
                fields=["pupil", "to_school", "on"],
                condition=~Q(state=MoveState.TAKEN_BACK),
                name="one_move_a_day_to_a_school",
            )
        ]
        indexes = [models.Index(fields=["to_school", "state"])]

    def __str__(self) -> str:
        return f"move to {self.to_school} on {full_date(self.on)}"

    def get_absolute_url(self) -> str:
        return reverse("move", args=[self.pk])

    @property
    def is_awaiting_receipt(self) -> bool:
        return self.state == MoveState.AWAITING_RECEIPT


class CareChangeQuerySet(AboutPupilQuerySet):
    def visible_to(self, user: "User") -> Self:
        """As rows about a pupil are; one that was taken back with its list never was."""
        return super().visible_to(user).that_were()

    def that_were(self) -> Self:
        return self.filter(taken_back__isnull=True)


class CareChange(AboutPupil):
    """Care began or ended, or another authority took over a duty; and what followed, as it was said that day.

    Written for the Virtual School that was there before, or else for the one that came: each goes on reading it. A
    mistake is put right by another change; only with the list that brought it is it taken back.
    """

    verb = models.CharField(max_length=20, choices=Verb.choices)
    on = models.DateField()
    from_authority = models.ForeignKey(LocalAuthority, null=True, on_delete=models.PROTECT, related_name="+")
    to_authority = models.ForeignKey(LocalAuthority, null=True, on_delete=models.PROTECT, related_name="+")
    because = models.CharField(max_length=20, choices=Because.choices, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    followed = models.JSONField(default=list)  # [{"about": "Access", "sentences": ["Virtual School 990 loses …"]}, …]

    objects = CareChangeQuerySet.as_manager()

    class Meta:
        triggers = ADDED_TO_ONLY
        indexes = [models.Index(fields=["pupil", "-on"])]

    def __str__(self) -> str:
        return f"{self.get_verb_display()}, {full_date(self.on)}"

    def get_absolute_url(self) -> str:
        return reverse("care_change", args=[self.pk])

    @property
    def in_words(self) -> str:
        """The one sentence of history: "Left the care of Shire 801 on 9 November 2026: adopted."."""
        day = full_date(self.on)
        why = f": {self.get_because_display().lower()}" if self.because else ""
        return {
            Verb.ENTER_CARE: f"Came into the care of {self.to_authority} on {day}.",
            Verb.LEAVE_CARE: f"Left the care of {self.from_authority} on {day}{why}.",
            Verb.CHANGE_AUTHORITY: f"Looked after by {self.to_authority} since {day}, until then by "
            f"{self.from_authority}.",
            Verb.LIVE_ELSEWHERE: f"Lives in the area of {self.to_authority} since {day}.",
            Verb.KEEP_PLAN_ELSEWHERE: f"{self.to_authority} keeps the EHC plan since {day}.",
            Verb.TURN_18: f"Turned 18 on {day}: the care of {self.from_authority} ended by law.",
        }[Verb(self.verb)]


class CareChangeTakenBack(models.Model):
    """A change of care never was: the list that brought it was taken back."""

    care_change = models.OneToOneField(CareChange, on_delete=models.PROTECT, related_name="taken_back")
    because = models.CharField(max_length=200)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        triggers = ADDED_TO_ONLY

    def __str__(self) -> str:
        return f"{self.care_change}, taken back"

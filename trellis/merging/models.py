"""Are two records one child? Asked, answered, put together and taken apart again, each row written down."""

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from trellis.conduct.models import Versioned
from trellis.history.events import keeps_row_changes
from trellis.history.models import ADDED_TO_ONLY
from trellis.organisations.models import Organisation
from trellis.pupils.answering import ANSWER, answered_for_by
from trellis.pupils.models import Pupil

if TYPE_CHECKING:
    from trellis.people.models import User

DECIDERS = ANSWER


class SameChildState(models.TextChoices):
    ASKED = "ASKED", "Waiting for an answer"
    SAME = "SAME", "The same child"
    DIFFERENT = "DIFFERENT", "Another child"
    TOGETHER = "TOGETHER", "Put together"
    APART = "APART", "Taken apart again"


OPEN_STATES = (SameChildState.ASKED, SameChildState.SAME, SameChildState.TOGETHER)


class SameChildQuerySet(models.QuerySet["SameChild"]):
    def visible_to(self, user: "User") -> Self:
        """Questions about a record for which this person answers (``pupils.answering``). Whoever only asked sees
        nothing of the record they asked about."""
        return self.filter(answered_for_by(user, "known"))

    def waiting(self) -> Self:
        return self.filter(state=SameChildState.ASKED)

    def to_be_put_together(self) -> Self:
        """Confirmed as one child, with two records."""
        return self.filter(state=SameChildState.SAME, asking__isnull=False)

    def of_pair(self, one: int, other: int) -> Self:
        return self.filter(Q(known=one, asking=other) | Q(known=other, asking=one))

    def with_names(self) -> Self:
        return self.select_related(
            "known__same_child_as",
            "asking__same_child_as",
            "kept",
            "laid",
            "asked_by",
            "asked_for",
            "answered_by",
            "together_by",
            "apart_by",
        )


@keeps_row_changes
class SameChild(Versioned):
    """Is the child whom somebody wrote down one whose record is known already? Whoever keeps that record says so.

    ``known`` is the record it may be; ``asking`` the one that was begun, or nothing for a line of a list. ``wrote`` is
    all that is shown of the asking side to somebody who may not read its record.
    """

    known = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="+")
    asking = models.ForeignKey(Pupil, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=SameChildState.choices, default=SameChildState.ASKED)
    wrote: Any = models.JSONField()  # name, date of birth, UPN, school, first day: as the asker wrote them
    because = models.CharField(max_length=60)  # "the same UPN"
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    asked_for = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")  # where the asker works
    asked_at = models.DateTimeField()
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    kept = models.ForeignKey(Pupil, null=True, on_delete=models.PROTECT, related_name="+")  # the record that goes on
    laid = models.ForeignKey(Pupil, null=True, on_delete=models.PROTECT, related_name="+")  # the one that does not
    why = models.TextField(blank=True)  # why the two are one child, said when they were put together
    told = models.JSONField(default=dict)  # sentences: {"came": […], "aside": […], "back": […], "stayed": […]}
    newest = models.JSONField(default=dict)  # the highest row number of each kind when they were put together
    together_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    together_at = models.DateTimeField(null=True)
    apart_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    apart_at = models.DateTimeField(null=True)
    why_apart = models.TextField(blank=True)

    objects = SameChildQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["known", "asking"],
                condition=Q(state__in=OPEN_STATES, asking__isnull=False),
                name="one_open_question_a_pair",
            )
        ]
        indexes = [models.Index(fields=["state", "known"])]

    def __str__(self) -> str:
        return f"question whether two records are one child: {self.get_state_display().lower()}"

    def get_absolute_url(self) -> str:
        return reverse("same_child", args=[self.pk])

    @property
    def is_waiting(self) -> bool:
        return self.state == SameChildState.ASKED

    @property
    def is_confirmed(self) -> bool:
        return self.state == SameChildState.SAME

    @property
    def is_another(self) -> bool:
        return self.state == SameChildState.DIFFERENT

    @property
    def is_together(self) -> bool:
        return self.state == SameChildState.TOGETHER

    @property
    def known_now(self) -> Pupil:
        """The record asked about, or the one that goes on in its place."""
        return self.known.same_child_as or self.known

    @property
    def asking_now(self) -> Pupil | None:
        return (self.asking.same_child_as or self.asking) if self.asking else None


class MergedRow(models.Model):
    """A row that went from one record to the other, or was changed so that the two fit: what its fields said before and
    say now. What undoing reads."""

    same_child = models.ForeignKey(SameChild, on_delete=models.PROTECT, related_name="rows")
    kind = models.CharField(max_length=80)  # "cycles.cycle"
    row_id = models.BigIntegerField()
    was = models.JSONField()  # {"pupil_id": 12, "number": 1}
    became = models.JSONField()
    is_aside = models.BooleanField(default=False)  # lies with the record that does not go on, because the two clash

    class Meta:
        constraints = [models.UniqueConstraint(fields=["same_child", "kind", "row_id"], name="a_row_merged_once")]
        triggers = ADDED_TO_ONLY

    def __str__(self) -> str:
        return f"{self.kind} {self.row_id}"

"""Personal links: somebody without an account answers one question, once."""

import hashlib
from datetime import date, timedelta
from typing import Any, Self

from django.conf import settings
from django.db import models

from trellis.conduct import clock
from trellis.design.in_words import day_and_month
from trellis.history.events import keeps_row_changes


def hash_of(token: str) -> str:
    """What is kept of a link's token: its SHA-256. The token itself has 256 random bits, so it needs no salt."""
    return hashlib.sha256(token.encode()).hexdigest()


class PersonalLinkQuerySet(models.QuerySet["PersonalLink"]):
    def with_token(self, token: str) -> Self:
        return self.filter(token_hash=hash_of(token))

    def open(self) -> Self:
        """Neither used nor taken back, and not run out."""
        return self.filter(used_at=None, revoked_at=None, expires_at__gt=clock.now())

    def about(self, subject: Any) -> Self:
        """The links that ask about this thing, newest first."""
        return self.filter(subject_kind=subject._meta.label_lower, subject_id=subject.pk).order_by("-pk")


@keeps_row_changes
class PersonalLink(models.Model):
    """A link sent to one person for one purpose: it opens a question form, once, and nothing of the record."""

    purpose = models.CharField(max_length=40)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    pupil_id = models.BigIntegerField(db_index=True)
    name = models.CharField(max_length=120)  # of whom it was sent to
    email = models.EmailField()
    token_hash = models.CharField(max_length=64, unique=True)
    issued_at = models.DateTimeField()
    issued_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True)  # for the first time; a mail scanner may have been first
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = PersonalLinkQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject_id"])]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(used_at=None) | models.Q(revoked_at=None), name="link_is_used_or_taken_back"
            )
        ]

    def __str__(self) -> str:
        return f"link {self.pk} for {self.name}"

    @property
    def is_open(self) -> bool:
        return self.used_at is None and self.revoked_at is None and clock.now() < self.expires_at

    @property
    def last_day(self) -> date:
        return (self.expires_at - timedelta(minutes=1)).astimezone(clock.LONDON).date()

    @property
    def state_in_words(self) -> str:
        """For the page of whoever asked: "Answered on 3 November", "Opened on 2 November, not answered yet"."""
        if self.used_at:
            return f"Answered on {day_and_month(self.used_at)}"
        if self.revoked_at:
            return f"Taken back on {day_and_month(self.revoked_at)}"
        if not self.is_open:
            return f"Ran out after {day_and_month(self.last_day)} without an answer"
        if self.opened_at:
            return f"Opened on {day_and_month(self.opened_at)}, not answered yet"
        return f"Sent on {day_and_month(self.issued_at)}, not opened yet"

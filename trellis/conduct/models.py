"""What every action rests on: drafts, one-time keys, and what kind of database this is."""

import uuid

from django.conf import settings
from django.db import models


class Versioned(models.Model):
    """A thing that two people may edit at once; ``conduct.locks`` compares and steps the version."""

    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        abstract = True


class Draft(models.Model):
    """What somebody was typing into one form about one thing, kept until it is saved or thrown away."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    form = models.CharField(max_length=80)
    about = models.CharField(max_length=80, blank=True)  # "cycle:17"; empty for a form that creates from nothing
    base_version = models.PositiveIntegerField(null=True)
    fields = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "form", "about"], name="one_draft_a_form")]

    def __str__(self) -> str:
        return f"draft of {self.form} about {self.about or 'something new'}"


class OneTimeKey(models.Model):
    """A key that a creating form carries: the same key makes one thing, however often the form arrives."""

    key = models.UUIDField(primary_key=True, default=uuid.uuid4)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    content = models.CharField(max_length=64)  # SHA-256 of what was typed
    made_kind = models.CharField(max_length=80)  # app_label.model
    made_id = models.BigIntegerField()
    used_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"key for {self.made_kind} {self.made_id}"


class Stamp(models.Model):
    """Whether this database is for demonstration, tests or real children. One row, written when it is made."""

    kind = models.CharField(max_length=4, choices=[("demo", "demonstration"), ("test", "test"), ("live", "live")])

    def __str__(self) -> str:
        return self.kind

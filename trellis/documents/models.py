"""Documents: what was agreed, frozen as it stood, and printed once. Neither is ever changed."""

from typing import Self

import pgtrigger
from django.conf import settings
from django.db import models
from django.urls import reverse

from trellis.pupils.models import AboutPupil, AboutPupilQuerySet

NEVER_CHANGED = [pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)]


class DocumentQuerySet(AboutPupilQuerySet):
    def newest_first(self) -> Self:
        return self.order_by("-frozen_at", "-pk")


class Document(AboutPupil):
    """A snapshot of something signed off or left behind: the words as they stood on that day, under a title."""

    kind = models.CharField(max_length=40)  # "pep", "pep left behind"
    subject_kind = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    title = models.CharField(max_length=200)
    schema_version = models.PositiveSmallIntegerField(default=1)
    snapshot = models.JSONField()
    frozen_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = DocumentQuerySet.as_manager()

    class Meta:
        triggers = NEVER_CHANGED
        indexes = [models.Index(fields=["subject_kind", "subject_id"])]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("document", args=[self.pk])


class Rendition(models.Model):
    """A document as it was printed for one audience; the bytes are made once and kept."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="renditions")
    audience = models.CharField(max_length=60)  # "designated teacher and social worker"
    format = models.CharField(max_length=4, default="pdf")
    template = models.CharField(max_length=40)
    bytes = models.BinaryField()
    sha256 = models.CharField(max_length=64)

    class Meta:
        triggers = NEVER_CHANGED
        constraints = [
            models.UniqueConstraint(fields=["document", "audience", "format"], name="one_rendition_an_audience"),
        ]

    def __str__(self) -> str:
        return f"{self.document}, {self.format}, for {self.audience}"

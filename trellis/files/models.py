"""Files people add to a pupil's record: what they are, and their bytes."""

import uuid
from typing import Any, Self

from django.apps import apps
from django.conf import settings
from django.db import models
from django.urls import reverse

from trellis.conduct.models import Versioned
from trellis.history.events import keeps_row_changes
from trellis.history.models import ADDED_TO_ONLY
from trellis.pupils.models import AboutPupil, AboutPupilQuerySet


class FileKind(models.TextChoices):
    """The endings we take, in lower case, and what people call such a file."""

    PDF = "pdf", "PDF"
    DOCX = "docx", "Word"
    XLSX = "xlsx", "Excel"
    PNG = "png", "Picture"
    JPG = "jpg", "Photograph"


MIME = {
    FileKind.PDF: "application/pdf",
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.PNG: "image/png",
    FileKind.JPG: "image/jpeg",
}


class FileState(models.TextChoices):
    PENDING = "PENDING", "Being checked for viruses"
    CLEAN = "CLEAN", "Checked"
    INFECTED = "INFECTED", "Not safe to open"
    WITHDRAWN = "WITHDRAWN", "Taken away"


class FileQuerySet(AboutPupilQuerySet):
    def kept_with(self, subject: Any) -> Self:
        """The files added to this thing, newest first."""
        return self.filter(subject_kind=subject._meta.label_lower, subject_id=subject.pk).order_by("-pk")

    def pending(self) -> Self:
        return self.filter(state=FileState.PENDING).order_by("pk")


@keeps_row_changes
class File(AboutPupil, Versioned):
    """A file that somebody added: a report, a letter, a photograph of work. Its address says nothing about it."""

    address = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    name = models.CharField(max_length=120)  # as it was called, cleaned of what no file name should hold
    kind = models.CharField(max_length=4, choices=FileKind.choices)
    size = models.PositiveIntegerField()  # bytes
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=FileState.choices, default=FileState.PENDING)
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    kept_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)
    found = models.CharField(max_length=200, blank=True)  # what the scanner calls it, when it is not safe
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_because = models.CharField(max_length=200, blank=True)

    may_be_withdrawn = False  # by whoever looks at a list, see queries.files_of

    objects = FileQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject_id"])]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("file", args=[self.address])

    @property
    def subject_url(self) -> str:
        """The page of the thing it was added to. One query."""
        subject = apps.get_model(self.subject_kind)._default_manager.get(pk=self.subject_id)
        return subject.get_absolute_url()  # type: ignore[attr-defined, no-any-return]

    @property
    def is_clean(self) -> bool:
        return self.state == FileState.CLEAN

    @property
    def is_infected(self) -> bool:
        return self.state == FileState.INFECTED

    @property
    def is_withdrawn(self) -> bool:
        return self.state == FileState.WITHDRAWN

    @property
    def mime(self) -> str:
        return MIME[FileKind(self.kind)]

    @property
    def size_in_words(self) -> str:
        """ "340 KB", "1.2 MB"."""
        if self.size < 1_000_000:
            return f"{max(1, round(self.size / 1000))} KB"
        return f"{self.size / 1_000_000:.1f} MB"


class FileBytes(models.Model):
    """What a file holds. Apart from it, so that a list of files never reads their bytes; never changed."""

    file = models.OneToOneField(File, on_delete=models.PROTECT, related_name="content")
    bytes = models.BinaryField()

    class Meta:
        triggers = ADDED_TO_ONLY

    def __str__(self) -> str:
        return f"what {self.file_id} holds"

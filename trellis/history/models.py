"""Who did what, when; and who looked. Both are only ever added to."""

from typing import Any, Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

ADDED_TO_ONLY = [
    pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete),
    pgtrigger.Trigger(
        name="never_emptied",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func="RAISE EXCEPTION 'history is only ever added to';",
    ),
]


class EntryQuerySet(models.QuerySet["Entry"]):
    def about_pupil(self, pupil_id: int) -> Self:
        return self.about_any_of([pupil_id])

    def about_any_of(self, pupil_ids: Any) -> Self:
        """Of one pupil whose rows stand under several numbers: the numbers, or a query that gives them."""
        return self.filter(pupil_id__in=pupil_ids).select_related("by").order_by("-at", "-pk")

    def written_for_any_of(self, organisation_ids: set[int]) -> Self:
        return self.filter(written_for_id__in=organisation_ids)


class Entry(models.Model):
    """One thing somebody did, in the field's words. Pupil, organisation and subject are plain numbers, so that
    history stands on nothing."""

    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    pupil_id = models.BigIntegerField(null=True, db_index=True)
    written_for_id = models.BigIntegerField(null=True)
    subject_kind = models.CharField(max_length=60)
    subject_id = models.BigIntegerField()
    sentence = models.TextField()
    state = models.CharField(max_length=30, blank=True)

    objects = EntryQuerySet.as_manager()

    class Meta:
        triggers = ADDED_TO_ONLY
        indexes = [models.Index(fields=["subject_kind", "subject_id"])]

    def __str__(self) -> str:
        return self.sentence


class LookQuerySet(models.QuerySet["Look"]):
    def at_pupil(self, *pupil_ids: int) -> Self:
        return self.filter(pupil_ids__overlap=list(pupil_ids)).select_related("by").order_by("-at", "-pk")


class Look(models.Model):
    """One answer that showed pupils to somebody; a list holds the numbers of all it showed."""

    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    pupil_ids = ArrayField(models.BigIntegerField())
    page = models.CharField(max_length=80)  # the URL's name
    reason = models.CharField(max_length=200, blank=True)  # for exports

    objects = LookQuerySet.as_manager()

    class Meta:
        triggers = ADDED_TO_ONLY
        indexes = [GinIndex(fields=["pupil_ids"]), models.Index(fields=["by", "at"])]

    def __str__(self) -> str:
        return f"{self.by} looked at {len(self.pupil_ids)} on {self.page}"

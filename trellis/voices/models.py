"""What somebody said about a pupil's education, kept word for word."""

from typing import Self

from django.conf import settings
from django.db import models

from trellis.history.events import keeps_row_changes
from trellis.history.models import ADDED_TO_ONLY
from trellis.pupils.models import AboutPupil, AboutPupilQuerySet


class Whose(models.TextChoices):
    PUPIL = "pupil", "Pupil"
    CARER = "carer", "Carer"
    PARENT = "parent", "Parent"
    SOCIAL_WORKER = "social worker", "Social worker"


class How(models.TextChoices):
    """By what way the view was given (domain H7)."""

    TALKED = "talked", "Talking"
    WROTE = "wrote", "In writing"
    DREW = "drew", "Drawing"
    SYMBOLS = "symbols", "Symbols or pictures"
    PHONED = "phoned", "By telephone or video"
    FOR_THEM = "for them", "An adult who knows them said it for them"


class Answered(models.TextChoices):
    """What came when the person was asked. Not wanting to say is an answer too."""

    GAVE = "gave", "They said something"
    DECLINED = "declined", "They were asked and did not want to say"
    NO_ANSWER = "no answer", "They were asked and have not answered"


class ViewQuerySet(AboutPupilQuerySet):
    def about(self, pupil_id: int) -> Self:
        return self.filter(pupil=pupil_id).select_related("typed_by", "written_for").order_by("-given_on", "-pk")

    def in_words(self) -> Self:
        return self.filter(answered=Answered.GAVE)


@keeps_row_changes
class View(AboutPupil):
    """One view, in the person's own words. It is never changed; who says something new gives a new view."""

    whose = models.CharField(max_length=20, choices=Whose.choices)
    answered = models.CharField(max_length=10, choices=Answered.choices, default=Answered.GAVE)
    words = models.TextField(blank=True)
    told_to = models.CharField(max_length=120)
    how = models.CharField(max_length=10, choices=How.choices)
    given_on = models.DateField()
    typed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    typed_at = models.DateTimeField()

    objects = ViewQuerySet.as_manager()

    class Meta:
        triggers = ADDED_TO_ONLY
        indexes = [models.Index(fields=["pupil", "-given_on"])]

    def __str__(self) -> str:
        return f"the {self.get_whose_display().lower()}’s view of {self.given_on:%-d %B %Y}"

    @property
    def in_words(self) -> str:
        """The words themselves, or what the person answered instead."""
        return self.words if self.answered == Answered.GAVE else f"{self.get_answered_display()}."

    @property
    def by_in_words(self) -> str:
        """ "Jordan, talking, told to Tia on 3 November 2026. Typed for them by Sam Ours."."""
        name = self.pupil.first_name if self.whose == Whose.PUPIL else self.get_whose_display()
        told = f"told to {self.told_to} on {self.given_on:%-d %B %Y}"
        return f"{name}, {self.get_how_display().lower()}, {told}. Typed for them by {self.typed_by}."

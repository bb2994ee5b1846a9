"""What somebody said about a pupil's education, kept word for word."""

from datetime import date
from typing import Self

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.urls import reverse

from trellis.conduct import clock
from trellis.conduct.models import Versioned
from trellis.conduct.periods import never_overlaps
from trellis.design.in_words import full_date
from trellis.history.events import keeps_row_changes
from trellis.history.models import ADDED_TO_ONLY
from trellis.organisations.models import DatedPolicy, Organisation
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
        return self.of_child(pupil_id).select_related("typed_by", "written_for").order_by("-given_on", "-pk")

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
    typed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    typed_at = models.DateTimeField()

    objects = ViewQuerySet.as_manager()

    class Meta:
        triggers = ADDED_TO_ONLY
        indexes = [models.Index(fields=["pupil", "-given_on"])]

    def __str__(self) -> str:
        return f"the {self.get_whose_display().lower()}’s view of {full_date(self.given_on)}"

    @property
    def in_words(self) -> str:
        """The words themselves, or what the person answered instead."""
        return self.words if self.answered == Answered.GAVE else f"{self.get_answered_display()}."

    @property
    def by_in_words(self) -> str:
        """ "Jordan, talking, told to Tia on 3 November 2026. Typed for them by Sam Ours.".

        A view given by link was typed by the person: "Carer, in writing on 3 November 2026, read by Sam Ours.".
        """
        name = self.pupil.first_name if self.whose == Whose.PUPIL else self.get_whose_display()
        if self.typed_by_id is None:
            return f"{name}, {self.get_how_display().lower()} on {full_date(self.given_on)}, read by {self.told_to}."
        told = f"told to {self.told_to} on {full_date(self.given_on)}"
        return f"{name}, {self.get_how_display().lower()}, {told}. Typed for them by {self.typed_by}."


# --- asking by personal link ---------------------------------------------------------------------------------------


class ViewPolicyQuerySet(models.QuerySet["ViewPolicy"]):
    def link_days(self, virtual_school: Organisation | None, day: date) -> int:
        """The days of the Virtual School that looks after the child; where it has agreed none, the sample."""
        policy = self.filter(organisation=virtual_school.pk, during__contains=day).first() if virtual_school else None
        return policy.link_days if policy else ViewPolicy.LINK_DAYS


@keeps_row_changes
class ViewPolicy(DatedPolicy):
    """For how many days a link that asks for a view works; agreed by a Virtual School for a period."""

    SAMPLE = "sample: two weekends to find a quiet moment"
    LINK_DAYS = 14  # of the sample

    link_days = models.PositiveSmallIntegerField(default=LINK_DAYS)

    objects = ViewPolicyQuerySet.as_manager()

    class Meta:
        constraints = [
            never_overlaps("one_view_policy_a_day", "organisation", sentence="One policy for views counts on any day."),
        ]

    def __str__(self) -> str:
        return f"views policy of {self.organisation}"


class AskedState(models.TextChoices):
    ASKED = "ASKED", "Asked"
    ANSWERED = "ANSWERED", "Answered, not read yet"
    READ = "READ", "Read"
    TAKEN_BACK = "TAKEN_BACK", "Taken back"


class ViewAskedQuerySet(AboutPupilQuerySet):
    def about(self, pupil_id: int) -> Self:
        return self.filter(pupil=pupil_id).select_related("asked_by", "pupil").order_by("-pk")

    def not_answered(self) -> Self:
        return self.filter(state=AskedState.ASKED)

    def not_read(self) -> Self:
        return self.filter(state=AskedState.ANSWERED)


@keeps_row_changes
class ViewAsked(AboutPupil, Versioned):
    """Somebody was asked for their view by personal link. What they answer is no view until a named adult read it."""

    whose = models.CharField(max_length=20, choices=Whose.choices)
    name = models.CharField(max_length=120)
    email = models.EmailField()
    question_set = models.CharField(max_length=40)
    set_version = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    state = models.CharField(max_length=10, choices=AskedState.choices, default=AskedState.ASKED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    read_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    view = models.OneToOneField(View, null=True, on_delete=models.PROTECT, related_name="+")  # what it became

    objects = ViewAskedQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["pupil", "state"])]

    def __str__(self) -> str:
        return f"the {self.get_whose_display().lower()}’s view, asked of {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("view_asked", args=[self.pk])

    @property
    def whose_in_words(self) -> str:
        """ "Cara (carer)"; the pupil by first name alone."""
        if self.whose == Whose.PUPIL:
            return self.pupil.first_name
        return f"{self.name} ({self.get_whose_display().lower()})"


class ViewAnswer(models.Model):
    """What came back by the link, as it was typed. Never changed."""

    asked = models.OneToOneField(ViewAsked, on_delete=models.PROTECT, related_name="answer")
    answered = models.CharField(max_length=10, choices=Answered.choices)
    parts = models.JSONField(default=list)  # [[question, answer], …], skipped ones left out
    given_at = models.DateTimeField()

    class Meta:
        triggers = ADDED_TO_ONLY

    def __str__(self) -> str:
        return f"answer to {self.asked_id}"

    @property
    def words(self) -> str:
        """Each question that was answered, and beneath it the answer."""
        return "\n\n".join(f"{question}\n{answer}" for question, answer in self.parts)

    @property
    def given_on(self) -> date:
        return self.given_at.astimezone(clock.LONDON).date()


@keeps_row_changes
class Worry(AboutPupil, Versioned):
    """ "I am worried about something", said on the page of a link. Told at once to those who keep the child safe; read
    by them alone, and no part of the view."""

    asked = models.ForeignKey(ViewAsked, on_delete=models.PROTECT, related_name="worries")
    words = models.TextField()
    said_at = models.DateTimeField()
    told = models.CharField(max_length=400)  # in words: "Dina Ours and Sol"
    told_users = ArrayField(models.BigIntegerField(), default=list)
    read_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(null=True)

    objects = AboutPupilQuerySet.as_manager()

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="words_never_changed",
                operation=pgtrigger.UpdateOf("words", "said_at", "asked_id", "told") | pgtrigger.Delete,
            )
        ]

    def __str__(self) -> str:
        return f"a worry of {full_date(self.said_at)}"

    def get_absolute_url(self) -> str:
        return reverse("worry", args=[self.pk])

    @property
    def said_on(self) -> date:
        return self.said_at.astimezone(clock.LONDON).date()

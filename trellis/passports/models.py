"""The pupil passport: one side of paper in the child's words, for every adult who meets the child today."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from trellis.conduct.models import Versioned
from trellis.cycles.models import AboutPupilInClassQuerySet
from trellis.documents.models import Document
from trellis.history.events import keeps_row_changes

if TYPE_CHECKING:
    from trellis.people.models import User

from trellis.pupils.models import AboutPupil


class PassportState(models.TextChoices):
    DRAFT = "DRAFT", "Being written"
    CURRENT = "CURRENT", "Agreed with the pupil"
    SUPERSEDED = "SUPERSEDED", "An earlier version"
    SET_ASIDE = "SET_ASIDE", "Set aside"


AGREED = [PassportState.CURRENT, PassportState.SUPERSEDED]


class AgreedHow(models.TextChoices):
    """How the pupil took part. What somebody else said for them is not agreement (domain H7)."""

    TALKED = "talked", "We talked it through"
    READ = "read", "We read it together, line by line"
    DREW = "drew", "By drawing"
    SYMBOLS = "symbols", "With symbols, pictures or objects"
    SHOWED = "showed", "They showed us: a pupil who uses few or no words"


class PassportQuerySet(AboutPupilInClassQuerySet):
    def agreed(self) -> Self:
        return self.filter(state__in=AGREED)

    def drafts(self) -> Self:
        return self.filter(state=PassportState.DRAFT)

    def current(self) -> Self:
        return self.filter(state=PassportState.CURRENT)

    def readable_by(self, user: "User") -> Self:
        """Versions that stand or stood; class staff read them too."""
        return super().readable_by(user).agreed()

    def draft_open_to(self, user: "User") -> Self:
        """The draft, for the school's own people; who writes it is asked by ``permissions``."""
        return super().readable_by(user).drafts()

    def with_names(self) -> Self:
        return self.select_related("pupil", "written_for", "started_by", "agreed_by", "document")


@keeps_row_changes
class Passport(AboutPupil, Versioned):
    """One version of a pupil's passport. Agreed with the pupil, its words are never changed: a new version follows."""

    state = models.CharField(max_length=10, choices=PassportState.choices, default=PassportState.DRAFT)
    number = models.PositiveSmallIntegerField(null=True)  # given when it is agreed: version 1, 2, 3
    likes = models.TextField(blank=True)
    good_at = models.TextField(blank=True)
    matters = models.TextField(blank=True)
    finds_hard = models.TextField(blank=True)
    helps = models.TextField(blank=True)
    makes_worse = models.TextField(blank=True)
    key_adult = models.TextField(blank=True)
    signal = models.TextField(blank=True)
    working_on = models.TextField(blank=True)
    started_on = models.DateField()
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    agreed_on = models.DateField(null=True)
    agreed_how = models.CharField(max_length=10, choices=AgreedHow.choices, blank=True)
    agreed_with = models.CharField(max_length=120, blank=True)  # the adult who went through it with the pupil
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    looked_at_on = models.DateField(null=True)  # the last day they looked at it together
    review_on = models.DateField(null=True)
    document = models.ForeignKey(Document, null=True, on_delete=models.PROTECT, related_name="+")

    objects = PassportQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pupil"], condition=Q(state="DRAFT"), name="one_passport_draft_at_a_time"),
            models.UniqueConstraint(fields=["pupil"], condition=Q(state="CURRENT"), name="one_passport_at_a_time"),
            models.UniqueConstraint(fields=["pupil", "number"], name="passports_are_numbered"),
            models.CheckConstraint(
                condition=~Q(state__in=["CURRENT", "SUPERSEDED"])
                | Q(number__isnull=False, agreed_on__isnull=False, review_on__isnull=False, document__isnull=False)
                & ~Q(agreed_with="") & ~Q(agreed_how=""),
                name="an_agreed_passport_says_how_and_is_kept",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"passport, version {self.number}" if self.number else "passport, being written"

    def get_absolute_url(self) -> str:
        if self.state == PassportState.DRAFT:
            return reverse("agree_passport", args=[self.pk])
        return reverse("passport", args=[self.pk])

    @property
    def is_current(self) -> bool:
        return self.state == PassportState.CURRENT

    @property
    def agreed_how_in_words(self) -> str:
        """ "we talked it through"."""
        label = str(self.get_agreed_how_display())
        return label[:1].lower() + label[1:]

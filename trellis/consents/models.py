"""Consent to specialist work with a named child: who was asked, as what, for what, and what they answered."""

from datetime import date, timedelta
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from trellis.conduct import clock
from trellis.conduct.models import Versioned
from trellis.conduct.periods import never_overlaps
from trellis.design.in_words import full_date
from trellis.history.events import keeps_row_changes
from trellis.organisations.models import DatedPolicy, SpecialistService
from trellis.pupils.models import AboutPupil, AboutPupilQuerySet, NamedProfessional, PersonAround

DEFAULT_SHARES = (
    "The name, the school and the year group; what has been tried at school and what came of it; strengths; "
    "what the child and the people who look after them have said about school."
)


class Capacity(models.TextChoices):
    """As what somebody agrees: never read off the relationship."""

    AUTHORITY = "authority", "For the local authority"
    PARENT = "parent", "Holds parental responsibility"
    YOUNG_PERSON = "young person", "The young person, aged 16 or over"
    CARER = "carer", "Carer to whom this decision is delegated"


class ConsentState(models.TextChoices):
    ASKED = "ASKED", "Asked"
    GIVEN = "GIVEN", "Given"
    DECLINED = "DECLINED", "Declined"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"
    LAPSED = "LAPSED", "Lapsed"


class HowAnswered(models.TextChoices):
    LINK = "link", "By personal link"
    SIGNED_IN = "signed in", "Signed in to Trellis"
    PAPER = "paper", "On paper"
    PHONE = "phone", "By telephone"
    MET = "met", "In a conversation"


BY_HAND = [HowAnswered.PAPER, HowAnswered.PHONE, HowAnswered.MET]


class ConsentPolicyQuerySet(models.QuerySet["ConsentPolicy"]):
    def counting(self, service: SpecialistService, day: date) -> "ConsentPolicy":
        """The policy that the service has agreed, on the day of asking; where it has none, the sample."""
        agreed = self.filter(organisation=service.pk, during__contains=day).first()
        return agreed or ConsentPolicy(organisation_id=service.pk, source=ConsentPolicy.SAMPLE)


@keeps_row_changes
class ConsentPolicy(DatedPolicy):
    """How long a consent lasts and when an unanswered one is asked about; agreed by a service for a period."""

    SAMPLE = "sample: no authority publishes how long a consent to specialist advice lasts"

    days_valid = models.PositiveIntegerField(default=365)
    working_days_to_answer = models.PositiveSmallIntegerField(default=5)
    days_of_link = models.PositiveSmallIntegerField(default=28)

    objects = ConsentPolicyQuerySet.as_manager()

    class Meta:
        constraints = [
            never_overlaps("one_consent_policy_a_day", "organisation", sentence="One consent policy counts on any day.")
        ]

    def __str__(self) -> str:
        return f"{self.days_valid} days"


class ConsentQuerySet(AboutPupilQuerySet):
    def open(self) -> Self:
        return self.filter(state__in=[ConsentState.ASKED, ConsentState.GIVEN])

    def unanswered(self) -> Self:
        return self.filter(state=ConsentState.ASKED)

    def standing_on(self, day: date) -> Self:
        return self.filter(state=ConsentState.GIVEN, lasts_until__gte=day)

    def with_names(self) -> Self:
        return self.select_related(
            "pupil", "service", "written_for", "asked_by", "recorded_by", "person", "professional"
        )


@keeps_row_changes
class Consent(AboutPupil, Versioned):
    """One question to one person who may agree for this child, and the answer. Professional consent, not the data-law
    basis (domain H3)."""

    service = models.ForeignKey(SpecialistService, on_delete=models.PROTECT, related_name="+")
    purpose = models.TextField()
    shares = models.TextField(default=DEFAULT_SHARES)
    days_valid = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=ConsentState.choices, default=ConsentState.ASKED)

    capacity = models.CharField(max_length=20, choices=Capacity.choices)
    person = models.ForeignKey(PersonAround, null=True, on_delete=models.PROTECT, related_name="+")
    professional = models.ForeignKey(NamedProfessional, null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)  # of whom was asked
    why_they = models.TextField()  # why this person may agree, as it was on the day
    source = models.CharField(max_length=200)
    delegation = models.TextField(blank=True)  # the words of the delegation that somebody read and said cover this

    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_on = models.DateField()
    answer_by = models.DateField()
    link_id = models.BigIntegerField(null=True)  # the open personal link, while one was sent

    answered_on = models.DateField(null=True)
    how = models.CharField(max_length=10, choices=HowAnswered.choices, blank=True)
    answered_name = models.CharField(max_length=120, blank=True)
    words = models.TextField(blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    lasts_until = models.DateField(null=True)  # its last day

    ended_on = models.DateField(null=True)  # withdrawn or lapsed
    ended_because = models.TextField(blank=True)
    check_again_since = models.DateField(null=True)
    check_again_because = models.TextField(blank=True)

    objects = ConsentQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["pupil", "state"])]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="GIVEN") | Q(answered_on__isnull=False, lasts_until__isnull=False),
                name="a_given_consent_has_its_days",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=True) | Q(professional__isnull=True), name="consent_is_asked_of_one"
            ),
            models.UniqueConstraint(
                fields=["pupil", "service"],
                condition=Q(state__in=["ASKED", "GIVEN"]),
                name="one_open_consent_a_service",
            ),
        ]

    def __str__(self) -> str:
        return f"consent to advice from {self.service}"

    def get_absolute_url(self) -> str:
        return reverse("consent", args=[self.pk])

    @property
    def stands(self) -> bool:
        """Whether the service may work with the named child today."""
        return self.state == ConsentState.GIVEN and self.lasts_until is not None and self.lasts_until >= clock.today()

    @property
    def has_run_out(self) -> bool:
        return self.state == ConsentState.GIVEN and not self.stands

    @property
    def lasts_in_words(self) -> str:
        """ "one year", "180 days"."""
        return "one year" if self.days_valid in (365, 366) else f"{self.days_valid} days"

    @property
    def state_in_words(self) -> str:
        """ "Asked of Sol on 2 November 2026", "Given by Sol, lasts until 2 November 2027"."""
        match self.state:
            case ConsentState.ASKED:
                return (
                    f"Asked of {self.name} on {full_date(self.asked_on)}; please answer by {full_date(self.answer_by)}"
                )
            case ConsentState.GIVEN if self.has_run_out:
                return f"Given by {self.answered_name}; it ran out on {full_date(self.lasts_until)}"
            case ConsentState.GIVEN:
                given = f"Given by {self.answered_name} on {full_date(self.answered_on)}"
                return f"{given}; lasts until {full_date(self.lasts_until)}"
            case ConsentState.DECLINED:
                return f"{self.answered_name} did not agree on {full_date(self.answered_on)}"
            case ConsentState.WITHDRAWN:
                return f"Withdrawn on {full_date(self.ended_on)}. {self.ended_because}"
        return f"No longer valid since {full_date(self.ended_on)}. {self.ended_because}"

    @property
    def tone(self) -> str:
        if self.stands:
            return "warn" if self.check_again_since else "ok"
        return "warn" if self.state == ConsentState.ASKED and self.answer_by >= clock.today() else "late"

    @property
    def stood(self) -> tuple[date, date] | None:
        """The first day on which it stood and the day from which it no longer does; None when it never was given."""
        if self.answered_on is None or self.lasts_until is None:
            return None
        ends = self.lasts_until + timedelta(days=1)
        return self.answered_on, min(ends, self.ended_on) if self.ended_on else ends

"""Pupil Premium Plus (PP+): a Virtual School's pot for the financial year, and what each PEP target asks of it."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone

from trellis.advice.models import AdviceRequest
from trellis.calendar.rules import financial_year_ends, financial_year_in_words
from trellis.conduct import clock
from trellis.conduct.models import Versioned
from trellis.conduct.periods import never_overlaps
from trellis.history.events import keeps_row_changes
from trellis.history.models import ADDED_TO_ONLY
from trellis.ledgers.models import Account
from trellis.organisations.models import DatedPolicy, Organisation, School, SpecialistService, VirtualSchool
from trellis.people.roles import Role
from trellis.peps.models import Pep, PepTarget
from trellis.pupils.models import AboutPupil, AboutPupilQuerySet

if TYPE_CHECKING:
    from trellis.people.models import User

OFFICES = {Role.BUSINESS_OFFICER, Role.VIRTUAL_SCHOOL_HEAD, Role.EDUCATION_ADVISER, Role.OUTREACH_TEACHER}


class FundingPolicyQuerySet(models.QuerySet["FundingPolicy"]):
    def counting(self, virtual_school: Organisation, day: date) -> "FundingPolicy":
        """The policy of the Virtual School that looks after the child, on the day of asking or deciding; where it has
        agreed none, the sample."""
        agreed = self.filter(organisation=virtual_school.pk, during__contains=day).first()
        return agreed or FundingPolicy(organisation=virtual_school, source=FundingPolicy.SAMPLE)


@keeps_row_changes
class FundingPolicy(DatedPolicy):
    """How a Virtual School passes PP+ on: for which PEPs, up to what, to whom."""

    SAMPLE = (
        "sample: £2,630 a child is the grant’s rate for 2025-26 (DfE); £600 a PEP and independent schools left out, "
        "as Coventry Virtual School published for 2023-24 and 2025"
    )

    rate_pence = models.PositiveIntegerField(default=263_000)  # for each looked-after child in a financial year
    only_on_assured_pep = models.BooleanField(default=True)  # agreed only once the PEP is signed off
    impact_first = models.BooleanField(default=True)  # what the last money changed, before new money is asked
    cap_per_pep_pence = models.PositiveIntegerField(default=60_000)
    from_year_group = models.SmallIntegerField(default=0)  # Reception
    to_year_group = models.SmallIntegerField(default=11)
    excludes_independent_schools = models.BooleanField(default=True)
    answer_within_working_days = models.PositiveSmallIntegerField(default=10)

    objects = FundingPolicyQuerySet.as_manager()

    class Meta:
        constraints = [
            never_overlaps("one_funding_policy_a_day", "organisation", sentence="One PP+ policy counts on any day."),
        ]

    def __str__(self) -> str:
        return f"PP+ policy of {self.organisation}"


class OfOfficeQuerySet(models.QuerySet):
    def of_office(self, user: "User") -> Self:
        """Those of the Virtual Schools for whose money this person works."""
        return self.filter(virtual_school__in=offices_of(user))


def offices_of(user: "User") -> set[int]:
    """The Virtual Schools where this person works with PP+."""
    return {m.organisation_id for m in user.memberships_today if m.role in OFFICES}


class FundingPot(models.Model):
    """A Virtual School's PP+ for one financial year, in pence. ``year`` is the one in which it begins, on 1 April."""

    virtual_school = models.ForeignKey(VirtualSchool, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()
    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="+")
    closed_on = models.DateField(null=True)  # what was left has gone back
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    alerted_on = models.DateField(null=True)  # when those who look after it were last told that the year ends

    objects = OfOfficeQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["virtual_school", "year"], name="one_funding_pot_a_year")]

    def __str__(self) -> str:
        return f"Pupil Premium Plus {financial_year_in_words(self.year)}"

    @property
    def year_in_words(self) -> str:
        return financial_year_in_words(self.year)

    @property
    def ends_on(self) -> date:
        """31 March: the last day on which its money may be passed on."""
        return financial_year_ends(self.year)

    @property
    def is_over(self) -> bool:
        return clock.today() > self.ends_on

    def get_absolute_url(self) -> str:
        return reverse("funding_pot", args=[self.pk])


class FundingInstalment(models.Model):
    """Money that came into a pot: how much, and from where."""

    pot = models.ForeignKey(FundingPot, on_delete=models.PROTECT, related_name="instalments")
    amount_pence = models.PositiveBigIntegerField()
    source = models.CharField(max_length=200)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount_pence__gt=0), name="an_instalment_is_some_money")]
        triggers = ADDED_TO_ONLY
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"instalment of {self.pot}"


class BatchState(models.TextChoices):
    MADE = "MADE", "Made"
    EXPORTED = "EXPORTED", "Exported"


@keeps_row_changes
class FundingBatch(Versioned):
    """Payments to schools that go to the council's finance system as one file, once."""

    virtual_school = models.ForeignKey(VirtualSchool, on_delete=models.PROTECT, related_name="+")
    pot = models.ForeignKey(FundingPot, on_delete=models.PROTECT, related_name="batches")
    state = models.CharField(max_length=8, choices=BatchState.choices, default=BatchState.MADE)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    exported_at = models.DateTimeField(null=True)
    exported_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    lines = models.JSONField(default=list)  # the file's rows as they went: initials, school, URN, pence, reference

    objects = OfOfficeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["virtual_school"], condition=Q(state=BatchState.MADE), name="one_open_funding_batch"
            )
        ]

    def __str__(self) -> str:
        return f"Payment batch {self.pk}"

    @property
    def is_exported(self) -> bool:
        return self.state == BatchState.EXPORTED

    def get_absolute_url(self) -> str:
        return reverse("funding_batch", args=[self.pk])


class RequestState(models.TextChoices):
    ASKED = "ASKED", "Asked"
    AGREED = "AGREED", "Agreed, not paid yet"
    DECLINED = "DECLINED", "Not agreed"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"
    PAID = "PAID", "Paid"
    CLOSED = "CLOSED", "Closed"


AGREED_STATES = (RequestState.AGREED, RequestState.PAID, RequestState.CLOSED)
GIVEN_STATES = (RequestState.PAID, RequestState.CLOSED)


class NextRoute(models.TextChoices):
    """Where else to turn when PP+ is not agreed."""

    OWN_BUDGET = "own budget", "The school’s own SEN budget, or its own hours of a service"
    EHC = "ehc", "The EHC plan: its review, or a request for an assessment"
    CARE = "care", "The carer’s allowance, or children’s social care"
    OTHER_TARGET = "other target", "A target of the PEP that names it, then ask again"
    FRAMEWORK = "framework", "The Highly Vulnerable framework"


class RequestQuerySet(AboutPupilQuerySet):
    def of_office(self, user: "User") -> Self:
        return self.filter(virtual_school__in=offices_of(user))

    def waiting(self) -> Self:
        return self.filter(state=RequestState.ASKED)

    def to_be_paid(self) -> Self:
        return self.filter(state=RequestState.AGREED)

    def counting_towards_cap(self) -> Self:
        return self.exclude(state__in=(RequestState.DECLINED, RequestState.WITHDRAWN))

    def newest_first(self) -> Self:
        return self.order_by("-asked_at", "-pk")

    def with_names(self) -> Self:
        return self.select_related(
            "pupil",
            "target__pep__term",
            "school",
            "virtual_school",
            "service",
            "advice",
            "pot",
            "asked_by",
            "decided_by",
        )


@keeps_row_changes
class FundingRequest(AboutPupil, Versioned):
    """Money that a PEP target asks for. ``written_for`` is the school that asked; ``school`` is where the pupil and so
    the money is now."""

    target = models.ForeignKey(PepTarget, on_delete=models.PROTECT, related_name="+")
    virtual_school = models.ForeignKey(VirtualSchool, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=9, choices=RequestState.choices, default=RequestState.ASKED)
    amount_pence = models.PositiveIntegerField()  # asked
    what_for = models.TextField()
    supplier = models.CharField(max_length=120, blank=True)
    starts_on = models.DateField(null=True)
    ends_on = models.DateField(null=True)
    expected_impact = models.TextField(blank=True)  # what it is to change, and how that is measured
    why_not_otherwise = models.TextField()
    advice = models.ForeignKey(AdviceRequest, null=True, on_delete=models.PROTECT, related_name="+")  # that it pays for
    buys_minutes = models.PositiveIntegerField(default=0)  # of a service's time, asked
    service = models.ForeignKey(SpecialistService, null=True, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    agreed_pence = models.PositiveIntegerField(null=True)
    reason = models.TextField(blank=True)
    next_route = models.CharField(max_length=20, choices=NextRoute.choices, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    pot = models.ForeignKey(FundingPot, null=True, on_delete=models.PROTECT, related_name="requests")
    batch = models.ForeignKey(FundingBatch, null=True, on_delete=models.PROTECT, related_name="requests")
    minutes_bought = models.PositiveIntegerField(default=0)
    paid_on = models.DateField(null=True)
    withdrawn_because = models.TextField(blank=True)

    impact_words = models.TextField(blank=True)
    impact_pep = models.ForeignKey(Pep, null=True, on_delete=models.PROTECT, related_name="+")  # the one it is said for
    impact_at = models.DateTimeField(null=True)
    impact_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = RequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_pence__gt=0), name="a_funding_request_asks_for_money"),
            models.CheckConstraint(condition=Q(agreed_pence__lte=F("amount_pence")), name="agreed_in_full_or_part"),
            models.CheckConstraint(
                condition=Q(state__in=AGREED_STATES, agreed_pence__isnull=False, pot__isnull=False)
                | ~Q(state__in=AGREED_STATES),
                name="agreed_money_has_its_pot",
            ),
        ]
        indexes = [models.Index(fields=["virtual_school", "state"]), models.Index(fields=["school", "state"])]

    def __str__(self) -> str:
        return f"PP+ for target {self.target.number}"

    @property
    def reference(self) -> str:
        """By which finance and the school speak of it; says nothing of the pupil."""
        return f"PPP-{self.pk:06}"

    @property
    def asked_on(self) -> date:
        return timezone.localtime(self.asked_at).date()

    @property
    def is_given(self) -> bool:
        """Whether the money has gone: to the school, or into a service's minutes."""
        return self.state in GIVEN_STATES

    @property
    def is_agreed_in_part(self) -> bool:
        return self.agreed_pence is not None and self.agreed_pence < self.amount_pence

    @property
    def has_impact(self) -> bool:
        return bool(self.impact_words)

    def get_absolute_url(self) -> str:
        return reverse("funding_request", args=[self.pk])


class FundingSpend(AboutPupil):
    """What a school bought with paid PP+. A correction is a second entry that takes the first away."""

    request = models.ForeignKey(FundingRequest, on_delete=models.PROTECT, related_name="spends")
    amount_pence = models.IntegerField()  # below nought: a correction
    corrects = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="corrected_by")
    what = models.CharField(max_length=200)
    spent_on = models.DateField()
    note = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = AboutPupilQuerySet.as_manager()

    class Meta:
        triggers = ADDED_TO_ONLY
        ordering = ["spent_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount_pence__gt=0, corrects__isnull=True) | Q(amount_pence__lt=0, corrects__isnull=False),
                name="only_a_correction_takes_away",
            )
        ]

    def __str__(self) -> str:
        return f"spent of {self.request}"


class FundingReturn(AboutPupil):
    """Paid PP+ that a school did not need and gave back."""

    request = models.ForeignKey(FundingRequest, on_delete=models.PROTECT, related_name="returns")
    amount_pence = models.PositiveIntegerField()
    why = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = AboutPupilQuerySet.as_manager()

    class Meta:
        triggers = ADDED_TO_ONLY
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"returned of {self.request}"

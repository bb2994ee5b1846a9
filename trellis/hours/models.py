"""A school's hours of council services, year by year, and the visits that use them."""

from datetime import date, datetime, time
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from trellis.advice.models import AdviceRequest, AdviceState
from trellis.calendar.rules import academic_year, academic_year_ends
from trellis.conduct import clock
from trellis.conduct.models import Versioned
from trellis.conduct.periods import never_overlaps
from trellis.consents.models import ConsentState
from trellis.history.events import keeps_row_changes
from trellis.history.models import ADDED_TO_ONLY
from trellis.ledgers.models import Account
from trellis.organisations.models import DatedPolicy, Organisation, School, SpecialistService
from trellis.people.roles import SCHOOL_LEADS, SERVICE_STAFF, VIRTUAL_SCHOOL_TEACHERS, Role
from trellis.peps.models import PepTarget
from trellis.pupils.models import Level, Pupil
from trellis.pupils.opening import Opens

if TYPE_CHECKING:
    from trellis.people.models import User

VIRTUAL_SCHOOL = VIRTUAL_SCHOOL_TEACHERS | {Role.BUSINESS_OFFICER}
READERS = SCHOOL_LEADS | SERVICE_STAFF | VIRTUAL_SCHOOL


def of_organisations(user: "User") -> Q:
    """Rows with a ``school`` and a ``service`` that this person's school, service or Virtual School answers for."""

    def where(roles: set[Role]) -> set[int]:
        return {m.organisation_id for m in user.memberships_today if m.role in roles}

    return (
        Q(school__in=where(SCHOOL_LEADS))
        | Q(service__in=where(SERVICE_STAFF))
        | Q(service__authority__virtual_school__in=where(VIRTUAL_SCHOOL))
    )


# --- what a service agrees for a period ------------------------------------------------------------------------------


class ServicePriceQuerySet(models.QuerySet["ServicePrice"]):
    def counting(self, service: Organisation, day: date) -> "ServicePrice":
        """The price of the service on the day; where it has agreed none, the sample."""
        agreed = self.filter(organisation=service.pk, during__contains=day).first()
        return agreed or ServicePrice(organisation=service, source=ServicePrice.SAMPLE)


@keeps_row_changes
class ServicePrice(DatedPolicy):
    """What an hour of a service costs a school or a fund, agreed by the service for a period."""

    SAMPLE = "sample: traded services publish £72 to £94 an hour"

    pence_per_hour = models.PositiveIntegerField(default=72_00)

    objects = ServicePriceQuerySet.as_manager()

    class Meta:
        constraints = [
            never_overlaps("one_service_price_a_day", "organisation", sentence="A service has one price on any day."),
        ]

    def __str__(self) -> str:
        return f"price of {self.organisation}"


class ServicePolicyQuerySet(models.QuerySet["ServicePolicy"]):
    def counting(self, service: Organisation, day: date) -> "ServicePolicy":
        """The terms of the service on a day: that of the visit, the last of the year for hours that are left. Where it
        has agreed none, the sample."""
        agreed = self.filter(organisation=service.pk, during__contains=day).first()
        return agreed or ServicePolicy(organisation=service, source=ServicePolicy.SAMPLE)


@keeps_row_changes
class ServicePolicy(DatedPolicy):
    """The terms on which a service visits: how late a school may cancel, whether the hours are lost then, and whether
    hours that are left at the end of a year carry over."""

    SAMPLE = "sample: 48 hours’ notice, then the visit counts as used; what is left at the end of a year lapses"

    notice_hours = models.PositiveSmallIntegerField(default=48)
    charges_late_cancelling = models.BooleanField(default=True)
    carries_left_hours = models.BooleanField(default=False)

    objects = ServicePolicyQuerySet.as_manager()

    class Meta:
        constraints = [
            never_overlaps("one_service_policy_a_day", "organisation", sentence="A service has one policy on any day."),
        ]

    def __str__(self) -> str:
        return f"terms of {self.organisation}"


# --- hours -----------------------------------------------------------------------------------------------------------


class HoursAccountQuerySet(models.QuerySet["HoursAccount"]):
    def visible_to(self, user: "User") -> Self:
        """Hours of this person's school, service, or Virtual School's area. They name no pupil."""
        return self.filter(of_organisations(user))

    def of_year(self, year: int) -> Self:
        return self.filter(year=year)

    def at_school(self, typed: str) -> Self:
        """Of schools whose name holds the words, or whose URN they are; of all where nothing is typed."""
        return self.filter(Q(school__name__icontains=typed) | Q(school__code=typed)) if typed else self

    def with_names(self) -> Self:
        return self.select_related("school", "service", "account").order_by("school__name", "service__abbreviation")


@keeps_row_changes
class HoursAccount(Versioned):
    """What one school may use of one service in one academic year. The minutes stand in its ledger account."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(SpecialistService, on_delete=models.PROTECT, related_name="+")
    year = models.PositiveSmallIntegerField()  # 2026 is the academic year 2026–27
    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="hours")

    objects = HoursAccountQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["school", "service", "year"], name="one_account_a_school_service_and_year")
        ]

    def __str__(self) -> str:
        return f"{self.service.abbreviation} hours of {self.school}, {year_in_words(self.year)}"

    def get_absolute_url(self) -> str:
        return reverse("school_hours", args=[self.pk])

    @property
    def year_in_words(self) -> str:
        return year_in_words(self.year)

    @property
    def is_over(self) -> bool:
        return self.year < academic_year(clock.today())

    @property
    def last_day(self) -> date:
        return academic_year_ends(self.year)


def year_in_words(year: int) -> str:
    """ "2026–27"."""
    return f"{year}–{(year + 1) % 100:02}"


class CameFrom(models.TextChoices):
    CORE = "core", "Free core hours"
    BOUGHT = "bought", "Bought by the school"
    CORRECTED = "corrected", "Correction"


class HoursAllocation(models.Model):
    """Hours entered for a school's year, or a correction of them with its reason. Only ever added."""

    hours = models.ForeignKey(HoursAccount, on_delete=models.PROTECT, related_name="allocations")
    came_from = models.CharField(max_length=9, choices=CameFrom.choices)
    minutes = models.IntegerField()  # below nought only in a correction
    reason = models.CharField(max_length=200, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = ADDED_TO_ONLY
        constraints = [
            models.UniqueConstraint(
                fields=["hours"], condition=Q(came_from=CameFrom.CORE), name="core_hours_entered_once"
            ),
            models.CheckConstraint(
                name="a_correction_has_a_reason",
                condition=Q(came_from=CameFrom.CORRECTED) & ~Q(reason="") | ~Q(came_from=CameFrom.CORRECTED),
            ),
        ]

    def __str__(self) -> str:
        return f"{CameFrom(self.came_from).label}: {self.reason}" if self.reason else CameFrom(self.came_from).label


# --- visits ----------------------------------------------------------------------------------------------------------


class Work(models.TextChoices):
    """What a specialist does in the time (domain D2)."""

    DIRECT = "direct", "Direct work"
    CONSULTATION = "consultation", "Consultation"
    OBSERVATION = "observation", "Observation"
    ASSESSMENT = "assessment", "Assessment"
    WRITE_UP = "write-up", "Writing up"
    PLANNING = "planning meeting", "Planning meeting"
    TRAINING = "training", "Training"


class VisitState(models.TextChoices):
    TO_PLAN = "TO_PLAN", "To be planned"
    BOOKED = "BOOKED", "Booked"
    DELIVERED = "DELIVERED", "Delivered"
    CANCELLED = "CANCELLED", "Cancelled"


OPEN = (VisitState.TO_PLAN, VisitState.BOOKED)


class VisitQuerySet(models.QuerySet["Visit"]):
    def visible_to(self, user: "User") -> Self:
        """Visits about no named child: of one's school, service or area. About a pupil: as far as the pupil opens; to
        the service while consent stands, to a former school what was written for it."""
        about_pupil = (
            Q(Opens(user, Level.WHOLE, pupil_id="pupil"))
            | Q(Opens(user, Level.WRITTEN, pupil_id="pupil", organisation_id="written_for"))
            | Q(Opens(user, Level.ADVICE, pupil_id="pupil", organisation_id="service"))
        )
        return self.filter(Q(pupil__isnull=True) & of_organisations(user) | Q(pupil__isnull=False) & about_pupil)

    def open(self) -> Self:
        return self.filter(state__in=OPEN)

    def to_be_done(self) -> Self:
        """With a day; without one, while it can be planned: the service has accepted the request, and consent stands
        where a child is named. After the report it is not planned any more: its hours are let go."""
        may_be_named = Q(pupil__isnull=True) | Q(
            request__consent__state=ConsentState.GIVEN, request__consent__lasts_until__gte=clock.today()
        )
        can_be_planned = Q(request__state=AdviceState.ACCEPTED) & may_be_named
        is_to_be_let_go = Q(request__state=AdviceState.REPORTED)
        return self.open().filter(Q(on__isnull=False) | can_be_planned | is_to_be_let_go)

    def not_begun(self) -> Self:
        """Without a day, or on a later one."""
        return self.filter(Q(on__isnull=True) | Q(on__gt=clock.today()))

    def with_names(self) -> Self:
        return self.select_related("pupil", "school", "service", "specialist", "request__consent")

    def as_a_calendar(self) -> Self:
        """By day; those without one last."""
        return self.order_by(models.F("on").asc(nulls_last=True), models.F("starts_at").asc(nulls_last=True), "pk")


@keeps_row_changes
class Visit(Versioned):
    """Time of a service for a school: kept, planned, delivered or cancelled. About a pupil it belongs to a request;
    about no named child it may be a planning meeting, work with the whole school, or a first talk without a name."""

    request = models.ForeignKey(AdviceRequest, null=True, on_delete=models.PROTECT, related_name="visits")
    pupil = models.ForeignKey(Pupil, null=True, on_delete=models.PROTECT, related_name="+")
    written_for = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")  # the school
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    service = models.ForeignKey(SpecialistService, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=VisitState.choices)
    work = models.CharField(max_length=20, choices=Work.choices, default=Work.CONSULTATION)
    what_for = models.CharField(max_length=200, blank=True)
    on = models.DateField(null=True)
    starts_at = models.TimeField(null=True)
    specialist = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    minutes_delivered = models.PositiveIntegerField(null=True)
    ended_because = models.CharField(max_length=200, blank=True)
    is_charged = models.BooleanField(default=False)  # cancelled too late: the hours count as used
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = VisitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="a_booked_visit_has_a_day",
                condition=Q(on__isnull=False) | ~Q(state__in=[VisitState.BOOKED, VisitState.DELIVERED]),
            ),
            models.CheckConstraint(
                name="a_visit_about_a_pupil_has_its_request", condition=Q(pupil__isnull=True) | Q(request__isnull=False)
            ),
        ]
        indexes = [
            models.Index(fields=["school", "state", "on"]),
            models.Index(fields=["service", "state", "on"]),
            models.Index(fields=["pupil"]),
        ]

    def __str__(self) -> str:
        return f"{self.get_work_display().lower()} by {self.service.abbreviation}"

    def get_absolute_url(self) -> str:
        return reverse("visit", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def begins(self) -> datetime | None:
        """The moment it begins; nine in the morning where no time was agreed."""
        return datetime.combine(self.on, self.starts_at or time(9), clock.LONDON) if self.on else None

    @property
    def has_begun(self) -> bool:
        """Whether it may have taken place: its time has come, or its day is over where no time was agreed."""
        if self.on is None or self.begins is None:
            return False
        return self.on < clock.today() or (self.starts_at is not None and self.begins <= clock.now())

    @property
    def is_to_be_let_go(self) -> bool:
        """Its request has its report and it never had a day: its hours stay booked until it is cancelled."""
        return (
            self.is_open and self.on is None and self.request is not None and self.request.state == AdviceState.REPORTED
        )

    @property
    def is_to_be_confirmed(self) -> bool:
        """Booked for a day that has come: did it happen, and how long did it take?"""
        return self.state == VisitState.BOOKED and self.on is not None and self.on <= clock.today()


class PaidFrom(models.TextChoices):
    """The rungs of the ladder of funding, in their order (domain C9)."""

    OWN = "own hours", "The school’s own hours"
    BUDGET = "own budget", "The school’s own budget"
    PUPIL_PREMIUM = "pupil premium plus", "Pupil Premium Plus"
    HIGHLY_VULNERABLE = "highly vulnerable", "Highly Vulnerable framework"


class VisitPart(models.Model):
    """The share of a visit that one account pays. Only ever added; its entries say what became of it."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="parts")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    minutes = models.PositiveIntegerField()
    rung = models.CharField(max_length=20, choices=PaidFrom.choices)
    target = models.ForeignKey(PepTarget, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        triggers = ADDED_TO_ONLY
        ordering = ["pk"]
        constraints = [models.CheckConstraint(name="a_part_has_minutes", condition=Q(minutes__gt=0))]

    def __str__(self) -> str:
        return f"{self.minutes} minutes from {PaidFrom(self.rung).label.lower()}"

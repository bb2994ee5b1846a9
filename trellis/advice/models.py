"""Requests for specialist advice, the reports that come back, and what the school makes of each recommendation."""

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, Value
from django.urls import reverse

from trellis.conduct import clock
from trellis.conduct.models import Versioned
from trellis.conduct.periods import never_overlaps
from trellis.consents.models import Consent
from trellis.history.events import keeps_row_changes
from trellis.organisations.models import DatedPolicy, School, SpecialistService
from trellis.pupils.models import AboutPupil, AboutPupilQuerySet, Level
from trellis.pupils.opening import Opens

if TYPE_CHECKING:
    from datetime import date

    from trellis.people.models import User

ACCESS_SOURCE = "advice request"  # the source_kind of the access rows that a request opens


class AdviceState(models.TextChoices):
    DRAFT = "DRAFT", "Draft"
    SENT = "SENT", "Sent"
    ACCEPTED = "ACCEPTED", "Accepted"
    DECLINED = "DECLINED", "Declined"
    REPORTED = "REPORTED", "Reported"
    CLOSED = "CLOSED", "Closed"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"


WITH_THE_SERVICE = [AdviceState.SENT, AdviceState.ACCEPTED]
OPEN_STATES = [AdviceState.DRAFT, AdviceState.SENT, AdviceState.ACCEPTED, AdviceState.REPORTED]


class KindOfWork(models.TextChoices):
    """What is asked of the specialist (domain D2)."""

    TALK = "talk", "Talk with the staff"
    OBSERVE = "observe", "Watch in class, talk with the staff, write advice"
    ASSESS = "assess", "Assess the pupil individually, write advice"
    GROUP = "group", "Help staff to set up or review an intervention"


class Urgency(models.TextChoices):
    ROUTINE = "routine", "This term is soon enough"
    SOON = "soon", "Within a few weeks"
    URGENT = "urgent", "The pupil’s place in class or school is at risk"


class Declined(models.TextChoices):
    """Why a service declines (domain D7). Each says the next route, in ``rules.NEXT_ROUTES``."""

    NO_CONSENT = "no consent", "Consent is missing"
    LITTLE_TRIED = "little tried", "Little has been tried yet, or it is not clear what came of it"
    OTHER_SERVICE = "other service", "Another service is the right one"
    NO_CAPACITY = "no capacity", "There are no hours free in time"
    OTHER = "other", "Another reason"


class AdvicePolicyQuerySet(models.QuerySet["AdvicePolicy"]):
    def counting(self, service: SpecialistService, day: "date") -> "AdvicePolicy":
        """The policy that the service has agreed, on the day; where it has none, the sample."""
        agreed = self.filter(organisation=service.pk, during__contains=day).first()
        return agreed or AdvicePolicy(organisation_id=service.pk, source=AdvicePolicy.SAMPLE)


@keeps_row_changes
class AdvicePolicy(DatedPolicy):
    """How soon a service decides and reports, how long it reads after closing, and how long each kind of work takes;
    agreed by the service for a period."""

    SAMPLE = "sample: no service's times are national; weekly triage and six weeks to report are seen (domain D7, D8)"

    working_days_to_decide = models.PositiveSmallIntegerField(default=5)
    working_days_to_report = models.PositiveSmallIntegerField(default=30)
    working_days_to_answer = models.PositiveSmallIntegerField(default=10)  # the school answers the recommendations
    days_after_closing = models.PositiveSmallIntegerField(default=60)
    minutes_talk = models.PositiveIntegerField(default=60)
    minutes_observe = models.PositiveIntegerField(default=180)
    minutes_assess = models.PositiveIntegerField(default=360)
    minutes_group = models.PositiveIntegerField(default=120)

    objects = AdvicePolicyQuerySet.as_manager()

    class Meta:
        constraints = [
            never_overlaps("one_advice_policy_a_day", "organisation", sentence="One advice policy counts on any day.")
        ]

    def __str__(self) -> str:
        return f"advice policy of {self.organisation}"

    def minutes_for(self, kind: str) -> int:
        return int(getattr(self, f"minutes_{kind}"))


class AdviceRequestQuerySet(AboutPupilQuerySet):
    def visible_to(self, user: "User") -> Self:
        """As every row about a pupil; and for a service the requests sent to it, while they open anything."""
        return super().visible_to(user) | self.filter(_opened_to(user, Level.ADVICE, Level.INITIALS))

    def named_to(self, user: "User") -> Self:
        """Requests whose pupil this person's service may know by name: consent stands."""
        return self.filter(_opened_to(user, Level.ADVICE))

    def open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)

    def with_names(self) -> Self:
        return self.select_related(
            "pupil", "service", "kept_by", "written_for", "asked_by", "taken_by", "consent", "consent__service"
        )


def _opened_to(user: "User", *levels: str) -> Opens:
    kind = Value(ACCESS_SOURCE)
    return Opens(user, *levels, pupil_id="pupil", organisation_id="service", source_kind=kind, source_id="pk")


@keeps_row_changes
class AdviceRequest(AboutPupil, Versioned):
    """A school's question to a specialist service about one pupil, with what has been tried. What is sent is frozen."""

    service = models.ForeignKey(SpecialistService, on_delete=models.PROTECT, related_name="+")
    kept_by = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=AdviceState.choices, default=AdviceState.DRAFT)

    question = models.TextField()
    hoped_for = models.TextField(blank=True)
    strengths = models.TextField(blank=True)
    kind_of_work = models.CharField(max_length=10, choices=KindOfWork.choices, default=KindOfWork.OBSERVE)
    cycles_chosen = ArrayField(models.BigIntegerField(), default=list)
    views_chosen = ArrayField(models.BigIntegerField(), default=list)
    attaches_targets = models.BooleanField(default=False)
    nothing_tried_because = models.TextField(blank=True)
    without_name = models.BooleanField(default=False)  # an early talk without naming the child needs no consent
    wanted_by = models.DateField(null=True)
    urgency = models.CharField(max_length=10, choices=Urgency.choices, default=Urgency.ROUTINE)
    minutes_needed = models.PositiveIntegerField(default=0)
    consent = models.ForeignKey(Consent, null=True, on_delete=models.PROTECT, related_name="+")

    tried = models.JSONField(default=list)  # the stories of the chosen cycles, as they stood when it was sent
    views = models.JSONField(default=list)  # [[who, words], …], as they stood when it was sent
    targets = models.JSONField(default=list)  # the PEP's targets as sentences, when attached

    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_on = models.DateField()
    sent_on = models.DateField(null=True)
    decide_by = models.DateField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_on = models.DateField(null=True)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    report_by = models.DateField(null=True)
    declined_kind = models.CharField(max_length=20, choices=Declined.choices, blank=True)
    declined_because = models.TextField(blank=True)
    reported_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)  # declined, closed or withdrawn
    ended_because = models.TextField(blank=True)

    objects = AdviceRequestQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["service", "state"]), models.Index(fields=["pupil", "state"]),
                   models.Index(fields=["kept_by", "state"])]  # fmt: skip
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["DRAFT", "WITHDRAWN"]) | Q(sent_on__isnull=False, wanted_by__isnull=False),
                name="a_sent_request_has_its_days",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["DECLINED", "CLOSED", "WITHDRAWN"]) | Q(ended_on__isnull=False),
                name="an_ended_request_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"request to {self.service}"

    def get_absolute_url(self) -> str:
        return reverse("advice_request", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def consent_stands(self) -> bool:
        return self.consent is not None and self.consent.stands

    @property
    def has_been_handed_over(self) -> bool:
        """The pupil moved after it was sent: the school that wrote it goes on reading what it wrote, no more."""
        return self.kept_by_id != self.written_for_id

    @property
    def tone(self) -> str:
        late = self.state == AdviceState.SENT and self.decide_by is not None and self.decide_by < clock.today()
        if late:
            return "late"
        return {AdviceState.DRAFT: "quiet", AdviceState.ACCEPTED: "ok", AdviceState.REPORTED: "warn"}.get(
            AdviceState(self.state), "quiet"
        )


@keeps_row_changes
class AdviceReport(AboutPupil, Versioned):
    """What the specialist found and advises. Private to the service until it is issued, then never changed."""

    request = models.OneToOneField(AdviceRequest, on_delete=models.PROTECT, related_name="report")
    summary = models.TextField(blank=True)
    drafted = ArrayField(models.TextField(), default=list)  # recommendations, while it is a draft
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    issued_on = models.DateField(null=True)

    objects = AboutPupilQuerySet.as_manager()

    def __str__(self) -> str:
        return "advice report"

    def get_absolute_url(self) -> str:
        return reverse("advice_request", args=[self.request_id])


class Answer(models.TextChoices):
    """What the school makes of a recommendation (domain D8)."""

    OPEN = "open", "Not answered yet"
    ADOPTED = "adopted", "Adopted"
    ADAPTED = "adapted", "Adapted"
    PUT_OFF = "put off", "Put off"
    DECLINED = "declined", "Declined"


TAKEN_UP = [Answer.ADOPTED, Answer.ADAPTED]


class Place(models.TextChoices):
    """Where in the cycle an adopted recommendation went."""

    ASSESSMENT = "assessment", "The assessment"
    ADJUSTMENT = "adjustment", "A reasonable adjustment"
    INTERVENTION = "intervention", "An intervention"


class RecommendationQuerySet(AboutPupilQuerySet):
    def open(self) -> Self:
        return self.filter(answer=Answer.OPEN)


@keeps_row_changes
class Recommendation(AboutPupil, Versioned):
    """One numbered recommendation of an issued report, and the school's answer. Written for the service."""

    report = models.ForeignKey(AdviceReport, on_delete=models.PROTECT, related_name="recommendations")
    number = models.PositiveSmallIntegerField()
    words = models.TextField()
    answer = models.CharField(max_length=10, choices=Answer.choices, default=Answer.OPEN)
    own_words = models.TextField(blank=True)
    why = models.TextField(blank=True)
    put_off_until = models.DateField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    answered_on = models.DateField(null=True)
    went_to = models.CharField(max_length=12, choices=Place.choices, blank=True)
    went_to_cycle = models.PositiveSmallIntegerField(null=True)  # its number
    went_to_id = models.BigIntegerField(null=True)  # the entry, adjustment or intervention

    objects = RecommendationQuerySet.as_manager()

    class Meta:
        ordering = ["report", "number"]
        constraints = [models.UniqueConstraint(fields=["report", "number"], name="recommendations_are_numbered")]

    def __str__(self) -> str:
        return f"recommendation {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("advice_request", args=[self.report.request_id])

    @property
    def in_force(self) -> str:
        """The words that the school works by: its own where it adapted them."""
        return self.own_words if self.answer == Answer.ADAPTED else self.words

    @property
    def tone(self) -> str:
        return {Answer.OPEN: "warn", Answer.ADOPTED: "ok", Answer.ADAPTED: "ok"}.get(Answer(self.answer), "quiet")

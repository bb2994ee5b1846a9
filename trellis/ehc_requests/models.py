"""Requests for an EHC needs assessment: the pack that is sent, the clock that runs from its receipt, and what the
authority decided."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from trellis.advice.models import AdviceRequest
from trellis.conduct.models import Versioned
from trellis.conduct.periods import never_overlaps
from trellis.documents.models import Document
from trellis.history.events import keeps_row_changes
from trellis.history.models import ADDED_TO_ONLY
from trellis.organisations.models import DatedPolicy, LocalAuthority, Organisation, School
from trellis.pupils.models import AboutPupil, AboutPupilQuerySet


class EhcPolicyQuerySet(models.QuerySet["EhcPolicy"]):
    def counting(self, authority: Organisation, on: date) -> "EhcPolicy":
        """The policy of the authority that was asked, on the day of its decision; where none is agreed, the sample."""
        agreed = self.filter(organisation=authority.pk, during__contains=on).first()
        return agreed or EhcPolicy(organisation_id=authority.pk, source=EhcPolicy.SAMPLE)


@keeps_row_changes
class EhcPolicy(DatedPolicy):
    """How long a parent or young person has to appeal, as an authority writes it in its letters."""

    SAMPLE = "sample: check the letter, it says until when"

    months_to_appeal = models.PositiveSmallIntegerField(default=2)
    months_after_certificate = models.PositiveSmallIntegerField(default=1)

    objects = EhcPolicyQuerySet.as_manager()

    class Meta:
        constraints = [
            never_overlaps("one_ehc_policy_a_day", "organisation", sentence="One EHC policy counts on any day."),
        ]

    def __str__(self) -> str:
        return f"EHC policy of {self.organisation}"


class Asker(models.TextChoices):
    """Who may ask for an assessment (Children and Families Act 2014, section 36(1))."""

    SCHOOL = "school", "The school"
    PARENT = "parent", "A parent, a carer, or the authority as a parent"
    YOUNG_PERSON = "young person", "The young person"


class RequestState(models.TextChoices):
    GATHERING = "GATHERING", "Being put together"
    SENT = "SENT", "Sent to the authority"
    RECEIVED = "RECEIVED", "With the authority"
    NOT_ASSESSING = "NOT_ASSESSING", "Turned down, no assessment"
    ASSESSING = "ASSESSING", "Being assessed"
    NOT_ISSUING = "NOT_ISSUING", "Assessed, no plan"
    DRAFTING = "DRAFTING", "Being drafted as a plan"
    DRAFT_SENT = "DRAFT_SENT", "Out as a draft plan"
    ISSUED = "ISSUED", "Finished with a plan"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"


RUNNING = [
    RequestState.SENT, RequestState.RECEIVED, RequestState.ASSESSING, RequestState.DRAFTING, RequestState.DRAFT_SENT,
]  # fmt: skip
OPEN_STATES = [RequestState.GATHERING, *RUNNING]
REFUSED_STATES = [RequestState.NOT_ASSESSING, RequestState.NOT_ISSUING]


class EhcRequestQuerySet(AboutPupilQuerySet):
    def open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)

    def running(self) -> Self:
        return self.filter(state__in=RUNNING)

    def newest_first(self) -> Self:
        return self.order_by("-opened_on", "-pk")

    def with_names(self) -> Self:
        return self.select_related("pupil", "addressed_to", "school", "written_for", "opened_by", "sent_by")


@keeps_row_changes
class EhcRequest(AboutPupil, Versioned):
    """A request that an authority assess a child's education, health and care needs. The clock runs from
    ``received_on``; due dates follow from it by law and are never moved."""

    asked_by = models.CharField(max_length=12, choices=Asker.choices, default=Asker.SCHOOL)
    asker_name = models.CharField(max_length=120, blank=True)  # of a request on paper: "Cara, foster carer"
    is_on_paper = models.BooleanField(default=False)  # a letter, an e-mail or the authority's own form
    addressed_to = models.ForeignKey(LocalAuthority, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(School, null=True, on_delete=models.PROTECT, related_name="+")  # that keeps the pack
    state = models.CharField(max_length=14, choices=RequestState.choices, default=RequestState.GATHERING)
    opened_on = models.DateField()
    opened_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    sent_on = models.DateField(null=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    received_on = models.DateField(null=True)
    decided_on = models.DateField(null=True)  # whether to assess
    reasons_to_assess = models.TextField(blank=True)  # of a decision to assess, where the authority gives any
    issue_decided_on = models.DateField(null=True)  # whether to issue a plan
    draft_sent_on = models.DateField(null=True)
    final_on = models.DateField(null=True)
    reasons = models.TextField(blank=True)  # of a decision not to assess or not to issue
    rights_sent_on = models.DateField(null=True)  # the letter with the rights to mediation and appeal
    appeal_by = models.DateField(null=True)
    appeal_because = models.CharField(max_length=300, blank=True)
    withdrawn_because = models.TextField(blank=True)
    closed_on = models.DateField(null=True)

    objects = EhcRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pupil"], condition=Q(state__in=OPEN_STATES), name="one_open_ehc_request_at_a_time"
            ),
            models.CheckConstraint(
                name="an_ehc_clock_has_its_start",
                condition=Q(state__in=[RequestState.GATHERING, RequestState.SENT, RequestState.WITHDRAWN])
                | Q(received_on__isnull=False),
            ),
            models.CheckConstraint(
                name="an_ehc_refusal_says_why_and_how_to_appeal",
                condition=~Q(state__in=REFUSED_STATES) | (~Q(reasons="") & Q(appeal_by__isnull=False)),
            ),
        ]
        indexes = [models.Index(fields=["state", "received_on"])]

    def __str__(self) -> str:
        return "request for an EHC needs assessment"

    def get_absolute_url(self) -> str:
        return reverse("ehc_request", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING

    @property
    def will_get_a_plan(self) -> bool:
        return self.state in (RequestState.DRAFTING, RequestState.DRAFT_SENT, RequestState.ISSUED)

    @property
    def was_refused(self) -> bool:
        return self.state in REFUSED_STATES

    @property
    def asker_in_words(self) -> str:
        """ "Larch Primary", "Cara, foster carer"."""
        if self.asked_by == Asker.SCHOOL and not self.asker_name:
            return str(self.school) if self.school else str(self.written_for)
        return self.asker_name or str(self.get_asked_by_display())


@keeps_row_changes
class EhcPack(AboutPupil, Versioned):
    """What goes with a request: which things of the record, in which order, with which words. Sent, it is frozen; what
    is sent later is another version."""

    request = models.ForeignKey(EhcRequest, on_delete=models.PROTECT, related_name="packs")
    number = models.PositiveSmallIntegerField()
    letter = models.TextField(blank=True)  # the covering letter, in the sender's own words
    items = models.JSONField(default=list)  # in order: [{"key": "cycle:12", "words": "What we would add"}]
    sent_on = models.DateField(null=True)
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    document = models.OneToOneField(Document, null=True, on_delete=models.PROTECT, related_name="+")

    objects = AboutPupilQuerySet.as_manager()

    class Meta:
        ordering = ["request", "number"]
        constraints = [
            models.UniqueConstraint(fields=["request", "number"], name="ehc_packs_are_numbered"),
            models.UniqueConstraint(
                fields=["request"], condition=Q(sent_on__isnull=True), name="one_ehc_pack_being_put_together"
            ),
            models.CheckConstraint(
                name="a_sent_ehc_pack_is_frozen",
                condition=Q(sent_on__isnull=True, document__isnull=True)
                | Q(sent_on__isnull=False, document__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"pack, version {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("ehc_pack", args=[self.pk])

    @property
    def is_sent(self) -> bool:
        return self.sent_on is not None

    @property
    def keys(self) -> list[str]:
        return [item["key"] for item in self.items]


class Adviser(models.TextChoices):
    """From whom the authority must seek advice (SEND Regulations 2014, regulation 6(1) and (2))."""

    FAMILY = "family", "The parent or young person"
    EDUCATION = "education", "Education: the head teacher"
    HEALTH = "health", "A health professional"
    PSYCHOLOGIST = "psychologist", "An educational psychologist"
    SOCIAL_CARE = "social care", "Social care"
    SENSORY = "sensory", "A teacher qualified for hearing or sight impairment"
    ADULTHOOD = "adulthood", "Preparation for adulthood, from Year 9"
    ASKED_FOR = "asked for", "Somebody the parent or young person reasonably asked for"
    OTHER = "other", "Somebody else the authority thinks fit"


ADVISED_BY_EVERYONE = [
    Adviser.FAMILY, Adviser.EDUCATION, Adviser.HEALTH, Adviser.PSYCHOLOGIST, Adviser.SOCIAL_CARE,
]  # fmt: skip


NOT_BY_A_SERVICE = [Adviser.FAMILY, Adviser.EDUCATION, Adviser.SOCIAL_CARE]  # they are asked by letter


@keeps_row_changes
class AdviceSought(AboutPupil, Versioned):
    """Statutory advice that the authority asked for in an assessment, and when it came. The authority pays for it; it
    never draws on a school's hours or on pupil premium plus."""

    request = models.ForeignKey(EhcRequest, on_delete=models.PROTECT, related_name="advice")
    adviser = models.CharField(max_length=12, choices=Adviser.choices)
    who = models.CharField(max_length=120, blank=True)
    # the request to a service that carries it, as somebody has said; never guessed
    asked_through = models.OneToOneField(AdviceRequest, null=True, on_delete=models.PROTECT, related_name="+")
    asked_on = models.DateField()
    came_on = models.DateField(null=True)

    objects = AboutPupilQuerySet.as_manager()

    class Meta:
        ordering = ["asked_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["request", "adviser", "who"], name="advice_is_sought_once_of_each"),
            models.CheckConstraint(
                name="advice_comes_after_it_was_asked",
                condition=Q(came_on__isnull=True) | Q(came_on__gte=F("asked_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"advice of {self.who_in_words}"

    def get_absolute_url(self) -> str:
        return reverse("ehc_request", args=[self.request_id])

    @property
    def may_be_asked_through_a_request(self) -> bool:
        return self.came_on is None and self.adviser not in NOT_BY_A_SERVICE

    @property
    def who_in_words(self) -> str:
        label = str(self.get_adviser_display())
        return f"{label}: {self.who}" if self.who else label


class Step(models.TextChoices):
    """The steps that have a time limit from receipt."""

    DECIDE = "decide", "Decide whether to assess"
    DECIDE_ON_PLAN = "decide on plan", "Say if no plan will be issued"
    FINISH = "finish", "Issue the final plan"


class ExceptionReason(models.TextChoices):
    """The reasons for which a time limit need not be kept (SEND Regulations 2014, 5(4), 10(4), 13(3)). There are no
    others; a summer holiday alone is none."""

    SCHOOL_CLOSED = "school closed", "Education advice was asked for around a closure of four weeks or more"
    EARLY_YEARS_CLOSED = "early years closed", "The same, of an early years provider"
    PERSONAL = "personal", "Exceptional personal circumstances of the child or the parent"
    AWAY = "away", "The child or parent is away from the area for four weeks or more"


CLOSED = [ExceptionReason.SCHOOL_CLOSED, ExceptionReason.EARLY_YEARS_CLOSED]


class ClockException(AboutPupil):
    """A reason, with its evidence, why a step was not taken in time. The date the law gives stays as it is."""

    request = models.ForeignKey(EhcRequest, on_delete=models.PROTECT, related_name="exceptions")
    step = models.CharField(max_length=14, choices=Step.choices)
    reason = models.CharField(max_length=20, choices=ExceptionReason.choices)
    evidence = models.TextField()
    asked_on = models.DateField(null=True)  # when education advice was asked for
    since = models.DateField(null=True)  # the school closed, or the child or parent left the area
    until = models.DateField(null=True)  # the day it opens again, or they come back
    recorded_on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = AboutPupilQuerySet.as_manager()

    class Meta:
        triggers = ADDED_TO_ONLY
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"{self.get_step_display()}: {self.get_reason_display()}"

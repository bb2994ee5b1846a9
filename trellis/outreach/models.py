"""Emergency outreach: a specialist teacher of the Virtual School comes alongside a school when a child's place there
is at risk. It advises the school; it does not replace what the school does itself."""

from datetime import date, time
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q, Sum
from django.urls import reverse

from trellis.conduct import clock
from trellis.conduct.models import Versioned
from trellis.conduct.periods import never_overlaps
from trellis.design.in_words import full_date
from trellis.history.events import keeps_row_changes
from trellis.history.models import ADDED_TO_ONLY
from trellis.organisations.models import DatedPolicy, Organisation, School, VirtualSchool
from trellis.pupils.models import AboutPupil, AboutPupilQuerySet, Level
from trellis.pupils.opening import Opens

if TYPE_CHECKING:
    from trellis.people.models import User


def four_and_twelve() -> list[int]:
    return [4, 12]


class OutreachPolicyQuerySet(models.QuerySet["OutreachPolicy"]):
    def counting(self, virtual_school: Organisation, day: date) -> "OutreachPolicy":
        """The policy of the Virtual School asked, on the day of asking; where it has agreed none, the sample."""
        agreed = self.filter(organisation=virtual_school.pk, during__contains=day).first()
        return agreed or OutreachPolicy(organisation=virtual_school, source=OutreachPolicy.SAMPLE)


@keeps_row_changes
class OutreachPolicy(DatedPolicy):
    """How fast outreach answers, comes and is reviewed; agreed by a Virtual School for a period."""

    SAMPLE = "sample: Coventry Virtual School publishes outreach, not its times"

    answers_until = models.TimeField(default=time(17))  # asked later in the day: answered the next working day
    contact_working_days = models.PositiveSmallIntegerField(default=2)
    plan_working_days = models.PositiveSmallIntegerField(default=5)  # after the first contact
    review_weeks = models.PositiveSmallIntegerField(default=3)
    outcome_weeks = ArrayField(models.PositiveSmallIntegerField(), default=four_and_twelve)

    objects = OutreachPolicyQuerySet.as_manager()

    class Meta:
        constraints = [
            never_overlaps("one_outreach_policy_a_day", "organisation", sentence="One outreach policy counts a day."),
        ]

    def __str__(self) -> str:
        return f"Outreach policy of {self.organisation}"


class OutreachState(models.TextChoices):
    RAISED = "RAISED", "Asked, waiting for the answer"
    REDIRECTED = "REDIRECTED", "Another way was named"
    WITHDRAWN = "WITHDRAWN", "Taken back"
    ACCEPTED = "ACCEPTED", "Accepted, first contact to be made"
    CONTACTED = "CONTACTED", "First contact made, plan to be agreed"
    ACTIVE = "ACTIVE", "Under way"
    STEPPED_DOWN = "STEPPED_DOWN", "Stepping down"
    CLOSED = "CLOSED", "Closed"


UNDER_WAY = (OutreachState.CONTACTED, OutreachState.ACTIVE, OutreachState.STEPPED_DOWN)
TAKEN_ON = (OutreachState.ACCEPTED, *UNDER_WAY)
OPEN_STATES = (OutreachState.RAISED, *TAKEN_ON)


class Instead(models.TextChoices):
    """The way that is named when outreach is not the right one."""

    OWN_HOURS = "own hours", "The school’s own hours of a service"
    PP_PLUS = "pp plus", "Pupil Premium Plus, against a target of the PEP"
    EHC = "ehc", "A request for an education, health and care needs assessment"
    PANEL = "panel", "The panel of the Highly Vulnerable framework"
    CYCLE = "cycle", "The next cycle of Assess, Plan, Do, Review"


class ClosedBecause(models.TextChoices):
    SETTLED = "settled", "The place is settled, and the school carries on"
    OTHER_SUPPORT = "other support", "Other support has taken over"
    MOVED_ON = "moved on", "The child goes to school elsewhere"
    SCHOOL_WITHDREW = "school withdrew", "The school no longer takes part"
    LEFT_CARE = "left care", "The child is no longer looked after by this authority"


class OutreachCaseQuerySet(AboutPupilQuerySet):
    def visible_to(self, user: "User") -> Self:
        """As every row about a pupil; and the Virtual School that came goes on reading after care ended."""
        own = Opens(user, Level.WRITTEN, pupil_id="pupil", organisation_id="virtual_school")
        rows = super().visible_to(user).values("pk")
        return self.filter(Q(pk__in=rows) | Q(own))

    def open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)

    def with_names(self) -> Self:
        return self.select_related(
            "pupil", "kept_by", "virtual_school", "raised_by", "answered_by", "taken_by", "policy", "written_for"
        )


@keeps_row_changes
class OutreachCase(AboutPupil, Versioned):
    """One time that outreach is asked for a child. ``written_for`` is the school that asked, or for which the Virtual
    School did; ``kept_by`` the school where the child is now."""

    virtual_school = models.ForeignKey(VirtualSchool, on_delete=models.PROTECT, related_name="+")
    kept_by = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    policy = models.ForeignKey(OutreachPolicy, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=OutreachState.choices, default=OutreachState.RAISED)

    happened = models.TextField()
    tried = models.TextField()
    needed = models.TextField()
    at_risk_this_week = models.BooleanField()
    trigger = models.TextField(blank=True)  # the alert that led here, in its words
    raised_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    by_virtual_school = models.BooleanField(default=False)
    answer_due_at = models.DateTimeField()

    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    answer = models.TextField(blank=True)
    instead = models.CharField(max_length=20, choices=Instead.choices, blank=True)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    contact_by = models.DateField(null=True)
    first_contact_on = models.DateField(null=True)
    plan_by = models.DateField(null=True)
    plan = models.TextField(blank=True)
    plan_agreed_with = models.CharField(max_length=200, blank=True)
    plan_agreed_on = models.DateField(null=True)
    review_on = models.DateField(null=True)

    closed_on = models.DateField(null=True)
    closed_because = models.CharField(max_length=20, choices=ClosedBecause.choices, blank=True)
    place_kept = models.BooleanField(null=True)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    goes_on = models.TextField(blank=True)  # what the school does from now on

    objects = OutreachCaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["pupil"], condition=Q(state__in=OPEN_STATES), name="one_open_outreach_case_a_pupil"
            ),
            models.CheckConstraint(
                condition=~Q(state="REDIRECTED") | (~Q(instead="") & ~Q(answer="")),
                name="outreach_redirected_says_where",
            ),
        ]
        indexes = [models.Index(fields=["virtual_school", "state"])]

    def __str__(self) -> str:
        return "emergency outreach"

    def get_absolute_url(self) -> str:
        return reverse("outreach_case", args=[self.pk])

    @property
    def policy_counting(self) -> OutreachPolicy:
        return self.policy or OutreachPolicy(organisation=self.virtual_school, source=OutreachPolicy.SAMPLE)

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_taken_on(self) -> bool:
        return self.state in TAKEN_ON

    @property
    def due_on(self) -> date | None:
        """By when the next thing is done, as the state says."""
        match self.state:
            case OutreachState.RAISED:
                return self.answer_due_at.astimezone(clock.LONDON).date()
            case OutreachState.ACCEPTED:
                return self.contact_by
            case OutreachState.CONTACTED:
                return self.plan_by
            case OutreachState.ACTIVE | OutreachState.STEPPED_DOWN:
                return self.review_on
        return None

    @property
    def is_late(self) -> bool:
        if self.state == OutreachState.RAISED:
            return self.answer_due_at < clock.now()
        return self.due_on is not None and self.due_on < clock.today()

    @property
    def was_answered_late(self) -> bool:
        return self.answered_at is not None and self.answered_at > self.answer_due_at


class HowMet(models.TextChoices):
    VISIT = "visit", "Visit to the school"
    CALL = "call", "Telephone or video call"
    MEETING = "meeting", "Meeting elsewhere"
    WRITING = "writing", "Writing for the school"


class ContactQuerySet(AboutPupilQuerySet):
    def with_covered(self) -> Self:
        """Contacts in order, each with ``minutes_covered`` by awards of the Highly Vulnerable framework."""
        return self.annotate(minutes_covered=Sum("covered__minutes", default=0)).order_by("on", "pk")

    def counting(self) -> Self:
        return self.filter(struck__isnull=True)


class OutreachContact(AboutPupil):
    """A visit, call or piece of writing: who, how, how long, what was done and agreed. Only ever added."""

    case = models.ForeignKey(OutreachCase, on_delete=models.PROTECT, related_name="contacts")
    on = models.DateField()
    with_whom = models.CharField(max_length=200)
    how = models.CharField(max_length=10, choices=HowMet.choices)
    minutes = models.PositiveIntegerField()
    done = models.TextField()
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kept_at = models.DateTimeField()

    objects = ContactQuerySet.as_manager()

    class Meta:
        triggers = ADDED_TO_ONLY
        ordering = ["on", "pk"]
        constraints = [models.CheckConstraint(condition=Q(minutes__gt=0), name="an_outreach_contact_takes_time")]

    def __str__(self) -> str:
        return f"{self.get_how_display()}, {full_date(self.on)}"

    @property
    def is_struck(self) -> bool:
        """For contacts that came with ``struck``."""
        return hasattr(self, "struck")

    @property
    def minutes_not_covered(self) -> int:
        """For contacts that came through ``with_covered``."""
        return self.minutes - self.minutes_covered  # type: ignore[attr-defined]


class ContactCovered(AboutPupil):
    """Minutes of a contact that an award pays for: the cause of one entry in its ledger. Only ever added."""

    contact = models.ForeignKey(OutreachContact, on_delete=models.PROTECT, related_name="covered")
    minutes = models.PositiveIntegerField()
    at = models.DateTimeField()

    objects = AboutPupilQuerySet.as_manager()

    class Meta:
        triggers = ADDED_TO_ONLY

    def __str__(self) -> str:
        return f"{self.minutes} minutes covered"


class ContactStruck(AboutPupil):
    """A contact that was written down wrongly: it stays to be read, and counts no more. Only ever added."""

    contact = models.OneToOneField(OutreachContact, on_delete=models.PROTECT, related_name="struck")
    because = models.CharField(max_length=200)
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = AboutPupilQuerySet.as_manager()

    class Meta:
        triggers = ADDED_TO_ONLY

    def __str__(self) -> str:
        return self.because


class ReviewDecision(models.TextChoices):
    EXTEND = "extend", "Go on as now"
    STEP_DOWN = "step down", "Step down"


class OutreachReview(AboutPupil):
    """What outreach and school found together, and how it goes on. Only ever added."""

    case = models.ForeignKey(OutreachCase, on_delete=models.PROTECT, related_name="reviews")
    held_on = models.DateField()
    found = models.TextField()
    decision = models.CharField(max_length=10, choices=ReviewDecision.choices)
    next_on = models.DateField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = AboutPupilQuerySet.as_manager()

    class Meta:
        triggers = ADDED_TO_ONLY
        ordering = ["held_on", "pk"]

    def __str__(self) -> str:
        return f"outreach review of {full_date(self.held_on)}"


@keeps_row_changes
class OutcomeLook(AboutPupil, Versioned):
    """Some weeks after outreach closed: is the child still on the roll, and how many days were lost?"""

    case = models.ForeignKey(OutreachCase, on_delete=models.PROTECT, related_name="looks")
    weeks = models.PositiveSmallIntegerField()
    due_on = models.DateField()
    looked_on = models.DateField(null=True)
    on_roll = models.BooleanField(null=True)
    days_lost = models.DecimalField(max_digits=4, decimal_places=1, null=True)  # suspensions count half days too
    words = models.TextField(blank=True)
    looked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = AboutPupilQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [models.UniqueConstraint(fields=["case", "weeks"], name="one_outreach_look_a_week_number")]

    def __str__(self) -> str:
        return f"{self.weeks} weeks after outreach"

    def get_absolute_url(self) -> str:
        return reverse("look_at_outcome", args=[self.pk])

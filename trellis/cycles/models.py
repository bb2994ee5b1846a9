"""The graduated approach: cycles of Assess, Plan, Do, Review, and all that is written down in them."""

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from trellis.conduct.models import Versioned
from trellis.design.in_words import full_date
from trellis.history.events import keeps_row_changes
from trellis.organisations.models import School
from trellis.pupils.models import AboutPupil, AboutPupilQuerySet
from trellis.voices.models import View

if TYPE_CHECKING:
    from trellis.people.models import User


def lower_first(words: str) -> str:
    """For the middle of a sentence; EHC and SEN stay capitals."""
    return words[:1].lower() + words[1:]


class CycleState(models.TextChoices):
    ASSESS = "ASSESS", "Being assessed"
    PLAN = "PLAN", "Being planned"
    DO = "DO", "Under way"
    REVIEWED = "REVIEWED", "Reviewed"
    ENDED = "ENDED", "Ended without a review"


OPEN_STATES = [CycleState.ASSESS, CycleState.PLAN, CycleState.DO]


class AreaOfNeed(models.TextChoices):
    """The four broad areas (SEND Code of Practice 6.28-6.35). They plan support; they are not boxes for children."""

    COMMUNICATION = "communication", "Communication and interaction"
    COGNITION = "cognition", "Cognition and learning"
    SEMH = "semh", "Social, emotional and mental health"
    SENSORY = "sensory", "Sensory and physical"
    GENERAL = "general", "Across all areas"


class OtherCause(models.TextChoices):
    """What else could explain what people see, before it is called a need of SEMH (SEND Code of Practice 6.21-6.23)."""

    MISSED_SCHOOL = "missed school", "Missed schooling"
    LANGUAGE = "language", "Language and understanding"
    HEARING = "hearing", "Hearing"
    VISION = "vision", "Sight"
    TRAUMA = "trauma", "Trauma, loss or attachment"


class CauseFound(models.TextChoices):
    NOT_IT = "not it", "Looked at, and does not explain it"
    PART = "part", "May be part of it"
    NOT_YET = "not yet", "Not looked at yet"


class WhoSaid(models.TextChoices):
    """Whose knowledge an assessment entry is."""

    CLASS_TEACHER = "class teacher", "Class or subject teacher"
    TEACHING_ASSISTANT = "teaching assistant", "Teaching assistant"
    SENCO = "senco", "SENCO or designated teacher"
    PUPIL = "pupil", "Pupil"
    CARER = "carer", "Carer"
    PARENT = "parent", "Parent"
    SOCIAL_WORKER = "social worker", "Social worker"
    SPECIALIST = "specialist", "Specialist"
    MEASURE = "measure", "A test, count or other measure"


HOME = [WhoSaid.CARER, WhoSaid.PARENT]
IN_CLASS = [WhoSaid.CLASS_TEACHER, WhoSaid.TEACHING_ASSISTANT, WhoSaid.PUPIL, WhoSaid.MEASURE]


class AboutPupilInClassQuerySet(AboutPupilQuerySet):
    """Rows that class staff read too: plan and sessions."""

    def readable_by(self, user: "User") -> Self:
        return self.visible_to(user) | self.in_class_of(user)


class CycleQuerySet(AboutPupilInClassQuerySet):
    def open(self) -> Self:
        return self.filter(state__in=OPEN_STATES)

    def latest_first(self) -> Self:
        return self.order_by("-number")

    def with_names(self) -> Self:
        return self.select_related("pupil", "kept_by", "written_for", "agreed_by", "follows__kept_by")


@keeps_row_changes
class Cycle(AboutPupil, Versioned):
    """One round of Assess, Plan, Do, Review for one pupil, kept by one school. Reviewed, it is read-only evidence."""

    number = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=10, choices=CycleState.choices, default=CycleState.ASSESS)
    kept_by = models.ForeignKey(School, on_delete=models.PROTECT, related_name="cycles_kept")
    follows = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    started_on = models.DateField()
    areas = ArrayField(models.CharField(max_length=20, choices=AreaOfNeed.choices), default=list)
    strengths = models.TextField(blank=True)
    summary = models.TextField(blank=True)
    barrier = models.TextField(blank=True)
    other_causes: Any = models.JSONField(default=dict)  # {OtherCause: CauseFound}; empty where nobody was asked
    causes_found = models.TextField(blank=True)
    assessed_on = models.DateField(null=True)
    review_on = models.DateField(null=True)
    shared_with = models.CharField(max_length=120, blank=True)
    shared_on = models.DateField(null=True)
    printed = models.BooleanField(default=False)
    agreed_on = models.DateField(null=True)
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    plan_changed_on = models.DateField(null=True)  # after it was agreed
    closed_on = models.DateField(null=True)
    ended_because = models.TextField(blank=True)

    objects = CycleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pupil", "number"], name="cycles_are_numbered"),
            models.UniqueConstraint(
                fields=["pupil"], condition=Q(state__in=OPEN_STATES), name="one_open_cycle_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["DO", "REVIEWED"]) | Q(agreed_on__isnull=False, review_on__isnull=False),
                name="an_agreed_plan_has_its_dates",
            ),
        ]

    def __str__(self) -> str:
        return f"cycle {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("cycle", args=[self.pk])

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def areas_in_words(self) -> str:
        return ", ".join(str(AreaOfNeed(area).label) for area in self.areas)

    @property
    def causes_in_words(self) -> list[str]:
        """["May be part of it: hearing; sight", …], what matters most first; [] where nobody was asked."""
        return self._causes_told(CauseFound.PART, CauseFound.NOT_YET, CauseFound.NOT_IT)

    @property
    def causes_left_in_words(self) -> list[str]:
        """The same without what was ruled out."""
        return self._causes_told(CauseFound.PART, CauseFound.NOT_YET)

    def _causes_told(self, *told: CauseFound) -> list[str]:
        by_found = [(one, [c for c in OtherCause if self.other_causes.get(c) == one]) for one in told]
        return [
            f"{one.label}: {'; '.join(lower_first(str(c.label)) for c in causes)}" for one, causes in by_found if causes
        ]

    @property
    def has_been_handed_over(self) -> bool:
        return self.kept_by_id != self.written_for_id


@keeps_row_changes
class AssessmentEntry(AboutPupil, Versioned):
    """One thing that somebody knows about the pupil, for the assessment. A concern of home has the school's view
    beside it (SEND Code of Practice 6.45)."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="entries")
    who_said = models.CharField(max_length=20, choices=WhoSaid.choices)
    name = models.CharField(max_length=120, blank=True)
    area = models.CharField(max_length=20, choices=AreaOfNeed.choices)
    words = models.TextField()
    said_on = models.DateField()
    is_concern = models.BooleanField(default=False)
    schools_view = models.TextField(blank=True)
    view = models.ForeignKey(View, null=True, on_delete=models.PROTECT, related_name="+")
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = AboutPupilQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cycle", "view"], name="a_view_once_in_an_assessment")]

    def __str__(self) -> str:
        return f"what {self.who} said"

    def get_absolute_url(self) -> str:
        return reverse("assess", args=[self.cycle_id])

    @property
    def who(self) -> str:
        label = str(self.get_who_said_display())
        return f"{self.name}, {lower_first(label)}" if self.name else label


class InPlanQuerySet(AboutPupilInClassQuerySet):
    def in_plan(self) -> Self:
        """What stands in the plan; what was taken out stays in the record."""
        return self.filter(taken_out_on__isnull=True)


@keeps_row_changes
class Outcome(AboutPupil, Versioned):
    """What should be different for the pupil by the review: from where, measured how, to where."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="outcomes")
    statement = models.CharField(max_length=300)
    pupils_words = models.TextField(blank=True)
    baseline = models.CharField(max_length=300, blank=True)
    measure = models.CharField(max_length=300, blank=True)
    target = models.CharField(max_length=300, blank=True)
    carried_from = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    taken_out_on = models.DateField(null=True)

    objects = InPlanQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.statement

    def get_absolute_url(self) -> str:
        return reverse("plan", args=[self.cycle_id])


@keeps_row_changes
class Intervention(AboutPupil, Versioned):
    """What is done towards an outcome. The accountable teacher answers for it even when somebody else delivers it
    (SEND Code of Practice 6.52)."""

    outcome = models.ForeignKey(Outcome, on_delete=models.PROTECT, related_name="interventions")
    name = models.CharField(max_length=200)
    details = models.TextField(blank=True)
    accountable_teacher = models.CharField(max_length=120)
    deliverer = models.CharField(max_length=120)
    times_a_week = models.PositiveSmallIntegerField()
    minutes = models.PositiveSmallIntegerField()
    group_size = models.PositiveSmallIntegerField(null=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    taken_out_on = models.DateField(null=True)

    objects = InPlanQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="interventions_end_after_they_start"),
            models.CheckConstraint(
                condition=Q(times_a_week__gte=1, minutes__gte=1), name="interventions_happen_sometimes"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("plan", args=[self.outcome.cycle_id])

    @property
    def how_often(self) -> str:
        """ "2 × 20 min a week"."""
        return f"{self.times_a_week} × {self.minutes} min a week"

    @property
    def with_whom(self) -> str:
        return f"in a group of {self.group_size}" if self.group_size and self.group_size > 1 else "one to one"


@keeps_row_changes
class Adjustment(AboutPupil, Versioned):
    """A reasonable adjustment: what everybody does differently, always. A duty of its own (Equality Act 2010 s.20)."""

    outcome = models.ForeignKey(Outcome, on_delete=models.PROTECT, related_name="adjustments")
    what = models.CharField(max_length=300)
    who = models.CharField(max_length=120, default="All staff")
    taken_out_on = models.DateField(null=True)

    objects = InPlanQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.what

    def get_absolute_url(self) -> str:
        return reverse("plan", args=[self.outcome.cycle_id])


@keeps_row_changes
class WeekOfSessions(AboutPupil):
    """One intervention in one week. A session is held, missed, or not recorded, which is never the same as nought."""

    intervention = models.ForeignKey(Intervention, on_delete=models.PROTECT, related_name="weeks")
    week_of = models.DateField()  # its Monday
    planned = models.PositiveSmallIntegerField()
    held = models.PositiveSmallIntegerField(default=0)
    missed = models.PositiveSmallIntegerField(default=0)
    reason = models.CharField(max_length=200, blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = AboutPupilInClassQuerySet.as_manager()

    class Meta:
        ordering = ["week_of"]
        constraints = [
            models.UniqueConstraint(fields=["intervention", "week_of"], name="one_row_a_week"),
            models.CheckConstraint(condition=Q(week_of__iso_week_day=1), name="weeks_begin_on_monday"),
        ]

    def __str__(self) -> str:
        return f"{self.intervention}, week of {full_date(self.week_of)}"


class Result(models.TextChoices):
    """What became of an outcome, in words rather than numbers (domain A15)."""

    WORSE = "worse", "Worse than before"
    SAME = "same", "As before"
    SOME = "some", "Some progress"
    MET = "met", "Met"
    EXCEEDED = "exceeded", "Better than hoped for"


class Decision(models.TextChoices):
    """What a review may decide (SEND Code of Practice 6.53-6.56)."""

    CONTINUE = "continue", "Continue with this plan"
    CHANGE = "change", "Change the plan"
    STEP_UP = "step up", "Step up the support"
    ADD_SPECIALIST = "add specialist", "Ask a specialist"
    REQUEST_EHC = "request ehc", "Request an EHC needs assessment"
    STEP_DOWN = "step down", "Step down the support"
    END_SUPPORT = "end support", "End SEN support"


EARLY_ANNUAL_REVIEW = "Ask for an early annual review"


def decision_in_words(decision: str, sen_status: str) -> str:
    """A pupil with an EHC plan needs no new assessment asked for, but a look at the plan."""
    if decision == Decision.REQUEST_EHC and sen_status == "E":
        return EARLY_ANNUAL_REVIEW
    return str(Decision(decision).label)


@keeps_row_changes
class CycleReview(AboutPupil):
    """The review of a cycle: when, what was decided. Never changed."""

    cycle = models.OneToOneField(Cycle, on_delete=models.PROTECT, related_name="review")
    held_on = models.DateField()
    decisions = ArrayField(models.CharField(max_length=20, choices=Decision.choices))
    sen_status = models.CharField(max_length=1)  # on the day, for the words of the decisions
    next_steps = models.TextField(blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = AboutPupilQuerySet.as_manager()

    def __str__(self) -> str:
        return f"review of {self.cycle}"

    def get_absolute_url(self) -> str:
        return reverse("cycle", args=[self.cycle_id])

    @property
    def decisions_in_words(self) -> str:
        """ "change the plan, request an EHC needs assessment"."""
        return ", ".join(lower_first(decision_in_words(decision, self.sen_status)) for decision in self.decisions)


@keeps_row_changes
class OutcomeResult(AboutPupil):
    """What became of one outcome, and what is the case now."""

    review = models.ForeignKey(CycleReview, on_delete=models.PROTECT, related_name="results")
    outcome = models.OneToOneField(Outcome, on_delete=models.PROTECT, related_name="result")
    result = models.CharField(max_length=10, choices=Result.choices)
    now = models.TextField(blank=True)

    objects = AboutPupilInClassQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.outcome}: {self.get_result_display().lower()}"


class WhoseInReview(models.TextChoices):
    PUPIL = "pupil", "Pupil"
    CARER = "carer", "Parent or carer"
    TEACHER = "teacher", "Teacher"


@keeps_row_changes
class ReviewVoice(AboutPupil):
    """What somebody thought of the support at its review: typed in, or a view given before."""

    review = models.ForeignKey(CycleReview, on_delete=models.PROTECT, related_name="voices")
    whose = models.CharField(max_length=10, choices=WhoseInReview.choices)
    words = models.TextField()
    view = models.ForeignKey(View, null=True, on_delete=models.PROTECT, related_name="+")

    objects = AboutPupilQuerySet.as_manager()

    def __str__(self) -> str:
        return f"the {self.get_whose_display().lower()}’s view"


@keeps_row_changes
class Handover(AboutPupil):
    """A cycle passed from one school to the next in the middle. The old school goes on reading it ``as_it_stood``."""

    cycle = models.ForeignKey(Cycle, on_delete=models.PROTECT, related_name="handovers")
    to_school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    handed_over_on = models.DateField()
    as_it_stood = models.JSONField()

    objects = AboutPupilQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.cycle} to {self.to_school}"

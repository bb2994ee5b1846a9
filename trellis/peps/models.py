"""Personal Education Plans: the education part of a child's care plan, kept term by term by the authority that looks
after the child."""

from datetime import date
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Case, Q, Value, When
from django.urls import reverse

from trellis.calendar.models import Term
from trellis.conduct import clock
from trellis.conduct.models import Versioned
from trellis.conduct.periods import never_overlaps
from trellis.design.in_words import day_and_month
from trellis.documents.models import Document
from trellis.history.events import keeps_row_changes
from trellis.history.models import ADDED_TO_ONLY
from trellis.organisations.models import DatedPolicy, Organisation, School
from trellis.pupils.models import AboutPupil, AboutPupilQuerySet
from trellis.voices.models import View

DAY_OF_YEAR = RegexValidator(r"^(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$", "Write month and day as 10-31.")


class DayOfYearField(models.CharField):
    """A day that comes every year, as month and day: "10-31"."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **{"max_length": 5, "validators": [DAY_OF_YEAR], **options})


def reception_seven_and_eleven() -> list[int]:
    return [0, 7, 11]


class PepPolicyQuerySet(models.QuerySet["PepPolicy"]):
    def counting(self, virtual_school: Organisation, day: date) -> "PepPolicy":
        """The policy of the Virtual School that looks after the child, on the first day of the term; where it has
        agreed none, the sample."""
        agreed = self.filter(organisation=virtual_school.pk, during__contains=day).first()
        return agreed or PepPolicy(organisation=virtual_school, source=PepPolicy.SAMPLE)


@keeps_row_changes
class PepPolicy(DatedPolicy):
    """When PEPs are due, for whom, and how their quality is graded; agreed by a Virtual School for a period."""

    SAMPLE = "sample: the dates Coventry Virtual School published for 2023-24"

    class QualityScheme(models.TextChoices):
        THREE_GRADES = "three grades", "red, amber or green for each section; red goes back"

    first_years = ArrayField(
        models.SmallIntegerField(), default=reception_seven_and_eleven
    )  # year groups due first in autumn
    autumn_due_first = DayOfYearField(default="10-31")
    autumn_due = DayOfYearField(default="11-30")
    spring_due = DayOfYearField(default="03-14")
    summer_due = DayOfYearField(default="06-14")
    from_age = models.PositiveSmallIntegerField(default=3)
    to_year_group = models.PositiveSmallIntegerField(default=11)
    quality_scheme = models.CharField(
        max_length=20, choices=QualityScheme.choices, default=QualityScheme.THREE_GRADES
    )  # fmt: skip
    iro_working_days = models.PositiveSmallIntegerField(default=3)
    kept_elsewhere = models.CharField(max_length=80, blank=True)  # the other system's name, where PEPs are kept there

    objects = PepPolicyQuerySet.as_manager()

    class Meta:
        constraints = [
            never_overlaps("one_pep_policy_a_day", "organisation", sentence="One PEP policy counts on any day."),
        ]

    def __str__(self) -> str:
        return f"PEP policy of {self.organisation}"


class PepState(models.TextChoices):
    NOT_STARTED = "NOT_STARTED", "Not started"
    IN_PROGRESS = "IN_PROGRESS", "In progress"
    SUBMITTED = "SUBMITTED", "Submitted"
    RETURNED = "RETURNED", "Returned"
    SIGNED_OFF = "SIGNED_OFF", "Signed off"
    ENDED = "ENDED", "Ended unfinished"  # its authority no longer looks after the child


OPEN_FOR_WRITING = (PepState.IN_PROGRESS, PepState.RETURNED)
WITH_THE_SCHOOL = (PepState.NOT_STARTED, *OPEN_FOR_WRITING)
DONE = (PepState.SIGNED_OFF, PepState.ENDED)


class Because(models.TextChoices):
    TERM = "term", "the term's PEP"
    CAME_INTO_CARE = "came into care", "came into care"
    NEW_SCHOOL = "new school", "started at a new school"


class Grade(models.TextChoices):
    GREEN = "green", "Green"
    AMBER = "amber", "Amber"
    RED = "red", "Red"


class PepQuerySet(AboutPupilQuerySet):
    def not_signed_off(self) -> Self:
        """Those that somebody still works on."""
        return self.exclude(state__in=DONE)

    def of_term(self, term: Term) -> Self:
        return self.filter(term=term)

    def to_look_at(self, today: date) -> Self:
        """What a list of PEPs is about: all that are worked on, and those of a term not yet over."""
        return self.filter(~Q(state__in=DONE) | Q(term__during__endswith__gt=today))

    def most_urgent_first(self) -> Self:
        done_last = Case(When(state__in=DONE, then=Value(1)), default=Value(0))
        return self.order_by(done_last, "due_on", "pupil__folded_name", "pk")

    def newest_first(self) -> Self:
        return self.order_by("-term__during", "-number")


@keeps_row_changes
class Pep(AboutPupil, Versioned):
    """A pupil's Personal Education Plan for a term. ``written_for`` is the Virtual School: the plan is the authority's;
    ``kept_by`` is the school that works on it."""

    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField(default=1)  # 2: an extra one, after a move in mid-term
    because = models.CharField(max_length=20, choices=Because.choices, default=Because.TERM)
    kept_by = models.ForeignKey(School, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=PepState.choices, default=PepState.NOT_STARTED)
    opened_on = models.DateField()
    start_by = models.DateField(null=True)  # working day 10 after coming into care or to a new school
    due_on = models.DateField()
    due_because = models.CharField(max_length=300)  # the policy or rule that the date came from, in words
    policy = models.ForeignKey(PepPolicy, null=True, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(null=True)
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    submitted_on_behalf = models.BooleanField(default=False)
    signed_off_at = models.DateTimeField(null=True)
    signed_off_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    document = models.OneToOneField(Document, null=True, on_delete=models.PROTECT, related_name="+")
    kept_elsewhere = models.CharField(max_length=80, blank=True)  # the other system's name, as it was opened
    issued_section_version = models.PositiveIntegerField(null=True)  # kept elsewhere: which words of it were given out
    held_on = models.DateField(null=True)  # kept elsewhere: the day of the PEP, by file
    grade_elsewhere = models.CharField(max_length=5, choices=Grade.choices, blank=True)

    objects = PepQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pupil", "term", "number"], name="one_pep_a_term"),
            models.CheckConstraint(
                name="a_signed_off_pep_has_its_document",
                condition=Q(state=PepState.SIGNED_OFF, document__isnull=False)
                | Q(document__isnull=True, kept_elsewhere__gt="")
                | (~Q(state=PepState.SIGNED_OFF) & Q(document__isnull=True)),
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"])]

    def __str__(self) -> str:
        return f"PEP, {self.term.in_words}"

    @property
    def title(self) -> str:
        return f"Personal Education Plan, {self.term.in_words}"

    @property
    def is_late(self) -> bool:
        """Past its date and still with the school. A PEP that waits for the Virtual School is not late."""
        return self.state in WITH_THE_SCHOOL and self.due_on < clock.today()

    @property
    def is_open_for_writing(self) -> bool:
        """Of a PEP kept elsewhere the SEND section may always be written: what was issued stays as it went."""
        return self.state in OPEN_FOR_WRITING or bool(self.kept_elsewhere and self.state != PepState.ENDED)

    def get_absolute_url(self) -> str:
        return reverse("pep", args=[self.pk])


@keeps_row_changes
class PepSection(AboutPupil, Versioned):
    """One part of a PEP, written by its owner, graded by the Virtual School. A grade belongs to the words it was given
    for: writing the section again takes it away."""

    pep = models.ForeignKey(Pep, on_delete=models.PROTECT, related_name="sections")
    name = models.CharField(max_length=20)  # one of rules.SECTIONS
    words = models.JSONField(default=dict)  # by field of the section
    written_from = models.JSONField(null=True)  # SEND: the cycle's story as it stood when its words were taken
    view = models.ForeignKey(View, null=True, on_delete=models.PROTECT, related_name="+")  # pupil's and carer's words
    written_at = models.DateTimeField(null=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    on_behalf = models.BooleanField(default=False)
    grade = models.CharField(max_length=5, choices=Grade.choices, blank=True)
    grade_sentence = models.TextField(blank=True)
    graded_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = AboutPupilQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pep", "name"], name="one_pep_section_a_name")]

    def __str__(self) -> str:
        return f"{self.name} of {self.pep}"

    def get_absolute_url(self) -> str:
        return reverse("pep_section", args=[self.pk])


class Area(models.TextChoices):
    ACADEMIC = "academic", "Learning"
    SEND = "send", "Special educational needs"
    SEMH = "semh", "Social, emotional and mental health"
    ATTENDANCE = "attendance", "Attendance"
    ASPIRATION = "aspiration", "Interests and aspirations"


class TargetResult(models.TextChoices):
    MET = "met", "Met"
    PARTLY = "partly", "Partly met"
    NOT_MET = "not met", "Not met"


@keeps_row_changes
class PepTarget(AboutPupil, Versioned):
    """What a pupil is to reach by a date, how it is measured, and what is done for it; judged on the next PEP."""

    pep = models.ForeignKey(Pep, on_delete=models.PROTECT, related_name="targets")
    number = models.PositiveSmallIntegerField()
    area = models.CharField(max_length=12, choices=Area.choices)
    statement = models.TextField()
    baseline = models.CharField(max_length=200)
    measure = models.CharField(max_length=200)
    target_value = models.CharField(max_length=200)
    by_when = models.DateField()
    intervention = models.CharField(max_length=200)
    dose = models.CharField(max_length=120)
    owner = models.CharField(max_length=120)
    result = models.CharField(max_length=8, choices=TargetResult.choices, blank=True)
    result_note = models.TextField(blank=True)
    judged_on_pep = models.ForeignKey(Pep, null=True, on_delete=models.PROTECT, related_name="judged_targets")
    dropped = models.BooleanField(default=False)
    left_file_on = models.DateField(null=True)  # kept elsewhere: the file of that day did not hold it any more

    objects = AboutPupilQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pep", "number"], name="one_pep_target_a_number")]
        ordering = ["pep", "number"]

    def __str__(self) -> str:
        return f"Target {self.number}: {self.statement}"

    @property
    def has_passed(self) -> bool:
        """Whether its date is over."""
        return self.by_when < clock.today()

    @property
    def passed_in_words(self) -> str:
        """Once its date is over: "its date, 10 October, has passed"."""
        return f"its date, {day_and_month(self.by_when)}, has passed"


class IssuedSection(AboutPupil):
    """The SEND section of a PEP kept elsewhere, as it was given out for it: a document, stamped with the cycle's date
    and its own version. Written again, it is issued again."""

    pep = models.ForeignKey(Pep, on_delete=models.PROTECT, related_name="issued")
    number = models.PositiveSmallIntegerField()  # the version: 1, 2, … for this PEP
    section_version = models.PositiveIntegerField()  # of the section's words that went
    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="+")
    stamp = models.CharField(max_length=200)  # "Cycle 2 as it stood on 3 November 2026. Version 1, issued …"
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = AboutPupilQuerySet.as_manager()

    class Meta:
        triggers = ADDED_TO_ONLY
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["pep", "number"], name="one_issue_a_version")]

    def __str__(self) -> str:
        return f"SEND section of {self.pep}, version {self.number}"


class PepReturn(AboutPupil):
    """A PEP sent back to the school, and why."""

    pep = models.ForeignKey(Pep, on_delete=models.PROTECT, related_name="returns")
    reasons = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = AboutPupilQuerySet.as_manager()

    class Meta:
        triggers = ADDED_TO_ONLY
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.pep} returned"


class PepAddendum(AboutPupil):
    """A dated correction of a PEP that was signed off; what was signed stays as it is."""

    pep = models.ForeignKey(Pep, on_delete=models.PROTECT, related_name="addenda")
    words = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    objects = AboutPupilQuerySet.as_manager()

    class Meta:
        triggers = ADDED_TO_ONLY
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"addendum to {self.pep}"

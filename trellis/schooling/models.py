"""Whether a pupil is in school: suspensions, permanent exclusions, part-time timetables, and who was told of them."""

from datetime import date
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse

from trellis.conduct import clock
from trellis.conduct.models import Versioned
from trellis.conduct.periods import never_overlaps
from trellis.design.in_words import full_date, hours
from trellis.history.events import keeps_row_changes
from trellis.history.models import ADDED_TO_ONLY
from trellis.organisations.models import DatedPolicy, Organisation, School
from trellis.pupils.models import AboutPupil, AboutPupilQuerySet


def days_in_words(half_days: int) -> str:
    """ "2½ school days", "half a school day"."""
    whole, half = divmod(half_days, 2)
    if not whole:
        return "half a school day" if half else "no school days"
    return f"{whole}{'½' if half else ''} school day{'' if half_days == 2 else 's'}"


# --- what one school or authority may settle for itself --------------------------------------------------------------


class TermCountPolicyQuerySet(models.QuerySet["TermCountPolicy"]):
    def counting(self, school: Organisation, day: date) -> "TermCountPolicy":
        """The policy of the school, on the day of the decision; where it has said nothing, it has three terms."""
        agreed = self.filter(organisation=school.pk, during__contains=day).first()
        return agreed or TermCountPolicy(organisation_id=school.pk, source=TermCountPolicy.SAMPLE)


@keeps_row_changes
class TermCountPolicy(DatedPolicy):
    """By which periods a school counts suspended days: its own three terms, or the dates the regulations name."""

    SAMPLE = "sample: three terms as the authority publishes them"

    class CountsBy(models.TextChoices):
        OWN_TERMS = "own terms", "its own three terms"
        REFERENCE_DATES = "reference dates", "the periods that end on 31 December, Easter Monday and 31 July"

    counts_by = models.CharField(max_length=20, choices=CountsBy.choices, default=CountsBy.OWN_TERMS)

    objects = TermCountPolicyQuerySet.as_manager()

    class Meta:
        constraints = [
            never_overlaps("one_term_count_a_day", "organisation", sentence="One way of counting counts on any day."),
        ]

    def __str__(self) -> str:
        return f"counts suspended days by {self.get_counts_by_display()}"


class PartTimePolicyQuerySet(models.QuerySet["PartTimePolicy"]):
    def counting(self, virtual_school: Organisation | None, day: date) -> "PartTimePolicy":
        """The policy of the Virtual School that looks after the child, on the first day of the timetable; where it
        has agreed none, the sample."""
        agreed = self.filter(organisation=virtual_school.pk, during__contains=day).first() if virtual_school else None
        return agreed or PartTimePolicy(source=PartTimePolicy.SAMPLE)


@keeps_row_changes
class PartTimePolicy(DatedPolicy):
    """What a Virtual School asks of a part-time timetable: how long at most, how often reviewed, who agrees."""

    SAMPLE = "sample: six weeks (Essex and Southend publish six to eight), a written agreement as Brighton asks"

    weeks_at_most = models.PositiveSmallIntegerField(default=6)
    weeks_between_reviews = models.PositiveSmallIntegerField(default=2)
    virtual_school_agrees = models.BooleanField(default=True)

    objects = PartTimePolicyQuerySet.as_manager()

    class Meta:
        constraints = [
            never_overlaps("one_part_time_policy_a_day", "organisation", sentence="One policy counts on any day."),
        ]

    def __str__(self) -> str:
        return f"part-time timetables: at most {self.weeks_at_most} weeks"


# --- suspensions and permanent exclusions ----------------------------------------------------------------------------


class Kind(models.TextChoices):
    SUSPENSION = "SUSPENSION", "Suspension"
    LUNCHTIMES = "LUNCHTIMES", "Suspension at lunchtimes"
    PERMANENT = "PERMANENT", "Permanent exclusion"


class SuspensionState(models.TextChoices):
    STANDS = "STANDS", "Stands"
    CANCELLED = "CANCELLED", "Cancelled by the headteacher"
    REINSTATED = "REINSTATED", "Pupil reinstated by the governing board"
    ENTERED_IN_ERROR = "IN_ERROR", "Entered in error"


class Reason(models.TextChoices):
    """The reasons of the school census, up to three of which are given."""

    PHYSICAL_PUPIL = "PP", "Physical assault against a pupil"
    PHYSICAL_ADULT = "PA", "Physical assault against an adult"
    VERBAL_PUPIL = "VP", "Verbal abuse or threatening behaviour against a pupil"
    VERBAL_ADULT = "VA", "Verbal abuse or threatening behaviour against an adult"
    WEAPON = "OW", "Use or threat of use of an offensive weapon or prohibited item"
    BULLYING = "BU", "Bullying"
    RACIST = "RA", "Racist abuse"
    LGBT = "LG", "Abuse against sexual orientation and gender identity"
    DISABILITY = "DS", "Abuse relating to disability"
    SEXUAL = "SM", "Sexual misconduct"
    DRUGS = "DA", "Drug and alcohol related"
    DAMAGE = "DM", "Damage"
    THEFT = "TH", "Theft"
    DISRUPTIVE = "DB", "Persistent or general disruptive behaviour"
    ONLINE = "MT", "Inappropriate use of social media or online technology"
    PUBLIC_HEALTH = "PH", "Wilful and repeated transgression of measures to protect public health"


class SuspensionQuerySet(AboutPupilQuerySet):
    def that_were(self) -> Self:
        """Without those that were entered in error: they never were."""
        return self.exclude(state=SuspensionState.ENTERED_IN_ERROR)

    def latest_first(self) -> Self:
        return self.order_by("-first_day", "-pk")

    def with_names(self) -> Self:
        return self.select_related("pupil", "school", "recorded_by", "follows")


@keeps_row_changes
class Suspension(AboutPupil, Versioned):
    """A headteacher sends a pupil out of school on disciplinary grounds, for a fixed time or for good.

    ``days`` are the school days it takes, ``half_days`` what they count: two a day, one for a half or a lunchtime. When
    it is cancelled the days still to come are taken off; those spent out of school go on counting.
    """

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.SUSPENSION)
    state = models.CharField(max_length=12, choices=SuspensionState.choices, default=SuspensionState.STANDS)
    decided_by = models.CharField(max_length=120)  # the headteacher, or whoever acts as head
    decided_at = models.DateTimeField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    first_day = models.DateField()
    last_day = models.DateField(null=True)  # none for a permanent exclusion
    from_midday = models.BooleanField(default=False)
    until_midday = models.BooleanField(default=False)
    days = ArrayField(models.DateField(), default=list)
    half_days = models.PositiveSmallIntegerField(default=0)
    reasons = ArrayField(models.CharField(max_length=2, choices=Reason.choices))
    what_happened = models.TextField()
    follows = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    misses_exam = models.BooleanField(default=False)
    work_set = models.TextField(blank=True)
    provision = models.CharField(max_length=300, blank=True)
    provision_from = models.DateField(null=True)
    board_meets_on = models.DateField(null=True)
    welcome_back_on = models.DateField(null=True)  # the meeting when the pupil comes back
    closed_on = models.DateField(null=True)
    closed_because = models.TextField(blank=True)

    objects = SuspensionQuerySet.as_manager()

    class Meta:
        ordering = ["-first_day", "-pk"]
        indexes = [models.Index(fields=["pupil", "-first_day"])]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="PERMANENT", last_day__isnull=True)
                | Q(last_day__gte=models.F("first_day"), last_day__isnull=False) & ~Q(kind="PERMANENT"),
                name="suspensions_end_and_exclusions_do_not",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display().lower()} from {full_date(self.first_day)}"

    def get_absolute_url(self) -> str:
        return reverse("suspension", args=[self.pk])

    @property
    def counts_in_words(self) -> str:
        return days_in_words(self.half_days)

    @property
    def is_permanent(self) -> bool:
        return self.kind == Kind.PERMANENT

    @property
    def stands(self) -> bool:
        return self.state == SuspensionState.STANDS

    @property
    def reasons_in_words(self) -> str:
        return "; ".join(str(Reason(reason).label) for reason in self.reasons)


@keeps_row_changes
class SentHome(AboutPupil):
    """A pupil was sent home "to cool off" without a suspension. That is unlawful whoever agreed, so it is written down
    as a risk and the Virtual School sees it."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    happened_on = models.DateField()
    left_at = models.TimeField(null=True)
    asked_by = models.CharField(max_length=120)
    what_happened = models.TextField()
    what_next = models.TextField(blank=True)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = AboutPupilQuerySet.as_manager()

    class Meta:
        triggers = ADDED_TO_ONLY
        ordering = ["-happened_on", "-pk"]
        indexes = [models.Index(fields=["pupil", "-happened_on"])]

    def __str__(self) -> str:
        return f"sent home on {full_date(self.happened_on)}"


# --- part-time timetables --------------------------------------------------------------------------------------------


class WhyPartTime(models.TextChoices):
    HEALTH = "health", "A physical or mental health need"
    RETURN = "return", "Coming back after a long absence"
    NEW_SCHOOL = "new school", "Starting at this school, step by step"
    TRAUMA = "trauma", "Recovering from something that happened outside school"
    BEHAVIOUR = "behaviour", "Behaviour in school"


class PartTimeState(models.TextChoices):
    CURRENT = "CURRENT", "Part-time"
    ENDED = "ENDED", "Ended"


class PartTimeTimetableQuerySet(AboutPupilQuerySet):
    def current(self) -> Self:
        return self.filter(state=PartTimeState.CURRENT)

    def latest_first(self) -> Self:
        return self.order_by("-starts_on", "-pk")

    def with_names(self) -> Self:
        return self.select_related("pupil", "school", "recorded_by")


@keeps_row_changes
class PartTimeTimetable(AboutPupil, Versioned):
    """Fewer hours in school than others, for a short time, with an end and a way back. Minutes are for a week."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=8, choices=PartTimeState.choices, default=PartTimeState.CURRENT)
    minutes_now = models.PositiveSmallIntegerField()
    minutes_full = models.PositiveSmallIntegerField()
    because = models.CharField(max_length=12, choices=WhyPartTime.choices)
    reason = models.TextField()
    parent_agreed = models.CharField(max_length=200)  # who with parental responsibility, and when
    social_worker_agreed = models.CharField(max_length=200, blank=True)
    virtual_school_agreed = models.CharField(max_length=200, blank=True)
    pupils_view = models.TextField(blank=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    review_on = models.DateField()  # the next review
    ramp_plan = models.TextField()
    safe_off_site = models.TextField()
    work_set = models.TextField()
    policy = models.ForeignKey(PartTimePolicy, null=True, on_delete=models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    ended_on = models.DateField(null=True)
    ended_because = models.TextField(blank=True)

    objects = PartTimeTimetableQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["pupil"], condition=Q(state="CURRENT"), name="one_part_time_timetable_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(minutes_now__lt=models.F("minutes_full")), name="part_time_is_less_than_full_time"
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=models.F("starts_on")), name="part_time_ends_after_it_starts"
            ),
        ]

    def __str__(self) -> str:
        return f"part-time timetable from {full_date(self.starts_on)}"

    def get_absolute_url(self) -> str:
        return reverse("part_time", args=[self.pk])

    @property
    def hours_in_words(self) -> str:
        """ "12½ hours of 23½ hours"."""
        return f"{hours(self.minutes_now)} of {hours(self.minutes_full)}"

    @property
    def is_current(self) -> bool:
        return self.state == PartTimeState.CURRENT

    @property
    def is_past_its_end(self) -> bool:
        return self.is_current and self.ends_on < clock.today()


class ReviewDecided(models.TextChoices):
    GOES_ON = "goes on", "It goes on as agreed"
    EXTENDED = "extended", "It is extended, with new hours or a new end date"
    ENDED = "ended", "It ends: back to full time"


@keeps_row_changes
class PartTimeReview(AboutPupil):
    """The formal look at a part-time timetable, with the pupil and their parents. It is never changed."""

    timetable = models.ForeignKey(PartTimeTimetable, on_delete=models.PROTECT, related_name="reviews")
    held_on = models.DateField()
    with_whom = models.CharField(max_length=300)
    words = models.TextField()
    decided = models.CharField(max_length=10, choices=ReviewDecided.choices)
    minutes_now = models.PositiveSmallIntegerField()
    ends_on = models.DateField()
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    objects = AboutPupilQuerySet.as_manager()

    class Meta:
        triggers = ADDED_TO_ONLY
        ordering = ["-held_on", "-pk"]

    def __str__(self) -> str:
        return f"review of {full_date(self.held_on)}"


# --- who is told -----------------------------------------------------------------------------------------------------


class Who(models.TextChoices):
    """Whom law or guidance names."""

    PARENT = "parent", "Parent"
    CARER = "carer", "Carer"
    SOCIAL_WORKER = "social worker", "Social worker"
    VIRTUAL_SCHOOL_HEAD = "virtual school head", "Virtual School head"
    AUTHORITY = "authority", "Local authority of the school"
    HOME_AUTHORITY = "home authority", "Local authority where the pupil lives"
    GOVERNING_BOARD = "governing board", "Governing board"
    EHC_COORDINATOR = "ehc coordinator", "EHC coordinator"


class ToldBy(models.TextChoices):
    EMAIL = "e-mail", "By e-mail"
    TELEPHONE = "telephone", "By telephone"
    IN_PERSON = "in person", "In person"
    LETTER = "letter", "By letter"
    AUTHORITY_FORM = "authority form", "By the authority’s own form or system"
    NOT_SAFE = "not safe", "Decided not to tell, with the social worker or safeguarding lead"


class TellingQuerySet(AboutPupilQuerySet):
    def still_to_do(self) -> Self:
        in_error = Q(suspension__isnull=False, suspension__state=SuspensionState.ENTERED_IN_ERROR)
        return self.filter(told_at__isnull=True).exclude(in_error)

    def with_names(self) -> Self:
        return self.select_related("pupil", "suspension", "timetable", "told_by")


@keeps_row_changes
class Telling(AboutPupil, Versioned):
    """Somebody who must hear of a suspension or a part-time timetable: how, why, and when they were told."""

    suspension = models.ForeignKey(Suspension, null=True, on_delete=models.PROTECT, related_name="tellings")
    timetable = models.ForeignKey(PartTimeTimetable, null=True, on_delete=models.PROTECT, related_name="tellings")
    who = models.CharField(max_length=20, choices=Who.choices)
    name = models.CharField(max_length=200, blank=True)
    how = models.CharField(max_length=300)  # what is to be said, and by which way
    source = models.CharField(max_length=300)
    since = models.DateTimeField()  # the decision: from then the hours count
    mailed_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True)
    told_how = models.CharField(max_length=20, choices=ToldBy.choices, blank=True)
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True)

    objects = TellingQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(suspension__isnull=True) ^ Q(timetable__isnull=True), name="a_telling_is_of_one_thing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_who_display()}: {self.name}" if self.name else str(self.get_who_display())

    def get_absolute_url(self) -> str:
        about = self.suspension or self.timetable
        assert about is not None  # a constraint holds it
        return about.get_absolute_url()

    @property
    def about_in_words(self) -> str:
        return str(self.suspension or self.timetable)

    @property
    def is_done(self) -> bool:
        return self.told_at is not None

    @property
    def hours_waiting(self) -> int:
        """Whole hours since the decision, until told."""
        return int(((self.told_at or clock.now()) - self.since).total_seconds() // 3600)

    @property
    def waiting_in_words(self) -> str:
        """ "3 hours since the decision"; after two days in days."""
        number, unit = (self.hours_waiting // 24, "day") if self.hours_waiting >= 48 else (self.hours_waiting, "hour")
        return f"{number} {unit}{'' if number == 1 else 's'} since the decision"


# --- what a school tells of attendance and attainment ----------------------------------------------------------------


def absence_in_words(possible: int, attended: int) -> str:
    """Persistent: a tenth of the sessions or more missed; severe: half or more (domain J6). Empty below."""
    missed = possible - attended
    if possible and missed * 2 >= possible:
        return "severely absent: half of the sessions or more missed"
    if possible and missed * 10 >= possible:
        return "persistently absent: a tenth of the sessions or more missed"
    return ""


class ToldQuerySet(AboutPupilQuerySet):
    def standing(self) -> Self:
        """What nobody has told anew since, or taken back."""
        return self.filter(superseded_at__isnull=True)


class ToldBySchool(AboutPupil):
    """What a school told of a pupil: at which school, from where, by whom, when. What is told anew is a new row; the
    one before stays, marked as superseded."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    source = models.CharField(max_length=200)
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    objects = ToldQuerySet.as_manager()

    class Meta:
        abstract = True


@keeps_row_changes
class Attendance(ToldBySchool):
    """A pupil's sessions at a school in a named period: half days, as the register counts them. Never averaged."""

    starts_on = models.DateField()
    ends_on = models.DateField()
    possible = models.PositiveSmallIntegerField()
    attended = models.PositiveSmallIntegerField()
    authorised = models.PositiveSmallIntegerField(null=True)  # absences, where they are told apart
    unauthorised = models.PositiveSmallIntegerField(null=True)

    class Meta:
        ordering = ["-ends_on", "-pk"]
        indexes = [models.Index(fields=["pupil", "-ends_on"])]
        constraints = [
            models.UniqueConstraint(
                fields=["pupil", "school", "starts_on", "ends_on"],
                condition=Q(superseded_at__isnull=True),
                name="one_attendance_a_period",
            ),
            models.CheckConstraint(
                condition=Q(attended__lte=models.F("possible"), possible__gt=0, ends_on__gte=models.F("starts_on")),
                name="nobody_attends_more_than_is_possible",
            ),
        ]

    def __str__(self) -> str:
        return self.in_words

    @property
    def period_in_words(self) -> str:
        return f"{full_date(self.starts_on)} to {full_date(self.ends_on)}"

    @property
    def percent(self) -> str:
        """ "92.3%", never rounded up to a whole that was not reached."""
        tenths = self.attended * 1000 // self.possible
        return f"{tenths // 10}%" if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10}%"

    @property
    def in_words(self) -> str:
        """ "92.3%: 120 of 130 sessions"."""
        return f"{self.percent}: {self.attended} of {self.possible} sessions"

    @property
    def absence_in_words(self) -> str:
        return absence_in_words(self.possible, self.attended)

    @property
    def absences_in_words(self) -> str:
        """ "6 authorised, 4 unauthorised", where they are told apart."""
        told = [("authorised", self.authorised), ("unauthorised", self.unauthorised)]
        return ", ".join(f"{number} {word}" for word, number in told if number is not None)


class AgainstExpected(models.TextChoices):
    BELOW = "below", "Below what is expected"
    EXPECTED = "expected", "As expected"
    ABOVE = "above", "Above what is expected"


@keeps_row_changes
class Attainment(ToldBySchool):
    """What a pupil reached in a subject, as an assessment gave it; against what is expected only where it was said."""

    subject = models.CharField(max_length=80)
    assessment = models.CharField(max_length=80)  # "Teacher assessment", "Key Stage 2 test", "Reading age"
    result = models.CharField(max_length=60)
    against_expected = models.CharField(max_length=8, choices=AgainstExpected.choices, blank=True)
    assessed_on = models.DateField()

    class Meta:
        ordering = ["-assessed_on", "subject", "-pk"]
        indexes = [models.Index(fields=["pupil", "-assessed_on"])]
        constraints = [
            models.UniqueConstraint(
                fields=["pupil", "school", "subject", "assessment", "assessed_on"],
                condition=Q(superseded_at__isnull=True),
                name="one_result_an_assessment",
            ),
        ]

    def __str__(self) -> str:
        return self.in_words

    @property
    def in_words(self) -> str:
        """ "Reading, teacher assessment: WTS, below what is expected"."""
        against = f", {str(self.get_against_expected_display()).lower()}" if self.against_expected else ""
        return f"{self.subject}, {self.assessment[:1].lower()}{self.assessment[1:]}: {self.result}{against}"

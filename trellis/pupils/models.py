"""The pupil, and the dated facts around them: school places, care, SEN, people. Who may see them is a table too."""

from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Concat, Lower
from django.urls import reverse

from trellis.calendar.rules import year_group
from trellis.conduct import clock
from trellis.conduct.models import Versioned
from trellis.conduct.periods import DateRangeField, never_overlaps
from trellis.history.events import keeps_row_changes
from trellis.organisations.models import LocalAuthority, Organisation, School, VirtualSchool
from trellis.pupils.opening import IsAmongOpened, Opens

if TYPE_CHECKING:
    from trellis.people.models import User


class Level(models.TextChoices):
    """How much of a pupil an access row opens."""

    WHOLE = "whole", "the whole record"
    WRITTEN = "written", "only what the organisation itself wrote"
    CLASS = "class", "plan, sessions and passport, no care facts"
    INITIALS = "initials", "initials, year and question"
    ADVICE = "advice", "what a request for advice carries, while consent stands"


class Sex(models.TextChoices):
    FEMALE = "F", "Female"
    MALE = "M", "Male"
    UNKNOWN = "U", "Not known"


PUT_TOGETHER = "This record was put together with another one of the same child. Open the pupil again and do it there."


IN_ERROR = "This record was entered in error: the list that brought it was taken back. Nothing can be added to it."


class PupilQuerySet(models.QuerySet["Pupil"]):
    def visible_to(self, user: "User", *levels: str) -> Self:
        """Pupils this person may see today; without levels, those whose record or class work opens."""
        return self.filter(
            Opens(user, *(levels or (Level.WHOLE, Level.CLASS)), pupil_id="pk"),
            same_child_as__isnull=True,
            entered_in_error=False,
        )

    def going_on(self) -> Self:
        """Without the records that were put together with another one of the same child, or entered in error."""
        return self.filter(same_child_as__isnull=True, entered_in_error=False)

    def same_child(self, pupil_id: int) -> "models.QuerySet[Pupil, dict[str, Any]]":
        """The numbers under which rows of this child may stand: the record's own, and those put together with it. What
        is only ever added to stays under the number it was written for."""
        return self.filter(Q(pk=pupil_id) | Q(same_child_as=pupil_id)).values("pk")

    def in_care_on(self, day: date) -> Self:
        return self.filter(Exists(CareEpisode.objects.filter(pupil=OuterRef("pk"), during__contains=day)))

    def at_school_on(self, school: Organisation, day: date) -> Self:
        return self.filter(
            Exists(SchoolPlace.objects.filter(pupil=OuterRef("pk"), school=school.pk, during__contains=day))
        )

    def by_name(self) -> Self:
        return self.order_by("folded_name", "pk")


@keeps_row_changes
class Pupil(Versioned):
    """A child or young person. No address is kept, nor taken from any file."""

    legal_first_name = models.CharField(max_length=100)
    legal_last_name = models.CharField(max_length=100)
    preferred_first_name = models.CharField(max_length=100, blank=True)
    date_of_birth = models.DateField()
    upn = models.CharField("UPN", max_length=13, null=True, blank=True, db_index=True)
    upn_in_question = models.BooleanField(default=False, editable=False)  # another record has it too: people are asked
    same_child_as = models.ForeignKey(
        "self", null=True, editable=False, on_delete=models.PROTECT, related_name="put_together"
    )
    entered_in_error = models.BooleanField(default=False, editable=False)  # the list that brought it was taken back
    sex = models.CharField(max_length=1, choices=Sex.choices, default=Sex.UNKNOWN)
    ethnicity = models.CharField(max_length=60, blank=True)
    first_language = models.CharField(max_length=60, blank=True)
    folded_name = models.GeneratedField(
        expression=Lower(
            Concat("legal_last_name", models.Value(" "), "preferred_first_name", models.Value(" "), "legal_first_name")
        ),
        output_field=models.CharField(max_length=310),
        db_persist=True,
    )

    objects = PupilQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["date_of_birth"]), models.Index(fields=["folded_name"])]
        constraints = [
            models.UniqueConstraint(
                fields=["upn"],
                condition=Q(same_child_as__isnull=True, upn_in_question=False),
                name="one_pupil_a_upn",
                violation_error_message="Another pupil has this UPN.",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def why_closed(self) -> str:
        """Why nothing can be changed here any more; empty while the record goes on."""
        if self.entered_in_error:
            return IN_ERROR
        return PUT_TOGETHER if self.same_child_as_id else ""

    @property
    def first_name(self) -> str:
        """What the pupil is called: the preferred first name, else the legal one."""
        return self.preferred_first_name or self.legal_first_name

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.legal_last_name}"

    @property
    def initials(self) -> str:
        return f"{self.first_name[:1]}{self.legal_last_name[:1]}"

    @property
    def age(self) -> int:
        """Age in whole years today; somebody born on 29 February has a birthday on 1 March in other years."""
        today = clock.today()
        had_birthday = (today.month, today.day) >= (self.date_of_birth.month, self.date_of_birth.day)
        return today.year - self.date_of_birth.year - (not had_birthday)

    @property
    def year_by_age(self) -> int:
        return year_group(self.date_of_birth, clock.today())

    def get_absolute_url(self) -> str:
        return reverse("pupil", args=[self.pk])


class AboutPupilQuerySet(models.QuerySet):
    """Rows about a pupil, written for an organisation."""

    def visible_to(self, user: "User") -> Self:
        """Rows of pupils whose whole record opens, and rows one's own organisation wrote before a move."""
        whole = Opens(user, Level.WHOLE, pupil_id="pupil")
        own = Opens(user, Level.WRITTEN, pupil_id="pupil", organisation_id="written_for")
        return self.filter(IsAmongOpened(user, Level.WHOLE, Level.WRITTEN, pupil_id="pupil"), Q(whole) | Q(own))

    def of_child(self, pupil_id: int) -> Self:
        """Rows of this child under whichever number they were written: those that are only ever added to stay with the
        record that was put together with this one."""
        return self.filter(pupil__in=Pupil.objects.same_child(pupil_id))

    def in_class_of(self, user: "User") -> Self:
        """Rows that class staff may read too: plan, sessions, passport."""
        return self.filter(Opens(user, Level.CLASS, pupil_id="pupil"))


class AboutPupil(models.Model):
    """A row about a pupil: whose it is, and for which organisation it was written."""

    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="+")
    written_for = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class Period(models.Model):
    """A dated fact about a pupil."""

    during = DateRangeField()

    class Meta:
        abstract = True

    @property
    def since(self) -> date:
        return self.during.lower  # type: ignore[no-any-return]


@keeps_row_changes
class ChildId(models.Model):
    """The number by which an authority's social care system knows the child. One that was taken back is nobody's, and
    free for another child."""

    pupil: Any = models.ForeignKey(Pupil, null=True, on_delete=models.PROTECT, related_name="child_ids")
    authority = models.ForeignKey(LocalAuthority, on_delete=models.PROTECT, related_name="+")
    child_id: Any = models.CharField(max_length=20, null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["authority", "child_id"], name="one_child_an_id")]

    def __str__(self) -> str:
        return self.child_id or "a number that was taken back"


@keeps_row_changes
class FormerUpn(models.Model):
    """A UPN the pupil had before; files may still carry it. One that was taken back is nobody's."""

    pupil: Any = models.ForeignKey(Pupil, null=True, on_delete=models.PROTECT, related_name="former_upns")
    upn: Any = models.CharField(max_length=13, null=True, db_index=True)
    replaced_on = models.DateField()

    def __str__(self) -> str:
        return self.upn or "a UPN that was taken back"


@keeps_row_changes
class SchoolPlace(Period):
    """A pupil on a school's roll. One at a time."""

    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="school_places")
    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    year_group = models.SmallIntegerField(null=True)

    class Meta:
        constraints = [
            never_overlaps("one_school_place_at_a_time", "pupil", sentence="A pupil has one school place at a time."),
        ]

    def __str__(self) -> str:
        return f"{self.school} since {self.since}"


@keeps_row_changes
class TeachingGroup(models.Model):
    """A class or group of a school, kept by its SENCO."""

    school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="teaching_groups")
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["school", "name"], name="one_group_a_name")]

    def __str__(self) -> str:
        return self.name


@keeps_row_changes
class GroupMember(Period):
    """A pupil in a class or group."""

    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="group_places")
    group = models.ForeignKey(TeachingGroup, on_delete=models.PROTECT, related_name="members")

    class Meta:
        constraints = [
            never_overlaps("once_in_a_group", "pupil", "group", sentence="The pupil is in this group already."),
        ]

    def __str__(self) -> str:
        return f"in {self.group}"


@keeps_row_changes
class GroupStaff(Period):
    """A teacher or teaching assistant of a class or group."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="group_places")
    group = models.ForeignKey(TeachingGroup, on_delete=models.PROTECT, related_name="staff")

    class Meta:
        constraints = [
            never_overlaps("staff_once_in_a_group", "user", "group", sentence="This person is in the group already."),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.group}"


class LegalStatus(models.TextChoices):
    """Legal statuses of the looked-after return (SSDA903), in words."""

    C1 = "C1", "Interim care order"
    C2 = "C2", "Full care order"
    D1 = "D1", "Freed for adoption"
    E1 = "E1", "Placement order"
    V2 = "V2", "Accommodated under section 20"
    V3 = "V3", "Accommodated under an agreed series of short breaks, section 20"
    V4 = "V4", "Accommodated under a series of short breaks"
    L1 = "L1", "Under police protection"
    L2 = "L2", "Emergency protection order"
    L3 = "L3", "Child assessment order"
    J1 = "J1", "Remanded to local authority accommodation"
    J2 = "J2", "In local authority accommodation under PACE"
    J3 = "J3", "Sentenced to a youth rehabilitation order with residence"


@keeps_row_changes
class CareEpisode(Period):
    """A time in the care of an authority under one legal status. The care itself began on ``looked_after_since``."""

    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="care_episodes")
    authority = models.ForeignKey(LocalAuthority, on_delete=models.PROTECT, related_name="+")
    looked_after_since = models.DateField()
    legal_status = models.CharField(max_length=2, choices=LegalStatus.choices)
    placement_type = models.CharField(max_length=3, blank=True)

    class Meta:
        constraints = [
            never_overlaps("one_care_episode_at_a_time", "pupil", sentence="A pupil has one care episode at a time."),
        ]

    def __str__(self) -> str:
        return f"looked after by {self.authority}"


class NoSdqScore(models.TextChoices):
    """Why the looked-after return (SSDA903) has no SDQ score of a child, by its code."""

    AGE = "SDQ1", "No form was due, because of the child’s age"
    CARER = "SDQ2", "The carer did not fill it in"
    DISABILITY = "SDQ3", "The child’s disability made it impossible"
    OTHER = "SDQ4", "Another reason"
    CHILD = "SDQ5", "The child or young person did not agree"


def sdq_band(score: int) -> str:
    """The usual bands of the carer's version (domain A18): 0 to 13, 14 to 16, 17 to 40."""
    if score <= 13:
        return "in the usual range"
    return "borderline" if score <= 16 else "cause for concern"


@keeps_row_changes
class SdqScore(models.Model):
    """What the carer's Strengths and Difficulties Questionnaire came to in a year of the looked-after return, or why
    there is none. Of the carer's version only: total difficulties, 0 to 40. It measures wellbeing, never a need. One
    that was taken back is nobody's."""

    pupil: Any = models.ForeignKey(Pupil, null=True, on_delete=models.PROTECT, related_name="sdq_scores")
    authority = models.ForeignKey(LocalAuthority, on_delete=models.PROTECT, related_name="+")
    year_ended = models.DateField()  # 31 March; the return says no day
    score = models.PositiveSmallIntegerField(null=True)
    no_score_because = models.CharField(max_length=4, choices=NoSdqScore.choices, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pupil", "authority", "year_ended"], name="one_sdq_a_year"),
            models.CheckConstraint(
                condition=Q(score__isnull=False, score__lte=40, no_score_because="")
                | Q(score__isnull=True) & ~Q(no_score_because=""),
                name="an_sdq_score_or_why_there_is_none",
            ),
        ]

    def __str__(self) -> str:
        return self.in_words

    @property
    def in_words(self) -> str:
        """ "17: cause for concern", "no score: the carer did not fill it in"."""
        if self.score is None:
            because = str(self.get_no_score_because_display())
            return f"no score: {because[0].lower()}{because[1:]}"
        return f"{self.score}: {sdq_band(self.score)}"


class Sen(models.TextChoices):
    NONE = "N", "No special educational needs"
    SUPPORT = "K", "SEN support"
    PLAN = "E", "EHC plan"


@keeps_row_changes
class SenStatus(Period):
    """A pupil's SEN status for a period, with the types of need ranked."""

    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="sen_statuses")
    status = models.CharField(max_length=1, choices=Sen.choices)
    primary_need = models.CharField(max_length=4, blank=True)
    secondary_need = models.CharField(max_length=4, blank=True)

    class Meta:
        constraints = [
            never_overlaps("one_sen_status_at_a_time", "pupil", sentence="A pupil has one SEN status at a time."),
        ]

    def __str__(self) -> str:
        return self.in_words

    @property
    def in_words(self) -> str:
        """ "SEN support: SEMH, SLCN"."""
        needs = ", ".join(need for need in (self.primary_need, self.secondary_need) if need)
        label = Sen(self.status).label
        return f"{label}: {needs}" if needs else label

    def says_the_same_as(self, other: "SenStatus") -> bool:
        """Of whatever days."""
        ours, theirs = ((one.status, one.primary_need, one.secondary_need) for one in (self, other))
        return ours == theirs


class ProfessionalRole(models.TextChoices):
    SOCIAL_WORKER = "social worker", "Social worker"
    IRO = "iro", "Independent reviewing officer"
    EHC_COORDINATOR = "ehc coordinator", "EHC coordinator"


@keeps_row_changes
class NamedProfessional(Period):
    """The social worker, IRO or EHC coordinator named for a pupil; the account is found by e-mail when there is one."""

    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="professionals")
    authority = models.ForeignKey(LocalAuthority, on_delete=models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=ProfessionalRole.choices)
    name = models.CharField(max_length=120)
    email = models.EmailField(blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="named_for")

    class Meta:
        constraints = [
            never_overlaps("one_social_worker_at_a_time", "pupil", condition=Q(role=ProfessionalRole.SOCIAL_WORKER),
                           sentence="A pupil has one named social worker at a time."),
            never_overlaps("one_iro_at_a_time", "pupil", condition=Q(role=ProfessionalRole.IRO),
                           sentence="A pupil has one IRO at a time."),
            never_overlaps("one_ehc_coordinator_at_a_time", "pupil", condition=Q(role=ProfessionalRole.EHC_COORDINATOR),
                           sentence="A pupil has one EHC coordinator at a time."),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.name}, {self.get_role_display()}"


class Relationship(models.TextChoices):
    FOSTER_CARER = "foster carer", "Foster carer"
    KEY_WORKER = "key worker", "Residential key worker"
    MOTHER = "mother", "Mother"
    FATHER = "father", "Father"
    GUARDIAN = "guardian", "Special guardian"
    GRANDPARENT = "grandparent", "Grandparent"
    SIBLING = "sibling", "Brother or sister"
    OTHER = "other", "Someone else"


@keeps_row_changes
class PersonAround(Period, Versioned):
    """Somebody around the pupil: what they may decide, whether they may be contacted, what is safe to share.

    Contact is never inferred from the relationship (domain H6).
    """

    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="people_around")
    name = models.CharField(max_length=120)
    relationship = models.CharField(max_length=20, choices=Relationship.choices)
    has_parental_responsibility = models.BooleanField(default=False)
    delegated = models.TextField(blank=True)
    may_be_contacted = models.BooleanField(default=False)
    safe_to_share = models.BooleanField(default=False)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=30, blank=True)

    def __str__(self) -> str:
        return f"{self.name}, {self.get_relationship_display().lower()}"


class AuthorityDuty(models.TextChoices):
    RESIDENT = "resident", "where the child lives"
    PLAN_MAINTAINING = "maintains plan", "maintains the EHC plan"


@keeps_row_changes
class PupilAuthority(Period):
    """An authority's duty for a pupil. The looking-after authority stands in the care episode, the school's in its
    listing: four that may differ (domain G9)."""

    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="authorities")
    authority = models.ForeignKey(LocalAuthority, on_delete=models.PROTECT, related_name="+")
    duty = models.CharField(max_length=20, choices=AuthorityDuty.choices)

    class Meta:
        constraints = [
            never_overlaps(f"one_authority_{value.split()[0]}", "pupil", condition=Q(duty=value),
                           sentence="One authority at a time has this duty.")
            for value in AuthorityDuty.values
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.authority}, {self.get_duty_display()}"


class AccessQuerySet(models.QuerySet["Access"]):
    def whole_today(self) -> Self:
        return self.filter(level=Level.WHOLE, during__contains=clock.today())

    def open_to(self, user: "User", *levels: str) -> Self:
        """Rows open today to this person: named themselves, or for an organisation all of which they read."""
        whose = Q(user=user) | Q(organisation__in=user.reads_whole_of)
        return self.filter(whose, level__in=levels, during__contains=clock.today())


@keeps_row_changes
class Access(Period):
    """Who may see a pupil, how much, because of which fact, for how long. All that ``visible_to`` reads."""

    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="access")
    organisation = models.ForeignKey(Organisation, null=True, on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=10, choices=Level.choices)
    because = models.CharField(max_length=120)
    source_kind = models.CharField(max_length=40)
    source_id = models.BigIntegerField()

    objects = AccessQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=True) ^ Q(user__isnull=True), name="access_is_for_one_holder"
            )
        ]
        indexes = [
            models.Index(fields=["organisation", "level", "pupil"]),
            models.Index(fields=["user", "level", "pupil"]),
        ]

    def __str__(self) -> str:
        return f"{self.organisation or self.user}: {self.get_level_display()}, {self.because}"


class AccessPolicyQuerySet(models.QuerySet["AccessPolicy"]):
    def days_read_back(self, day: date) -> int:
        policy = self.filter(during__contains=day).first()
        return policy.days_read_back if policy else AccessPolicy.DAYS_READ_BACK


class AccessPolicy(models.Model):
    """How long a school reads back what it wrote, after the pupil left. One policy for a database."""

    DAYS_READ_BACK = 3 * 365  # sample value: DfE publishes none; three school years cover a cycle of complaints

    during = DateRangeField()
    days_read_back = models.PositiveIntegerField(default=DAYS_READ_BACK)
    agreed_by = models.CharField(max_length=120)
    source = models.CharField(max_length=300)

    objects = AccessPolicyQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.days_read_back} days"


def virtual_school_of(authority_id: int) -> VirtualSchool | None:
    return VirtualSchool.objects.filter(authority=authority_id).first()

"""Imports: a file that was read and checked, what it would change, and the questions that wait beside it."""

from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from trellis.conduct.models import Versioned
from trellis.history.events import keeps_row_changes
from trellis.history.models import ADDED_TO_ONLY
from trellis.merging.models import SameChild
from trellis.organisations.models import Organisation, School, VirtualSchool
from trellis.people.roles import Role
from trellis.peps.models import PepTarget
from trellis.pupils.models import Pupil

if TYPE_CHECKING:
    from trellis.people.models import User


class ImportKind(models.TextChoices):
    PUPIL_LIST = "pupil list", "Weekly pupil list"
    SCHOOLS = "schools", "School list"
    PEPS = "peps", "PEPs kept elsewhere"
    SSDA903 = "ssda903", "Yearly looked-after return"
    ANNEX_A = "annex a", "SEND Annex A"
    CTF = "ctf", "Common transfer file"
    ATTENDANCE = "attendance", "Attendance"
    SEN_REGISTER = "sen register", "SEN register"
    ATTAINMENT = "attainment", "Attainment"
    SUSPENSIONS = "suspensions", "Suspensions"


class ImportState(models.TextChoices):
    READING = "READING", "Being read"
    TO_BE_MAPPED = "MAPPING", "To be mapped"
    PREVIEWED = "PREVIEWED", "Previewed"
    LANDING = "LANDING", "Landing"
    LANDED = "LANDED", "Landed"
    REFUSED = "REFUSED", "Refused"
    ABANDONED = "ABANDONED", "Abandoned"
    TAKING_BACK = "TAKINGBACK", "Being taken back"
    TAKEN_BACK = "TAKENBACK", "Taken back"


BRING_SCHOOL_FILES = {Role.SENCO, Role.DESIGNATED_TEACHER, Role.HEADTEACHER}


def offices_of(user: "User") -> set[int]:
    """The Virtual Schools for which this person is business officer."""
    return {m.organisation_id for m in user.memberships_today if m.role == Role.BUSINESS_OFFICER}


def schools_of(user: "User") -> set[int]:
    """The schools for which this person brings files."""
    return {m.organisation_id for m in user.memberships_today if m.role in BRING_SCHOOL_FILES}


class ColumnMappingQuerySet(models.QuerySet["ColumnMapping"]):
    def visible_to(self, user: "User") -> Self:
        return self.filter(organisation__in=offices_of(user) | schools_of(user))

    def of(self, kind: str, organisation: Organisation) -> Self:
        """The newest first: of mappings for the same headings only the newest counts."""
        return self.filter(kind=kind, organisation=organisation.pk).order_by("-pk")


class ColumnMapping(models.Model):
    """Which column of a list is which of ours, and what its words mean, as somebody agreed it for a Virtual School
    or a school. It is never changed: what is agreed anew is a new row."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=ImportKind.choices)
    columns: Any = models.JSONField()  # {their heading: our column, or "" for not taken}
    codes: Any = models.JSONField(default=dict)  # {our column: {their word: our code}}
    day_order = models.CharField(max_length=12, blank=True)
    asks_again = models.BooleanField(default=False)  # the next list is asked about anew, with these as proposals
    agreed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = ColumnMappingQuerySet.as_manager()

    class Meta:
        triggers = ADDED_TO_ONLY
        indexes = [models.Index(fields=["organisation", "kind", "-id"])]

    def __str__(self) -> str:
        return f"way of reading the {self.get_kind_display().lower()}"


class ImportQuerySet(models.QuerySet["Import"]):
    def visible_to(self, user: "User") -> Self:
        """Imports of the Virtual Schools whose business officer this person is, and of the schools they bring files
        for."""
        return self.filter(Q(virtual_school__in=offices_of(user)) | Q(school__in=schools_of(user)))

    def last_landed_list(self, virtual_school: VirtualSchool) -> "Import | None":
        landed = self.filter(kind=ImportKind.PUPIL_LIST, virtual_school=virtual_school, state=ImportState.LANDED)
        return landed.order_by("-landed_at", "-pk").first()


class Import(Versioned):
    """A file somebody brought, what it holds of the columns we take, and what it would change or has changed.

    The file itself is not kept once it is read: neither are columns we do not take, an address least of all.
    """

    kind = models.CharField(max_length=20, choices=ImportKind.choices)
    # For whom it was brought: one of the two; neither for the school list of the whole of England, by command.
    virtual_school = models.ForeignKey(VirtualSchool, null=True, on_delete=models.PROTECT, related_name="+")
    school = models.ForeignKey(School, null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=ImportState.choices)
    file_name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    rows = models.JSONField(default=list)  # the lines as read, by our headings; empty when refused or abandoned
    preview = models.JSONField(default=dict)  # queries.Preview.as_dict(), or one sentence: {"sentence": …}
    # The table under its own headings, without address columns, and what was said of it; only while it is to be mapped.
    waiting: Any = models.JSONField(default=dict)
    mapping = models.ForeignKey(ColumnMapping, null=True, on_delete=models.PROTECT, related_name="+")
    landed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    landed_at = models.DateTimeField(null=True)
    # What tells the rows it brought about from all others: the newest row change of each table when it began to land,
    # and the entry of history with which it ended.
    row_changes_before: Any = models.JSONField(default=dict)
    landed_entry_id = models.BigIntegerField(null=True)
    taken_back_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    taken_back_at = models.DateTimeField(null=True)

    objects = ImportQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["virtual_school", "kind", "state", "-landed_at"]),
            models.Index(fields=["school", "-at"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(virtual_school__isnull=True) | Q(school__isnull=True),
                name="an_import_is_of_one_organisation",
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display().lower()} {self.file_name}"

    def get_absolute_url(self) -> str:
        return reverse("say_columns" if self.is_to_be_mapped else "import", args=[self.pk])

    @property
    def organisation(self) -> VirtualSchool | School | None:
        """For whom it was brought."""
        return self.virtual_school or self.school

    @property
    def counts(self) -> dict[str, int]:
        return self.preview.get("counts", {})

    @property
    def is_being_read(self) -> bool:
        return self.state == ImportState.READING

    @property
    def is_to_be_mapped(self) -> bool:
        return self.state == ImportState.TO_BE_MAPPED

    @property
    def is_previewed(self) -> bool:
        return self.state == ImportState.PREVIEWED

    @property
    def is_landing(self) -> bool:
        return self.state == ImportState.LANDING

    @property
    def is_at_work(self) -> bool:
        """Whether a job reads it, lands it or takes it back."""
        return self.is_being_read or self.is_landing or self.is_being_taken_back

    @property
    def is_landed(self) -> bool:
        return self.state == ImportState.LANDED

    @property
    def is_being_taken_back(self) -> bool:
        return self.state == ImportState.TAKING_BACK

    @property
    def is_taken_back(self) -> bool:
        return self.state == ImportState.TAKEN_BACK

    @property
    def has_landed(self) -> bool:
        """Whether it landed, be it that it was taken back since."""
        return self.landed_at is not None

    @property
    def is_refused(self) -> bool:
        return self.state == ImportState.REFUSED


class BroughtFile(models.Model):
    """A file that waits for the job that reads it. Once it is read, or nobody can read it, its content is forgotten."""

    of_import = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="brought_files")
    name = models.CharField(max_length=200)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.name


class Step(models.TextChoices):
    """What a job does with an import at the moment."""

    WAITING = "", "Waiting for its turn"
    OPENING = "opening", "Opening the file"
    CHECKING = "checking", "Checking its lines"
    COMPARING = "comparing", "Comparing it with what Trellis holds"
    LANDING = "landing", "Landing"
    TAKING_BACK = "back", "Taking it back"


class ImportProgress(models.Model):
    """How far the job of an import is; written beside its transaction, so that others see it move."""

    of_import = models.OneToOneField(Import, on_delete=models.PROTECT, related_name="progress")
    step = models.CharField(max_length=10, choices=Step.choices, blank=True)
    done = models.PositiveIntegerField(default=0)
    of = models.PositiveIntegerField(default=0)
    said_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.done} of {self.of}"

    @property
    def in_words(self) -> str:
        """ "Checking its lines.", "120 of 300 lines done."."""
        return f"{self.done} of {self.of} lines done." if self.done else f"{self.get_step_display()}."


class QuestionKind(models.TextChoices):
    TWIN = "twin", "Same name and date of birth as a pupil who is known"
    OTHER_BIRTHDAY = "other birthday", "Same UPN as a pupil with another date of birth"
    CARE_ELSEWHERE = "care elsewhere", "Same UPN as a pupil whom another authority looks after"
    OTHER_NAME = "other name", "Same UPN and date of birth as a pupil with another name, whom others keep"
    TARGET_GONE = "target gone", "This target is no longer in the file, but something hangs on it"
    CARE_OVERLAPS = "care overlaps", "The return tells of days in care otherwise than is recorded here"
    RETURN_OVERLAPS = "return overlaps", "Times in care in the return overlap each other"
    RETURN_BIRTHDAY = "return birthday", "The return has another date of birth for this number"
    ADULT = "adult", "The return is of somebody who was 18 by the end of its year"
    NOT_RETURNED = "not returned", "Looked after by the weekly list, but not by the return"


ABOUT_RETURNS = (
    QuestionKind.CARE_OVERLAPS,
    QuestionKind.RETURN_OVERLAPS,
    QuestionKind.RETURN_BIRTHDAY,
    QuestionKind.ADULT,
    QuestionKind.NOT_RETURNED,
)


class QuestionAnswer(models.TextChoices):
    SAME = "same", "The same child"
    DIFFERENT = "different", "Another child"
    GONE = "gone", "No longer on the list"
    ENDED = "ended", "The target has ended"
    GOES_ON = "goes on", "The target goes on"
    OURS = "ours", "What Trellis holds stands"
    THEIRS = "theirs", "What the return says stands"
    WAIT = "wait", "Both wait"
    TAKEN_BACK = "taken back", "The import was taken back"


OTHERS_ARE_ASKED = "Others are asked whether this child has a record already"


class ImportQuestionQuerySet(models.QuerySet["ImportQuestion"]):
    def visible_to(self, user: "User") -> Self:
        return self.filter(
            Q(of_import__virtual_school__in=offices_of(user)) | Q(of_import__school__in=schools_of(user))
        )

    def waiting(self) -> Self:
        return self.filter(answer="")

    def waiting_for_the_office(self) -> Self:
        """Those that the business officer answers; the others wait for people who keep the record."""
        return self.waiting().filter(asked_of__isnull=True)

    def about_children(self) -> Self:
        return self.filter(target__isnull=True).exclude(kind__in=ABOUT_RETURNS)

    def about_returns(self) -> Self:
        return self.filter(kind__in=ABOUT_RETURNS)

    def about_targets(self) -> Self:
        return self.filter(target__isnull=False)

    def waiting_at(self, virtual_school: VirtualSchool) -> Self:
        return self.waiting().filter(of_import__virtual_school=virtual_school)


@keeps_row_changes
class ImportQuestion(models.Model):
    """What only a person can say of a landed list: is a child on it one who is known, or another? Has a target that is
    no longer in it ended, though something hangs on it?"""

    of_import = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="questions")
    kind = models.CharField(max_length=20, choices=QuestionKind.choices)
    pupil = models.ForeignKey(Pupil, on_delete=models.PROTECT, related_name="+")  # whom it may be
    child_id = models.CharField(max_length=20)  # empty for a target
    target = models.ForeignKey(PepTarget, null=True, on_delete=models.PROTECT, related_name="+")
    asked_of = models.ForeignKey(SameChild, null=True, on_delete=models.PROTECT, related_name="+")  # others answer it
    row: Any = models.JSONField()  # the line as read, by our headings; for a target its PEP's line
    answer = models.CharField(max_length=10, choices=QuestionAnswer.choices, blank=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True)
    # As of an import: by these, what the answer brought about is told from all else, and may be taken back.
    row_changes_before: Any = models.JSONField(default=dict)
    answered_entry_id = models.BigIntegerField(null=True)

    objects = ImportQuestionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["of_import", "child_id", "target"],
                nulls_distinct=False,
                condition=Q(answer=""),
                name="one_question_a_line_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def is_waiting(self) -> bool:
        return not self.answer

    @property
    def in_words(self) -> str:
        """What is asked, as whoever brought the list may know it: nothing of a record of others."""
        return OTHERS_ARE_ASKED if self.asked_of_id else self.get_kind_display()

    @property
    def was_answered_here(self) -> bool:
        """Whether whoever brings the list said that a listed child is one who is known, or another."""
        answers = {QuestionAnswer.SAME, QuestionAnswer.DIFFERENT}
        return self.answer in answers and not self.asked_of_id and self.answered_by_id is not None

    @property
    def is_about_target(self) -> bool:
        return self.target_id is not None

    @property
    def is_about_return(self) -> bool:
        return self.kind in ABOUT_RETURNS

    @property
    def about(self) -> str:
        """Whom it is about, without the name: "Number 900001", "JV, spring term 2027, target 2"."""
        if self.target is None:
            return f"Number {self.child_id}"
        return f"{self.pupil.initials}, {self.target.pep.term.in_words}, target {self.target.number}"


class AwaitedChildQuerySet(models.QuerySet["AwaitedChild"]):
    def visible_to(self, user: "User") -> Self:
        return self.filter(virtual_school__in=offices_of(user))

    def waiting(self) -> Self:
        return self.filter(landed_at__isnull=True)

    def waiting_at(self, virtual_school: VirtualSchool) -> Self:
        return self.waiting().filter(virtual_school=virtual_school)


@keeps_row_changes
class AwaitedChild(models.Model):
    """A child of a yearly return whose name is not yet known: the authority's number, dates and codes, nothing else.
    They land when a weekly list brings the number, and are then forgotten here."""

    virtual_school = models.ForeignKey(VirtualSchool, on_delete=models.PROTECT, related_name="+")
    of_import = models.ForeignKey(Import, on_delete=models.PROTECT, related_name="awaited")
    child_id = models.CharField(max_length=20)
    year_ended = models.DateField()
    says: Any = models.JSONField(default=dict)  # ssda903.returned.ReturnedChild.as_dict(); empty when landed
    landed_at = models.DateTimeField(null=True)

    objects = AwaitedChildQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["virtual_school", "child_id", "year_ended"], name="one_awaited_child_a_year"
            )
        ]

    def __str__(self) -> str:
        return f"number {self.child_id}, year to {self.year_ended}"

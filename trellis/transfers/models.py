"""What a school owes the next one when a pupil leaves: three files, each sent and received by a named person."""

from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from trellis.conduct import clock
from trellis.conduct.models import Versioned
from trellis.history.events import keeps_row_changes
from trellis.organisations.models import School
from trellis.people.models import Membership
from trellis.people.roles import VIRTUAL_SCHOOL_TEACHERS, Role
from trellis.pupils.models import AboutPupil, AboutPupilQuerySet, CareEpisode

if TYPE_CHECKING:
    from trellis.people.models import User


class What(models.TextChoices):
    """The three files. Trellis holds the task of each, never what is in it."""

    COMMON_TRANSFER = "common transfer", "Common transfer file and educational record"
    CHILD_PROTECTION = "child protection", "Child protection file"
    SEN = "sen", "SEN record"


BY_ROLE = {
    What.COMMON_TRANSFER: {Role.DESIGNATED_TEACHER, Role.HEADTEACHER},
    What.CHILD_PROTECTION: {Role.SAFEGUARDING_LEAD, Role.HEADTEACHER},
    What.SEN: {Role.SENCO},
}  # who sends it at the old school, and who receives it at the new one


class TransferState(models.TextChoices):
    OWED = "OWED", "To be sent"
    SENT = "SENT", "Sent, not received yet"
    RECEIVED = "RECEIVED", "Received"
    NONE_HELD = "NONE_HELD", "There is none"
    ENTERED_IN_ERROR = "IN_ERROR", "Entered in error"


UNDER_WAY = (TransferState.OWED, TransferState.SENT)


class How(models.TextChoices):
    SCHOOL_TO_SCHOOL = "s2s", "By School to School, the secure website"
    SECURE = "secure", "By a secure e-mail or portal"
    BY_HAND = "by hand", "By hand, against a signature"
    POST = "post", "By tracked post"


class TransferQuerySet(AboutPupilQuerySet):
    def visible_to(self, user: "User") -> Self:
        """As rows about a pupil are. Whether there is a child protection file is known to the safeguarding leads of the
        two schools and to the headteacher of the old one; to the headteacher of the new one once a file is on its way;
        and to the Virtual School where it acts for a school that has neither here. What came of a move that was taken
        back is seen by nobody."""
        owed = super().visible_to(user).exclude(state=TransferState.ENTERED_IN_ERROR)
        return owed.filter(~Q(what=What.CHILD_PROTECTION) | _keeps_children_safe(user))

    def under_way(self) -> Self:
        return self.filter(state__in=UNDER_WAY)

    def with_names(self) -> Self:
        return self.select_related("pupil", "from_school", "to_school", "sent_by", "received_by", "chased_by")


def _keeps_children_safe(user: "User") -> Q:
    leads = {m.organisation_id for m in user.memberships_today if m.role == Role.SAFEGUARDING_LEAD}
    heads = {m.organisation_id for m in user.memberships_today if m.role == Role.HEADTEACHER}
    offices = {m.organisation_id for m in user.memberships_today if m.role in VIRTUAL_SCHOOL_TEACHERS}
    caring = CareEpisode.objects.filter(
        pupil=OuterRef("pupil"), during__contains=clock.today(), authority__virtual_school__in=offices
    )

    def is_without(school: str) -> Q:
        there = Membership.objects.on(clock.today()).playing(*BY_ROLE[What.CHILD_PROTECTION])
        return Q(**{f"{school}__isnull": False}) & ~Q(Exists(there.filter(organisation=OuterRef(school))))

    on_its_way = Q(state__in=(TransferState.SENT, TransferState.RECEIVED))
    return (
        Q(from_school__in=leads | heads)
        | Q(to_school__in=leads)
        | Q(to_school__in=heads) & on_its_way
        | Q(Exists(caring)) & (is_without("from_school") | is_without("to_school"))
    )


@keeps_row_changes
class Transfer(AboutPupil, Versioned):
    """One file that the school a pupil left owes the next. ``written_for`` is the old school; ``to_school`` is not
    known yet when a pupil left the roll without a new place."""

    what = models.CharField(max_length=20, choices=What.choices)
    from_school = models.ForeignKey(School, on_delete=models.PROTECT, related_name="+")
    to_school = models.ForeignKey(School, null=True, on_delete=models.PROTECT, related_name="+")
    left_on = models.DateField()  # the first day off the old roll
    due_on = models.DateField()
    due_because = models.CharField(max_length=300)  # the clock and where it comes from, in words
    state = models.CharField(max_length=10, choices=TransferState.choices, default=TransferState.OWED)
    how = models.CharField(max_length=10, choices=How.choices, blank=True)
    sent_at = models.DateTimeField(null=True)  # or when it was said that there is none
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    received_at = models.DateTimeField(null=True)
    received_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    receipt = models.CharField(max_length=200, blank=True)  # who signed for it, where nobody of the school is here
    chased_at = models.DateTimeField(null=True)
    chased_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = TransferQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pupil", "from_school", "left_on", "what"], name="one_transfer_a_file"),
            models.CheckConstraint(
                name="only_a_child_protection_file_may_not_exist",
                condition=~Q(state=TransferState.NONE_HELD) | Q(what=What.CHILD_PROTECTION),
            ),
        ]
        indexes = [models.Index(fields=["from_school", "state"]), models.Index(fields=["to_school", "state"])]

    def __str__(self) -> str:
        return str(self.get_what_display())

    def get_absolute_url(self) -> str:
        return reverse("transfer", args=[self.pk])

    @property
    def is_owed(self) -> bool:
        return self.state == TransferState.OWED

    @property
    def is_under_way(self) -> bool:
        return self.state in UNDER_WAY

    @property
    def is_late(self) -> bool:
        return self.is_owed and self.due_on < clock.today()

    @property
    def may_not_exist(self) -> bool:
        return self.what == What.CHILD_PROTECTION

    @property
    def sent_on(self) -> date | None:
        return timezone.localtime(self.sent_at).date() if self.sent_at else None

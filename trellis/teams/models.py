"""Invitations to work in Trellis for an organisation. What people *are* there is a Membership, in ``people``."""

from datetime import date, timedelta
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from trellis.conduct import clock
from trellis.conduct.models import Versioned
from trellis.history.events import keeps_row_changes
from trellis.links.models import hash_of
from trellis.organisations.models import Organisation
from trellis.people.roles import Role

DAYS_OPEN = 14  # how long an invitation can be taken on; a sample value


class InvitationState(models.TextChoices):
    WAITING = "WAITING", "Waiting"
    ACCEPTED = "ACCEPTED", "Taken on"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def waiting(self) -> Self:
        """Neither taken on nor withdrawn; perhaps run out, and to be sent again."""
        return self.filter(state=InvitationState.WAITING)

    def open(self) -> Self:
        return self.waiting().filter(expires_at__gt=clock.now())

    def with_token(self, token: str) -> Self:
        return self.filter(token_hash=hash_of(token))


@keeps_row_changes
class Invitation(Versioned):
    """Somebody is asked to work in Trellis for an organisation. The roles begin when they take it on, not before: a
    school whose SENCO never came has no SENCO here, and the Virtual School goes on acting for it."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    first_name = models.CharField(max_length=150)
    last_name = models.CharField(max_length=150, blank=True)
    email = models.EmailField()  # in small letters
    roles = ArrayField(models.CharField(max_length=30, choices=Role.choices))
    since = models.DateField()
    until_day = models.DateField(null=True)  # the day after the last
    state = models.CharField(max_length=10, choices=InvitationState.choices, default=InvitationState.WAITING)
    token_hash = models.CharField(max_length=64, unique=True)
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)  # taken on or withdrawn
    accepted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")

    objects = InvitationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "email"],
                condition=models.Q(state=InvitationState.WAITING),
                name="one_invitation_waits_for_an_address",
            ),
            models.CheckConstraint(
                condition=models.Q(accepted_by=None) | models.Q(state=InvitationState.ACCEPTED),
                name="invitation_is_accepted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"invitation of {self.name} to {self.organisation}"

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def is_waiting(self) -> bool:
        return self.state == InvitationState.WAITING

    @property
    def is_open(self) -> bool:
        """Whether the link in the e-mail still works."""
        return self.is_waiting and clock.now() < self.expires_at

    @property
    def roles_in_words(self) -> str:
        return " and ".join(Role(role).label for role in self.roles)

    @property
    def last_day(self) -> date | None:
        return self.until_day - timedelta(days=1) if self.until_day else None


class HandoverState(models.TextChoices):
    PLANNED = "PLANNED", "Planned"
    DONE = "DONE", "Done"
    WITHDRAWN = "WITHDRAWN", "Withdrawn"


class HandoverQuerySet(models.QuerySet["Handover"]):
    def due_on(self, day: date) -> Self:
        return self.filter(state=HandoverState.PLANNED, on__lte=day)


@keeps_row_changes
class Handover(Versioned):
    """What somebody has by name goes to a colleague, all or some of it, on a day. ``receipt`` says of each thing
    whether it went: the child by number, so that each reader sees as much as they may."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    from_user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    to_user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    on = models.DateField()
    chosen = ArrayField(models.CharField(max_length=40))  # "request:12"
    state = models.CharField(max_length=10, choices=HandoverState.choices, default=HandoverState.PLANNED)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    receipt = models.JSONField(default=list)  # [{"about": "Visits", "words": "…", "pupil": 3, "went": true, "why": ""}]

    objects = HandoverQuerySet.as_manager()

    def __str__(self) -> str:
        return f"handover from {self.from_user} to {self.to_user}"

    @property
    def is_planned(self) -> bool:
        return self.state == HandoverState.PLANNED

"""The people who sign in: users, and what they are where, for how long."""

from functools import cached_property
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models

from trellis.conduct import clock
from trellis.conduct.periods import DateRangeField
from trellis.history.events import keeps_row_changes
from trellis.organisations.models import Organisation
from trellis.people.roles import READ_WHOLE_ORGANISATION, Role


class PeopleManager(UserManager["User"]):
    """Makes users by e-mail address; there are no user names."""

    def _create_user(self, username: Any, email: str | None, password: str | None, **more: Any) -> "User":
        user = self.model(email=self.normalize_email(email), **more)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_user(self, email: str, password: str | None = None, **more: Any) -> "User":  # type: ignore[override]
        return self._create_user(None, email, password, **more)


class User(AbstractUser):
    """Somebody with an account. What they may do follows from their memberships."""

    username = None  # type: ignore[assignment]
    email = models.EmailField("e-mail address", unique=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = PeopleManager()  # type: ignore[misc,assignment]

    def __str__(self) -> str:
        return self.get_full_name() or self.email

    @cached_property
    def memberships_today(self) -> list["Membership"]:
        return list(self.memberships.on(clock.today()).select_related("organisation"))

    @property
    def roles(self) -> frozenset[str]:
        return frozenset(membership.role for membership in self.memberships_today)

    @property
    def organisation_ids(self) -> set[int]:
        return {membership.organisation_id for membership in self.memberships_today}

    @property
    def acts_for(self) -> set[int]:
        """Whose work this person does today: their own, and that of colleagues they stand in for."""
        covered = {m.standing_in_for_id for m in self.memberships_today if m.standing_in_for_id is not None}
        return {self.pk, *covered}

    @property
    def reads_whole_of(self) -> set[int]:
        """The organisations whose pupils this person may read, all of them."""
        return {m.organisation_id for m in self.memberships_today if m.role in READ_WHOLE_ORGANISATION}

    def plays(self, roles: Any) -> bool:
        return not self.roles.isdisjoint(roles)

    def plays_at(self, roles: Any, organisation_id: int | None) -> bool:
        return any(m.role in roles and m.organisation_id == organisation_id for m in self.memberships_today)

    @property
    def organisation(self) -> Organisation | None:
        """For whom this person mostly works."""
        return self.memberships_today[0].organisation if self.memberships_today else None

    @property
    def role_in_words(self) -> str:
        """As the header shows it: "SENCO, Larch Primary"."""
        if not self.memberships_today:
            return ""
        organisation = self.memberships_today[0].organisation
        here = (m for m in self.memberships_today if m.organisation_id == organisation.pk)
        labels = dict.fromkeys(Role(m.role).label for m in here)  # once, if they cover one of the same role
        return f"{' and '.join(labels)}, {organisation.name}"


class MembershipQuerySet(models.QuerySet["Membership"]):
    def on(self, day: Any) -> Self:
        return self.filter(during__contains=day).order_by("pk")

    def playing(self, *roles: str) -> Self:
        return self.filter(role__in=roles)


@keeps_row_changes
class Membership(models.Model):
    """What somebody is at an organisation, for a period; perhaps standing in for a colleague."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=30, choices=Role.choices)
    during = DateRangeField()
    standing_in_for = models.ForeignKey(User, null=True, on_delete=models.PROTECT, related_name="+")

    objects = MembershipQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.user}, {Role(self.role).label} at {self.organisation}"

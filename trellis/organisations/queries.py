"""Whose policies a person may read, and one policy through time."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Model, Q, QuerySet

from trellis.conduct import clock
from trellis.history.models import Entry
from trellis.organisations.models import DatedPolicy, Kind, Organisation
from trellis.organisations.policies import PolicyKind


def keepers(user: Any) -> QuerySet[Organisation]:
    """The Virtual School or service that somebody works for; for a Virtual School also its authority and services."""
    own = user.organisation_ids
    return (
        Organisation.objects.filter(
            Q(pk__in=own, kind__in=[Kind.VIRTUAL_SCHOOL, Kind.SERVICE])
            | Q(localauthority__virtual_school__in=own)
            | Q(specialistservice__authority__virtual_school__in=own)
        )
        .select_related("specialistservice__authority__virtual_school")
        .order_by("-kind", "name", "pk")  # the Virtual School, its services, its authority
    )


class Timeline:
    """One policy of one organisation through time. A form is about it: it has a version as things have."""

    def __init__(self, kind: PolicyKind, organisation: Organisation) -> None:
        self.kind, self.organisation, self.pk = kind, organisation, organisation.pk
        self._meta = kind.model._meta
        self.refresh_from_db()

    def refresh_from_db(self) -> None:
        self.rows: list[DatedPolicy] = list(
            self.kind.model._default_manager.filter(organisation_id=self.organisation.pk).order_by("pk")
        )
        self.held = sorted((row for row in self.rows if not row.during.isempty), key=_begins)

    @property
    def version(self) -> int:
        """Grows with each policy set and each withdrawn."""
        return max((row.pk for row in self.rows), default=0) + len(self.rows) - len(self.held)

    def on(self, day: date) -> DatedPolicy | None:
        return next((row for row in self.held if _begins(row) <= day and (not _ends(row) or day < _ends(row))), None)

    @property
    def today(self) -> DatedPolicy | None:
        return self.on(clock.today())

    @property
    def holds(self) -> DatedPolicy:
        """What holds today, agreed or not."""
        return self.today or self.kind.sample_of(self.organisation)

    @property
    def later(self) -> list[DatedPolicy]:
        return [row for row in self.held if _begins(row) > clock.today()]

    @property
    def earlier(self) -> list[DatedPolicy]:
        """The newest first."""
        return [row for row in self.held[::-1] if _ends(row) and _ends(row) <= clock.today()]

    @property
    def agreed_last(self) -> DatedPolicy:
        return self.held[-1] if self.held else self.kind.sample_of(self.organisation)

    def next_after(self, day: date) -> date | None:
        """The day on which something agreed already begins."""
        return next((_begins(row) for row in self.held if _begins(row) > day), None)

    def just_before(self, policy: DatedPolicy) -> DatedPolicy | None:
        return next((row for row in self.held if _ends(row) and _ends(row) == policy.during.lower), None)

    def history(self) -> QuerySet[Entry]:
        """Who set and withdrew what, the newest first."""
        return (
            Entry.objects.filter(subject_kind=self._meta.label_lower, subject_id__in=[row.pk for row in self.rows])
            .select_related("by")
            .order_by("-at", "-pk")
        )


def timelines(organisation: Organisation, kinds: list[PolicyKind]) -> list[Timeline]:
    return [Timeline(kind, organisation) for kind in kinds]


def uses(policy: DatedPolicy) -> int:
    """How many things say that they were decided by this policy."""
    return sum(model._default_manager.filter(**{field: policy.pk}).count() for model, field in _pointing_at(policy))


def _pointing_at(policy: DatedPolicy) -> Iterator[tuple[type[Model], str]]:
    for relation in policy._meta.get_fields(include_hidden=True):
        model: Any = relation.related_model
        if relation.auto_created and relation.is_relation and not hasattr(model, "pgh_tracked_model"):
            yield model, relation.field.name  # type: ignore[union-attr]


def _begins(policy: DatedPolicy) -> date:
    return policy.during.lower or date.min


def _ends(policy: DatedPolicy) -> Any:
    """The day after its last, or None."""
    return policy.during.upper

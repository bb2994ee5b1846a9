"""Keeping one's own filters. They say nothing of a pupil, so history does not tell of them."""

from django.db import transaction

from trellis.caseloads.models import SavedFilter
from trellis.people.models import User


@transaction.atomic
def save_filter(*, by: User, name: str, query: str) -> SavedFilter:
    """Keep a choice of filters under a name; the same name again replaces it."""
    saved, _ = SavedFilter.objects.update_or_create(user=by, name=name, defaults={"query": query})
    return saved


@transaction.atomic
def forget_filter(filter_id: int, *, by: User) -> None:
    SavedFilter.objects.filter(pk=filter_id, user=by).delete()

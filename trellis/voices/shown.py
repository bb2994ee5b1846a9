"""What voices show on other folders' pages: a tab, and what waits to be read."""

from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from trellis.people.models import User
from trellis.people.roles import READ_RECORDS
from trellis.pupils.models import Pupil
from trellis.pupils.permissions import KEEPERS
from trellis.pupils.queries import Standing
from trellis.pupils.shown import Deed, NextStep, Tab
from trellis.voices.models import ViewAsked, Worry
from trellis.voices.permissions import KEEP_SAFE, LISTENERS
from trellis.voices.rules import READ_WITHIN_DAYS


def views_tab(pupil: Pupil, user: User) -> Tab | None:
    return Tab("views", "Views", reverse("pupil_views", args=[pupil.pk]), 70) if user.plays(READ_RECORDS) else None


def ask_from_overview(pupil: Pupil, standing: Standing, user: User) -> Deed | None:
    """To the adults who keep the whole record; the overview offers it to nobody who reads less."""
    return Deed("Ask for a view", reverse("ask_view", args=[pupil.pk])) if user.plays(LISTENERS) else None


def rows_of_next_steps() -> list[QuerySet[Any, Any]]:
    """Rows without which there is no next step, by the numbers of their pupils."""
    return [Worry.objects.filter(read_at=None).values("pupil"), ViewAsked.objects.not_read().values("pupil")]


def next_steps(user: User, pupils: QuerySet[Pupil], today: date) -> list[NextStep]:
    """Views that came back by link and nobody has read, for the SENCO, the designated teacher and whoever asked; and
    worries, for those who keep the child safe. Two queries."""
    if not user.plays(LISTENERS):
        return []
    return [*_worries(user, pupils), *_views(user, pupils)]


def _views(user: User, pupils: QuerySet[Pupil]) -> list[NextStep]:
    waiting = ViewAsked.objects.not_read().filter(pupil__in=pupils).select_related("pupil", "answer")
    if not user.plays(KEEPERS):
        waiting = waiting.filter(asked_by=user)
    return [
        NextStep(
            asked.answer.given_on + timedelta(days=READ_WITHIN_DAYS), "Read the view",
            f"of the {asked.get_whose_display().lower()} about {asked.pupil.first_name}"
            if asked.whose != "pupil" else f"of {asked.pupil.first_name}",
            asked.get_absolute_url(), asked.pupil_id, "the SENCO", go="Read",
        )
        for asked in waiting
    ]  # fmt: skip


def _worries(user: User, pupils: QuerySet[Pupil]) -> list[NextStep]:
    unread = Worry.objects.filter(pupil__in=pupils, read_at=None).select_related("pupil")
    if not user.plays(KEEP_SAFE):
        unread = unread.filter(told_users__contains=[user.pk])
    return [
        NextStep(
            worry.said_on, "Read now:", f"somebody is worried about {worry.pupil.first_name}", worry.get_absolute_url(),
            worry.pupil_id, "the safeguarding lead", go="Read", cannot_wait=True,
        )
        for worry in unread
    ]  # fmt: skip

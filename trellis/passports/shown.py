"""What passports show on other folders' pages: one tap from the identity strip, and next steps."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from trellis.passports import rules
from trellis.passports.models import Passport, PassportState
from trellis.passports.permissions import WRITERS
from trellis.people.models import User
from trellis.people.roles import READ_PUPILS, Role
from trellis.pupils.models import Pupil
from trellis.pupils.shown import NextStep


def passport_link(pupil: Pupil, user: User) -> str | None:
    return reverse("pupil_passport", args=[pupil.pk]) if user.plays(READ_PUPILS) else None


def rows_of_next_steps() -> list[QuerySet[Any, Any]]:
    """Rows without which there is no next step, by the numbers of their pupils."""
    return [Passport.objects.filter(state__in=[PassportState.DRAFT, PassportState.CURRENT]).values("pupil")]


def next_steps(user: User, pupils: QuerySet[Pupil], today: date) -> list[NextStep]:
    """Drafts to take to the pupil, passports to look at again, in one query. The Virtual School is reminded only of
    those its own people began."""
    if not user.plays(WRITERS):
        return []
    open_ones = Passport.objects.filter(pupil__in=pupils, state__in=[PassportState.DRAFT, PassportState.CURRENT])
    if not user.plays({Role.SENCO, Role.DESIGNATED_TEACHER, Role.CLASS_TEACHER}):
        open_ones = open_ones.filter(started_by=user)
    passports = list(open_ones.select_related("pupil").order_by("pupil", "-state"))
    drafted = {one.pupil_id for one in passports if one.state == PassportState.DRAFT}
    return [step for one in passports for step in _steps(one, drafted)]


def _steps(passport: Passport, drafted: set[int]) -> Iterator[NextStep]:
    name = passport.pupil.first_name
    if passport.state == PassportState.DRAFT:
        due_on = passport.started_on + timedelta(days=rules.DAYS_TO_AGREE)
        yield _step(passport, due_on, "Agree the passport", f"with {name}", passport.get_absolute_url())
    elif passport.pupil_id not in drafted and passport.review_on is not None:
        url = reverse("pupil_passport", args=[passport.pupil_id])
        yield _step(passport, passport.review_on, "Look at the passport", f"with {name}", url)


def _step(passport: Passport, due_on: date, verb: str, rest: str, url: str) -> NextStep:
    return NextStep(due_on, verb, rest, url, passport.pupil_id, "the SENCO or the class teacher")

"""What schooling shows on other folders' pages: a tab, and each person's next steps."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from trellis.conduct import clock
from trellis.design.in_words import day_and_month
from trellis.people.models import User
from trellis.people.roles import READ_RECORDS, SCHOOL_LEADS
from trellis.pupils.models import Pupil
from trellis.pupils.queries import Standing
from trellis.pupils.shown import Deed, NextStep, Tab
from trellis.schooling.models import PartTimeTimetable, Suspension, SuspensionState, Telling, TellingQuerySet

DAYS_ASKED_ABOUT = 60  # our own: how long an old suspension still asks for its sixth-day education


def school_place_tab(pupil: Pupil, user: User) -> Tab | None:
    if not user.plays(READ_RECORDS):
        return None
    return Tab("school place", "School place", reverse("school_place", args=[pupil.pk]), 50)


def record_from_overview(pupil: Pupil, standing: Standing, user: User) -> Deed | None:
    """To those who lead in the pupil's school today."""
    if standing.place is None or not user.plays_at(SCHOOL_LEADS, standing.place.school_id):
        return None
    return Deed("Record a suspension", reverse("record_suspension", args=[pupil.pk]))


def rows_of_next_steps() -> list[QuerySet[Any, Any]]:
    """Rows without which there is no next step, by the numbers of their pupils."""
    return [
        Telling.objects.filter(told_at__isnull=True).values("pupil"),
        Suspension.objects.filter(state=SuspensionState.STANDS, provision_from__isnull=True).values("pupil"),
        PartTimeTimetable.objects.filter(state="CURRENT").values("pupil"),
    ]


def next_steps(user: User, pupils: QuerySet[Pupil], today: date) -> list[NextStep]:
    """What those who lead in a school have to do for these pupils, in three queries."""
    schools = {m.organisation_id for m in user.memberships_today if m.role in SCHOOL_LEADS}
    if not schools:
        return []
    return [
        *_to_tell(Telling.objects.filter(written_for__in=schools, pupil__in=pupils)),
        *_to_teach(Suspension.objects.filter(school__in=schools, pupil__in=pupils), today),
        *_to_review(PartTimeTimetable.objects.filter(school__in=schools, pupil__in=pupils)),
    ]


def _to_tell(tellings: TellingQuerySet) -> Iterator[NextStep]:
    """One row for each suspension or timetable of which somebody has not heard."""
    waiting = tellings.still_to_do().select_related("pupil", "suspension", "timetable").order_by("since", "pk")
    for url, group in groupby(waiting, key=lambda telling: telling.get_absolute_url()):
        rows = list(group)
        first = rows[0]
        due_on = first.since.astimezone(clock.LONDON).date()
        if first.timetable is not None:
            due_on = max(due_on, first.timetable.starts_on - timedelta(days=1))
        who = ", ".join(str(row.get_who_display()).replace("Local", "local") for row in rows)
        if first.suspension is not None:
            what = f"suspension of {day_and_month(first.suspension.first_day)}"
        else:
            what = "part-time timetable"
        yield NextStep(
            due_on, "Tell those who must hear", f"of {first.pupil.first_name}’s {what}", url, first.pupil_id,
            "those who lead in the school", detail=f"Not told yet: {who}", go="See who",
            cannot_wait=first.suspension is not None,
        )  # fmt: skip


def _to_teach(suspensions: QuerySet[Suspension], today: date) -> Iterator[NextStep]:
    """Six school days or more, and nothing arranged: five school days are at least a week."""
    lately = suspensions.filter(first_day__gte=today - timedelta(days=DAYS_ASKED_ABOUT))
    unarranged = lately.filter(state=SuspensionState.STANDS, provision_from__isnull=True)
    for one in unarranged.select_related("pupil", "follows"):
        days = sorted({*one.days, *(one.follows.days if one.follows else [])})
        if one.is_permanent or len(days) > 5:
            due_on = days[5] if len(days) > 5 else one.first_day + timedelta(days=7)
            yield NextStep(
                due_on, "Arrange full-time education", f"for {one.pupil.first_name}, out of school",
                one.get_absolute_url(), one.pupil_id, "headteacher",
                detail="From the sixth school day; aim for the first", go="Arrange",
            )  # fmt: skip


def _to_review(timetables: QuerySet[PartTimeTimetable]) -> Iterator[NextStep]:
    for one in timetables.filter(state="CURRENT").select_related("pupil"):
        detail = "Its end date has passed" if one.is_past_its_end else ""
        yield NextStep(
            one.review_on, "Review the part-time timetable", f"of {one.pupil.first_name}",
            reverse("review_part_time", args=[one.pk]), one.pupil_id, "SENCO", detail=detail, go="Review",
        )  # fmt: skip

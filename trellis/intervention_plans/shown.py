"""What positive intervention plans show on other folders' pages: a link beside the school place and the passport, and
next steps."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from trellis.design.in_words import full_date
from trellis.intervention_plans import rules
from trellis.intervention_plans.models import InterventionPlan, PlanState
from trellis.intervention_plans.permissions import WRITERS
from trellis.intervention_plans.queries import current_plan
from trellis.people.models import User
from trellis.people.roles import Role
from trellis.pupils.models import Pupil
from trellis.pupils.shown import NextStep, Tab


def plan_beside(pupil: Pupil, user: User) -> Tab | None:
    """The plan that stands, for who reads the page; for those who write plans, also where there is none yet."""
    plan = current_plan(pupil)
    if plan is None and not user.plays(WRITERS):
        return None
    standing = f"version {plan.number}, agreed {full_date(plan.agreed_on)}" if plan else "none yet"
    url = reverse("pupil_intervention_plan", args=[pupil.pk])
    return Tab("intervention plan", f"Positive intervention plan: {standing}", url)


def rows_of_next_steps() -> list[QuerySet[Any, Any]]:
    """Rows without which there is no next step, by the numbers of their pupils."""
    return [InterventionPlan.objects.filter(state__in=[PlanState.DRAFT, PlanState.AGREED]).values("pupil")]


def next_steps(user: User, pupils: QuerySet[Pupil], today: date) -> list[NextStep]:
    """Drafts to agree, plans to look at again, in one query. The Virtual School is reminded only of those its own
    people began."""
    if not user.plays(WRITERS):
        return []
    plans = InterventionPlan.objects.filter(pupil__in=pupils, state__in=[PlanState.DRAFT, PlanState.AGREED])
    if not user.plays({Role.SENCO, Role.DESIGNATED_TEACHER}):
        plans = plans.filter(started_by=user)
    found = list(plans.select_related("pupil").order_by("pupil", "-state"))
    drafted = {plan.pupil_id for plan in found if plan.state == PlanState.DRAFT}
    return [step for plan in found for step in _steps(plan, drafted)]


def _steps(plan: InterventionPlan, drafted: set[int]) -> Iterator[NextStep]:
    name = plan.pupil.first_name
    if plan.state == PlanState.DRAFT:
        due_on = plan.started_on + timedelta(days=rules.DAYS_TO_AGREE)
        yield _step(plan, due_on, "Agree the positive intervention plan", f"with {name}", plan.get_absolute_url())
    elif plan.pupil_id not in drafted and plan.review_on is not None:
        url = reverse("pupil_intervention_plan", args=[plan.pupil_id])
        yield _step(plan, plan.review_on, "Look at the positive intervention plan", f"with {name}", url)


def _step(plan: InterventionPlan, due_on: date, verb: str, rest: str, url: str) -> NextStep:
    return NextStep(due_on, verb, rest, url, plan.pupil_id, "the SENCO or the outreach teacher")

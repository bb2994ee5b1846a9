"""What requests show on other folders' pages: a tab, and each person's next steps."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from trellis.advice.models import AdvicePolicy, AdviceRequest, AdviceState, Answer, Recommendation
from trellis.advice.permissions import RECORD_READERS
from trellis.calendar.rules import add_working_days
from trellis.conduct import clock
from trellis.people.models import Membership, User
from trellis.people.roles import SERVICE_STAFF, Role
from trellis.pupils.models import Pupil
from trellis.pupils.permissions import KEEPERS
from trellis.pupils.queries import Standing
from trellis.pupils.shown import Deed, NextStep, Tab

DAYS_OF_DRAFT = 5  # working days after which an unfinished draft is asked about; our own reminder


def advice_tab(pupil: Pupil, user: User) -> Tab | None:
    if not user.plays(RECORD_READERS):
        return None
    return Tab("advice", "Advice and hours", reverse("pupil_advice", args=[pupil.pk]), 30)


def ask_from_overview(pupil: Pupil, standing: Standing, user: User) -> Deed | None:
    """To the SENCO or designated teacher of the pupil's school today."""
    if standing.place is None or not user.plays_at(KEEPERS, standing.place.school_id):
        return None
    return Deed("Ask for advice", reverse("ask_advice", args=[pupil.pk]))


def rows_of_next_steps() -> list[QuerySet[Any, Any]]:
    """Rows without which there is no next step, by the numbers of their pupils."""
    return [
        AdviceRequest.objects.open().values("pupil"),
        Recommendation.objects.filter(answer=Answer.PUT_OFF).values("pupil"),
    ]


def next_steps(user: User, pupils: QuerySet[Pupil], today: date) -> list[NextStep]:
    """Drafts, recommendations and what was put off for the school; what to decide and to report for a service. A
    constant number of queries, none for others."""
    schools = {m.organisation_id for m in user.memberships_today if m.role in KEEPERS}
    services = {m.organisation_id for m in user.memberships_today if m.role in SERVICE_STAFF}
    steps: list[NextStep] = []
    if schools:
        steps += _of_school(schools, pupils, today)
    if services:
        steps += _of_service(user, services, pupils)
    return steps


def _of_school(schools: set[int], pupils: QuerySet[Pupil], today: date) -> Iterator[NextStep]:
    ours = AdviceRequest.objects.filter(kept_by__in=schools, pupil__in=pupils)
    waiting = ours.filter(state__in=[AdviceState.DRAFT, AdviceState.REPORTED]).with_names()
    left = Count("report__recommendations", filter=Q(report__recommendations__answer=Answer.OPEN))
    agreed = AdvicePolicy.objects.filter(organisation=OuterRef("service_id"), during__contains=OuterRef("reported_on"))
    days_to_answer = Coalesce(
        Subquery(agreed.values("working_days_to_answer")[:1]), AdvicePolicy().working_days_to_answer
    )  # of the service on the day of its report; where it has agreed none, the sample
    for request in waiting.annotate(left=left, days_to_answer=days_to_answer).order_by("pk"):
        name, service = request.pupil.first_name, request.service.abbreviation
        if request.state == AdviceState.DRAFT:
            due_on = add_working_days(request.started_on, DAYS_OF_DRAFT)
            yield _step(request, due_on, "Finish and send the request", f"to {service} for {name}", "the SENCO")
        else:
            due_on = add_working_days(request.reported_on or today, request.days_to_answer)
            words = f"from {service} for {name}"
            detail = f"{request.left} left to answer"
            yield _step(request, due_on, "Answer the recommendations", words, "the SENCO", detail)
    yield from _put_off(schools, pupils, today)


def _put_off(schools: set[int], pupils: QuerySet[Pupil], today: date) -> Iterator[NextStep]:
    put_off = Recommendation.objects.filter(
        answer=Answer.PUT_OFF, report__request__kept_by__in=schools, pupil__in=pupils
    )
    for one in put_off.select_related("pupil", "report__request__service").order_by("pk"):
        service = one.report.request.service.abbreviation
        yield NextStep(
            one.put_off_until, "Answer a recommendation", f"from {service} for {one.pupil.first_name}",  # type: ignore[arg-type]
            reverse("answer_recommendation", args=[one.pk]), one.pupil_id, "the SENCO", "You put it off until now.",
        )  # fmt: skip


def _of_service(user: User, services: set[int], pupils: QuerySet[Pupil]) -> Iterator[NextStep]:
    """By first name only while consent lets the service know it."""
    sent = AdviceRequest.objects.visible_to(user).filter(service__in=services, pupil__in=pupils)
    named = set(sent.named_to(user).values_list("pk", flat=True))
    leads = {m.organisation_id for m in user.memberships_today if m.role == Role.SERVICE_LEAD}
    wanted = Q(state=AdviceState.SENT) | Q(state=AdviceState.ACCEPTED, taken_by__in=user.acts_for)
    with_leads = _services_with_a_lead(services - leads)
    for request in sent.filter(wanted).with_names().order_by("pk"):
        name = request.pupil.first_name if request.pk in named else request.pupil.initials
        if request.state == AdviceState.SENT and request.decide_by and request.service_id not in with_leads:
            yield _step(
                request, request.decide_by, "Decide on the request", f"for {name}, {request.kept_by}", "the lead"
            )
        elif request.state == AdviceState.ACCEPTED and request.report_by:
            yield _step(request, request.report_by, "Write the report", f"for {name}, {request.kept_by}", str(user))


def _services_with_a_lead(services: set[int]) -> set[int]:
    """Of the services where this person is not the lead, those that have one: there they do not decide."""
    if not services:
        return set()
    leads = Membership.objects.on(clock.today()).playing(Role.SERVICE_LEAD).filter(organisation__in=services)
    return set(leads.order_by().values_list("organisation", flat=True))


def _step(request: AdviceRequest, due_on: date, verb: str, rest: str, whose: str, detail: str = "") -> NextStep:
    return NextStep(due_on, verb, rest, request.get_absolute_url(), request.pupil_id, whose, detail)

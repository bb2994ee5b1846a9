"""What requests show on other folders' pages: the EHC tab, and each person's next steps."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from trellis.ehc_requests import queries, rules
from trellis.ehc_requests.models import Adviser, EhcRequest, RequestState, Step
from trellis.ehc_requests.permissions import ASKERS, DECIDERS, HELPERS
from trellis.outreach.models import OutreachCase
from trellis.people.models import User
from trellis.people.roles import READ_RECORDS, VIRTUAL_SCHOOL_TEACHERS
from trellis.pupils.models import Pupil
from trellis.pupils.shown import NextStep, Tab

DAYS_TO_SEND = 14  # our own reminder, not law: what is being put together should not lie about
DAYS_TO_CONFIRM = 5  # the same: an authority says when it received a request


def ehc_tab(pupil: Pupil, user: User) -> Tab | None:
    return Tab("ehc", "EHC", reverse("pupil_ehc", args=[pupil.pk]), 60) if user.plays(READ_RECORDS) else None


def rows_of_next_steps() -> list[QuerySet[Any, Any]]:
    """Rows without which there is no next step, by the numbers of their pupils."""
    return [EhcRequest.objects.open().values("pupil")]


def next_steps(user: User, pupils: QuerySet[Pupil], today: date) -> list[NextStep]:
    """What this person has to do for the open requests of these pupils, in two queries; three for who helps."""
    if not user.plays(ASKERS | DECIDERS | VIRTUAL_SCHOOL_TEACHERS):
        return []
    requests = queries.open_requests_of(pupils)
    steps = [step for request in requests for step in _steps(user, request, today)]
    return [*steps, *_to_help_with(user, requests)] if user.plays(HELPERS) else steps


def _to_help_with(user: User, requests: list[EhcRequest]) -> Iterator[NextStep]:
    """A pack in preparation, for the outreach teacher who has the child's case; where nobody has, for each of them."""
    gathering = [request for request in requests if request.state == RequestState.GATHERING]
    cases = OutreachCase.objects.filter(pupil__in=[request.pupil_id for request in gathering]).open()
    taken = {case.pupil_id: case.taken_by_id for case in cases}
    for request in gathering:
        if taken.get(request.pupil_id) in (None, user.pk):
            name, by = request.pupil.first_name, request.opened_on + timedelta(days=DAYS_TO_SEND)
            yield _step(
                request, "Help with the pack", f"for an EHC needs assessment for {name}", by, "the outreach teacher",
                detail="The school sends it", go="Open",
            )  # fmt: skip


def _steps(user: User, request: EhcRequest, today: date) -> Iterator[NextStep]:
    if user.plays_at(DECIDERS, request.addressed_to_id):
        yield from _for_the_authority(request, today)
    elif user.plays_at(ASKERS, request.school_id):
        yield from _for_the_school(request, today)
        yield from _to_ask_about(request, today)
    elif user.plays(VIRTUAL_SCHOOL_TEACHERS):
        yield from _to_ask_about(request, today)


VERBS = {
    Step.DECIDE: "Decide whether to assess",
    Step.DECIDE_ON_PLAN: "Decide whether to issue a plan",
    Step.FINISH: "Issue the final plan",
}


def _for_the_authority(request: EhcRequest, today: date) -> Iterator[NextStep]:
    name = request.pupil.first_name
    if request.state == RequestState.SENT and request.sent_on:
        yield _step(request, "Enter the day", f"the request for {name} was received", request.sent_on, "you")
    due = queries.next_due(request)
    if due is not None:
        yield _step(request, VERBS[due.step], f"for {name}", due.by, "you", f"{due.weeks} weeks from receipt")
    late_advice = [one for one in request.advice.all() if rules.advice_by(one.asked_on) < today]
    if late_advice:
        by = min(rules.advice_by(one.asked_on) for one in late_advice)
        whose = "; ".join(one.who_in_words for one in late_advice)
        yield _step(request, "Ask again for the advice", f"for {name}", by, "you", whose)


def _for_the_school(request: EhcRequest, today: date) -> Iterator[NextStep]:
    name = request.pupil.first_name
    if request.state == RequestState.GATHERING:
        by = request.opened_on + timedelta(days=DAYS_TO_SEND)
        yield _step(
            request, "Send the request", f"for an EHC needs assessment for {name}", by, "the SENCO", go="Finish"
        )
    for one in request.advice.all():
        if one.adviser == Adviser.EDUCATION:
            by, detail = rules.advice_by(one.asked_on), "Six weeks from being asked"
            yield _step(request, "Give the education advice", f"for {name}", by, "the school", detail)
    if request.state == RequestState.DRAFT_SENT and request.draft_sent_on:
        by = rules.comments_by(request.draft_sent_on)
        if today <= by:
            yield _step(request, "Read the draft plan", f"for {name}; answer if you are consulted", by, "the school")


def _to_ask_about(request: EhcRequest, today: date) -> Iterator[NextStep]:
    """When the authority is late, somebody asks."""
    name, asked = request.pupil.first_name, request.addressed_to
    if request.state == RequestState.SENT and request.sent_on:
        by = request.sent_on + timedelta(days=DAYS_TO_CONFIRM)
        if by < today:
            yield _step(request, "Ask when it was received", f": the request for {name}", by, str(asked))
    due = queries.next_due(request)
    if due is not None and due.is_late(today):
        yield _step(request, "Ask the authority", f"about {name}. {rules.WHO_IS_LATE[due.step]}", due.by, str(asked))


def _step(
    request: EhcRequest, verb: str, rest: str, due_on: date, whose: str, detail: str = "", go: str = "Open"
) -> NextStep:
    return NextStep(due_on, verb, rest, request.get_absolute_url(), request.pupil_id, whose, detail, go)

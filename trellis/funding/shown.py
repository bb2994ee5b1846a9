"""What PP+ shows on other folders' pages: a tab, what a PEP target asks, and each person's next steps."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from trellis.calendar.rules import add_working_days
from trellis.design.in_words import full_date, pounds
from trellis.funding import queries
from trellis.funding.models import FundingPolicy, FundingRequest, RequestState
from trellis.funding.permissions import DECIDERS, READERS
from trellis.funding.rules import answer_by, impact_due_on
from trellis.people.models import User
from trellis.peps.models import PepTarget
from trellis.peps.shown import TargetNote
from trellis.pupils.models import Pupil
from trellis.pupils.permissions import KEEPERS
from trellis.pupils.shown import NextStep, Tab

DAYS_TO_PAY = 10  # working days from agreeing to a batch, and from a batch to finance; our own reminders
DAYS_TO_EXPORT = 5


def funding_tab(pupil: Pupil, user: User) -> Tab | None:
    """The pupil's PP+, for those who read the whole record."""
    if not user.plays(READERS):
        return None
    return Tab("funding", "Funding", reverse("pupil_funding", args=[pupil.pk]), 40)


def target_notes(targets: list[PepTarget], user: User) -> dict[int, list[TargetNote]]:
    """What each target asked for, in one query; and the way to ask for those who may."""
    if not user.plays(READERS):
        return {}
    requests = FundingRequest.objects.visible_to(user).filter(target__in=[target.pk for target in targets])
    notes: dict[int, list[TargetNote]] = {target.pk: [] for target in targets}
    for request in requests.order_by("pk"):
        amount = pounds(request.amount_pence if request.agreed_pence is None else request.agreed_pence)
        words = f"{amount} of Pupil Premium Plus: {request.get_state_display().lower()}"
        notes[request.target_id].append(TargetNote(words, request.get_absolute_url()))
    if user.plays(KEEPERS):
        for target in targets:
            if target.result != "met" and not target.dropped:
                url = reverse("ask_funding", args=[target.pk])
                notes[target.pk].append(TargetNote("Ask for Pupil Premium Plus", url))
    return notes


def next_steps(user: User, pupils: QuerySet[Pupil], today: date) -> list[NextStep]:
    """What this person has to do about PP+ for these pupils, and about the money they pay out, which is about no pupil;
    in a constant number of queries."""
    schools = {m.organisation_id for m in user.memberships_today if m.role in KEEPERS}
    offices = {m.organisation_id for m in user.memberships_today if m.role in DECIDERS}
    pays = queries.offices_paid_by(user)
    steps: list[NextStep] = [*_to_pay(pays), *_to_export(pays)] if pays else []
    if schools or offices:
        requests = FundingRequest.objects.filter(pupil__in=pupils)
        steps += [*_to_answer(requests.exclude(asked_by=user), offices, today), *_to_tell(requests, schools, today)]
    return steps


def _to_pay(offices: set[int]) -> Iterator[NextStep]:
    """What is agreed and in no batch yet, one row for each pot."""
    for waiting in queries.agreed_in_no_batch(offices):
        due_on = min(add_working_days(waiting.since, DAYS_TO_PAY), waiting.until)
        yield NextStep(
            due_on, f"Pay {pounds(waiting.pence)} agreed", "of Pupil Premium Plus", reverse("funding_batches"), 0,
            "the business officer", f"{_counted(waiting.requests)} in no batch yet", "Pay",
        )  # fmt: skip


def _to_export(offices: set[int]) -> Iterator[NextStep]:
    """Batches that were made and did not go to finance."""
    batches: Iterable[Any] = queries.to_be_exported(offices)
    for batch in batches:
        made_on = timezone.localtime(batch.made_at).date()
        due_on = min(add_working_days(made_on, DAYS_TO_EXPORT), batch.pot.ends_on)
        yield NextStep(
            due_on, "Export the batch", f"of {full_date(made_on)}", batch.get_absolute_url(), 0, "the business officer",
            f"{_counted(batch.payments)}, {pounds(batch.pence)}", "Export",
        )  # fmt: skip


def _counted(requests: int) -> str:
    return "1 request" if requests == 1 else f"{requests} requests"


def _to_answer(requests: QuerySet[FundingRequest], offices: set[int], today: date) -> Iterator[NextStep]:
    if not offices:
        return
    waiting = requests.filter(state=RequestState.ASKED, virtual_school__in=offices).select_related("pupil")
    days = {office: _answer_days(office, today) for office in offices}
    for request in waiting:
        due_on = answer_by(request.asked_on, days[request.virtual_school_id])
        rest = f"of {pounds(request.amount_pence)} of Pupil Premium Plus for {request.pupil.first_name}"
        yield _step(request, "Answer the request", rest, due_on, "the Virtual School", "Answer")


def _answer_days(office: int, today: date) -> int:
    policy = FundingPolicy.objects.filter(organisation=office, during__contains=today).first() or FundingPolicy()
    return policy.answer_within_working_days


def _to_tell(requests: QuerySet[FundingRequest], schools: set[int], today: date) -> Iterator[NextStep]:
    """What the money changed, once its time is over and at the next PEP; and what was spent, once its time is over."""
    if not schools:
        return
    paid: Iterable[Any] = queries.with_next_pep(requests.filter(school__in=schools, state=RequestState.PAID))
    for request in paid:
        name = request.pupil.first_name
        is_over = request.ends_on is not None and request.ends_on < today
        if (is_over or request.next_pep_due_on) and not request.has_impact:
            rest = f"{pounds(request.agreed_pence or 0)} of Pupil Premium Plus changed for {name}"
            due_on = impact_due_on(request.ends_on, request.next_pep_due_on or today)
            yield _step(request, "Say what", rest, due_on, "the designated teacher", "Say it")
        if request.ends_on and request.left_pence > 0:
            rest = f"of {name}’s Pupil Premium Plus was spent: {pounds(request.left_pence)} is left"
            yield _step(request, "Record what", rest, request.ends_on, "the school", "Record")


def _step(request: FundingRequest, verb: str, rest: str, due_on: date, whose: str, go: str) -> NextStep:
    return NextStep(due_on, verb, rest, request.get_absolute_url(), request.pupil_id, whose, "", go)

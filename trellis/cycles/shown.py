"""What cycles show on other folders' pages: a tab, a tag in the identity strip, and each person's next steps."""

from collections.abc import Iterator
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from trellis.conduct import clock
from trellis.cycles import queries, rules
from trellis.cycles.models import Cycle, CycleState
from trellis.cycles.permissions import KEEPERS
from trellis.design.in_words import day_and_month
from trellis.people.models import User
from trellis.people.roles import READ_PUPILS
from trellis.pupils.models import Pupil, Sen, SenStatus
from trellis.pupils.shown import NextStep, Tab, Tag

DAYS_TO_START = 14  # our own reminder, not law: a pupil with SEN and no open cycle is asked about


def cycle_tab(pupil: Pupil, user: User) -> Tab | None:
    return Tab("cycle", "Cycle", reverse("pupil_cycle", args=[pupil.pk]), 10) if user.plays(READ_PUPILS) else None


def delivery_tag(pupil: Pupil, user: User) -> Tag | None:
    """A warning while it can still be changed: the support does not happen as planned. Asks one query for most."""
    if not queries.may_be_drifting(pupil):
        return None
    cycle = Cycle.objects.filter(pupil=pupil, state=CycleState.DO).with_names().first()
    if cycle is None or not queries.delivery_in(queries.plan_of(cycle)).is_drifting:
        return None
    return Tag("Not delivered as planned", "warn")


def next_steps(user: User, pupils: QuerySet[Pupil], today: date) -> list[NextStep]:
    """What the keepers of cycles have to do for these pupils, in a constant number of queries."""
    schools = {m.organisation_id for m in user.memberships_today if m.role in KEEPERS}
    if not schools:
        return []
    cycles = [cycle for cycle in queries.open_cycles_of(pupils) if cycle.kept_by_id in schools]
    missing = queries.unrecorded_weeks(cycles, today)
    steps = [step for cycle in cycles for step in _steps(cycle, today, missing.get(cycle.pk))]
    return steps + [_to_start(pupil) for pupil in _without_a_cycle(pupils, today)]


def _steps(cycle: Cycle, today: date, unrecorded: date | None) -> Iterator[NextStep]:
    name = cycle.pupil.first_name
    match cycle.state:
        case CycleState.ASSESS:
            due_on = cycle.started_on + timedelta(days=rules.ASSESSMENT_DAYS)
            yield _step(cycle, "Finish the assessment", f"of {name}", due_on, "assess")
        case CycleState.PLAN:
            due_on = (cycle.assessed_on or today) + timedelta(days=rules.PLAN_DAYS)
            yield _step(cycle, "Agree the plan", f"for {name}", due_on, "plan")
        case CycleState.DO:
            yield from _under_way(cycle, name, unrecorded)


def _under_way(cycle: Cycle, name: str, unrecorded: date | None) -> Iterator[NextStep]:
    if unrecorded is not None:
        url = reverse("record_week", args=[cycle.pk, unrecorded.isoformat()])
        ended = unrecorded + timedelta(days=7)
        yield NextStep(
            ended,
            "Record the week",
            f"of {day_and_month(unrecorded)} for {name}",
            url,
            cycle.pupil_id,
            "class staff",
            go="Record",
        )
    if cycle.review_on is not None:
        yield _step(cycle, "Record the review", f"of {name}’s cycle {cycle.number}", cycle.review_on, "record_review")


def _step(cycle: Cycle, verb: str, rest: str, due_on: date, url_name: str) -> NextStep:
    return NextStep(due_on, verb, rest, reverse(url_name, args=[cycle.pk]), cycle.pupil_id, "the SENCO")


def _without_a_cycle(pupils: QuerySet[Pupil], today: date) -> QuerySet[Pupil]:
    """Pupils with SEN support or a plan, and no open cycle."""
    with_sen = SenStatus.objects.filter(
        pupil=OuterRef("pk"), during__contains=today, status__in=[Sen.SUPPORT, Sen.PLAN]
    )
    last = Cycle.objects.filter(pupil=OuterRef("pk")).exclude(state=CycleState.ENDED).order_by("-number")
    return pupils.filter(Exists(with_sen), ~Exists(Cycle.objects.open().filter(pupil=OuterRef("pk")))).annotate(
        sen_since=with_sen.values("during__startswith")[:1], reviewed_on=last.values("closed_on")[:1]
    )


def _to_start(pupil: Pupil) -> NextStep:
    since: date = pupil.reviewed_on or pupil.sen_since or clock.today()  # type: ignore[attr-defined]
    verb = "Start the next cycle" if pupil.reviewed_on else "Start a cycle"  # type: ignore[attr-defined]
    url = reverse("start_cycle", args=[pupil.pk])
    return NextStep(
        since + timedelta(days=DAYS_TO_START), verb, f"for {pupil.first_name}", url, pupil.pk, "the SENCO", go="Start"
    )

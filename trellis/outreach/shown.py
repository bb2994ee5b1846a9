"""What outreach shows on other folders' pages: each person's next steps, and what can be done about an alert."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from trellis.alerts.models import Alert
from trellis.conduct import clock
from trellis.design.in_words import clock_time
from trellis.outreach.models import OPEN_STATES, OutcomeLook, OutreachCase, OutreachState
from trellis.outreach.queries import virtual_schools_of
from trellis.people.models import User
from trellis.people.roles import SCHOOL_LEADS, VIRTUAL_SCHOOL_TEACHERS, Role
from trellis.pupils.models import CareEpisode, Pupil
from trellis.pupils.queries import Standing
from trellis.pupils.shown import Deed, NextStep

LEADS = {Role.SENCO, Role.DESIGNATED_TEACHER}
THE_TEACHER = "the outreach teacher"


def ask_from_alert(alerts: Sequence[Alert], user: User) -> dict[int, Deed]:
    """Where outreach was asked already, how it stands; else a button to ask for it, for a child in care. In two
    queries."""
    if not user.plays(SCHOOL_LEADS | VIRTUAL_SCHOOL_TEACHERS):
        return {}
    pupils = [alert.pupil_id for alert in alerts]
    in_care = CareEpisode.objects.filter(pupil__in=pupils, during__contains=clock.today())
    asks = {
        pupil_id: Deed("Ask for outreach", f"{reverse('raise_outreach', args=[pupil_id])}?from=alert")
        for pupil_id in in_care.values_list("pupil", flat=True)
    }
    asked = {
        case.pupil_id: Deed(f"Outreach: {case.get_state_display().lower()}", case.get_absolute_url(), is_asked=True)
        for case in OutreachCase.objects.filter(pupil__in=pupils).open()
    }
    return asks | asked


def ask_from_overview(pupil: Pupil, standing: Standing, user: User) -> Deed | None:
    """For a pupil in care, to those who lead in the school today."""
    if standing.care is None or standing.place is None or not user.plays_at(SCHOOL_LEADS, standing.place.school_id):
        return None
    return Deed("Ask for outreach", reverse("raise_outreach", args=[pupil.pk]))


def rows_of_next_steps() -> list[QuerySet[Any, Any]]:
    """Rows without which there is no next step, by the numbers of their pupils."""
    return [
        OutreachCase.objects.filter(state__in=OPEN_STATES).values("pupil"),
        OutcomeLook.objects.filter(looked_on__isnull=True).values("pupil"),
    ]


def next_steps(user: User, pupils: QuerySet[Pupil], today: date) -> list[NextStep]:
    """What outreach waits for from this person, in two queries."""
    offices, schools = virtual_schools_of(user), {m.organisation_id for m in user.memberships_today if m.role in LEADS}
    if not offices and not schools:
        return []
    cases = OutreachCase.objects.filter(pupil__in=pupils, state__in=OPEN_STATES).select_related("pupil")
    steps = [step for case in cases for step in _steps(user, case, offices, schools)]
    looks = OutcomeLook.objects.filter(pupil__in=pupils, looked_on__isnull=True, case__virtual_school__in=offices)
    return steps + [
        NextStep(
            look.due_on, "Look whether it held", f"for {look.pupil.first_name}, {look.weeks} weeks after outreach",
            look.get_absolute_url(), look.pupil_id, THE_TEACHER, go="Look",
        )
        for look in looks.select_related("pupil", "case")
        if _is_theirs(user, look.case)
    ]  # fmt: skip


def _is_theirs(user: User, case: OutreachCase) -> bool:
    """The teacher who took it on; where nobody has yet, every outreach teacher, and the head once it is late."""
    if case.taken_by_id is not None:
        return case.taken_by_id in user.acts_for
    return user.plays({Role.OUTREACH_TEACHER}) or (case.is_late and user.plays({Role.VIRTUAL_SCHOOL_HEAD}))


def _steps(user: User, case: OutreachCase, offices: set[int], schools: set[int]) -> Iterator[NextStep]:
    name = case.pupil.first_name
    if case.virtual_school_id in offices and _is_theirs(user, case):
        match case.state:
            case OutreachState.RAISED:
                until = f"By {clock_time(case.answer_due_at)}"
                risk = ". The place is at risk this week" if case.at_risk_this_week else ""
                yield _step(
                    case, "Answer the school", f"about {name}", THE_TEACHER, until + risk, "Answer",
                    cannot_wait=case.at_risk_this_week,
                )  # fmt: skip
            case OutreachState.ACCEPTED:
                yield _step(case, "Make first contact", f"about {name}", THE_TEACHER)
            case OutreachState.CONTACTED:
                yield _step(case, "Agree the outreach plan", f"for {name}", THE_TEACHER)
            case OutreachState.ACTIVE | OutreachState.STEPPED_DOWN:
                yield _step(case, "Review outreach", f"for {name}", THE_TEACHER)
    if case.kept_by_id in schools and case.state in (OutreachState.ACTIVE, OutreachState.STEPPED_DOWN):
        yield _step(case, "Review outreach together", f"for {name}", "the SENCO and the outreach teacher")


def _step(
    case: OutreachCase,
    verb: str,
    rest: str,
    whose: str,
    detail: str = "",
    go: str = "Open",
    *,
    cannot_wait: bool = False,
) -> NextStep:
    assert case.due_on is not None
    return NextStep(case.due_on, verb, rest, case.get_absolute_url(), case.pupil_id, whose, detail, go, cannot_wait)

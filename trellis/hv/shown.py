"""What the Highly Vulnerable framework shows on other folders' pages: next steps, and a button on an alert."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse

from trellis.alerts.models import Alert
from trellis.conduct import clock
from trellis.hv.models import HvCase, HvState
from trellis.hv.permissions import DECIDERS, PROPOSERS
from trellis.people.models import User
from trellis.people.roles import VIRTUAL_SCHOOL_TEACHERS, Role
from trellis.pupils.models import CareEpisode, Pupil
from trellis.pupils.shown import Deed, NextStep

FRAMEWORK = "Highly Vulnerable framework"
THE_HEAD = "the Virtual School head"


def propose_from_alert(alerts: Sequence[Alert], user: User) -> dict[int, Deed]:
    """Where a case is open, how it stands; else a button to propose one, for a child in care. In two queries."""
    if not user.plays(PROPOSERS | VIRTUAL_SCHOOL_TEACHERS):
        return {}
    pupils = [alert.pupil_id for alert in alerts]
    in_care = CareEpisode.objects.filter(pupil__in=pupils, during__contains=clock.today())
    proposes = {
        pupil_id: Deed("Propose to the panel", reverse("propose_hv", args=[pupil_id]))
        for pupil_id in in_care.values_list("pupil", flat=True)
    }
    proposed = {
        case.pupil_id: Deed(f"{FRAMEWORK}: {case.get_state_display().lower()}", case.get_absolute_url(), is_asked=True)
        for case in HvCase.objects.filter(pupil__in=pupils).open()
    }
    return proposes | proposed


def rows_of_next_steps() -> list[QuerySet[Any, Any]]:
    """Rows without which there is no next step, by the numbers of their pupils."""
    return [HvCase.objects.open().values("pupil")]


def next_steps(user: User, pupils: QuerySet[Pupil], today: date) -> list[NextStep]:
    """What waits for the panel, its head, or the school, in one query."""
    panels = {m.organisation_id for m in user.memberships_today if m.role in DECIDERS}
    schools = {m.organisation_id for m in user.memberships_today if m.role in PROPOSERS - {Role.HEADTEACHER}}
    if not panels and not schools:
        return []
    cases = HvCase.objects.filter(pupil__in=pupils).open().select_related("pupil")
    return [step for case in cases for step in _steps(case, panels, schools)]


def _steps(case: HvCase, panels: set[int], schools: set[int]) -> Iterator[NextStep]:
    name = case.pupil.first_name
    if case.virtual_school_id in panels:
        yield from _for_the_head(case, name)
    if case.kept_by_id in schools:
        if case.state == HvState.MORE_ASKED:
            url = reverse("answer_hv", args=[case.pk])
            yield _step(case, case.decide_by, "Answer the panel", f"about {name}", url, "the SENCO", "Answer")
        if case.is_awarded and case.awarded_until:
            url = case.get_absolute_url()
            yield _step(case, case.awarded_until, "Review the award together", f"for {name}", url, "the SENCO")


def _for_the_head(case: HvCase, name: str) -> Iterator[NextStep]:
    if case.state == HvState.PROPOSED:
        url = reverse("decide_hv", args=[case.pk])
        yield _step(case, case.decide_by, "Decide", f"about {name} with the panel", url, THE_HEAD, "Decide")
    if case.awaits_panel:
        url = reverse("decide_hv", args=[case.pk])
        yield _step(case, case.decide_by, "Let the panel confirm", f"the urgent award for {name}", url, THE_HEAD)
    if case.look_again_since:
        url = case.get_absolute_url()
        yield _step(case, case.look_again_since, "Decide again", f"about {name}, who moved school", url, THE_HEAD)
    if case.is_awarded and case.awarded_until:
        url = case.get_absolute_url()
        yield _step(case, case.awarded_until, "Review the award", f"for {name}: extend or end it", url, THE_HEAD)


def _step(
    case: HvCase, due_on: date, verb: str, rest: str, url: str, whose: str, go: str = "Open"
) -> NextStep:  # fmt: skip
    return NextStep(due_on, verb, rest, url, case.pupil_id, whose, FRAMEWORK, go)

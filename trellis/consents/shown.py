"""What consents show on other folders' pages: each person's next steps."""

from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from trellis.calendar.rules import add_working_days
from trellis.consents.models import Consent, ConsentState
from trellis.people.models import User
from trellis.people.roles import Role
from trellis.pupils.models import Pupil
from trellis.pupils.permissions import KEEPERS
from trellis.pupils.shown import NextStep


def rows_of_next_steps() -> list[QuerySet[Any, Any]]:
    """Rows without which there is no next step, by the numbers of their pupils."""
    return [Consent.objects.open().values("pupil")]


def next_steps(user: User, pupils: QuerySet[Pupil], today: date) -> list[NextStep]:
    """A question that waits for the social worker; for the school one that nobody answered, or that is to be checked
    again. One query, none for others."""
    schools = {m.organisation_id for m in user.memberships_today if m.role in KEEPERS}
    is_worker = user.plays({Role.SOCIAL_WORKER})
    if not schools and not is_worker:
        return []
    mine = Q(written_for__in=schools)
    if is_worker:
        mine |= Q(professional__user__in=user.acts_for, state=ConsentState.ASKED)
    open_ones = Consent.objects.filter(mine, pupil__in=pupils).open()
    steps = [_step(one, user, today) for one in open_ones.select_related("pupil", "service", "professional")]
    return [step for step in steps if step is not None]


def _step(consent: Consent, user: User, today: date) -> NextStep | None:
    name, service = consent.pupil.first_name, consent.service.abbreviation
    if consent.state == ConsentState.ASKED and consent.professional and consent.professional.user_id in user.acts_for:
        return NextStep(
            consent.answer_by, "Say whether you agree", f"to {service} advice for {name}",
            reverse("answer_consent", args=[consent.pk]), consent.pupil_id, "the social worker", go="Answer",
        )  # fmt: skip
    if consent.check_again_since is not None:
        due_on = add_working_days(consent.check_again_since, 5)
        return _of_school(consent, due_on, "Check consent again", f"for {name}: {service}", consent.check_again_because)
    if consent.state == ConsentState.ASKED and consent.answer_by < today:
        return _of_school(
            consent, consent.answer_by, "Ask again about consent", f"for {name}: {service}",
            f"{consent.name} has not answered.",
        )  # fmt: skip
    return None


def _of_school(consent: Consent, due_on: date, verb: str, rest: str, detail: str) -> NextStep:
    return NextStep(due_on, verb, rest, consent.get_absolute_url(), consent.pupil_id, "the SENCO", detail)

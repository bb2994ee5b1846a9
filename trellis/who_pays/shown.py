"""How the ladder looks, and what it shows on other folders' pages."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from trellis.advice.models import WITH_THE_SERVICE, AdviceRequest
from trellis.calendar.rules import add_working_days
from trellis.design import in_words
from trellis.funding.models import RequestState
from trellis.hours.models import PaidFrom
from trellis.people.models import User
from trellis.pupils.models import Pupil
from trellis.pupils.permissions import KEEPERS
from trellis.pupils.shown import NextStep
from trellis.who_pays import permissions, queries
from trellis.who_pays.models import PaymentPart, PaymentPlan
from trellis.who_pays.rules import Rung

TONES = {
    PaidFrom.OWN: "first", PaidFrom.BUDGET: "second", PaidFrom.PUPIL_PREMIUM: "third",
    PaidFrom.HIGHLY_VULNERABLE: "second",
}  # fmt: skip
SHORT = {
    PaidFrom.OWN: "of the school’s own", PaidFrom.BUDGET: "from the school’s budget",
    PaidFrom.PUPIL_PREMIUM: "from Pupil Premium Plus",
    PaidFrom.HIGHLY_VULNERABLE: "from the Highly Vulnerable framework",
}  # fmt: skip


def part_row(part: PaymentPart) -> dict[str, Any]:
    """A rung as it was sent, and what became of the money that was asked."""
    asked = part.funding
    return {
        "name": part.name, "offered": part.offered and part.came > 0, "minutes": part.minutes, "pence": part.pence,
        "reason": part.reason, "source": part.source,
        "came": queries.what_came_of(asked, with_route=False) if asked else "",
        "because": asked.reason if asked in queries.refused([part]) else "",
        "url": asked.get_absolute_url() if asked else "",
    }  # fmt: skip


def as_sent(plan: PaymentPlan, rest: int, user: User) -> dict[str, Any]:
    """What was sent, round by round as far as this person reads it; who pays; why a part is paid by nobody."""
    mine = PaymentPart.objects.visible_to(user).filter(plan=plan) if plan.pk else PaymentPart.objects.none()
    parts = list(mine.select_related("funding").order_by("round", "pk"))
    return {
        "plan": plan,
        "rounds": [_round(list(found)) for _, found in groupby(parts, key=lambda part: part.round)],
        "bar_as_sent": _bar([(PaidFrom(part.rung), part.came) for part in parts], rest),
        "refused": next(iter(queries.refused(parts)), None),
    }


def _round(parts: list[PaymentPart]) -> dict[str, Any]:
    return {"said_at": parts[0].said_at, "ladder": [part_row(part) for part in parts]}


def bar_of(rungs: Iterable[Rung], unpaid: int = 0) -> list[dict[str, Any]]:
    """A bar that fills to the hours needed; what nobody pays stands at its end."""
    return _bar([(PaidFrom(rung.code), rung.minutes) for rung in rungs], unpaid)


def _bar(paid: Iterable[tuple[PaidFrom, int]], unpaid: int) -> list[dict[str, Any]]:
    parts = [
        {"text": f"{in_words.hours(minutes)} {SHORT[code]}", "amount": minutes, "tone": TONES[code]}
        for code, minutes in paid
        if minutes
    ]
    if unpaid:
        parts.append({"text": f"{in_words.hours(unpaid)} not paid for", "amount": unpaid, "tone": "rest"})
    return parts


def waiting_for(request: AdviceRequest) -> list[str]:
    """What else is still to come before a visit."""
    if request.consent_stands or request.without_name:
        return []
    if request.consent is None:
        return ["Consent. Nobody was asked yet; the visit cannot be planned before."]
    return [f"Consent. {request.consent.state_in_words}. The visit cannot be planned before."]


def last_page(request: AdviceRequest, user: User) -> str | None:
    """The fifth page of asking for advice. Fills ``advice.last_page``."""
    return reverse("who_pays", args=[request.pk]) if user.plays(permissions.READERS) else None


def on_request(request: AdviceRequest, user: User) -> dict[str, str] | None:
    """The way from a request to the page that says who pays; of a part that nobody pays, first of all. Fills
    ``advice.shown_on_request``."""
    plan = queries.plan_of(request)
    if not plan.is_sent or not user.plays(permissions.READERS):
        return None
    rest = queries.to_be_said(request, plan)
    text = f"Nobody pays for {in_words.hours(rest)}: say who does" if rest else "See who pays, and why"
    return {"text": text, "url": plan.get_absolute_url()}


DAYS_TO_SAY = 5  # working days after a refusal in which the school says who pays instead; our own reminder


def rows_of_next_steps() -> list[QuerySet[Any, Any]]:
    """Rows without which there is no next step, by the numbers of their pupils."""
    return [_not_paid_for().values("pupil")]


def next_steps(user: User, pupils: QuerySet[Pupil], today: date) -> list[NextStep]:
    """For the school: advice of which a part is paid by nobody. Two queries, none for others."""
    schools = {m.organisation_id for m in user.memberships_today if m.role in KEEPERS}
    if not schools:
        return []
    plans = PaymentPlan.objects.filter(
        pk__in=_not_paid_for().filter(pupil__in=pupils).values("plan"),
        request__kept_by__in=schools,
        request__state__in=WITH_THE_SERVICE,
    )
    found = plans.select_related("request__pupil", "request__service").prefetch_related("parts__funding")
    return [step for plan in found.order_by("pk") if (step := _step(plan, today))]


def _not_paid_for() -> QuerySet[PaymentPart]:
    """Parts for which PP+ was declined or taken back, or agreed for less."""
    return PaymentPart.objects.filter(
        Q(funding__state__in=[RequestState.DECLINED, RequestState.WITHDRAWN])
        | Q(funding__agreed_pence__lt=F("funding__amount_pence"))
    )


def _step(plan: PaymentPlan, today: date) -> NextStep | None:
    request, parts = plan.request, list(plan.parts.all())
    rest = queries.rest_of(request, parts)
    if not rest:
        return None
    refused = next(iter(queries.refused(parts)), None)
    since = timezone.localtime(refused.decided_at).date() if refused and refused.decided_at else today
    about = f"for {request.pupil.first_name}: nobody pays for {in_words.hours(rest)}"
    return NextStep(
        add_working_days(since, DAYS_TO_SAY), f"Say who pays for advice by {request.service.abbreviation}", about,
        plan.get_absolute_url(), plan.pupil_id, "the SENCO", "", "Say it",
    )  # fmt: skip

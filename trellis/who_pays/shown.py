"""How the ladder looks, and what it shows on other folders' pages."""

from collections.abc import Sequence
from typing import Any

from django.urls import reverse

from trellis.advice.models import AdviceRequest
from trellis.design import in_words
from trellis.hours.models import PaidFrom
from trellis.people.models import User
from trellis.who_pays import permissions, queries
from trellis.who_pays.models import PaymentPart
from trellis.who_pays.rules import Rung

TONES = {
    PaidFrom.OWN: "first", PaidFrom.BUDGET: "second", PaidFrom.PUPIL_PREMIUM: "third",
    PaidFrom.HIGHLY_VULNERABLE: "second",
}  # fmt: skip
SHORT = {
    PaidFrom.OWN: "own", PaidFrom.BUDGET: "own budget", PaidFrom.PUPIL_PREMIUM: "Pupil Premium Plus",
    PaidFrom.HIGHLY_VULNERABLE: "Highly Vulnerable framework",
}  # fmt: skip


def part_row(part: PaymentPart) -> dict[str, Any]:
    """A rung as it was sent, and what became of the money that was asked."""
    came = queries.what_came_of(part.funding) if part.funding else ""
    return {
        "name": part.name, "offered": part.offered, "minutes": part.minutes, "pence": part.pence,
        "reason": part.reason, "source": part.source, "came": came,
        "url": part.funding.get_absolute_url() if part.funding else "",
    }  # fmt: skip


def bar_of(rungs: Sequence[Rung | PaymentPart], unpaid: int = 0) -> list[dict[str, Any]]:
    """A bar that fills to the hours needed; what nobody pays stands at its end."""
    codes = [(PaidFrom(rung.code if isinstance(rung, Rung) else rung.rung), rung.minutes) for rung in rungs]
    parts = [
        {"text": f"{in_words.hours(minutes)} {SHORT[code]}", "amount": minutes, "tone": TONES[code]}
        for code, minutes in codes
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

"""Which request this person may see, and how much of it; what stands around its pages."""

from typing import Any

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse

from trellis.advice import permissions, queries
from trellis.advice.models import AdviceRequest, AdviceState
from trellis.conduct.refusals import require
from trellis.history.actions import looked_at
from trellis.people.requests import SignedInRequest
from trellis.pupils.views_frame import pupil_frame

PAGES = [
    ("question", "The question", "advice_question"),
    ("tried", "What has been tried", "advice_tried"),
    ("consent", "Consent", "advice_consent"),
    ("when", "When", "advice_when"),
    ("who pays", "Who pays", "advice_who_pays"),
]


def request_seen(request: SignedInRequest, advice_id: int) -> AdviceRequest:
    """The request, for whoever may see anything of it."""
    advice = get_object_or_404(AdviceRequest.objects.visible_to(request.user).with_names(), pk=advice_id)
    looked_at(request, advice.pupil_id)
    return advice  # type: ignore[no-any-return]


def request_kept(request: SignedInRequest, advice_id: int) -> AdviceRequest:
    """The request, for the school that keeps it; for others who see the record, the reason why not."""
    advice = request_seen(request, advice_id)
    require(permissions.can_keep_request(request.user, advice))
    return advice


def draft_kept(request: SignedInRequest, advice_id: int) -> AdviceRequest | None:
    """The request while it is a draft; None once it was sent."""
    advice = request_kept(request, advice_id)
    return advice if advice.state == AdviceState.DRAFT else None


def request_of_service(request: SignedInRequest, advice_id: int, *, named: bool = False) -> AdviceRequest:
    """The request, for its own service; ``named``: only while consent lets the service know the child."""
    advice = request_seen(request, advice_id)
    if named and queries.reading_of(request.user, advice) == queries.INITIALS:
        raise Http404
    return advice


def advice_frame(request: SignedInRequest, advice: AdviceRequest, page: str = "", **more: Any) -> dict[str, Any]:
    """The context of a school's page about a request; ``page`` names the one of the five pages it is."""
    frame = pupil_frame(request, advice.pupil, "advice")
    names = [name for name, _, _ in PAGES]
    step = names.index(page) + 1 if page else None
    back = PAGES[step - 2] if step and step > 1 else None
    links = {"step": step, "steps": len(PAGES), "back": reverse(back[2], args=[advice.pk]) if back else ""}
    return frame | {"advice": advice} | links | more


def initials_frame(advice: AdviceRequest) -> dict[str, Any]:
    """What a service knows before consent: no name, and no name in what the school wrote."""
    pupil = advice.pupil
    return {
        "advice": advice,
        "initials": pupil.initials,
        "year": queries.year_of(pupil),
        "question": queries.as_initials(advice, advice.question),
        "hoped_for": queries.as_initials(advice, advice.hoped_for),
        "consent_words": queries.consent_words(advice),
    }

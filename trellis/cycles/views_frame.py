"""What stands around every page of a cycle: the pupil's frame, the four steps, and what this person may do."""

from typing import Any

from django.shortcuts import get_object_or_404
from django.urls import reverse

from trellis.conduct import clock
from trellis.conduct.refusals import require
from trellis.cycles import permissions
from trellis.cycles.models import Cycle, CycleState
from trellis.cycles.permissions import Rights
from trellis.design import in_words
from trellis.history.actions import looked_at
from trellis.people.requests import SignedInRequest
from trellis.pupils.views_frame import pupil_frame

PLACES = {CycleState.ASSESS: 0, CycleState.PLAN: 1, CycleState.DO: 2, CycleState.REVIEWED: 4, CycleState.ENDED: 4}


def cycle_frame(request: SignedInRequest, cycle: Cycle, **more: Any) -> dict[str, Any]:
    """The context of a page about a cycle."""
    frame = pupil_frame(request, cycle.pupil, "cycle")
    rights = permissions.rights(request.user, cycle, frame["reading"].levels)
    return frame | {"cycle": cycle, "rights": rights, "steps": steps_of(cycle, rights)} | more


def cycle_kept(request: SignedInRequest, cycle_id: int) -> Cycle:
    """The cycle for those who keep it; for others who see it, the reason why not."""
    cycle = get_object_or_404(Cycle.objects.visible_to(request.user).with_names(), pk=cycle_id)
    looked_at(request, cycle.pupil_id)
    require(permissions.can_keep_cycle(request.user, cycle))
    return cycle


def steps_of(cycle: Cycle, rights: Rights) -> list[dict[str, str]]:
    """Assess, Plan, Do, Review, each with where it stands; class staff open plan and sessions only."""
    texts = [
        _dated("finished", cycle.assessed_on) or "being written",
        _dated("agreed", cycle.agreed_on) or "being written",
        "under way",
        _dated("due", cycle.review_on),
    ]
    done_texts = [texts[0], texts[1], "finished", _dated("recorded", cycle.closed_on)]
    urls = [
        reverse("assess", args=[cycle.pk]) if rights.reads_whole else "",
        reverse("plan", args=[cycle.pk]),
        reverse("sessions", args=[cycle.pk]) if cycle.agreed_on else "",
        reverse("record_review", args=[cycle.pk]) if rights.keep and cycle.state == CycleState.DO else "",
    ]
    now = PLACES[CycleState(cycle.state)]
    return [
        {
            "name": name,
            "state": "done" if place < now else "now" if place == now else "",
            "text": done_texts[place] if place < now else texts[place] if place == now else _ahead(place, cycle),
            "url": urls[place],
        }
        for place, name in enumerate(("Assess", "Plan", "Do", "Review"))
    ]


def _ahead(place: int, cycle: Cycle) -> str:
    return _dated("due", cycle.review_on) if place == 3 else ""


def _dated(word: str, day: Any) -> str:
    return f"{word} {in_words.long_date(day, clock.today())}" if day else ""

"""What the pages of a request share: finding it, its frame, and asking one form about it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from trellis.conduct.forms import ActionForm
from trellis.conduct.refusals import Answer, require
from trellis.ehc_requests.models import EhcPack, EhcRequest
from trellis.history.actions import looked_at
from trellis.people.requests import SignedInRequest
from trellis.pupils.models import Pupil
from trellis.pupils.views_frame import pupil_frame


def found_request(request: SignedInRequest, ehc_request_id: int) -> EhcRequest:
    found = get_object_or_404(EhcRequest.objects.visible_to(request.user).with_names(), pk=ehc_request_id)
    looked_at(request, found.pupil_id)
    return found


def found_pack(request: SignedInRequest, ehc_pack_id: int) -> EhcPack:
    packs = EhcPack.objects.visible_to(request.user).select_related(
        "pupil", "written_for", "request__pupil", "request__addressed_to", "request__school", "document", "sent_by"
    )
    found = get_object_or_404(packs, pk=ehc_pack_id)
    looked_at(request, found.pupil_id)
    return found


def ask(
    request: SignedInRequest, pupil: Pupil, form: ActionForm, *, heading: str, button: str, back: str, lead: str = "",
    tone: str = "",
) -> HttpResponse:  # fmt: skip
    """A page with one form."""
    about = {"form": form, "heading": heading, "button": button, "back": back, "lead": lead, "tone": tone}
    return render(request, "ehc_requests/ask.html", {**pupil_frame(request, pupil, "ehc"), **about})


def enter(
    request: SignedInRequest, about: EhcRequest, form: ActionForm, act: Callable[[ActionForm], Any], *, may: Answer,
    done: str, **page: str,
) -> HttpResponse:  # fmt: skip
    """Ask a form about a request; when it is answered, act and go back to the request's page."""
    require(may)
    if form.is_valid():
        with form.refusals():
            act(form)
            messages.success(request, done)
            return redirect(about)
    return ask(request, about.pupil, form, back=about.get_absolute_url(), **page)

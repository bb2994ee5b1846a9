from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from trellis.conduct.refusals import require
from trellis.documents.models import Document
from trellis.ehc_requests import actions, permissions, queries, rules
from trellis.ehc_requests.forms import LetterForm, StartForm, WithdrawForm
from trellis.ehc_requests.views_frame import ask, enter, found_request
from trellis.evidence.queries import strength_of
from trellis.evidence.rules import LAW_OF_THE_TEST, YOU_CAN_ASK_NOW
from trellis.history.actions import looked_at
from trellis.people.requests import SignedInRequest
from trellis.pupils.models import Level, Pupil
from trellis.pupils.views_frame import pupil_frame

A_PAGE = 30


def ehc_requests(request: SignedInRequest) -> HttpResponse:
    """The requests of everyone I may see, the oldest clock first."""
    page = Paginator(queries.requests_to_look_at(request.user), A_PAGE).get_page(request.GET.get("page"))
    shown = [queries.LineShown(one) for one in page.object_list]
    looked_at(request, *(one.request.pupil_id for one in shown))
    return render(request, "ehc_requests/ehc_requests.html", {"page": page, "shown": shown})


def pupil_ehc(request: SignedInRequest, pupil_id: int) -> HttpResponse:
    """The EHC tab: what is asked for, how strong the evidence is, and that one may ask now."""
    pupil = get_object_or_404(Pupil.objects.visible_to(request.user, Level.WHOLE, Level.WRITTEN), pk=pupil_id)
    looked_at(request, pupil.pk)
    frame = pupil_frame(request, pupil, "ehc")
    if not frame["reading"].is_whole:
        kept = (
            Document.objects.visible_to(request.user).of_child(pupil.pk).filter(kind__startswith="ehc").newest_first()
        )
        return render(request, "ehc_requests/left_behind.html", {**frame, "kept": kept})
    tab = queries.ehc_tab(pupil, request.user)
    return render(
        request,
        "ehc_requests/pupil_ehc.html",
        {
            **frame,
            "tab": tab,
            "strength": strength_of(pupil, request.user),
            "you_can_ask_now": YOU_CAN_ASK_NOW,
            "law_of_the_test": LAW_OF_THE_TEST,
            "phase_transfer_by": queries.phase_transfer_of(pupil, frame["standing"].year),
        },
    )


def start_request(request: SignedInRequest, pupil_id: int) -> HttpResponse:
    pupil = get_object_or_404(Pupil.objects.visible_to(request.user, Level.WHOLE), pk=pupil_id)
    looked_at(request, pupil.pk)
    require(permissions.can_ask(request.user, pupil))
    form = StartForm.opened(request, about=pupil)
    if form.is_valid():
        with form.refusals():
            made = actions.start_request(pupil.pk, by=request.user, key=form.key, **form.answers)
            messages.success(
                request, "The request is begun. Write the covering letter, choose what goes with it, send it."
            )
            return redirect(made)
    return ask(
        request, pupil, form, heading="Ask for an EHC needs assessment", button="Begin the request",
        lead=YOU_CAN_ASK_NOW, back=reverse("pupil_ehc", args=[pupil.pk]),
    )  # fmt: skip


def record_letter(request: SignedInRequest, pupil_id: int) -> HttpResponse:
    """A request made on paper: it counts as it is."""
    pupil = get_object_or_404(Pupil.objects.visible_to(request.user, Level.WHOLE), pk=pupil_id)
    looked_at(request, pupil.pk)
    require(permissions.can_record_letter(request.user, pupil))
    form = LetterForm.opened(request, about=pupil)
    if form.is_valid():
        with form.refusals():
            made = actions.record_letter(pupil.pk, by=request.user, key=form.key, **form.answers)
            messages.success(request, "The request is recorded. Its clock runs from the day the authority received it.")
            return redirect(made)
    return ask(
        request, pupil, form, heading="Record a request made on paper", button="Record this request",
        lead="A letter or an e-mail counts. No form is needed, and nobody may refuse it for its form.",
        back=reverse("pupil_ehc", args=[pupil.pk]),
    )  # fmt: skip


def ehc_request(request: SignedInRequest, ehc_request_id: int) -> HttpResponse:
    """One request: where it stands, its clock, the advice, the packs."""
    found = found_request(request, ehc_request_id)
    return render(
        request,
        "ehc_requests/ehc_request.html",
        {
            **pupil_frame(request, found.pupil, "ehc"),
            "ehc": found,
            "page": queries.request_page(found, request.user),
            "statutory_advice": rules.STATUTORY_ADVICE,
        },
    )


def withdraw_request(request: SignedInRequest, ehc_request_id: int) -> HttpResponse:
    found = found_request(request, ehc_request_id)
    return enter(
        request, found, WithdrawForm.opened(request, about=found),
        lambda form: actions.withdraw_request(found.pk, by=request.user, seen=form.version, **form.answers),
        may=permissions.can_withdraw(request.user, found), done="The request is withdrawn. What was written stays.",
        heading="Withdraw this request", button="Withdraw this request", tone="warning",
    )  # fmt: skip

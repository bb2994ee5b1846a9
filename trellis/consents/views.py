"""Consents as people ask for them, answer them and take them back."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from trellis.conduct.forms import ActionForm
from trellis.conduct.refusals import require
from trellis.consents import actions, permissions, queries
from trellis.consents.forms import AnswerByLinkForm, AnswerForm, ConfirmForm, RecordAnswerForm, WithdrawForm
from trellis.consents.models import Consent, ConsentState, HowAnswered
from trellis.history.actions import looked_at
from trellis.links.models import PersonalLink
from trellis.links.views import run_out
from trellis.people.requests import SignedInRequest
from trellis.pupils.views_frame import pupil_frame


def consent(request: SignedInRequest, consent_id: int) -> HttpResponse:
    """One consent: who was asked and why they, what they answered, what can be done now."""
    consent = _seen(request, consent_id)
    candidates = queries.who_can_agree(consent.pupil, consent.asked_on) if consent.state == ConsentState.ASKED else []
    return _page(
        request, consent, "consents/consent.html", may_act=permissions.can_ask_consent(request.user, consent.pupil),
        answers_here=permissions.can_answer_for_authority(request.user, consent),
        also=next((one.consenter.also for one in candidates if one.consenter.kind == consent.capacity), ""),
    )  # fmt: skip


def answer_consent(request: SignedInRequest, consent_id: int) -> HttpResponse:
    """The social worker who was asked answers signed in."""
    consent = _seen(request, consent_id)
    if not permissions.can_answer_for_authority(request.user, consent):
        return redirect("record_consent", consent.pk)
    form = AnswerForm.opened(request, about=consent, initial={"answered_name": str(request.user)})
    if form.is_valid():
        with form.refusals():
            answer = actions.give_consent if form.agrees else actions.decline_consent
            answer(consent.pk, by=request.user, how=HowAnswered.SIGNED_IN, seen=form.version, **form.said)
            messages.success(request, "Thank you. Your answer is kept, and the school knows.")
            return redirect(consent)
    return _page(request, consent, "consents/answer.html", form=form)


def record_consent(request: SignedInRequest, consent_id: int) -> HttpResponse:
    """An answer given on paper, by telephone or in a conversation."""
    consent = _arranged(request, consent_id)
    form = RecordAnswerForm.opened(request, about=consent)
    if form.is_valid():
        with form.refusals():
            answers = form.answers
            answer = actions.give_consent if answers.pop("answer") == "agree" else actions.decline_consent
            answer(consent.pk, by=request.user, seen=form.version, **answers)
            messages.success(request, "Their answer is saved.")
            return redirect(consent)
    return _form(request, consent, form, title="Record their answer", button="Save their answer")


def withdraw_consent(request: SignedInRequest, consent_id: int) -> HttpResponse:
    consent = _arranged(request, consent_id)
    form = WithdrawForm.opened(request, about=consent)
    if form.is_valid():
        with form.refusals():
            actions.withdraw_consent(consent.pk, by=request.user, seen=form.version, **form.answers)
            messages.success(request, "Consent is withdrawn. From now on the service sees initials only.")
            return redirect(consent)
    return _form(
        request, consent, form, title="Withdraw consent", button="Withdraw this consent", tone="warning",
        lead="The service stops at once: it sees initials only, and booked visits are released.",
    )  # fmt: skip


def confirm_consent(request: SignedInRequest, consent_id: int) -> HttpResponse:
    """After a change of legal status: the consent was checked and stands."""
    consent = _arranged(request, consent_id)
    form = ConfirmForm.opened(request, about=consent)
    if form.is_valid():
        with form.refusals():
            actions.confirm_consent(consent.pk, by=request.user, seen=form.version, **form.answers)
            return redirect(consent)
    return _form(
        request, consent, form, title="Check this consent again", button="It still stands",
        lead=consent.check_again_because,
    )  # fmt: skip


@require_POST
def ask_again(request: SignedInRequest, consent_id: int) -> HttpResponse:
    """A fresh link to the same person."""
    consent = _arranged(request, consent_id)
    actions.ask_again(consent.pk, by=request.user)
    messages.success(request, f"A fresh link was sent to {consent.name}. The one before no longer opens.")
    return redirect(consent)


def reply(request: HttpRequest, link: PersonalLink) -> HttpResponse:
    """The page behind a personal link: what is asked, by whom, what would be shared, for how long; and the answer."""
    consent = get_object_or_404(Consent.objects.with_names(), pk=link.subject_id)
    if not queries.may_be_answered_by_link(consent):
        return run_out(request)
    form = AnswerByLinkForm.opened(request)
    if form.is_valid():
        with form.refusals():
            answer = actions.give_consent if form.agrees else actions.decline_consent
            answer(consent.pk, by=None, how=HowAnswered.LINK, **form.said)
            return redirect(request.path)
    context = {"consent": consent, "link": link, "form": form, "asked_by": queries.asker_as_told_to(consent)}
    return render(request, "consents/reply.html", context)


def _seen(request: SignedInRequest, consent_id: int) -> Consent:
    consent = get_object_or_404(Consent.objects.visible_to(request.user).with_names(), pk=consent_id)
    looked_at(request, consent.pupil_id)
    return consent  # type: ignore[no-any-return]


def _arranged(request: SignedInRequest, consent_id: int) -> Consent:
    consent = _seen(request, consent_id)
    require(permissions.can_ask_consent(request.user, consent.pupil))
    return consent


def _form(
    request: SignedInRequest, consent: Consent, form: ActionForm, *, title: str, button: str, lead: str = "",
    tone: str = "",
) -> HttpResponse:  # fmt: skip
    words = {"title": title, "button": button, "lead": lead or f"{consent.service}. {consent.state_in_words}.",
             "tone": tone, "back": consent.get_absolute_url()}  # fmt: skip
    return _page(request, consent, "pupils/form_page.html", form=form, **words)


def _page(request: SignedInRequest, consent: Consent, template: str, **more: Any) -> HttpResponse:
    return render(request, template, pupil_frame(request, consent.pupil, "advice") | {"consent": consent} | more)

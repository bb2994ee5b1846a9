from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from trellis.conduct.forms import ActionForm, PressForm
from trellis.conduct.refusals import Refused, require
from trellis.history.actions import looked_at
from trellis.people.models import User
from trellis.transfers import actions, permissions, rules
from trellis.transfers.forms import ReceiptForm, SendForm
from trellis.transfers.models import BY_ROLE, Transfer, What


def transfer(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """One file between two schools: who owes it by when, and what may be done about it now."""
    return _page(request, _found(request, transfer_id))


@require_POST
def send_file(request: HttpRequest, transfer_id: int) -> HttpResponse:
    found = _found(request, transfer_id)
    require(permissions.can_send(_user(request), found))
    form = SendForm.opened(request, about=found)
    if form.is_valid():
        with form.refusals():
            actions.send_file(found.pk, by=_user(request), seen=form.version, how=form.cleaned_data["how"])
            messages.success(request, "Marked as sent. The new school is asked to say that it has come.")
            return redirect(found)
    return _page(request, found, send=form)


@require_POST
def say_none(request: HttpRequest, transfer_id: int) -> HttpResponse:
    found = _found(request, transfer_id)
    require(permissions.can_send(_user(request), found))
    form = PressForm.opened(request, about=found)
    if form.is_valid():
        with form.refusals():
            actions.say_none(found.pk, by=_user(request), seen=form.version)
            messages.success(request, "Recorded that there is none. Only the new school’s safeguarding lead sees that.")
            return redirect(found)
    return _page(request, found, none=form)


@require_POST
def receive_file(request: HttpRequest, transfer_id: int) -> HttpResponse:
    found = _found(request, transfer_id)
    require(permissions.can_receive(_user(request), found))
    form = _receipt(request, found)
    if form.is_valid():
        with form.refusals():
            actions.receive_file(
                found.pk, by=_user(request), seen=form.version, receipt=form.cleaned_data.get("receipt", "")
            )
            messages.success(request, "You have said that it has come. The old school can see that.")
            return redirect(found)
    return _page(request, found, receipt=form)


@require_POST
def chase_file(request: HttpRequest, transfer_id: int) -> HttpResponse:
    found = _found(request, transfer_id)
    try:
        actions.chase_file(found.pk, by=_user(request))
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        messages.success(request, f"{found.from_school} was reminded by e-mail.")
    return redirect(found)


def _page(request: HttpRequest, found: Transfer, **posted: ActionForm) -> HttpResponse:
    """The file and what this person may do about it; after a refusal only the form that was refused."""
    looked_at(request, found.pupil_id)
    forms = posted or _forms(request, found)
    return render(
        request, "transfers/transfer.html",
        {
            "transfer": found,
            "who": permissions.WHO[What(found.what)],
            "is_in_time": found.sent_on is None or bool(rules.IN_TIME[What(found.what)](found.due_on, found.sent_on)),
            "waits": found.is_owed and found.to_school is None,
            "may_chase": not posted and found.is_under_way and bool(permissions.can_chase(_user(request), found)),
            "form": next(iter(posted.values()), None),
            **forms,
        },
    )  # fmt: skip


def _forms(request: HttpRequest, found: Transfer) -> dict[str, ActionForm]:
    user = _user(request)
    forms: dict[str, ActionForm] = {}
    if found.is_owed and permissions.can_send(user, found):
        if found.to_school is not None:
            forms["send"] = SendForm.opened(request, about=found)
        if found.may_not_exist:
            forms["none"] = PressForm.opened(request, about=found)
    if found.is_under_way and permissions.can_receive(user, found):
        forms["receipt"] = _receipt(request, found)
    return forms


def _receipt(request: HttpRequest, found: Transfer) -> ReceiptForm:
    """Who signed is asked only of somebody who is not of the new school."""
    is_theirs = _user(request).plays_at(BY_ROLE[What(found.what)], found.to_school_id)
    return ReceiptForm.opened(request, about=found, is_theirs=is_theirs)


def _found(request: HttpRequest, transfer_id: int) -> Transfer:
    return get_object_or_404(Transfer.objects.visible_to(_user(request)).with_names(), pk=transfer_id)


def _user(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]

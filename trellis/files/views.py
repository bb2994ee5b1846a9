"""Opening a file: always as a download, never as a page of ours. Taking one away."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from trellis.conduct.refusals import Refused, require
from trellis.design.in_words import full_date
from trellis.files import actions
from trellis.files.forms import WithdrawFileForm
from trellis.files.models import File
from trellis.files.permissions import can_see_file, can_withdraw_file
from trellis.history.actions import looked_at
from trellis.people.requests import SignedInRequest


@require_safe
def file(request: SignedInRequest, file_id: uuid.UUID) -> HttpResponse:
    """The bytes as they were kept, for those who may see the file, once it is known to be clean."""
    file = _seen(request, file_id)
    if file.is_withdrawn:
        raise Refused("This file was taken away. Ask whoever added it.")
    if file.is_infected:
        raise Refused("The virus scanner found this file unsafe, so nobody can open it. Ask for a clean copy.")
    if not file.is_clean:
        raise Refused("This file is still being checked for viruses. Try again in a minute.")
    looked_at(request, file.pupil_id)
    return HttpResponse(
        bytes(file.content.bytes),
        content_type=file.mime,
        headers={
            "Content-Disposition": content_disposition_header(True, file.name) or "attachment",
            "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
        },
    )


def withdraw_file(request: SignedInRequest, file_id: uuid.UUID) -> HttpResponse:
    """Take away a file that should not be here, with a reason."""
    file = _seen(request, file_id)
    looked_at(request, file.pupil_id)
    require(can_withdraw_file(request.user, file))
    form = WithdrawFileForm.opened(request, about=file)
    if form.is_valid():
        with form.refusals():
            actions.withdraw_file(file.pk, by=request.user, seen=form.version, **form.answers)
            messages.success(request, f"“{file.name}” was taken away. Nobody can open it now.")
            return redirect(file.subject_url)
    context = {
        "form": form,
        "title": "Take away this file",
        "lead": f"“{file.name}”, added on {full_date(file.kept_at)}. Nobody can open it afterwards.",
        "button": "Take it away",
        "tone": "warning",
        "back": file.subject_url,
    }
    return render(request, "design/form_page.html", context)


def _seen(request: SignedInRequest, file_id: uuid.UUID) -> File:
    file = get_object_or_404(File, address=file_id)
    if not can_see_file(request.user, file):
        raise Http404
    return file

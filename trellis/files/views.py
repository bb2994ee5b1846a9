"""Opening a file: always as a download, never as a page of ours."""

import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from trellis.conduct.refusals import Refused
from trellis.files.models import File
from trellis.files.permissions import can_see_file
from trellis.history.actions import looked_at
from trellis.people.requests import SignedInRequest


@require_safe
def file(request: SignedInRequest, file_id: uuid.UUID) -> HttpResponse:
    """The bytes as they were kept, for those who may see the file, once it is known to be clean."""
    file = get_object_or_404(File, address=file_id)
    if not can_see_file(request.user, file):
        raise Http404
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

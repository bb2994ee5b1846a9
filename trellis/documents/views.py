from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.utils.text import slugify

from trellis.documents.models import Document
from trellis.history.actions import looked_at


def document(request: HttpRequest, document_id: int) -> HttpResponse:
    """The PDF as it was printed. Its file name tells what it is, never whom it is about."""
    document = get_object_or_404(Document.objects.visible_to(request.user), pk=document_id)  # type: ignore[arg-type]
    looked_at(request, document.pupil_id)
    rendition = document.renditions.filter(format="pdf").earliest("pk")
    return HttpResponse(
        bytes(rendition.bytes),
        content_type="application/pdf",
        headers={
            "Content-Disposition": content_disposition_header(True, f"{slugify(document.title)}.pdf"),
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )

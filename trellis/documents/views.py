from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header
from django.utils.text import slugify

from trellis.documents import actions
from trellis.documents.models import Document, Rendition
from trellis.history.actions import looked_at

CONTENT_TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


def document(request: HttpRequest, document_id: int) -> HttpResponse:
    """The PDF as it was printed."""
    return pdf_of(_seen(request, document_id))


def document_word(request: HttpRequest, document_id: int) -> HttpResponse:
    """The same words for Word; made when they are first asked for, then kept."""
    return word_of(_seen(request, document_id))


def pdf_of(document: Document) -> HttpResponse:
    """The answer that hands a document over as PDF; whoever asks has been let in already."""
    return _handed_over(document, document.renditions.filter(format="pdf").earliest("pk"))


def word_of(document: Document) -> HttpResponse:
    """The answer that hands a document over for Word."""
    return _handed_over(document, actions.render_word(document))


def _seen(request: HttpRequest, document_id: int) -> Document:
    document = get_object_or_404(Document.objects.visible_to(request.user), pk=document_id)  # type: ignore[arg-type]
    looked_at(request, document.pupil_id)
    return document


def _handed_over(document: Document, rendition: Rendition) -> HttpResponse:
    """The kept bytes, as an attachment. Its file name tells what it is, never whom it is about."""
    name = f"{slugify(document.title)}.{rendition.format}"
    return HttpResponse(
        bytes(rendition.bytes),
        content_type=CONTENT_TYPES[rendition.format],
        headers={
            "Content-Disposition": content_disposition_header(True, name),
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, no-store",
        },
    )

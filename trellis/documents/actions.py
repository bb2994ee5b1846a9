"""Freezing: the words as they stand and the page they print, in the same transaction as the signature."""

import hashlib
from typing import Any

from django.db import transaction

from trellis.conduct import clock
from trellis.documents.models import Document, Rendition
from trellis.documents.printing import to_pdf
from trellis.documents.word import to_docx
from trellis.history import actions as history
from trellis.organisations.models import Organisation
from trellis.pupils.models import Pupil


@transaction.atomic
def freeze(
    *, subject: Any, kind: str, title: str, audience: str, snapshot: dict[str, Any], template: str, by: Any,
    pupil: Pupil, written_for: Organisation, schema_version: int = 1,
) -> Document:  # fmt: skip
    """Keep a snapshot for good, printed for its audience. When it cannot be printed accessibly, nothing is kept."""
    document = Document.objects.create(
        pupil=pupil, written_for=written_for, kind=kind, title=title, schema_version=schema_version, snapshot=snapshot,
        subject_kind=subject._meta.label_lower, subject_id=subject.pk, frozen_at=clock.now(), by=by,
    )  # fmt: skip
    Rendition.objects.create(
        document=document, audience=audience, template=template, **_kept(to_pdf(template, snapshot))
    )
    history.record(document, by, f"{title}: kept as it stood, for the {audience}.")
    return document


@transaction.atomic
def render_word(document: Document) -> Rendition:
    """The document for Word, made when it is first asked for and kept. Asked by two at once, the first one's is kept:
    both would be the same."""
    kept = document.renditions.filter(format="docx").first()
    if kept is not None:
        return kept
    printed = document.renditions.filter(format="pdf").earliest("pk")
    rendition = Rendition(
        document=document, audience=printed.audience, format="docx", template="word",
        **_kept(to_docx(document.snapshot)),
    )  # fmt: skip
    Rendition.objects.bulk_create([rendition], ignore_conflicts=True)
    return document.renditions.get(audience=printed.audience, format="docx")


def _kept(made: bytes) -> dict[str, Any]:
    return {"bytes": made, "sha256": hashlib.sha256(made).hexdigest()}

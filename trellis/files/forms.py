"""The field for a file, its form sent as ``multipart/form-data``; and the form that takes one away."""

from typing import Any

from django import forms

from trellis.conduct.forms import ActionForm
from trellis.conduct.refusals import Refused
from trellis.files.intake import Upload, take_in
from trellis.files.rules import MOST_BYTES

ACCEPTED = ".pdf,.docx,.xlsx,.png,.jpg,.jpeg"


class UploadField(forms.FileField):
    """A file held against the rules; its clean value is what ``keep_file`` keeps. ``forms.FileField`` with a hint."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", "A PDF, Word document, Excel workbook or picture, up to 10 MB.")
        options.setdefault("widget", forms.FileInput(attrs={"accept": ACCEPTED}))
        super().__init__(**options)

    def clean(self, data: Any, initial: Any = None) -> Upload | None:
        upload = super().clean(data, initial)
        if not upload:
            return None
        try:
            return take_in(upload.name, upload.read(MOST_BYTES + 1))
        except Refused as refusal:
            raise forms.ValidationError(refusal.sentence) from refusal


class WithdrawFileForm(ActionForm):
    """Why a file should not be here."""

    because = forms.CharField(
        label="Why should it not be here?",
        max_length=200,
        help_text="The reason stays in the record. Do not name another child.",
    )

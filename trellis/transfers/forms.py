"""How a file was sent, and who signed for it."""

from typing import Any

from django import forms

from trellis.conduct.forms import ActionForm
from trellis.transfers.models import How


class SendForm(ActionForm):
    """By which way it went."""

    keeps_draft = False

    how = forms.ChoiceField(label="How did you send it?", choices=How.choices, widget=forms.RadioSelect)


class ReceiptForm(ActionForm):
    """Who signed for it, where the receipt came from a school that does not sign in here."""

    keeps_draft = False

    receipt = forms.CharField(
        label="Who signed for it?",
        max_length=200,
        required=False,
        help_text="The receipt came from a school that does not sign in here.",
    )

    def __init__(self, *args: Any, is_theirs: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if is_theirs:
            del self.fields["receipt"]

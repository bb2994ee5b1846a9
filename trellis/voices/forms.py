"""Writing down what somebody said."""

from typing import Any

from django import forms

from trellis.conduct import clock
from trellis.conduct.forms import ActionForm
from trellis.design.widgets import DateBoxesField
from trellis.voices.models import Answered, How, Whose


class ViewForm(ActionForm):
    """One view, typed for the person who gave it."""

    whose = forms.ChoiceField(label="Whose view is it?", choices=Whose.choices, widget=forms.RadioSelect)
    answered = forms.ChoiceField(
        label="What did they answer?", choices=Answered.choices, initial=Answered.GAVE, widget=forms.RadioSelect
    )
    words = forms.CharField(
        label="What did they say?",
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Word for word. What you make of it belongs somewhere else.",
    )
    how = forms.ChoiceField(label="How did they say it?", choices=How.choices)
    told_to = forms.CharField(label="Who heard it?", max_length=120)
    given_on = DateBoxesField(label="When?")

    def current(self) -> dict[str, Any]:
        return {"given_on": clock.today(), "told_to": self.request.user.get_full_name()}  # type: ignore[union-attr]

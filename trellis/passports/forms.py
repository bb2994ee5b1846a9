"""What is asked about a passport."""

from collections.abc import Sequence
from typing import Any

from django import forms

from trellis.conduct import clock
from trellis.conduct.forms import ActionForm
from trellis.design.widgets import CountedTextarea, DateBoxesField, Explained
from trellis.passports.models import AgreedHow, Passport
from trellis.passports.queries import Offered
from trellis.passports.rules import BOXES

LONG = 250  # boxes longer than this get more lines to type in


class StartPassportForm(ActionForm):
    """Which words of the record come along. Nothing comes unless it is ticked."""

    take = forms.MultipleChoiceField(
        label="Which words would the pupil like to use?",
        help_text="They are in the record already. Tick only what a supply teacher may read; you can change it next.",
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, offered: Sequence[Offered] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["take"].choices = [  # type: ignore[attr-defined]
            (one.key, Explained(one.words, f"{one.source}. Goes to “{one.goes_to}”.")) for one in offered
        ]
        if not offered:
            del self.fields["take"]


class PassportForm(ActionForm):
    """The boxes of the page. Any may be left for later."""

    marks_optional = False
    about: Passport

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for box in BOXES:
            self.fields[box.name] = forms.CharField(
                label=box.title,
                help_text=box.hint,
                max_length=box.limit,
                required=False,
                widget=CountedTextarea(attrs={"rows": 4 if box.limit > LONG else 2}),
            )

    def current(self) -> dict[str, Any]:
        return {box.name: getattr(self.about, box.name) for box in BOXES}


class AgreePassportForm(ActionForm):
    """How the pupil agreed, with whom, when."""

    agreed_how = forms.ChoiceField(
        label="How did you go through it together?",
        choices=AgreedHow.choices,
        widget=forms.RadioSelect,
        help_text="An adult cannot agree for the pupil. If the pupil says no, change the words.",
    )
    agreed_with = forms.CharField(
        label="Which adult went through it with the pupil?", max_length=120, help_text="Someone the pupil trusts."
    )
    agreed_on = DateBoxesField(label="When did the pupil agree?")
    looked_through = forms.BooleanField(
        label="I have looked at these words, and they are right for supply staff to read", required=False
    )

    def __init__(self, *args: Any, is_flagged: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_flagged:
            del self.fields["looked_through"]

    def current(self) -> dict[str, Any]:
        return {"agreed_on": clock.today()}


class ConfirmPassportForm(ActionForm):
    """They looked at it together, and it is still right."""

    looked_with = forms.CharField(label="Which adult looked at it with the pupil?", max_length=120)
    looked_on = DateBoxesField(label="When?")

    def current(self) -> dict[str, Any]:
        return {"looked_on": clock.today()}

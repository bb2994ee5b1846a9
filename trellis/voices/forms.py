"""Writing down what somebody said, asking for it, and saying it."""

from datetime import timedelta
from typing import Any

from django import forms
from django.http import QueryDict

from trellis.conduct import clock
from trellis.conduct.forms import ActionForm
from trellis.design.widgets import DateBoxesField
from trellis.links.forms import ReplyForm
from trellis.voices.models import Answered, How, ViewAsked, Whose
from trellis.voices.questions import FEELINGS, SETS


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


class AskForm(ActionForm):
    """Whom to ask by link, and until when."""

    whose = forms.ChoiceField(label="Whose view do you ask for?", choices=Whose.choices, widget=forms.RadioSelect)
    name = forms.CharField(label="Their name", max_length=120, help_text="As you would begin a letter to them.")
    email = forms.EmailField(
        label="Their e-mail address",
        help_text="Only they should read this mailbox: whoever opens the link can answer it.",
    )
    due_on = DateBoxesField(label="By when?")

    def current(self) -> dict[str, Any]:
        return {"due_on": clock.today() + timedelta(days=7)}


SKIP = ("skip", "Skip this one")


class WorryForm(ReplyForm):
    """Room for "I am worried about something"."""

    marks_optional = False

    worry = forms.CharField(
        label="What are you worried about?", required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    @property
    def said(self) -> str:
        """The worry as it was typed, whatever else is wrong with the form."""
        return str(self.data.get("worry") or "").strip()

    def empty_worry(self) -> None:
        """The worry has been sent: the page shows its box empty again, and everything else as typed."""
        self.data = {**self.data.dict(), "worry": ""} if isinstance(self.data, QueryDict) else self.data


class GiveViewForm(WorryForm):
    """The questions of one set, any of which may be skipped."""

    def __init__(self, *args: Any, asked: ViewAsked, **options: Any) -> None:
        super().__init__(*args, **options)
        self.question_set = SETS[asked.question_set, asked.set_version]
        self.heading = self.question_set.heading.replace("{pupil}", asked.pupil.first_name)
        self.texts = {one.key: one.about(asked.pupil.first_name) for one in self.question_set.questions}
        for question in self.question_set.questions:
            self.fields[question.key] = (
                forms.ChoiceField(
                    label=self.texts[question.key], required=False, widget=forms.RadioSelect,
                    choices=[*[(feeling, feeling) for feeling in FEELINGS], SKIP],
                )
                if question.on_faces
                else forms.CharField(
                    label=self.texts[question.key], required=False, max_length=3000,
                    widget=forms.Textarea(attrs={"rows": 3}), help_text="You can skip this.",
                )
            )  # fmt: skip

    @property
    def questions(self) -> list[Any]:
        """The fields on the page, each with whether it is asked on the scale of faces."""
        return [{"field": self[one.key], "on_faces": one.on_faces} for one in self.question_set.questions]

    @property
    def parts(self) -> list[list[str]]:
        """What was answered, each beneath its question; what was skipped is left out."""
        said = {key: self.cleaned_data.get(key) for key in self.texts}
        return [[self.texts[key], words] for key, words in said.items() if words and words != SKIP[0]]

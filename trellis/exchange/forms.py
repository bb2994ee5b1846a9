"""Choosing a file to bring, and answering a question about a listed child."""

from typing import Any

from django import forms

from trellis.conduct.forms import ActionForm
from trellis.design.widgets import Explained
from trellis.exchange.models import ImportKind, QuestionAnswer
from trellis.exchange.reading import LARGEST_FILE


class ImportForm(ActionForm):
    """Which list, and its file. A file cannot be kept as a draft."""

    keeps_draft = False

    kind = forms.ChoiceField(
        label="What does the file hold?",
        widget=forms.RadioSelect,
        choices=[
            (
                ImportKind.PUPIL_LIST,
                Explained("The weekly pupil list", "All children your authority looks after, one a line."),
            ),
            (
                ImportKind.SCHOOLS,
                Explained("A list of schools", "As downloaded from Get Information About Schools (GIAS)."),
            ),
            (
                ImportKind.PEPS,
                Explained("PEPs kept in another system", "The day, quality and targets of each, one target a line."),
            ),
        ],
    )
    file = forms.FileField(
        label="The file",
        help_text="A CSV file with commas. In Excel choose Save as, then “CSV UTF-8”. Nothing lands before you say so.",
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise forms.ValidationError(
                f"The file is larger than {LARGEST_FILE // 1024 // 1024} MB. Choose the list alone."
            )
        return file


class AnswerForm(ActionForm):
    """Same child or another?"""

    answer = forms.ChoiceField(
        label="Is this the same child?",
        widget=forms.RadioSelect,
        choices=[
            (
                QuestionAnswer.SAME,
                Explained("Yes, the same child", "The line of the list is added to the record there is."),
            ),
            (
                QuestionAnswer.DIFFERENT,
                Explained("No, another child", "A new record begins. The two are never mixed up again."),
            ),
        ],
    )


class TargetAnswerForm(ActionForm):
    """Has a target that left the file ended?"""

    answer = forms.ChoiceField(
        label="Has this target ended?",
        widget=forms.RadioSelect,
        choices=[
            (
                QuestionAnswer.ENDED,
                Explained(
                    "Yes, it has ended",
                    "It is marked as no longer in the file. Nothing new is asked for it; what hangs on it stays.",
                ),
            ),
            (
                QuestionAnswer.GOES_ON,
                Explained("No, it goes on", "It stays as it is. Have it put into the other system again."),
            ),
        ],
    )

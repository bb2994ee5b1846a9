"""Choosing a file to bring, and answering a question about a listed child."""

from collections.abc import Sequence
from typing import Any

from django import forms

from trellis.conduct.forms import ActionForm
from trellis.design.widgets import Explained
from trellis.exchange.kinds import Whose
from trellis.exchange.lists import KINDS
from trellis.exchange.models import ImportKind, QuestionAnswer
from trellis.exchange.reading import LARGEST_FILE

EXPLAINED: dict[str, tuple[str, str]] = {
    ImportKind.PUPIL_LIST: ("The weekly pupil list", "All children your authority looks after, one a line."),
    ImportKind.SCHOOLS: ("A list of schools", "As downloaded from Get Information About Schools (GIAS)."),
    ImportKind.PEPS: ("PEPs kept in another system", "The day, quality and targets of each, one target a line."),
    ImportKind.SSDA903: (
        "The yearly looked-after return (SSDA903)",
        "Its tables as CSV files, all at once, or the one XML file. Adds care before today and the SDQ.",
    ),
    ImportKind.ANNEX_A: (
        "SEND Annex A, lists 1 and 2",
        "As made for Ofsted. Takes the SEN status and need of children in your care; the rest is advice.",
    ),
    ImportKind.CTF: (
        "A common transfer file (CTF)",
        "The XML file of the school before, about pupils who came to you. Adds their SEN before, and is its receipt.",
    ),
    ImportKind.ATTENDANCE: (
        "Attendance",
        "As your school’s system gives it out: sessions possible and attended, and the days it is of. "
        "Or its tables of the school census, together.",
    ),
    ImportKind.SEN_REGISTER: (
        "The SEN register",
        "SEN status and types of need, one pupil a line. Or its tables of the school census, together.",
    ),
    ImportKind.ATTAINMENT: ("Attainment", "Results of assessments: subject, result and day, one result a line."),
    ImportKind.SUSPENSIONS: (
        "Suspensions and exclusions",
        "One a line. The preview says which are told to those whom the law names, and which are too old for that.",
    ),
}


class SeveralFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class SeveralFilesField(forms.FileField):
    """One file or several, as a list."""

    widget = SeveralFilesInput

    def clean(self, data: Any, initial: Any = None) -> Any:
        chosen = data if isinstance(data, list | tuple) else [data]
        return [super(SeveralFilesField, self).clean(file, initial) for file in chosen or [None]]


class ImportForm(ActionForm):
    """Which list, and its file; for whom, where somebody brings files for several. A file cannot be kept as a draft."""

    keeps_draft = False

    whose = forms.ChoiceField(label="For whom?", widget=forms.RadioSelect)
    kind = forms.ChoiceField(label="What does the file hold?", widget=forms.RadioSelect)
    file = SeveralFilesField(
        label="The file",
        help_text="An Excel workbook, an OpenDocument spreadsheet or CSV. Nothing lands before you say so.",
    )

    def __init__(self, *args: Any, brings_for: Sequence[Whose]) -> None:
        super().__init__(*args)
        self.by_id = {str(whose.pk): whose for whose in brings_for if whose is not None}
        self.fields["whose"].choices = [(number, str(whose)) for number, whose in self.by_id.items()]  # type: ignore[attr-defined]
        if len(self.by_id) < 2:
            del self.fields["whose"]
        self.fields["kind"].choices = [  # type: ignore[attr-defined]
            (kind, Explained(*EXPLAINED[kind]))
            for kind in EXPLAINED
            if any(KINDS[kind].is_of(whose) for whose in self.by_id.values())
        ]

    @property
    def brought_for(self) -> Whose:
        chosen = self.cleaned_data.get("whose")
        return self.by_id[chosen] if chosen else next(iter(self.by_id.values()), None)

    def clean_file(self) -> Any:
        files = self.cleaned_data["file"]
        if any(file.size > LARGEST_FILE for file in files):
            raise forms.ValidationError(
                f"The file is larger than {LARGEST_FILE // 1024 // 1024} MB. Choose the list alone."
            )
        return files


class TakeBackForm(ActionForm):
    """Nothing is typed: an import or an answer is taken back whole, or stays."""

    keeps_draft = False


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


class ReturnAnswerForm(ActionForm):
    """What stands: what Trellis holds of past care, or what the yearly return says?"""

    answer = forms.ChoiceField(
        label="What stands?",
        widget=forms.RadioSelect,
        choices=[
            (
                QuestionAnswer.OURS,
                Explained("What Trellis holds", "Nothing of the return is added. It is not asked again."),
            ),
            (
                QuestionAnswer.THEIRS,
                Explained(
                    "What the return says",
                    "Its times in care replace those here in the same days. The care of today stays as it is.",
                ),
            ),
            (
                QuestionAnswer.WAIT,
                Explained("Neither yet: both wait", "Nothing changes. It is asked again with the next return."),
            ),
        ],
    )


class NotReturnedForm(ActionForm):
    """The weekly list decides who is looked after: is it right?"""

    answer = forms.ChoiceField(
        label="Is the weekly list right?",
        widget=forms.RadioSelect,
        choices=[
            (
                QuestionAnswer.OURS,
                Explained("Yes, the list is right", "The child stays looked after. Not asked again for this year."),
            ),
            (
                QuestionAnswer.WAIT,
                Explained(
                    "It has to be looked into",
                    "Nothing changes here. If the list is wrong, have it mended and bring it again: it decides.",
                ),
            ),
        ],
    )

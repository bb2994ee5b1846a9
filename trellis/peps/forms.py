from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from trellis.conduct import clock
from trellis.conduct.forms import ActionForm
from trellis.design.in_words import full_date
from trellis.design.widgets import DateBoxesField, Explained
from trellis.peps.models import Area, Grade, PepSection, PepTarget, TargetResult
from trellis.peps.rules import HOW_THEY_CAME, NO_CYCLE, SECTION, WHO_IS_INVITED, Answer
from trellis.peps.send_section import WORDS_FROM, is_from_cycle
from trellis.voices.models import Answered, How, View

Blocks = list[dict[str, Any]]


class SectionForm(ActionForm):
    """One section of a PEP. Anything may be left for later: the section counts what is missing."""

    marks_optional = False
    about: PepSection

    def __init__(self, *args: Any, section: PepSection, **options: Any) -> None:
        super().__init__(*args, **options)
        self.definition = SECTION[section.name]
        for answer in self.asked(section):
            self._ask(answer)

    def asked(self, section: PepSection) -> list[Answer]:
        return list(self.definition.answers)

    def current(self) -> dict[str, Any]:
        people = self.about.words.get("people") or {}
        return {
            **{name: value for name, value in self.about.words.items() if name != "people"},
            **{f"name_{who}": said.get("name", "") for who, said in people.items()},
            **{f"came_{who}": said.get("came", "") for who, said in people.items()},
        }

    @property
    def words(self) -> dict[str, Any]:
        """What was typed, by answer: what the section keeps."""
        return {
            answer.name: self._people() if answer.kind == "people" else self.cleaned_data.get(answer.name)
            for answer in self.definition.answers
            if answer.kind == "people" or answer.name in self.fields
        }

    @property
    def blocks(self) -> Blocks:
        """The section as the page lays it out: single questions, and the table of who came."""
        asked = [answer for answer in self.definition.answers if answer.kind == "people" or answer.name in self.fields]
        return [
            {"people": self._rows(), "label": answer.label} if answer.kind == "people" else {"field": self[answer.name]}
            for answer in asked
        ]

    def _ask(self, answer: Answer) -> None:
        match answer.kind:
            case "people":
                self._ask_people()
            case "date":
                self.fields[answer.name] = DateBoxesField(label=answer.label, help_text=answer.hint, required=False)
            case "line":
                self.fields[answer.name] = forms.CharField(
                    label=answer.label, help_text=answer.hint, required=False, max_length=120
                )
            case _:
                self.fields[answer.name] = forms.CharField(
                    label=answer.label, help_text=answer.hint, required=False, widget=forms.Textarea(attrs={"rows": 4})
                )

    def _ask_people(self) -> None:
        for who, label in WHO_IS_INVITED.items():
            self.fields[f"name_{who}"] = forms.CharField(label=f"{label}: name", required=False, max_length=120)
            self.fields[f"came_{who}"] = forms.ChoiceField(
                label=f"{label}: how they took part", required=False, choices=list(HOW_THEY_CAME.items())
            )

    def _people(self) -> dict[str, dict[str, str]]:
        said = {
            who: {"name": self.cleaned_data[f"name_{who}"], "came": self.cleaned_data[f"came_{who}"]}
            for who in WHO_IS_INVITED
        }
        return {who: how for who, how in said.items() if how["came"]}

    def _rows(self) -> list[tuple[str, BoundField, BoundField]]:
        return [(label, self[f"name_{who}"], self[f"came_{who}"]) for who, label in WHO_IS_INVITED.items()]


class SendSectionForm(SectionForm):
    """The SEND section: words from the cycle, grey until somebody edits them; or why there is no cycle yet."""

    def __init__(self, *args: Any, section: PepSection, has_cycle: bool, **options: Any) -> None:
        self.has_cycle = has_cycle
        super().__init__(*args, section=section, **options)
        for name in WORDS_FROM:
            if name in self.fields and is_from_cycle(name, section.words, section.written_from):
                self.fields[name].widget.attrs["class"] = "t-from-cycle"

    def asked(self, section: PepSection) -> list[Answer]:
        names = set(WORDS_FROM) if self.has_cycle else set(NO_CYCLE)
        return [answer for answer in self.definition.answers if answer.name in names]


class ViewSectionForm(SectionForm):
    """The pupil's or carer's section: a view given before, or one written down now."""

    given = forms.ModelChoiceField(
        View.objects.none(), label="Another view already in the record", required=False, empty_label="None of these",
        help_text="Choose one, or write down what was said below.", widget=forms.RadioSelect,
    )  # fmt: skip
    answered = forms.ChoiceField(
        label="What came of asking", choices=Answered.choices, initial=Answered.GAVE, required=False,
        widget=forms.RadioSelect,
    )  # fmt: skip
    said = forms.CharField(
        label="What they said, in their own words", help_text="Word for word. It cannot be changed afterwards.",
        required=False, widget=forms.Textarea,
    )  # fmt: skip
    told_to = forms.CharField(
        label="Who heard it", help_text="If nothing was said: who asked.", required=False, max_length=120
    )
    how = forms.ChoiceField(label="How they gave it", choices=How.choices, required=False)
    given_on = DateBoxesField(label="When they gave it", required=False)

    def __init__(self, *args: Any, section: PepSection, views: list[View], **options: Any) -> None:
        super().__init__(*args, section=section, **options)
        if views:
            self.fields["given"].queryset = View.objects.filter(pk__in=[view.pk for view in views])  # type: ignore[attr-defined]
            self.fields["given"].label_from_instance = lambda view: f"“{view.in_words}” {full_date(view.given_on)}"  # type: ignore[attr-defined]
        else:
            del self.fields["given"]

    def current(self) -> dict[str, Any]:
        view = self.about.view
        said = {"given_on": clock.today(), "answered": Answered.GAVE}
        if view is not None:
            said = {"answered": view.answered, "said": view.words, "told_to": view.told_to, "how": view.how,
                    "given_on": view.given_on}  # fmt: skip
        return {**super().current(), **said}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        gave = (cleaned.get("answered") or Answered.GAVE) == Answered.GAVE
        if not cleaned.get("given") and gave and not cleaned.get("said"):
            self.add_error("said", "Write what they said, or choose that they did not want to say")
        return cleaned

    @property
    def view(self) -> dict[str, Any]:
        """The view itself, as the action takes it."""
        said = self.cleaned_data
        return {
            "given": said.get("given"), "answered": said.get("answered") or Answered.GAVE,
            "said": said.get("said") or "", "told_to": said.get("told_to") or "",
            "how": said.get("how") or How.TALKED, "given_on": said.get("given_on"),
        }  # fmt: skip

    @property
    def blocks(self) -> Blocks:
        asked = ["given", "answered", "said", "told_to", "how", "given_on"]
        return [{"field": self[name]} for name in asked if name in self.fields] + super().blocks


class TargetForm(ActionForm):
    area = forms.ChoiceField(label="Area", choices=Area.choices)
    statement = forms.CharField(
        label="Target", help_text="What the pupil will do, so that anyone can tell whether it happened.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    baseline = forms.CharField(label="Now", help_text="For example: stays for 1 maths lesson in 5.", max_length=200)
    target_value = forms.CharField(label="Then", help_text="For example: 4 maths lessons in 5.", max_length=200)
    measure = forms.CharField(label="How it is measured", max_length=200)
    by_when = DateBoxesField(label="By when")
    intervention = forms.CharField(label="What is done for it", max_length=200)
    dose = forms.CharField(
        label="How often, and how long", help_text="For example: 2 × 20 minutes a week.", max_length=120
    )
    owner = forms.CharField(label="Who answers for it", max_length=120)

    about: Any

    def current(self) -> dict[str, Any]:
        if not isinstance(self.about, PepTarget):
            return {}
        return {name: getattr(self.about, name) for name in self.fields if hasattr(self.about, name)}


class JudgeTargetForm(ActionForm):
    result = forms.ChoiceField(label="Was it met?", choices=TargetResult.choices, widget=forms.RadioSelect)
    result_note = forms.CharField(label="What it changed", required=False, widget=forms.Textarea(attrs={"rows": 3}))

    about: PepTarget

    def current(self) -> dict[str, Any]:
        return {"result": self.about.result, "result_note": self.about.result_note}


class GradeForm(ActionForm):
    grade = forms.ChoiceField(
        label="Quality of this section", widget=forms.RadioSelect,
        choices=[
            (Grade.GREEN, Explained("Green", "Meets the criteria.")),
            (Grade.AMBER, Explained("Amber", "Good enough to sign off; better next time.")),
            (Grade.RED, Explained("Red", "Goes back to the school.")),
        ],
    )  # fmt: skip
    sentence = forms.CharField(
        label="In a sentence", help_text="What is good, or what would make it green.", required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    marks_optional = False
    about: PepSection

    def current(self) -> dict[str, Any]:
        return {"grade": self.about.grade, "sentence": self.about.grade_sentence}


class ReturnForm(ActionForm):
    reasons = forms.CharField(
        label="What is missing, and how to put it right",
        help_text="The designated teacher and the SENCO read this. Offer help where you can.",
        widget=forms.Textarea(attrs={"rows": 6}),
    )


class AddendumForm(ActionForm):
    words = forms.CharField(
        label="What is corrected or added",
        help_text="It stands beside the signed PEP with today’s date and your name. What was signed stays.",
        widget=forms.Textarea(attrs={"rows": 6}),
    )

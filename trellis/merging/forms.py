"""Looking for a second record, answering whether it is the same child, putting two together, taking them apart."""

from datetime import date
from typing import Any

from django import forms

from trellis.conduct.forms import ActionForm
from trellis.design.widgets import DateBoxesField, Explained
from trellis.merging import queries
from trellis.merging.models import SameChild
from trellis.merging.plan import Plan
from trellis.organisations.models import School
from trellis.pupils.models import Pupil

MOVED, SAME, DIFFERENT = "moved", "same", "different"


class FindForm(ActionForm):
    """Search among the records one may read whole."""

    keeps_draft = False
    marks_optional = False
    search = forms.CharField(
        label="Find the other record", required=False, max_length=100,
        help_text="A name, a UPN, or the number in the authority’s social care.",
    )  # fmt: skip


class PairForm(ActionForm):
    """Which record may be the same child's."""

    keeps_draft = False
    other = forms.ModelChoiceField(Pupil.objects.none())

    def __init__(self, *data: Any, others: Any, **more: Any) -> None:
        super().__init__(*data, **more)
        self.fields["other"].queryset = others  # type: ignore[attr-defined]


class AnswerForm(ActionForm):
    """Is the child whom somebody wrote down the one whose record you keep?"""

    about: SameChild

    answer = forms.ChoiceField(label="Is this the same child?", widget=forms.RadioSelect)
    on = DateBoxesField(label="First day at the new school", required=False, help_text="Only if they have moved.")

    def __init__(self, *data: Any, question: SameChild, **more: Any) -> None:
        super().__init__(*data, **more)
        known = question.known_now
        school = School.objects.filter(pk=question.asked_for_id).first()
        keeper = queries.keeper_of(known)
        moves = school is not None and (keeper is None or keeper.pk != school.pk)
        same = "No school move is recorded." if moves else "What they wrote is added to the record there is."
        choices = [
            *([(MOVED, Explained(
                f"Yes, and they have moved to {school}",
                f"The record opens to {school} from their first day there, and the move waits for its receipt.",
            ))] if moves else []),
            (SAME, Explained("Yes, the same child", same)),
            (DIFFERENT, Explained("No, another child", "Nothing is joined. Whoever asked is told nothing.")),
        ]  # fmt: skip
        self.fields["answer"].choices = choices  # type: ignore[attr-defined]
        if moves:
            since = question.wrote.get("since")
            self.initial["on"] = date.fromisoformat(since) if since else None
        else:
            del self.fields["on"]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        if typed.get("answer") == MOVED and not typed.get("on") and "on" not in self.errors:
            self.add_error("on", "Enter their first day at the new school")
        return typed

    @property
    def moved_on(self) -> date | None:
        return self.cleaned_data.get("on") if self.cleaned_data["answer"] == MOVED else None


class TakeBackForm(ActionForm):
    """Take an answer back before the records were put together."""

    keeps_draft = False


class TogetherForm(ActionForm):
    """Which record goes on, what is true where they differ, which holds where they clash, and how one knows."""

    about: SameChild
    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *data: Any, plan: Plan, shown: str, **more: Any) -> None:
        super().__init__(*data, **more)
        self.plan = plan
        self.initial["shown"] = shown
        one, other = plan.kept, plan.laid
        self.both = {one.pk: "The first record", other.pk: "The second record"}
        older = min(one.pk, other.pk)
        self.fields["keep"] = self._choice(
            "Which record goes on?",
            {
                one.pk: "Its pages and number stay. The other’s lead there.",
                other.pk: "Its pages and number stay. The other’s lead there.",
            },
            initial=older,
        )
        for name, (mine, theirs) in queries.differing(one, other).items():
            self.fields[f"true_{name}"] = forms.TypedChoiceField(
                label=f"{queries.label_of(name)}: which is true?", coerce=int, widget=forms.RadioSelect,
                choices=[(one.pk, mine), (other.pk, theirs)],
            )  # fmt: skip
        for clash in plan.clashes:
            if clash.is_a_choice:
                self.fields[f"holds_{clash.name}"] = self._choice(
                    f"{clash.about}: both records say something for the same time. Which holds?",
                    {pk: "; ".join(words) for pk, words in clash.has.items()},
                )
        self.fields["why"] = forms.CharField(
            label="How do you know that this is one child?", widget=forms.Textarea(attrs={"rows": 3}),
            help_text="For example, who told you, or which paper shows it. It stands in the history.",
        )  # fmt: skip

    def _choice(self, label: str, hints: dict[int, str], initial: int | None = None) -> forms.TypedChoiceField:
        choices = [(pk, Explained(self.both[pk], hint)) for pk, hint in hints.items()]
        return forms.TypedChoiceField(
            label=label, coerce=int, widget=forms.RadioSelect, choices=choices, initial=initial
        )

    def chosen(self, prefix: str) -> dict[str, int]:
        """The answers of one kind: {"upn": 12} of "true_"."""
        return {
            name.removeprefix(prefix): value for name, value in self.cleaned_data.items() if name.startswith(prefix)
        }


class ApartForm(ActionForm):
    """Two children after all."""

    why = forms.CharField(
        label="How do you know that these are two children?", widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It stands in the history of both.",
    )  # fmt: skip

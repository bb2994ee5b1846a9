"""Setting a policy from a day on, and taking back one that has not begun."""

from typing import Any

from django import forms

from trellis.conduct.forms import ActionForm
from trellis.design.widgets import DateBoxesField
from trellis.organisations.queries import Timeline


class SetPolicyForm(ActionForm):
    """From when, what, agreed by whom, and where it is written."""

    since = DateBoxesField(label="From which day does it hold?")
    agreed_by = forms.CharField(
        label="Who agreed it?", max_length=120, help_text="A person or a meeting: “Governing board, 14 October”"
    )
    source = forms.CharField(
        label="Where is it written, and why?", max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Minutes, a published page or a letter, so that somebody can look it up in three years.",
    )  # fmt: skip

    about: Timeline

    def __init__(self, *args: Any, timeline: Timeline, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.timeline = timeline
        for one in timeline.kind.asked:
            self.fields[one.name] = one.field()
        is_open = timeline.today is None
        self.fields["since"].help_text = "Today or later." if is_open else "Tomorrow or later: today is used already."
        self.order_fields([one.name for one in timeline.kind.asked])

    def current(self) -> dict[str, Any]:
        last = self.timeline.agreed_last
        return {one.name: one.typed(getattr(last, one.name)) for one in self.timeline.kind.asked}

    @property
    def settled(self) -> dict[str, Any]:
        """What the policy settles, without when and by whom."""
        return {one.name: self.cleaned_data[one.name] for one in self.timeline.kind.asked}


class WithdrawPolicyForm(ActionForm):
    """Why what was agreed is not to begin."""

    because = forms.CharField(
        label="Why is it withdrawn?", max_length=300, help_text="In a sentence. It is kept in the history.",
    )  # fmt: skip

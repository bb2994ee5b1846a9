"""Recording a school move by hand, and who delivers the plan after it."""

from collections.abc import Sequence
from typing import Any

from django import forms

from trellis.conduct.forms import ActionForm
from trellis.cycles.models import Intervention
from trellis.design.widgets import DateBoxesField
from trellis.organisations.forms import SchoolField


class MoveForm(ActionForm):
    """To which school, and since when."""

    to_school = SchoolField(
        label="New school",
        max_length=200,
        help_text="Its name, or its URN: the number of six figures in Get Information About Schools.",
    )
    on = DateBoxesField(label="First day at the new school", help_text="The new school reads the record from today.")


class DeliverersForm(ActionForm):
    """For each intervention that came along: who answers for it here, and who delivers it."""

    def __init__(self, *args: Any, interventions: Sequence[Intervention], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.interventions = interventions
        for one in interventions:
            self.fields[f"teacher_{one.pk}"] = forms.CharField(
                label=f"Which teacher answers for “{one.name}” now?", max_length=120,
                help_text=f"Until now: {one.accountable_teacher}.",
            )  # fmt: skip
            self.fields[f"deliverer_{one.pk}"] = forms.CharField(
                label=f"Who delivers “{one.name}” now?", max_length=120,
                help_text=f"Until now: {one.deliverer}, {one.how_often}. Write “nobody yet” when that is so.",
            )  # fmt: skip

    @property
    def now(self) -> dict[int, tuple[str, str]]:
        typed = self.cleaned_data
        return {one.pk: (typed[f"teacher_{one.pk}"], typed[f"deliverer_{one.pk}"]) for one in self.interventions}

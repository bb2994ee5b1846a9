"""What is asked about a positive intervention plan: three parts to write, and who agreed."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from trellis.conduct import clock
from trellis.conduct.forms import ActionForm
from trellis.design.widgets import CountedTextarea, DateBoxesField
from trellis.intervention_plans.models import InterventionPlan, Risk
from trellis.intervention_plans.rules import ABOUT, ADULTS, CELL_LIMIT, IN_A_STAGE, RISKS, STAGES
from trellis.passports.models import AgreedHow
from trellis.passports.rules import Box

LONG = 200  # boxes longer than this get more lines to type in


def _box(box: Box) -> forms.CharField:
    return forms.CharField(
        label=box.title, help_text=box.hint, max_length=box.limit, required=False,
        widget=CountedTextarea(attrs={"rows": 4 if box.limit > LONG else 2}),
    )  # fmt: skip


class PlanPartForm(ActionForm):
    """A part of the plan. Anything may be left for later: the plan counts what is missing."""

    marks_optional = False
    about: InterventionPlan

    def current(self) -> dict[str, Any]:
        return {name: getattr(self.about, name) for name in self.fields if hasattr(self.about, name)}

    @property
    def words(self) -> dict[str, Any]:
        """The arguments of the action."""
        return self.answers


class AboutForm(PlanPartForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for box in ABOUT:
            self.fields[box.name] = _box(box)


@dataclass(frozen=True)
class StageAsked:
    """One stage in the form: its heading, what it means, its three boxes."""

    title: str
    hint: str
    boxes: list[BoundField]


class StagesForm(PlanPartForm):
    """The five stages, each with what it looks like, what works and what does not."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for stage, (title, _) in STAGES.items():
            for part, head in IN_A_STAGE.items():
                self.fields[f"{stage}_{part}"] = forms.CharField(
                    label=f"{title}: {head[:1].lower()}{head[1:]}", max_length=CELL_LIMIT, required=False,
                    widget=CountedTextarea(attrs={"rows": 2}),
                )  # fmt: skip

    def current(self) -> dict[str, Any]:
        said = self.about.stages
        return {f"{stage}_{part}": said.get(stage, {}).get(part, "") for stage in STAGES for part in IN_A_STAGE}

    def stages(self) -> Iterator[StageAsked]:
        for stage, (title, hint) in STAGES.items():
            yield StageAsked(title, hint, [self[f"{stage}_{part}"] for part in IN_A_STAGE])

    @property
    def words(self) -> dict[str, Any]:
        typed = self.cleaned_data
        return {"stages": {stage: {part: typed[f"{stage}_{part}"] for part in IN_A_STAGE} for stage in STAGES}}


class AdultsForm(PlanPartForm):
    """Who does what, where; whether anybody may hold the pupil; how high the risk is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for box in ADULTS:
            self.fields[box.name] = _box(box)
        for name, label in RISKS.items():
            self.fields[name] = forms.ChoiceField(
                label=label, choices=Risk.choices, widget=forms.RadioSelect, required=False
            )


class AgreePlanForm(ActionForm):
    """The school agrees by its head; the pupil agrees in a way that suits them."""

    headteacher = forms.CharField(
        label="Who agreed to it for the school?", max_length=120, help_text="The headteacher, or whoever acts as head."
    )
    agreed_how = forms.ChoiceField(
        label="How did you go through it with the pupil?",
        choices=AgreedHow.choices,
        widget=forms.RadioSelect,
        help_text="When the pupil is calm. An adult cannot agree for them.",
    )
    agreed_with = forms.CharField(label="Which adult went through it with the pupil?", max_length=120)
    agreed_on = DateBoxesField(label="When was it agreed?")
    looked_through = forms.BooleanField(
        label="I have looked at these words, and they are right for supply staff to read", required=False
    )

    def __init__(self, *args: Any, is_flagged: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_flagged:
            del self.fields["looked_through"]

    def current(self) -> dict[str, Any]:
        return {"agreed_on": clock.today()}


class ConfirmPlanForm(ActionForm):
    looked_with = forms.CharField(label="Which adults looked at it with the pupil?", max_length=120)
    looked_on = DateBoxesField(label="When?")

    def current(self) -> dict[str, Any]:
        return {"looked_on": clock.today()}


class IncidentForm(ActionForm):
    happened_on = DateBoxesField(label="When did it happen?")

    def current(self) -> dict[str, Any]:
        return {"happened_on": clock.today()}


class SharePlanForm(ActionForm):
    name = forms.CharField(label="Who was given the plan?", max_length=120)
    role = forms.CharField(
        label="What are they to the pupil?", max_length=120, help_text="For example: lunchtime supervisor."
    )
    shared_on = DateBoxesField(label="When?")

    def current(self) -> dict[str, Any]:
        return {"shared_on": clock.today()}

"""What the school is asked about who pays."""

from typing import Any

from django import forms

from trellis.advice.models import AdviceRequest
from trellis.conduct.forms import ActionForm, PressForm
from trellis.design import in_words
from trellis.design.amounts import HoursField
from trellis.design.widgets import Explained
from trellis.peps.models import PepTarget
from trellis.who_pays import queries
from trellis.who_pays.models import PaymentPlan
from trellis.who_pays.queries import Standing
from trellis.who_pays.rules import ORDER

ALL, PART, NONE = "all", "part", "none"


class WhoPaysForm(ActionForm):
    """The school's own budget, the PEP target, and fewer of its own hours. Only what this request needs is asked."""

    budget = forms.ChoiceField(label="Can your school’s own budget pay the rest?", widget=forms.RadioSelect)
    budget_minutes = HoursField(
        label="If a part: how many hours does your budget pay?", required=False,
        help_text="In quarters of an hour. Leave this empty if your budget pays all or nothing.",
    )  # fmt: skip
    budget_why_not = forms.CharField(
        label="If not, or not all: why?",
        help_text="One sentence. The Virtual School reads it when it is asked for money.",
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    target = forms.TypedChoiceField(
        label="Which target of the PEP does this advice serve?", required=False, empty_value=None,
        widget=forms.RadioSelect,
    )  # fmt: skip
    is_owed_by_plan = forms.TypedChoiceField(
        label="Is this help that the EHC plan names?", required=False, coerce=lambda value: value == "yes",
        choices=[("no", "No"), ("yes", Explained("Yes", "Then the authority that keeps the plan owes it."))],
        widget=forms.RadioSelect,
    )  # fmt: skip
    own_at_most = HoursField(
        label="Use no more than so many of your own hours", required=False, least=0,
        help_text="Nobody else pays for own hours that you keep back: your budget does, or you ask for less time.",
    )  # fmt: skip

    marks_optional = False
    about: AdviceRequest

    def __init__(self, *args: Any, plan: PaymentPlan, standing: Standing, **options: Any) -> None:
        super().__init__(*args, **options)
        own = standing.ladder[0]
        self.plan, self.rest = plan, standing.facts.minutes_needed - own.minutes
        if standing.facts.is_statutory_advice:  # the authority pays: nothing is asked
            self.rest = 0
            del self.fields["own_at_most"]
        rest, targets = self.rest, standing.targets
        if not rest:
            for name in ("budget", "budget_minutes", "budget_why_not"):
                del self.fields[name]
        else:
            self.fields["budget"].choices = [  # type: ignore[attr-defined]
                (ALL, f"Yes, {in_words.hours(rest)}"), (PART, "Yes, a part"), (NONE, "No"),
            ]  # fmt: skip
        if not rest or not targets:
            del self.fields["target"]
        else:
            choose: Any = self.fields["target"]
            choose.choices = [*((target.pk, _target_in_words(target)) for target in targets), (NONE, "None of these")]
            choose.coerce = {str(target.pk): target for target in targets}.get
        if not rest or not standing.has_ehc_plan:
            del self.fields["is_owed_by_plan"]

    def current(self) -> dict[str, Any]:
        plan = queries.plan_of(self.about)
        said: dict[str, Any] = {"budget_why_not": plan.budget_why_not, "target": plan.target_id}
        said["is_owed_by_plan"] = "yes" if plan.is_owed_by_plan else "no"
        said["own_at_most"] = plan.own_at_most
        if plan.budget_minutes:
            whole = plan.budget_minutes >= self.rest
            said |= {
                "budget": ALL if whole else PART,
                "budget_minutes": None if whole else plan.budget_minutes,
            }
        elif plan.budget_why_not:
            said["budget"] = NONE
        return said

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        budget = cleaned.get("budget")
        if budget == PART and not cleaned.get("budget_minutes") and "budget_minutes" not in self.errors:
            self.add_error("budget_minutes", "Enter how many hours your budget pays")
        if budget in (PART, NONE) and not cleaned.get("budget_why_not"):
            self.add_error("budget_why_not", "Say why your school’s budget does not pay, or not all")
        return cleaned

    @property
    def said(self) -> dict[str, Any]:
        """The arguments of the action. What was not asked stays as it was."""
        cleaned, plan = self.cleaned_data, self.plan
        if "budget" not in self.fields:
            return {
                "own_at_most": cleaned.get("own_at_most"), "budget_minutes": plan.budget_minutes,
                "budget_why_not": plan.budget_why_not, "target": plan.target, "is_owed_by_plan": plan.is_owed_by_plan,
            }  # fmt: skip
        budget = {ALL: self.rest, PART: cleaned.get("budget_minutes"), NONE: None}[cleaned["budget"]]
        return {
            "own_at_most": cleaned["own_at_most"], "budget_minutes": budget,
            "budget_why_not": "" if cleaned["budget"] == ALL else cleaned["budget_why_not"],
            "target": cleaned.get("target"), "is_owed_by_plan": bool(cleaned.get("is_owed_by_plan")),
        }  # fmt: skip


class RestForm(PressForm):
    """Lets those who are shown pay the rest; carries what was shown."""

    shown = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, shown: str = "", **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial["shown"] = shown


def _target_in_words(target: PepTarget) -> str:
    passed = f" ({target.passed_in_words})" if target.has_passed else ""
    return f"{target.number}. {target.statement} ({target.pep.term.in_words}){passed}"


class ChangeOrderForm(ActionForm):
    first = forms.ChoiceField(
        label="What is used first?", required=False, widget=forms.RadioSelect,
        choices=[("", "The usual order"), *((code.value, code.label) for code in ORDER[1:])],
    )  # fmt: skip
    because = forms.CharField(
        label="Why?",
        help_text="Everybody who reads the request sees this, with your name and role.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    marks_optional = False
    about: AdviceRequest

    def current(self) -> dict[str, Any]:
        plan = queries.plan_of(self.about)
        return {"first": plan.first, "because": plan.first_because}

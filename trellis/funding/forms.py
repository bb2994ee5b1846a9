"""What is asked about PP+. Money is typed in pounds and kept in pence."""

from typing import Any

from django import forms

from trellis.conduct import clock
from trellis.conduct.forms import ActionForm
from trellis.design.amounts import PoundsField
from trellis.design.widgets import DateBoxesField
from trellis.funding.models import FundingRequest, NextRoute
from trellis.funding.rules import NOT_FOR_IN_WORDS
from trellis.peps.models import PepTarget


def _said(label: str, hint: str = "", *, missing: str = "", rows: int = 3) -> forms.CharField:
    """Words in a box. ``missing`` is the sentence when it is left empty; without one it may be."""
    return forms.CharField(
        label=label, help_text=hint, required=bool(missing), error_messages={"required": missing}, max_length=4000,
        widget=forms.Textarea(attrs={"rows": rows}),
    )  # fmt: skip


def _pounds(label: str, hint: str = "") -> PoundsField:
    return PoundsField(label=label, help_text=hint, error_messages={"required": f"Enter {label.lower()}, in pounds"})


def _day(label: str, missing: str) -> DateBoxesField:
    return DateBoxesField(label=label, error_messages={"required": missing})


class AskForm(ActionForm):
    """What a PEP target asks for."""

    amount_pence = _pounds("How much", "In pounds, for example 108 or 108.50.")
    what_for = _said(
        "What for", "What it buys, for this pupil and this target; the cost of each part.", missing="Say what it buys"
    )
    supplier = forms.CharField(label="From whom", required=False, max_length=120, help_text="If it is known already.")
    starts_on = _day("From", "Enter from when it is needed")
    ends_on = _day("To", "Enter until when it is needed")
    expected_impact = _said(
        "What it will change, and how you will measure it", "You will be asked at the next PEP what it changed.",
        missing="Say what it will change, and how you will measure it",
    )  # fmt: skip
    not_for = forms.ChoiceField(
        label="Is any of it for one of these?", choices=NOT_FOR_IN_WORDS.items(), widget=forms.RadioSelect,
        help_text="Pupil Premium Plus cannot pay these.",
        error_messages={"required": "Choose what any of it is for, or “None of these”"},
    )  # fmt: skip
    why_not_otherwise = _said(
        "Why nothing else pays it", "The school’s own SEN budget, the EHC plan, the carer’s allowance.",
        missing="Say why nothing else pays it",
    )  # fmt: skip

    about: PepTarget

    def current(self) -> dict[str, Any]:
        """The target says already what is to change, how it is measured, and by when, if that is still to come."""
        target, today = self.about, clock.today()
        change = f"from {target.baseline} to {target.target_value}, {target.measure}"
        return {
            "starts_on": today,
            "ends_on": target.by_when if target.by_when > today else None,
            "expected_impact": f"{target.statement}: {change}.",
        }


class AgreeForm(ActionForm):
    agreed_pence = _pounds("How much is agreed", "All that was asked, or a part of it.")
    reason = _said("Why a part, or anything the school should know")

    about: FundingRequest

    def current(self) -> dict[str, Any]:
        return {"agreed_pence": self.about.amount_pence}


class DeclineForm(ActionForm):
    reason = _said("Why not", "The designated teacher and the SENCO read this.", missing="Say why not", rows=4)
    next_route = forms.ChoiceField(
        label="Where the school turns next", choices=NextRoute.choices, widget=forms.RadioSelect,
        error_messages={"required": "Choose where the school turns next"},
    )  # fmt: skip


class WithdrawForm(ActionForm):
    because = _said("Why it is not needed any more", missing="Say why it is not needed any more")


class SpendForm(ActionForm):
    amount_pence = _pounds("How much was spent")
    what = forms.CharField(label="On what", max_length=200, error_messages={"required": "Say what it was spent on"})
    spent_on = _day("When", "Enter when it was spent")
    note = _said("Anything to add", "Where the invoice is kept, for example.", rows=2)

    def current(self) -> dict[str, Any]:
        return {"spent_on": clock.today()}


class CorrectForm(ActionForm):
    note = _said(
        "What was wrong", "The entry stays, with its correction beside it.", missing="Say what was wrong", rows=2
    )


class ReturnForm(ActionForm):
    amount_pence = _pounds("How much goes back")
    why = _said("Why it was not needed", missing="Say why it was not needed")


class ImpactForm(ActionForm):
    impact_words = _said(
        "What the money changed, and how you know",
        "Measure it as you said you would. If it changed nothing, say that: it helps to choose better next time.",
        missing="Say what the money changed, and how you know", rows=5,
    )  # fmt: skip

    about: FundingRequest

    def current(self) -> dict[str, Any]:
        return {"impact_words": self.about.impact_words}


class MoneyForm(ActionForm):
    """What came into the pot."""

    amount_pence = _pounds("How much came")
    source = forms.CharField(
        label="From where", max_length=200, help_text="For example: DfE, second instalment.",
        error_messages={"required": "Say where the money came from"},
    )  # fmt: skip


def chosen_number(value: str | None) -> int | None:
    """A number from the address, if it is one."""
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 12 else None

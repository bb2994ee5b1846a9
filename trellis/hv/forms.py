"""What is asked in the Highly Vulnerable framework, and how."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from trellis.conduct import clock
from trellis.conduct.forms import ActionForm
from trellis.design.amounts import HoursField, PoundsField
from trellis.design.widgets import DateBoxesField, Explained
from trellis.hv.actions import Award
from trellis.hv.models import DecisionKind, EndedBecause, HvCase, HvPolicy, NextRoute
from trellis.organisations.models import SpecialistService

OUTREACH = "Outreach of the Virtual School"


def _hours(label: str, help_text: str = "") -> HoursField:
    """Hours that need not be asked, and are counted to the minute as outreach spends them."""
    return HoursField(
        label=label, help_text=help_text, in_quarters=False, least=0, required=False, nothing=0, width=4
    )  # fmt: skip


def _pounds(label: str) -> PoundsField:
    return PoundsField(label=label, least=0, required=False, nothing=0, width=5)


def _long(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _services_of(virtual_school: Any) -> Any:
    return SpecialistService.objects.filter(authority=virtual_school.authority_id).order_by("name")


class ProposeForm(ActionForm):
    """The ten-minute form: why this child, what was used first, what is asked, what stays."""

    criterion = forms.ChoiceField(label="Which reason fits best?", widget=forms.RadioSelect)
    evidence = forms.CharField(
        label="How do you know?", widget=_long(4),
        help_text="What happened, when, how often. Figures where you have them: days lost, suspensions.",
    )  # fmt: skip
    own_hours = forms.CharField(
        label="Which of the school’s own hours were used, and why were they not enough?", widget=_long(3),
        help_text="Educational psychology, complex communication, social, emotional and mental health teachers.",
    )  # fmt: skip
    pp_plus = forms.CharField(label="What was asked of Pupil Premium Plus, and why was it not enough?", widget=_long(3))
    consent = forms.CharField(
        label="Who agreed that specialists work with the child?", widget=_long(2),
        help_text="Who, and when; or whom you will ask. A carer cannot agree unless it was delegated to them.",
    )  # fmt: skip
    asked_minutes = _hours("How many hours do you ask for?", help_text="For example 10, or 7.5.")
    asked_service = forms.ModelChoiceField(
        label="Of whom?", queryset=SpecialistService.objects.none(), required=False, empty_label=OUTREACH
    )
    asked_pence = _pounds("How much money do you ask for, in pounds?")
    asked_money_for = forms.CharField(
        label="What is the money for?", widget=_long(2), required=False, help_text="Item by item, with its cost."
    )
    sustain = forms.CharField(
        label="What will the school keep doing afterwards?", widget=_long(3),
        help_text="The framework helps for about half a term. The panel looks for what stays.",
    )  # fmt: skip

    def __init__(self, *args: Any, policy: HvPolicy, virtual_school: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["criterion"].choices = [(row["code"], row["text"]) for row in policy.criteria]  # type: ignore[attr-defined]
        self.fields["asked_service"].queryset = _services_of(virtual_school)  # type: ignore[attr-defined]


class AnswerForm(ActionForm):
    """The school's answer to the panel's question."""

    more_answered = forms.CharField(label="Your answer", widget=_long(5))


class AwardFields(ActionForm):
    """What is given. Starts from what the school asked."""

    minutes = _hours("Hours")
    service = forms.ModelChoiceField(
        label="Of whom?", queryset=SpecialistService.objects.none(), required=False, empty_label=OUTREACH
    )
    pence = _pounds("Money, in pounds")
    money_for = forms.CharField(label="What the money is for", widget=_long(2), required=False)
    until = DateBoxesField(label="Last day, on which it is reviewed", required=False)

    about: HvCase

    def __init__(self, *args: Any, case: HvCase, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        self.fields["service"].queryset = _services_of(case.virtual_school)  # type: ignore[attr-defined]

    def current(self) -> dict[str, Any]:
        weeks = self.case.policy_counting.default_weeks
        return {
            "minutes": self.case.asked_minutes, "service": self.case.asked_service_id, "pence": self.case.asked_pence,
            "money_for": self.case.asked_money_for, "until": clock.today() + timedelta(weeks=weeks),
        }  # fmt: skip

    @property
    def award(self) -> Award:
        given = self.cleaned_data
        return Award(given["minutes"], given["pence"], given["service"], given["money_for"], given["until"])


class WithPanel(ActionForm):
    """Asks who of the panel was there, one box a role of the policy."""

    def ask_who_was_there(self, roles: Collection[str]) -> None:
        self.roles = list(roles)
        for number, role in enumerate(self.roles):
            widget = forms.TextInput(attrs={"class": "govuk-input--width-20"})
            self.fields[f"present_{number}"] = forms.CharField(
                label=role, max_length=120, required=False, widget=widget
            )

    @property
    def present_fields(self) -> list[BoundField]:
        return [self[f"present_{number}"] for number in range(len(self.roles))]

    @property
    def present(self) -> list[tuple[str, str]]:
        return [(role, self.cleaned_data[f"present_{number}"]) for number, role in enumerate(self.roles)]


class DecideForm(AwardFields, WithPanel):
    """What the panel decided, why, and who was there."""

    marks_optional = False

    decision = forms.ChoiceField(
        label="What did the panel decide?", widget=forms.RadioSelect,
        choices=[
            (DecisionKind.AWARDED, Explained("Award", "Hours and money count from today.")),
            (DecisionKind.REFUSED, Explained("Refuse", "You name the next route, and the school is told.")),
            (DecisionKind.MORE_ASKED, Explained("Ask for more", "It goes back to the school with your question.")),
        ],
    )  # fmt: skip
    reason = forms.CharField(
        label="Reasons, or your question to the school", widget=_long(4),
        help_text="The school reads this as you write it.",
    )  # fmt: skip
    next_route = forms.ChoiceField(
        label="Where does the school go next?",
        required=False,
        choices=[("", "Choose the next route"), *NextRoute.choices],
    )
    next_route_words = forms.CharField(label="What does it do there, and who helps?", widget=_long(2), required=False)

    def __init__(self, *args: Any, case: HvCase, **kwargs: Any) -> None:
        super().__init__(*args, case=case, **kwargs)
        self.ask_who_was_there(case.policy_counting.panel_roles)


class UrgentForm(AwardFields):
    """What the Virtual School head gives alone, because it cannot wait."""

    reason = forms.CharField(
        label="Why can it not wait for the panel?", widget=_long(4),
        help_text="The panel reads this, and confirms the award or changes it from then on.",
    )  # fmt: skip


class ConfirmForm(WithPanel):
    """What the panel makes of an urgent award."""

    marks_optional = False

    minutes_left = _hours("Hours from now on", help_text="What is left now stands here. Leave it to confirm.")
    pence_left = _pounds("Money from now on, in pounds")
    until = DateBoxesField(label="Last day, on which it is reviewed")
    reason = forms.CharField(label="Reasons", widget=_long(3))

    def __init__(self, *args: Any, case: HvCase, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case
        self.ask_who_was_there(case.policy_counting.panel_roles)
        if case.hours_account is None:
            del self.fields["minutes_left"]
        if case.money_account is None:
            del self.fields["pence_left"]

    def current(self) -> dict[str, Any]:
        hours, money = self.case.hours_account, self.case.money_account
        left = {"minutes_left": hours.balance if hours else 0, "pence_left": money.balance if money else 0}
        return left | {"until": self.case.awarded_until}


class SpendForm(ActionForm):
    """Money of the award that was spent."""

    pence = PoundsField(
        label="How much, in pounds?", width=5,
        error_messages={"required": "Enter how much was spent, for example 45 or 45.50"},
    )  # fmt: skip
    what_for = forms.CharField(label="On what?", max_length=160)
    spent_on = DateBoxesField(label="When?")

    def current(self) -> dict[str, Any]:
        return {"spent_on": clock.today()}


class ExtendForm(ActionForm):
    """More time, once."""

    until = DateBoxesField(label="New last day, on which it is reviewed")
    reason = forms.CharField(label="Why more time?", widget=_long(3))

    def __init__(self, *args: Any, case: HvCase, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.case = case

    def current(self) -> dict[str, Any]:
        weeks = self.case.policy_counting.extension_weeks
        return {"until": (self.case.awarded_until or clock.today()) + timedelta(weeks=weeks)}


class GoOnForm(ActionForm):
    """The award goes on after a move."""

    reason = forms.CharField(label="Why does it go on at the new school?", widget=_long(3))


class EndForm(ActionForm):
    """The exit record: what it changed, and what stays."""

    because = forms.ChoiceField(
        label="Why does it end?", widget=forms.RadioSelect,
        choices=[choice for choice in EndedBecause.choices if choice[0] != EndedBecause.LEFT_CARE],
    )  # fmt: skip
    before = forms.CharField(
        label="How were things before?", widget=_long(3),
        help_text="Attendance, suspensions, lessons in class, how far outcomes were reached.",
    )  # fmt: skip
    after = forms.CharField(label="How are they now?", widget=_long(3))
    place_kept = forms.TypedChoiceField(
        label="Is the child still on the roll of the same school?", widget=forms.RadioSelect,
        choices=[("yes", "Yes"), ("no", "No")], coerce=lambda value: value == "yes",
    )  # fmt: skip
    stays_in_plan = forms.CharField(label="What stays in the school’s plan?", widget=_long(3))

"""What is asked in emergency outreach, and how."""

from datetime import timedelta
from typing import Any

from django import forms

from trellis.conduct import clock
from trellis.conduct.forms import ActionForm
from trellis.design.widgets import DateBoxesField, Explained
from trellis.outreach.models import ClosedBecause, HowMet, Instead, OutcomeLook, OutreachCase, ReviewDecision

YES_OR_NO = [("yes", "Yes"), ("no", "No")]


def _long(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _number(width: int = 4) -> forms.TextInput:
    return forms.TextInput(attrs={"class": f"govuk-input--width-{width}", "inputmode": "decimal"})


def _yes_or_no(label: str, help_text: str = "") -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=label, help_text=help_text, widget=forms.RadioSelect, choices=YES_OR_NO,
        coerce=lambda value: value == "yes",
    )  # fmt: skip


class RaiseForm(ActionForm):
    """Five minutes: what happened, what is tried, what helps most."""

    happened = forms.CharField(
        label="What happened?", widget=_long(4), help_text="The last days in a few sentences: what, when, how often."
    )
    tried = forms.CharField(
        label="What have you tried, and what came of it?", widget=_long(3),
        help_text="The cycle and the plan are there already; the outreach teacher reads them.",
    )  # fmt: skip
    needed = forms.CharField(label="What do you need most?", widget=_long(2))
    at_risk_this_week = _yes_or_no(
        "Is the school place at risk this week?",
        "For example, suspension or fewer hours are being talked about.",
    )


class AnswerForm(ActionForm):
    """Accept, or name the way that is right instead."""

    marks_optional = False

    decision = forms.ChoiceField(
        label="Your answer", widget=forms.RadioSelect,
        choices=[
            ("accept", Explained("Accept", "You take it on. The school is told by when you make contact.")),
            ("redirect", Explained("Name another way", "The school is told which way is right, and why.")),
        ],
    )  # fmt: skip
    instead = forms.ChoiceField(
        label="Which way is right instead?", required=False, choices=[("", "Choose the way"), *Instead.choices],
        help_text="Only when you name another way.",
    )  # fmt: skip
    answer = forms.CharField(
        label="What do you want to say to the school?", widget=_long(3), required=False,
        help_text="When you name another way: why, and what the school does next.",
    )  # fmt: skip


class ContactForm(ActionForm):
    """A visit, call or piece of writing."""

    on = DateBoxesField(label="When was it?")
    how = forms.ChoiceField(label="How?", choices=HowMet.choices, widget=forms.RadioSelect)
    with_whom = forms.CharField(
        label="With whom?", max_length=200, help_text="Names and roles, for example: Mr Osei, class teacher."
    )
    minutes = forms.IntegerField(
        label="How many minutes, with travel and writing up?", min_value=1, max_value=1440, widget=_number()
    )
    done = forms.CharField(label="What was done, and what was agreed?", widget=_long(4))

    def current(self) -> dict[str, Any]:
        return {"on": clock.today(), "how": HowMet.VISIT}


class StrikeForm(ActionForm):
    """Why a contact counts no more."""

    because = forms.CharField(
        label="What was wrong?",
        max_length=200,
        help_text="The contact stays to be read. Its time goes back to the award.",
    )


class PlanForm(ActionForm):
    """What outreach does, what the school does, and when both look again."""

    plan = forms.CharField(
        label="What will outreach do, and what will the school do?", widget=_long(6),
        help_text="Who, what, how often. Outreach advises; the school carries it.",
    )  # fmt: skip
    plan_agreed_with = forms.CharField(label="With whom was it agreed?", max_length=200)
    review_on = DateBoxesField(label="When do you review it together?")

    about: OutreachCase

    def current(self) -> dict[str, Any]:
        case = self.about
        return {
            "plan": case.plan, "plan_agreed_with": case.plan_agreed_with,
            "review_on": case.review_on or clock.today() + timedelta(weeks=case.policy_counting.review_weeks),
        }  # fmt: skip


class ReviewForm(ActionForm):
    """How it goes, and how it goes on."""

    held_on = DateBoxesField(label="When was it held?")
    found = forms.CharField(
        label="What has changed so far?", widget=_long(4), help_text="What works, what does not, what the child says."
    )
    decision = forms.ChoiceField(
        label="How does it go on?", widget=forms.RadioSelect,
        choices=[
            (ReviewDecision.EXTEND, Explained("Go on as now", "The plan stands until the next review.")),
            (ReviewDecision.STEP_DOWN, Explained("Step down", "Fewer contacts; the school carries more of it.")),
        ],
    )  # fmt: skip
    review_on = DateBoxesField(label="When do you look at it next?")

    about: OutreachCase

    def current(self) -> dict[str, Any]:
        weeks = self.about.policy_counting.review_weeks
        return {"held_on": clock.today(), "review_on": clock.today() + timedelta(weeks=weeks)}


class CloseForm(ActionForm):
    """What changed, and what goes on without outreach."""

    because = forms.ChoiceField(
        label="Why does it close?", widget=forms.RadioSelect,
        choices=[choice for choice in ClosedBecause.choices if choice[0] != ClosedBecause.LEFT_CARE],
    )  # fmt: skip
    place_kept = _yes_or_no("Was the school place kept?")
    before = forms.CharField(
        label="How were things before?", widget=_long(3), help_text="Days lost, lessons in class, what people saw."
    )
    after = forms.CharField(label="How are they now?", widget=_long(3))
    goes_on = forms.CharField(label="What does the school go on with?", widget=_long(3))


class LookForm(ActionForm):
    """Did it hold?"""

    on_roll = _yes_or_no("Is the child still on the roll of the school?")
    days_lost = forms.DecimalField(
        label="How many days were lost since outreach closed?", min_value=0, max_value=200, decimal_places=1,
        widget=_number(), help_text="Suspensions and part-time hours, in days. A half day is 0.5.",
    )  # fmt: skip
    words = forms.CharField(label="What else is worth saying?", widget=_long(3), required=False)

    about: OutcomeLook

    def current(self) -> dict[str, Any]:
        look = self.about
        if look.looked_on is None:
            return {}
        return {"on_roll": "yes" if look.on_roll else "no", "days_lost": look.days_lost, "words": look.words}

"""What is asked in a cycle, and how."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from trellis.conduct import clock
from trellis.conduct.forms import ActionForm
from trellis.cycles.models import (
    EARLY_ANNUAL_REVIEW,
    IN_CLASS,
    Adjustment,
    AreaOfNeed,
    AssessmentEntry,
    CauseFound,
    Cycle,
    Decision,
    Intervention,
    OtherCause,
    Outcome,
    Result,
    WhoSaid,
    lower_first,
)
from trellis.cycles.queries import PlannedOutcome, WeekShown
from trellis.design.widgets import DateBoxesField, Explained


def _long(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _says_now(form: ActionForm, kind: type) -> dict[str, Any]:
    """What the thing says now, for the fields of the form, when the form is about such a thing."""
    if not isinstance(form.about, kind):
        return {}
    return {name: getattr(form.about, name) for name in form.fields if hasattr(form.about, name)}


class StartCycleForm(ActionForm):
    """Begin a cycle; outcomes of the last one come along only when ticked."""

    carry_on = forms.TypedMultipleChoiceField(
        label="Which outcomes should go on?",
        help_text="Nothing comes along unless you tick it. Where things stood at the review becomes the baseline.",
        required=False,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, earlier: Sequence[PlannedOutcome] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["carry_on"].choices = [  # type: ignore[attr-defined]
            (one.outcome.pk, Explained(one.outcome.statement, _so_far(one))) for one in earlier
        ]
        if not earlier:
            del self.fields["carry_on"]


def _so_far(one: PlannedOutcome) -> str:
    if one.result is None:
        return "No result was recorded."
    now = f" Now: {one.result.now}." if one.result.now else ""
    return f"{one.result.get_result_display()}.{now}"


class AssessmentEntryForm(ActionForm):
    """What somebody knows about the pupil."""

    who_said = forms.ChoiceField(label="Who says this?", choices=WhoSaid.choices)
    name = forms.CharField(label="Their name", max_length=120, required=False)
    words = forms.CharField(
        label="What do they say?", widget=_long(4), help_text="What they see, and when. Keep to their own words."
    )
    area = forms.ChoiceField(
        label="Which area is it about?",
        choices=AreaOfNeed.choices,
        initial=AreaOfNeed.GENERAL,
        help_text="The area helps to plan support. It is not a label for the child.",
    )
    said_on = DateBoxesField(label="When was it said or seen?")
    is_concern = forms.BooleanField(label="This is a concern of the parent or carer", required=False)
    schools_view = forms.CharField(
        label="How the school sees the same thing",
        required=False,
        widget=_long(2),
        help_text="A concern from home stands beside what the school knows.",
    )

    def __init__(self, *args: Any, from_class: bool = False, **kwargs: Any) -> None:
        """``from_class``: asked of class staff, who speak for the class and not for home."""
        super().__init__(*args, **kwargs)
        if from_class:
            self.fields["who_said"].choices = [(who.value, who.label) for who in IN_CLASS]  # type: ignore[attr-defined]
            del self.fields["is_concern"], self.fields["schools_view"]

    def current(self) -> dict[str, Any]:
        return _says_now(self, AssessmentEntry) or {"said_on": clock.today()}


class FinishAssessmentForm(ActionForm):
    """What the assessment found. What else could explain it is asked where the need may be social, emotional or mental
    health: ``about_behaviour`` says that somebody spoke of that; choosing the area asks too."""

    strengths = forms.CharField(
        label="What goes well?",
        required=False,
        widget=_long(2),
        help_text="What the pupil is good at and enjoys, and when things work.",
    )
    areas = forms.MultipleChoiceField(
        label="Areas of need",
        choices=AreaOfNeed.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Choose all that the plan will be about.",
    )
    summary = forms.CharField(label="What did the assessment find?", widget=_long(4))
    barrier = forms.CharField(
        label="What gets in the way?",
        widget=_long(3),
        help_text="The barrier behind what people see. Behaviour has a cause: missed school, loss, language, fear.",
    )

    def __init__(self, *args: Any, about_behaviour: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.causes: dict[str, OtherCause] = {}
        if about_behaviour or self.names_semh:
            for cause in OtherCause:
                self.causes[f"cause_{cause.name.lower()}"] = cause
                self.fields[f"cause_{cause.name.lower()}"] = forms.ChoiceField(
                    label=f"{cause.label}: could it explain what people see?",
                    choices=CauseFound.choices,
                    required=False,
                    widget=forms.RadioSelect,
                )
            self.fields["causes_found"] = forms.CharField(
                label="What was found, and who looks next?", required=False, widget=_long(2)
            )

    @property
    def names_semh(self) -> bool:
        return self.is_bound and AreaOfNeed.SEMH in self.data.getlist("areas")  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or {}
        for name, cause in self.causes.items():
            if self.names_semh and not typed.get(name):
                self.add_error(name, f"Say whether {lower_first(str(cause.label))} could explain it.")
        return typed

    def current(self) -> dict[str, Any]:
        if not isinstance(self.about, Cycle):
            return {}
        causes = {name: self.about.other_causes.get(cause, "") for name, cause in self.causes.items()}
        return _says_now(self, Cycle) | causes

    @property
    def found(self) -> dict[str, Any]:
        """The arguments of the action."""
        typed = self.answers
        causes = {str(cause): typed.pop(name) for name, cause in self.causes.items()}
        return typed | {"other_causes": {cause: found for cause, found in causes.items() if found}}


class OutcomeForm(ActionForm):
    """What should be different by the review."""

    statement = forms.CharField(
        label="What should be different?",
        max_length=300,
        help_text="Something the pupil will do or feel. For example: stays in class for the whole of a lesson.",
    )
    pupils_words = forms.CharField(label="In the pupil’s own words", required=False, widget=_long(2))
    baseline = forms.CharField(
        label="Where do things stand now?", max_length=300, required=False, help_text="For example: 1 lesson in 5."
    )
    measure = forms.CharField(
        label="How will you tell?", max_length=300, required=False, help_text="For example: counted over two weeks."
    )
    target = forms.CharField(
        label="What do you hope for by the review?",
        max_length=300,
        required=False,
        help_text="For example: 4 lessons in 5.",
    )

    def current(self) -> dict[str, Any]:
        return _says_now(self, Outcome)


class InterventionForm(ActionForm):
    """What is done towards an outcome, by whom, how often, from when to when."""

    name = forms.CharField(label="What will be done?", max_length=200)
    details = forms.CharField(label="More about it", required=False, widget=_long(2))
    accountable_teacher = forms.CharField(
        label="Which teacher answers for it?",
        max_length=120,
        help_text="The class or subject teacher, even when somebody else delivers it.",
    )
    deliverer = forms.CharField(label="Who delivers it?", max_length=120)
    times_a_week = forms.IntegerField(
        label="How many sessions a week?",
        min_value=1,
        max_value=25,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-2"}),
    )
    minutes = forms.IntegerField(
        label="How many minutes each?",
        min_value=1,
        max_value=300,
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-3"}),
    )
    group_size = forms.IntegerField(
        label="How many pupils together?",
        min_value=1,
        max_value=40,
        required=False,
        help_text="Leave it empty when the pupil is alone with the adult.",
        widget=forms.NumberInput(attrs={"class": "govuk-input--width-2"}),
    )
    starts_on = DateBoxesField(label="First day")
    ends_on = DateBoxesField(label="Last day")

    def current(self) -> dict[str, Any]:
        if isinstance(self.about, Outcome):
            return {"starts_on": clock.today(), "ends_on": self.about.cycle.review_on}
        return _says_now(self, Intervention)


class AdjustmentForm(ActionForm):
    """What everybody does differently, always."""

    what = forms.CharField(
        label="What is done differently?",
        max_length=300,
        help_text="For example: a card on the desk to leave and come back without being asked why.",
    )
    who = forms.CharField(label="Who does it?", max_length=120, initial="All staff")

    def current(self) -> dict[str, Any]:
        return _says_now(self, Adjustment)


class ReviewDateForm(ActionForm):
    review_on = DateBoxesField(
        label="When will you review this plan?",
        help_text="The parent or carer and the pupil are part of the review: choose a day they can keep.",
    )

    def current(self) -> dict[str, Any]:
        return _says_now(self, Cycle)


class SharePlanForm(ActionForm):
    shared_with = forms.CharField(
        label="Who saw the plan?", max_length=120, help_text="For example: Cara, foster carer."
    )
    shared_on = DateBoxesField(label="When?")
    printed = forms.BooleanField(label="They were given it on paper", required=False)

    def current(self) -> dict[str, Any]:
        return _says_now(self, Cycle) | {"shared_on": clock.today()}


class MissSessionForm(ActionForm):
    keeps_draft = False
    reason = forms.CharField(label="What came between?", max_length=200, required=False)


class EndCycleForm(ActionForm):
    because = forms.CharField(
        label="Why does this cycle end without a review?",
        widget=_long(2),
        help_text="For example: it was started by mistake.",
    )


@dataclass(frozen=True)
class WeekRow:
    """One intervention in the form of a week: how many sessions were held, and why not all."""

    shown: WeekShown
    name: str
    held: BoundField
    reason: BoundField


class WeekForm(ActionForm):
    """The exceptions of a week. Left empty, an intervention stays not recorded."""

    marks_optional = False

    @classmethod
    def of(cls, monday: date) -> "type[WeekForm]":
        """The form of one week, so that each week keeps a draft of its own."""
        return type(f"WeekForm{monday:%Y%m%d}", (cls,), {})

    def __init__(self, *args: Any, weeks: Sequence[tuple[int, str, WeekShown]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.weeks = weeks
        for number, name, week in weeks:
            recorded = week.row if week.row and week.delivery.recorded else None
            self.fields[f"held_{number}"] = forms.IntegerField(
                label=f"Sessions of “{name}” held, of {week.planned}",
                min_value=0,
                max_value=25,
                required=False,
                initial=recorded.held if recorded else None,
                widget=forms.NumberInput(attrs={"class": "govuk-input--width-2"}),
            )
            self.fields[f"reason_{number}"] = forms.CharField(
                label=f"If not all of “{name}”, what came between?",
                max_length=200,
                required=False,
                initial=week.row.reason if week.row else "",
            )

    def rows(self) -> Iterator[WeekRow]:
        for number, name, week in self.weeks:
            yield WeekRow(week, name, self[f"held_{number}"], self[f"reason_{number}"])

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        for number, _, week in self.weeks:
            held = self.cleaned_data.get(f"held_{number}")
            if held is not None and held < week.planned and not self.cleaned_data.get(f"reason_{number}"):
                self.add_error(f"reason_{number}", "Say what came between: one line is enough")
        return cleaned

    @property
    def held(self) -> dict[int, int]:
        answers = {number: self.cleaned_data[f"held_{number}"] for number, _, _ in self.weeks}
        return {number: held for number, held in answers.items() if held is not None}

    @property
    def reasons(self) -> dict[int, str]:
        return {number: self.cleaned_data[f"reason_{number}"] for number, _, _ in self.weeks}


WHAT_HAPPENS_NEXT = {
    Decision.CONTINUE: "The next cycle goes on with the outcomes you choose.",
    Decision.CHANGE: "You choose which outcomes go on, and plan the support afresh.",
    Decision.STEP_UP: "The next plan has more support, or support more often.",
    Decision.ADD_SPECIALIST: "Ask for advice; it becomes part of the next assessment.",
    Decision.REQUEST_EHC: "The law asks whether a plan may be necessary. It asks for no number of cycles.",
    Decision.STEP_DOWN: "The next plan has less support, because less is needed.",
    Decision.END_SUPPORT: "The pupil’s SEN status becomes “No special educational needs” today.",
}


@dataclass(frozen=True)
class OutcomeReviewed:
    """One outcome in the form of a review: its evidence, and the choices beside it."""

    planned: PlannedOutcome
    result: BoundField
    now: BoundField


class CycleReviewForm(ActionForm):
    """What became of each outcome, what people think, and what is decided."""

    held_on = DateBoxesField(label="When was the review held?")
    pupil_view = forms.CharField(
        label="What does the pupil think?",
        required=False,
        widget=_long(2),
        help_text="In their own words. Not wanting to say is an answer: write that.",
    )
    carer_view = forms.CharField(label="What does the parent or carer think?", required=False, widget=_long(2))
    teacher_view = forms.CharField(label="What does the teacher think?", required=False, widget=_long(2))
    decisions = forms.MultipleChoiceField(
        label="What is decided?", widget=forms.CheckboxSelectMultiple, help_text="Choose one or more."
    )
    next_steps = forms.CharField(
        label="Who does what next?", required=False, widget=_long(2), help_text="Shared with the parent or carer."
    )

    def __init__(
        self, *args: Any, outcomes: Sequence[PlannedOutcome], sen_status: str, said: dict[str, str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.outcomes, self.said = outcomes, said
        self.fields["decisions"].choices = decisions_offered(sen_status)  # type: ignore[attr-defined]
        for one in outcomes:
            self.fields[f"result_{one.outcome.pk}"] = forms.ChoiceField(
                label=f"What became of outcome {one.number}?", choices=Result.choices, widget=forms.RadioSelect
            )
            self.fields[f"now_{one.outcome.pk}"] = forms.CharField(
                label=f"Outcome {one.number}: what is the case now?",
                max_length=300,
                help_text=f"At the start: {one.outcome.baseline}" if one.outcome.baseline else "",
            )

    def current(self) -> dict[str, Any]:
        return {"held_on": clock.today()} | {f"{whose}_view": words for whose, words in self.said.items()}

    def outcomes_reviewed(self) -> Iterator[OutcomeReviewed]:
        for one in self.outcomes:
            yield OutcomeReviewed(one, self[f"result_{one.outcome.pk}"], self[f"now_{one.outcome.pk}"])

    @property
    def review(self) -> dict[str, Any]:
        """The arguments of the action."""
        typed = self.cleaned_data
        return {
            "held_on": typed["held_on"],
            "results": {
                one.outcome.pk: (typed[f"result_{one.outcome.pk}"], typed[f"now_{one.outcome.pk}"])
                for one in self.outcomes
            },
            "views": {whose: typed[f"{whose}_view"] for whose in ("pupil", "carer", "teacher")},
            "decisions": typed["decisions"],
            "next_steps": typed["next_steps"],
        }


def decisions_offered(sen_status: str) -> list[tuple[str, Explained]]:
    """The decisions that make sense for the pupil's SEN status. With an EHC plan nothing new is requested: its review
    is brought forward, and only the authority may end it."""
    offered = {decision: str(decision.label) for decision in Decision}
    hints = dict(WHAT_HAPPENS_NEXT)
    if sen_status == "E":
        del offered[Decision.END_SUPPORT]
        offered[Decision.REQUEST_EHC] = EARLY_ANNUAL_REVIEW
        hints[Decision.REQUEST_EHC] = "The authority reviews the EHC plan before its year is over."
    return [(decision.value, Explained(label, hints[decision])) for decision, label in offered.items()]

"""What is asked about a request: of the school page by page, of the service, and of the SENCO about the advice."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet

from trellis.advice.models import (
    TAKEN_UP,
    AdviceReport,
    AdviceRequest,
    Answer,
    Declined,
    KindOfWork,
    Place,
    Recommendation,
    Urgency,
)
from trellis.advice.rules import NEXT_ROUTES
from trellis.conduct import clock
from trellis.conduct.forms import ActionForm
from trellis.consents.forms import AskConsentForm
from trellis.consents.queries import Candidate
from trellis.cycles.models import Cycle, CycleState, Outcome
from trellis.design.in_words import full_date, hours
from trellis.design.widgets import CountedTextarea, DateBoxesField, Explained
from trellis.files.forms import UploadField
from trellis.organisations.models import SpecialistService
from trellis.people.models import User
from trellis.voices.models import View

LENGTHS = [15, 30, 45, 60, 90, 120, 150, 180, 240, 300, 360, 420, 480, 600, 720, 960, 1200]  # minutes
NOW, WITHOUT_NAME = "now", "without"
MOST_RECOMMENDATIONS = 8


def _long(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _says_now(form: ActionForm) -> dict[str, Any]:
    """What the request says now, for the fields of the form."""
    if not isinstance(form.about, AdviceRequest):
        return {}
    return {name: getattr(form.about, name) for name in form.fields if hasattr(form.about, name)}


# --- the school ------------------------------------------------------------------------------------------------------


class QuestionForm(ActionForm):
    """What you want to know, from whom."""

    service = forms.ModelChoiceField(
        label="Whom do you ask?", queryset=SpecialistService.objects.none(), widget=forms.RadioSelect, empty_label=None
    )
    question = forms.CharField(
        label="What do you want to know?",
        widget=CountedTextarea(attrs={"rows": 4}),
        max_length=1500,
        help_text="Write it without the child’s name: the service reads this before anybody has consented.",
    )
    hoped_for = forms.CharField(
        label="What should be different afterwards?",
        required=False,
        widget=CountedTextarea(attrs={"rows": 3}),
        max_length=1000,
        help_text="The service reads this too before consent.",
    )
    strengths = forms.CharField(
        label="What goes well?", required=False, widget=_long(), help_text="Read by the service only with consent."
    )
    kind_of_work = forms.ChoiceField(
        label="What kind of help do you think of?", choices=KindOfWork.choices, widget=forms.RadioSelect,
        help_text="The service may suggest another.", initial=KindOfWork.OBSERVE,
    )  # fmt: skip

    def __init__(self, *args: Any, services: QuerySet[SpecialistService], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["service"].queryset = services  # type: ignore[attr-defined]

    def current(self) -> dict[str, Any]:
        now = _says_now(self)
        return now | {"service": now["service"].pk} if now else {}


class TriedForm(ActionForm):
    """What has been tried, and what people say: chosen from what is there."""

    cycles_chosen = forms.TypedMultipleChoiceField(
        label="Which cycles show what was tried?", coerce=int, required=False, widget=forms.CheckboxSelectMultiple,
        help_text="The service reads them only with consent, as they stand on the day you send this.",
    )  # fmt: skip
    nothing_tried_because = forms.CharField(
        label="If nothing could be tried yet: why?", required=False, widget=_long(2)
    )
    views_chosen = forms.TypedMultipleChoiceField(
        label="Which views go along?", coerce=int, required=False, widget=forms.CheckboxSelectMultiple
    )
    attaches_targets = forms.BooleanField(
        label="Attach the targets of the PEP (Personal Education Plan)", required=False
    )

    def __init__(
        self, *args: Any, cycles: Sequence[Cycle] = (), views: Sequence[View] = (), targets: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        self.fields["cycles_chosen"].choices = [(one.pk, _cycle_told(one)) for one in cycles]  # type: ignore[attr-defined]
        self.fields["views_chosen"].choices = [  # type: ignore[attr-defined]
            (one.pk, Explained(one.words[:200], one.by_in_words)) for one in views
        ]
        self.fields["attaches_targets"].help_text = " ".join(targets)
        for name, found in (("cycles_chosen", cycles), ("views_chosen", views), ("attaches_targets", targets)):
            if not found:
                del self.fields[name]

    def current(self) -> dict[str, Any]:
        return _says_now(self)


def _cycle_told(cycle: Cycle) -> Explained:
    since = f"Started {full_date(cycle.started_on)}, kept by {cycle.kept_by}."
    return Explained(f"Cycle {cycle.number}: {cycle.get_state_display().lower()}", since)


class ConsentForm(AskConsentForm):
    """Ask for consent now, or talk with the service first without naming the child."""

    way = forms.ChoiceField(
        label="How do you want to go on?",
        widget=forms.RadioSelect,
        choices=[
            (NOW, Explained("Ask for consent now", "The service sees initials only until it is given.")),
            (
                WITHOUT_NAME,
                Explained("Talk without naming the child first", "Needs no consent. No visit yet."),
            ),
        ],
    )
    field_order = ("way", "asked_of", "by_link", "delegation_covers", "purpose", "shares")

    def __init__(self, *args: Any, candidates: Sequence[Candidate] = (), **kwargs: Any) -> None:
        super().__init__(*args, candidates=[one for one in candidates if one.may_be_asked], **kwargs)
        can_ask = any(one.may_be_asked for one in candidates)
        if not can_ask:
            for name in ("asked_of", "by_link", "purpose", "shares", "delegation_covers"):
                self.fields.pop(name, None)
            self.fields["way"].choices = self.fields["way"].choices[1:]  # type: ignore[attr-defined]
        elif self.is_bound and self.data.get("way") == WITHOUT_NAME:
            for field in self.fields.values():
                field.required = False

    @property
    def without_name(self) -> bool:
        return bool(self.cleaned_data["way"] == WITHOUT_NAME)

    @property
    def asked(self) -> dict[str, Any]:
        """The arguments of asking for consent; none when the child is not named."""
        return {} if self.without_name else {name: value for name, value in self.answers.items() if name != "way"}


class WhenForm(ActionForm):
    """By when, how urgent, how long."""

    wanted_by = DateBoxesField(label="By when would you like the advice?")
    urgency = forms.ChoiceField(label="How urgent is it?", choices=Urgency.choices, widget=forms.RadioSelect)
    minutes_needed = forms.TypedChoiceField(label="How much time does it need?", coerce=int)

    def __init__(self, *args: Any, minutes: int, suggestion: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        lengths = sorted({*LENGTHS, minutes} - {0})
        self.fields["minutes_needed"].choices = [(one, hours(one)) for one in lengths]  # type: ignore[attr-defined]
        self.fields["minutes_needed"].help_text = suggestion

    def current(self) -> dict[str, Any]:
        return _says_now(self)


class WithdrawRequestForm(ActionForm):
    because = forms.CharField(label="Why do you take it back?", widget=_long(2))


# --- the service -----------------------------------------------------------------------------------------------------


class StaffField(forms.ModelChoiceField):
    def __init__(self, **options: Any) -> None:
        super().__init__(queryset=User.objects.none(), empty_label=None, **options)


class AcceptForm(ActionForm):
    """Who takes the request on."""

    keeps_draft = False
    taken_by = StaffField(label="Who takes it on?")

    def __init__(self, *args: Any, staff: Sequence[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["taken_by"]
        field.queryset = User.objects.filter(pk__in=[one.pk for one in staff]).order_by("first_name", "last_name")


class DeclineForm(ActionForm):
    """Why the request is not taken on; each reason says the next route to the school."""

    declined_kind = forms.ChoiceField(
        label="Why can you not take it on?",
        widget=forms.RadioSelect,
        choices=[(one.value, Explained(str(one.label), f"The school reads: “{NEXT_ROUTES[one]}”")) for one in Declined],
    )
    declined_because = forms.CharField(
        label="In your own words", widget=_long(3), help_text="The school reads this. Do not name the child."
    )


class ReportForm(ActionForm):
    """What the specialist found, and numbered recommendations. Private until it is issued."""

    summary = forms.CharField(label="What did you find?", widget=_long(8), required=False)

    def __init__(self, *args: Any, shown: int = 4, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in range(1, min(shown, MOST_RECOMMENDATIONS) + 1):
            self.fields[f"recommendation_{number}"] = forms.CharField(
                label=f"Recommendation {number}", required=False, widget=_long(2),
                help_text="One thing the school can do. It is answered on its own." if number == 1 else "",
            )  # fmt: skip

    def current(self) -> dict[str, Any]:
        if not isinstance(self.about, AdviceReport):
            return {}
        words = {f"recommendation_{number}": said for number, said in enumerate(self.about.drafted, start=1)}
        return {"summary": self.about.summary} | {name: words.get(name, "") for name in self._numbered}

    @property
    def _numbered(self) -> list[str]:
        return [name for name in self.fields if name.startswith("recommendation_")]

    @property
    def recommendations(self) -> list[str]:
        return [self.cleaned_data[name] for name in self._numbered]


class IssueForm(ActionForm):
    """Issue the report, with a file if there is one."""

    keeps_draft = False
    file = UploadField(label="Add the report as a file", required=False)


class CloseForm(ActionForm):
    because = forms.CharField(
        label="What came of it?", widget=_long(3), help_text="The school reads this. Do not name the child."
    )


# --- the school's answer ---------------------------------------------------------------------------------------------

SUPPORT = ("accountable_teacher", "deliverer", "times_a_week", "minutes", "ends_on")


class AnswerForm(ActionForm):
    """What the school makes of one recommendation, and where it goes in the cycle."""

    marks_optional = False  # each label says when it is asked

    answer = forms.ChoiceField(
        label="What do you make of it?",
        widget=forms.RadioSelect,
        choices=[
            (Answer.ADOPTED.value, Explained("Adopt it", "It goes into the cycle as it stands.")),
            (Answer.ADAPTED.value, Explained("Adapt it", "It goes into the cycle in your own words.")),
            (Answer.PUT_OFF.value, Explained("Put it off", "It comes back to you on the day you say.")),
            (Answer.DECLINED.value, Explained("Decline it", "The specialist reads why.")),
        ],
    )
    own_words = forms.CharField(
        label="Your own words, if you adapt it", required=False, widget=_long(2), help_text="What you will do."
    )
    why = forms.CharField(label="Why, if you put it off or decline it", required=False, widget=_long(2))
    put_off_until = DateBoxesField(label="Until when, if you put it off", required=False)
    goes_to = forms.ChoiceField(
        label="Where does it go, if you adopt or adapt it?", widget=forms.RadioSelect, required=False
    )
    outcome_id = forms.TypedChoiceField(
        label="Which outcome does it serve?", coerce=int, empty_value=None, required=False
    )
    deliverer = forms.CharField(label="Intervention: who does it?", max_length=120, required=False)
    accountable_teacher = forms.CharField(
        label="Intervention: which teacher answers for it?", max_length=120, required=False
    )
    times_a_week = forms.IntegerField(
        label="Intervention: how often a week?", min_value=1, max_value=50, required=False
    )
    minutes = forms.IntegerField(
        label="Intervention: how many minutes each time?", min_value=1, max_value=600, required=False
    )
    ends_on = DateBoxesField(label="Intervention: last day", required=False)

    def __init__(self, *args: Any, cycle: Cycle | None, outcomes: Sequence[Outcome] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cycle = cycle
        if cycle is None:
            for name in ("goes_to", "outcome_id", *SUPPORT):
                del self.fields[name]
            return
        self.fields["goes_to"].choices = _places(cycle, outcomes)  # type: ignore[attr-defined]
        self.fields["outcome_id"].choices = [("", "Choose an outcome"), *((o.pk, o.statement) for o in outcomes)]  # type: ignore[attr-defined]
        if not outcomes:
            for name in ("outcome_id", *SUPPORT):
                del self.fields[name]

    def current(self) -> dict[str, Any]:
        one: Recommendation = self.about  # type: ignore[assignment]
        places = self.fields["goes_to"].choices if "goes_to" in self.fields else []  # type: ignore[attr-defined]
        now: dict[str, Any] = {"own_words": one.own_words or one.words}
        return now | (
            {"goes_to": places[0][0], "ends_on": self.cycle.review_on if self.cycle else None} if places else {}
        )

    def clean(self) -> dict[str, Any]:
        typed = super().clean() or self.cleaned_data
        if typed.get("answer") in TAKEN_UP and typed.get("goes_to") == Place.INTERVENTION:
            for name in SUPPORT:
                if not typed.get(name) and name not in self.errors:
                    self.add_error(name, "An intervention needs this")
        return typed

    def said(self, today: date | None = None) -> dict[str, Any]:
        """The arguments of the action."""
        given = self.answers
        support = {name: given.pop(name, None) for name in SUPPORT}
        given["goes_to"] = given.get("goes_to") or Place.ASSESSMENT
        if given["goes_to"] == Place.INTERVENTION:
            given["support"] = support | {"starts_on": today or clock.today()}
        return given


def _places(cycle: Cycle, outcomes: Sequence[Outcome]) -> list[tuple[str, Explained]]:
    """Into the assessment while it is written; into the plan where there is an outcome to serve."""
    assessment = (
        Place.ASSESSMENT.value,
        Explained("Into the assessment", f"Cycle {cycle.number} keeps it as what the specialist says."),
    )
    plan = [
        (Place.ADJUSTMENT.value, Explained("As a reasonable adjustment", "What everybody does, always.")),
        (Place.INTERVENTION.value, Explained("As an intervention", "Something done at set times. Say how below.")),
    ]
    if not outcomes:
        return [assessment]
    return [assessment, *plan] if cycle.state != CycleState.DO else [*plan, assessment]

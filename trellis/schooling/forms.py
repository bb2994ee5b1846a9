"""What is asked when a pupil is kept out of school."""

from datetime import date, datetime, time
from typing import Any

from django import forms

from trellis.conduct import clock
from trellis.conduct.forms import ActionForm
from trellis.design.amounts import HoursField
from trellis.design.widgets import DateBoxesField, Explained
from trellis.people.roles import Role
from trellis.pupils.models import Pupil
from trellis.schooling.models import (
    AgainstExpected,
    Kind,
    PartTimeTimetable,
    Reason,
    ReviewDecided,
    Suspension,
    ToldBy,
    WhyPartTime,
)
from trellis.schooling.queries import people_of, place_on


def _long(rows: int = 3) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _narrow(width: int = 5) -> forms.TextInput:
    return forms.TextInput(attrs={"class": f"govuk-input--width-{width}"})


def _clock(label: str, **options: Any) -> forms.TimeField:
    return forms.TimeField(
        label=label,
        help_text="For example 9:40 or 14:05",
        widget=_narrow(),
        input_formats=["%H:%M", "%H.%M", "%H%M"],
        error_messages={"invalid": "Enter a time of day, like 14:05"},
        **options,
    )


def _moment(day: date, at: time) -> datetime:
    return datetime.combine(day, at, clock.LONDON)


def _hours_a_week(label: str, **options: Any) -> HoursField:
    return HoursField(label=label, in_quarters=False, least=0, most=60 * 60, width=3, **options)


class SuspensionForm(ActionForm):
    """What the headteacher decided."""

    kind = forms.ChoiceField(
        label="What did the headteacher decide?",
        widget=forms.RadioSelect,
        choices=[
            (Kind.SUSPENSION, Explained(Kind.SUSPENSION.label, "For a fixed time; half days count as half.")),
            (Kind.LUNCHTIMES, Explained(Kind.LUNCHTIMES.label, "Each lunchtime counts as half a school day.")),
            (
                Kind.PERMANENT,
                Explained(
                    Kind.PERMANENT.label,
                    "For a looked-after pupil as far as possible never. Ring the Virtual School before deciding.",
                ),
            ),
        ],
    )
    decided_by = forms.CharField(
        label="Which headteacher decided it?",
        max_length=120,
        help_text="Only the headteacher, or whoever acts as head, may suspend. You may enter it for them.",
    )
    decided_on = DateBoxesField(label="On which day was it decided?")
    decided_time = _clock("At what time?")
    first_day = DateBoxesField(label="First day out of school")
    from_midday = forms.BooleanField(label="The first day is a half day: out from midday", required=False)
    last_day = DateBoxesField(
        label="Last day out of school", required=False, help_text="Leave it out for a permanent exclusion."
    )
    until_midday = forms.BooleanField(label="The last day is a half day: back from midday", required=False)
    reasons = forms.MultipleChoiceField(
        label="Reasons",
        help_text="Choose one, two or three: the reasons of the school census.",
        choices=Reason.choices,
        widget=forms.CheckboxSelectMultiple,
    )
    what_happened = forms.CharField(label="What happened, and what was tried before?", widget=_long(5))
    misses_exam = forms.BooleanField(label="A public examination or National Curriculum test is missed", required=False)
    work_set = forms.CharField(
        label="What work is set, and who marks it?", required=False, widget=_long(),
        help_text="For the first five school days the school sets and marks work.",
    )  # fmt: skip
    provision = forms.CharField(
        label="Where is the pupil taught while out?",
        max_length=300,
        required=False,
        help_text="Full-time from the sixth school day; for a looked-after pupil aim for the first.",
    )
    provision_from = DateBoxesField(label="From which day?", required=False)

    about: Pupil

    def current(self) -> dict[str, Any]:
        place = place_on(self.about, clock.today())
        heads = people_of(place.school if place else None, Role.HEADTEACHER)
        return {"decided_by": str(heads[0]) if len(heads) == 1 else "", "decided_on": clock.today()}

    @property
    def answers(self) -> dict[str, Any]:
        typed = super().answers
        return typed | {"decided_at": _moment(typed.pop("decided_on"), typed.pop("decided_time"))}


class AttendanceForm(ActionForm):
    """What the register shows, where no file of the school's system brings it."""

    starts_on = DateBoxesField(label="First day of the period")
    ends_on = DateBoxesField(
        label="Last day of the period", help_text="The same period again corrects what was told before."
    )
    possible = forms.IntegerField(
        label="Sessions possible", min_value=1, max_value=999, widget=_narrow(4),
        help_text="A session is half a school day: morning or afternoon.",
    )  # fmt: skip
    attended = forms.IntegerField(label="Sessions attended", min_value=0, max_value=999, widget=_narrow(4))
    authorised = forms.IntegerField(
        label="Authorised absences", required=False, min_value=0, max_value=999, widget=_narrow(4)
    )
    unauthorised = forms.IntegerField(
        label="Unauthorised absences", required=False, min_value=0, max_value=999, widget=_narrow(4)
    )


class AttainmentForm(ActionForm):
    """What one assessment gave, where no file of the school's system brings it."""

    subject = forms.CharField(label="Subject", max_length=80, help_text="For example Reading.")
    assessment = forms.CharField(
        label="Kind of assessment", max_length=80, help_text="For example Teacher assessment, or Key Stage 2 test."
    )
    result = forms.CharField(label="Result", max_length=60, help_text="As the assessment gives it: WTS, 98, Grade 4.")
    against_expected = forms.ChoiceField(
        label="Against what is expected for the age", required=False, widget=forms.RadioSelect,
        choices=[*AgainstExpected.choices, ("", "Not said")],
    )  # fmt: skip
    assessed_on = DateBoxesField(label="Day of the assessment")


class ArrangeForm(ActionForm):
    """Work, teaching elsewhere, the meetings."""

    about: Suspension

    work_set = forms.CharField(label="What work is set, and who marks it?", required=False, widget=_long())
    provision = forms.CharField(label="Where is the pupil taught while out?", max_length=300, required=False)
    provision_from = DateBoxesField(label="From which day?", required=False)
    board_meets_on = DateBoxesField(
        label="When does the governing board meet?", required=False,
        help_text="The social worker and the Virtual School head are told, and may attend.",
    )  # fmt: skip
    welcome_back_on = DateBoxesField(label="When is the meeting to come back?", required=False)

    def current(self) -> dict[str, Any]:
        return {name: getattr(self.about, name) for name in self.fields if hasattr(self.about, name)}


class CloseForm(ActionForm):
    because = forms.CharField(label="Why?", widget=_long())


class TellForm(ActionForm):
    """How, by whom and when somebody was told."""

    told_how = forms.ChoiceField(label="How were they told?", choices=ToldBy.choices, widget=forms.RadioSelect)
    name = forms.CharField(
        label="Who was told?", max_length=200, help_text="The name of the person you spoke or wrote to."
    )
    told_on = DateBoxesField(label="On which day?")
    told_time = _clock("At what time?")
    note = forms.CharField(
        label="A note",
        required=False,
        widget=_long(2),
        help_text="If it was decided not to tell: who decided, why.",
    )

    def current(self) -> dict[str, Any]:
        now = clock.now().astimezone(clock.LONDON)
        return {"name": self.about.name if self.about else "", "told_on": now.date(), "told_time": f"{now:%H:%M}"}

    @property
    def answers(self) -> dict[str, Any]:
        typed = super().answers
        return typed | {"told_at": _moment(typed.pop("told_on"), typed.pop("told_time"))}


class SentHomeForm(ActionForm):
    """A pupil sent home to cool off."""

    happened_on = DateBoxesField(label="On which day?")
    left_at = _clock("At what time did the pupil leave?", required=False)
    asked_by = forms.CharField(label="Who asked for the pupil to go home?", max_length=120)
    what_happened = forms.CharField(label="What happened?", widget=_long(4))
    what_next = forms.CharField(
        label="What will be different next time?", required=False, widget=_long(),
        help_text="A quiet place in school, a key adult, a call to the Virtual School.",
    )  # fmt: skip


class PartTimeForm(ActionForm):
    """A part-time timetable that everybody concerned agreed to."""

    because = forms.ChoiceField(
        label="Why is full time not possible now?",
        widget=forms.RadioSelect,
        choices=[
            (value, Explained(label, "Never: the law does not allow it.") if value == WhyPartTime.BEHAVIOUR else label)
            for value, label in WhyPartTime.choices
        ],
    )
    reason = forms.CharField(label="Why is it in the pupil’s interest?", widget=_long())
    minutes_now = _hours_a_week("Hours a week now")
    minutes_full = _hours_a_week(
        "Hours a week full time",
        help_text="Often 21 in Key Stage 1, 23½ in Key Stage 2, 24 to 25 in secondary school.",
    )
    starts_on = DateBoxesField(label="First day")
    ends_on = DateBoxesField(label="Last day", help_text="As short as it can be; back to full time the day after.")
    ramp_plan = forms.CharField(label="How do the hours grow, week by week?", widget=_long())
    safe_off_site = forms.CharField(label="Who keeps the pupil safe in the hours out of school, where?", widget=_long())
    work_set = forms.CharField(label="What work is set for those hours, and who marks it?", widget=_long())
    pupils_view = forms.CharField(label="What does the pupil say about it?", required=False, widget=_long(2))
    parent_agreed = forms.CharField(
        label="Who with parental responsibility agreed, and when?", max_length=200, required=False
    )
    social_worker_agreed = forms.CharField(
        label="Which social worker agreed, and when?", max_length=200, required=False
    )
    virtual_school_agreed = forms.CharField(
        label="Who at the Virtual School agreed in writing, and when?", max_length=200, required=False
    )


class PartTimeReviewForm(ActionForm):
    """The formal review with the pupil and their parents."""

    about: PartTimeTimetable

    held_on = DateBoxesField(label="When was the review?")
    with_whom = forms.CharField(
        label="Who took part?", max_length=300, help_text="The pupil and their parents or carers."
    )
    words = forms.CharField(label="What did the pupil and the others say, and how does it go?", widget=_long(4))
    decided = forms.ChoiceField(
        label="What was decided?",
        widget=forms.RadioSelect,
        choices=[
            (ReviewDecided.ENDED, Explained(ReviewDecided.ENDED.label, "Full time from the next school day.")),
            (
                ReviewDecided.GOES_ON,
                Explained(ReviewDecided.GOES_ON.label, "The next review is set."),
            ),
            (
                ReviewDecided.EXTENDED,
                Explained(ReviewDecided.EXTENDED.label, "Fill in the two below."),
            ),
        ],
    )
    minutes_now = _hours_a_week("Hours a week from now", required=False)
    ends_on = DateBoxesField(label="New last day", required=False)

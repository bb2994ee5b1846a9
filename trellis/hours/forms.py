"""Entering hours, and booking, planning, confirming and cancelling visits."""

from typing import Any

from django import forms

from trellis.calendar.rules import academic_year
from trellis.conduct import clock
from trellis.conduct.forms import ActionForm, PressForm
from trellis.design.amounts import HoursField
from trellis.design.widgets import DateBoxesField, Explained
from trellis.hours import queries
from trellis.hours.models import CameFrom, HoursAccount, Visit, Work, year_in_words
from trellis.organisations.forms import SchoolField
from trellis.organisations.models import SpecialistService
from trellis.people.models import Membership, User
from trellis.people.roles import SERVICE_STAFF


class ClockField(forms.TimeField):
    widget = forms.TextInput(attrs={"class": "govuk-input--width-5"})

    def __init__(self, **options: Any) -> None:
        super().__init__(
            input_formats=["%H:%M", "%H.%M", "%I:%M%p", "%I:%M %p", "%I.%M%p", "%I%p", "%I %p"],
            error_messages={"invalid": "Enter a time, for example 9:30 or 1:15pm"},
            **options,
        )


class EnterHoursForm(ActionForm):
    """A school's hours of a service for a year."""

    service = forms.ModelChoiceField(SpecialistService.objects.none(), label="Service", widget=forms.RadioSelect)
    school = SchoolField(
        label="School", max_length=200, widget=forms.TextInput(attrs={"list": "schools", "autocomplete": "off"}),
        help_text="Write a part of its name and choose, or its URN: a number of six figures.",
    )  # fmt: skip
    year = forms.TypedChoiceField(label="Academic year", coerce=int, widget=forms.RadioSelect)
    minutes = HoursField(label="Hours for the year")
    came_from = forms.ChoiceField(
        label="Where do these hours come from?",
        choices=[
            (CameFrom.CORE, Explained("Free core hours", "What every school is given. Entered once a year.")),
            (CameFrom.BOUGHT, Explained("Bought by the school", "A subscription, or hours added later.")),
        ],
        initial=CameFrom.CORE,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, services: list[SpecialistService], **options: Any) -> None:
        super().__init__(*args, **options)
        choose: Any = self.fields["service"]
        choose.queryset = SpecialistService.objects.filter(pk__in=[service.pk for service in services]).order_by("name")
        this = academic_year(clock.today())
        self.fields["year"].choices = [(year, year_in_words(year)) for year in (this, this + 1)]  # type: ignore[attr-defined]
        self.fields["year"].initial = this
        if len(services) == 1:
            choose.initial = services[0].pk


class FindSchoolForm(forms.Form):
    school = forms.CharField(required=False, max_length=100)


class CarryForm(PressForm):
    """Carries the hours of one service's schools over."""

    service = forms.ModelChoiceField(SpecialistService.objects.none(), widget=forms.HiddenInput)

    def __init__(self, *args: Any, services: list[SpecialistService], **options: Any) -> None:
        super().__init__(*args, **options)
        choose: Any = self.fields["service"]
        choose.queryset = SpecialistService.objects.filter(pk__in=[service.pk for service in services])


class CorrectHoursForm(ActionForm):
    minutes = HoursField(label="Hours that were agreed", least=0)
    reason = forms.CharField(label="Why is this corrected?", max_length=200)

    about: HoursAccount

    def current(self) -> dict[str, Any]:
        return {"minutes": queries.core_hours_entered(self.about)}


class OnADayForm(ActionForm):
    """When, what and by whom; the service names its specialist."""

    work = forms.ChoiceField(label="Kind of work", choices=Work.choices, widget=forms.RadioSelect)
    on = DateBoxesField(label="Day")
    starts_at = ClockField(label="Time", help_text="For example 9:30 or 1:15pm.", required=False)
    specialist = forms.ModelChoiceField(User.objects.none(), label="Who comes", required=False)

    def _ask_who_comes(self, service: SpecialistService, *, named: bool) -> None:
        if not named:
            del self.fields["specialist"]
            return
        staff = Membership.objects.on(clock.today()).playing(*SERVICE_STAFF).filter(organisation=service)
        choose: Any = self.fields["specialist"]
        choose.queryset = User.objects.filter(pk__in=staff.values("user")).order_by("last_name", "pk")


class BookVisitForm(OnADayForm):
    """A visit about no named child."""

    what_for = forms.CharField(
        label="What is it for?",
        max_length=200,
        help_text="Do not name a pupil here: a visit about a pupil begins with a request for advice.",
    )
    minutes = HoursField(label="How long, with preparation and writing up")

    field_order = ["work", "what_for", "on", "starts_at", "minutes", "specialist"]

    def __init__(self, *args: Any, hours: HoursAccount, named: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["work"].initial = Work.PLANNING
        self._ask_who_comes(hours.service, named=named)


class PlanVisitForm(OnADayForm):
    about: Visit

    def __init__(self, *args: Any, visit: Visit, named: bool, **options: Any) -> None:
        super().__init__(*args, **options)
        self._ask_who_comes(visit.service, named=named)

    def current(self) -> dict[str, Any]:
        visit = self.about
        return {
            "work": visit.work, "on": visit.on, "starts_at": f"{visit.starts_at:%H:%M}" if visit.starts_at else "",
            "specialist": visit.specialist_id,
        }  # fmt: skip


class KeepHoursForm(ActionForm):
    minutes = HoursField(label="How many of your own hours are kept?")


class ConfirmVisitForm(ActionForm):
    minutes = HoursField(label="How long did it take, with preparation and writing up?")

    about: Visit

    def current(self) -> dict[str, Any]:
        return {"minutes": queries.minutes_kept(self.about)}


class CancelVisitForm(ActionForm):
    because = forms.CharField(label="Why is it cancelled?", max_length=200, help_text="Do not name a pupil here.")

"""Looking at hours: a school's year, the schools of a service or an area, every entry; entering and correcting."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from trellis.calendar.rules import academic_year
from trellis.conduct import clock
from trellis.conduct.refusals import require
from trellis.history.actions import looked_at
from trellis.hours import actions, permissions, queries, shown
from trellis.hours.forms import CarryForm, CorrectHoursForm, EnterHoursForm, FindSchoolForm
from trellis.hours.models import HoursAccount, ServicePolicy, year_in_words
from trellis.people.requests import SignedInRequest
from trellis.people.roles import SCHOOL_LEADS

SCHOOLS_A_PAGE = 30


def hours(request: SignedInRequest) -> HttpResponse:
    """A school sees its year; a service or a Virtual School sees its schools."""
    accounts = HoursAccount.objects.visible_to(request.user)
    context = _years(request, set(accounts.order_by().values_list("year", flat=True).distinct()))
    of_year = accounts.of_year(context["year"]).with_names()
    if request.user.plays(SCHOOL_LEADS):
        return _schools_year(request, list(of_year), context)
    find = FindSchoolForm(request.GET)
    typed = find.cleaned_data["school"] if find.is_valid() else ""
    page = Paginator(of_year.at_school(typed), SCHOOLS_A_PAGE).get_page(request.GET.get("page"))
    query = urlencode({"year": context["year"], **({"school": typed} if typed else {})})
    context |= {"page": page, "tallies": queries.tallies(list(page)), "query": f"{query}&", "typed": typed}
    context["last_year"] = year_in_words(academic_year(clock.today()) - 1)
    context["may_enter"] = request.user.plays(permissions.ENTERERS)
    return render(request, "hours/schools.html", context)


def _schools_year(request: SignedInRequest, accounts: list[HoursAccount], context: dict[str, Any]) -> HttpResponse:
    """Per service one bar, and the visits as a calendar."""
    cards = [
        {"tally": tally, "bar": shown.bar_of(tally), "may_book": permissions.can_book_visit(request.user, tally.hours)}
        for tally in queries.tallies(accounts)
    ]
    visits = queries.visits_paid_from(accounts, request.user)
    looked_at(request, *(visit.pupil_id for visit in visits if visit.pupil_id))
    context |= {"cards": cards, "visits": [shown.visit_row(visit) for visit in visits]}
    return render(request, "hours/school_year.html", context)


def school_hours(request: SignedInRequest, hours_id: int) -> HttpResponse:
    """One school, one service, one year: the bar, and the entries that add up to it. No pupil is named."""
    hours = get_object_or_404(HoursAccount.objects.visible_to(request.user).with_names(), pk=hours_id)
    (tally,) = queries.tallies([hours])
    context = {
        "hours": hours,
        "tally": tally,
        "bar": shown.bar_of(tally),
        "statement": queries.statement(hours),
        "terms": ServicePolicy.objects.counting(hours.service, clock.today()),
        "price": queries.price_per_hour(hours.service, clock.today()),
        "may_enter": permissions.can_enter_hours(request.user, hours.service),
        "may_book": permissions.can_book_visit(request.user, hours) and not hours.is_over,
    }
    return render(request, "hours/school_hours.html", context)


def enter_hours(request: SignedInRequest) -> HttpResponse:
    """A business officer or service lead enters what a school may use in a year."""
    services = queries.services_entered_by(request.user)
    form = EnterHoursForm.opened(request, services=services)
    if form.is_valid():
        with form.refusals():
            made = actions.allocate_hours(by=request.user, key=form.key, **form.answers)
            messages.success(request, f"The hours of {made.hours.school} are entered.")
            return redirect(made.hours)
    context = {
        "form": form, "title": "Enter a school’s hours", "button": "Enter these hours", "back": reverse("hours"),
        "lead": "What the school may use of a service in an academic year. It sees them at once.",
        "schools": queries.schools_to_enter(services), "year_in_words": year_in_words(academic_year(clock.today())),
    }  # fmt: skip
    return render(request, "hours/enter_hours.html", context)


def carry_hours(request: SignedInRequest) -> HttpResponse:
    """At the start of a year: what schools have left of the last one carries over or lapses, as each service agreed."""
    services = queries.services_entered_by(request.user)
    form = CarryForm.opened(request, services=services)
    if form.is_valid():
        with form.refusals():
            service = form.cleaned_data["service"]
            carried = actions.carry_left_hours(service, by=request.user)
            schools = "1 school" if len(carried) == 1 else f"{len(carried)} schools"
            messages.success(request, f"Carried over for {schools} of {service.abbreviation}.")
            return redirect("carry_hours")
    found = [queries.left_over(service) for service in services]
    this = year_in_words(academic_year(clock.today()))
    return render(request, "hours/carry.html", {"form": form, "found": found, "this_year": this})


def correct_hours(request: SignedInRequest, hours_id: int) -> HttpResponse:
    """Correct what was entered; the difference is entered with its reason."""
    hours = get_object_or_404(HoursAccount.objects.visible_to(request.user).with_names(), pk=hours_id)
    require(permissions.can_enter_hours(request.user, hours.service))
    form = CorrectHoursForm.opened(request, about=hours)
    if form.is_valid():
        with form.refusals():
            actions.correct_hours(hours.pk, by=request.user, key=form.key, seen=form.version, **form.answers)
            messages.success(request, "The hours are corrected. What was entered before stays in the list below.")
            return redirect(hours)
    context = {
        "form": form, "title": "Correct these hours", "button": "Correct these hours", "back": hours.get_absolute_url(),
        "lead": f"{hours}. Without what money for a pupil has bought.",
    }  # fmt: skip
    return render(request, "design/form_page.html", context)


def _years(request: SignedInRequest, known: set[int]) -> dict[str, Any]:
    """The year asked for, this one by default, and links to the others."""
    this = academic_year(clock.today())
    asked = request.GET.get("year", "")
    year = next((one for one in known if str(one) == asked), this)
    others = sorted(known | {this})
    return {
        "year": year,
        "year_in_words": year_in_words(year),
        "years": [{"text": year_in_words(y), "url": f"?year={y}", "current": y == year} for y in others],
    }

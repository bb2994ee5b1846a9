"""Where a day begins: what is late, due and coming, and the pupils one works with."""

from typing import Any

from django.contrib import messages
from django.contrib.humanize.templatetags.humanize import apnumber
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from trellis.caseloads import actions, queries, search
from trellis.caseloads.forms import HAVE_LEFT, FilterForm, SaveFilterForm
from trellis.caseloads.models import SavedFilter
from trellis.caseloads.purposes import Purpose
from trellis.conduct import clock
from trellis.history.actions import looked_at
from trellis.moves.permissions import can_read_moves
from trellis.people.models import User
from trellis.people.roles import READ_PUPILS, SERVICE_STAFF
from trellis.pupils.permissions import can_add_pupil, can_keep_groups, works_in_class_only
from trellis.teams.queries import covers_around

REMEMBERED = "pupils_filter"


def my_week(request: HttpRequest) -> HttpResponse:
    """Home. Class staff begin with today's sessions; who has no pupils reads where their work is."""
    user: User = request.user  # type: ignore[assignment]
    if works_in_class_only(user):
        return redirect("today")
    if user.plays(SERVICE_STAFF) and not user.plays(READ_PUPILS):
        return _week_of_service(request, user)
    if not user.plays(READ_PUPILS):
        groups = queries.week_of(user, whole=request.GET.get("all", ""))
        elsewhere = {"today": clock.today(), "covers": covers_around(user), "groups": groups,
                     "in_short": week_in_short(groups),
                     "has_steps": any(group.steps for group in groups)}  # fmt: skip
        return render(request, "caseloads/my_week_elsewhere.html", elsewhere)
    groups = queries.week_of(user, whole=request.GET.get("all", ""))
    rows = queries.most_urgent_rows(user)
    looked_at(request, *(row.pupil.pk for row in rows), *_pupils_in(groups))
    context = {
        "today": clock.today(),
        "covers": covers_around(user),
        "groups": groups,
        "in_short": week_in_short(groups),
        "rows": rows,
        "counted": queries.counted(user),
        **_columns(user),
    }
    return render(request, "caseloads/my_week.html", context)


def _week_of_service(request: HttpRequest, user: User) -> HttpResponse:
    """A specialist's week: requests to decide, reports to write; by initials before consent. No pupils of their own."""
    groups = queries.week_of(user, whole=request.GET.get("all", ""))
    looked_at(request, *_pupils_in(groups))
    context = {
        "today": clock.today(), "covers": covers_around(user), "groups": groups, "in_short": week_in_short(groups)
    }  # fmt: skip
    return render(request, "caseloads/my_week_of_service.html", context)


def _pupils_in(groups: list[queries.Group]) -> list[int]:
    """Paying schools is about no pupil."""
    return [step.pupil_id for group in groups for step in group.steps if step.pupil_id]


def week_in_short(groups: list[queries.Group]) -> str:
    """ "One thing cannot wait, three things are late, four are due this week."."""
    now, late, week = (group.count for group in groups[:3])
    if not now and not late and not week:
        return "Nothing is late, and nothing is due this week."
    said = [f"{'one thing' if now == 1 else f'{apnumber(now)} things'} cannot wait"] if now else []
    said.append(f"{_things(late)} late" if late else "nothing is late")
    said.append(
        f"{apnumber(week)} {'is' if week == 1 else 'are'} due this week" if week else "nothing is due this week"
    )
    sentence = ", ".join(said)
    return f"{sentence[0].upper()}{sentence[1:]}."


def _things(number: int) -> str:
    return "one thing is" if number == 1 else f"{apnumber(number)} things are"


def pupils(request: HttpRequest) -> HttpResponse:
    """The list of pupils; by POST, those whom a search finds, so that nothing personal stands in the address."""
    if request.method == "POST" and request.POST.get("search", "").strip():
        return _found(request, request.POST["search"].strip())
    return _listed(request)


def _found(request: HttpRequest, typed: str) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    page, rows = queries.page_of(user, search.find(user, typed).by_name(), 1)
    return _pupils_page(request, {"searched": typed[:100], "page": page, "rows": rows})


def _listed(request: HttpRequest) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    remembered = request.session.get(REMEMBERED, "")
    if "clear" in request.GET:
        request.session.pop(REMEMBERED, None)
        return redirect("pupils")
    if request.method == "GET" and not request.GET and remembered:
        return redirect(f"{reverse('pupils')}?{remembered}")
    asked = request.GET or QueryDict(remembered)
    form = FilterForm(asked, schools=queries.schools_in_view(user), knows_care=queries.knows_care(user))
    if form.query != remembered:
        request.session[REMEMBERED] = form.query
    page, rows = queries.page_of(user, queries.pupils_of(user, form.chosen), request.GET.get("page"))
    context = {
        "filters": form,
        "query": f"{form.query}&" if form.query else "",
        "has_left": form.chosen.get("who") == HAVE_LEFT,
        "save_form": SaveFilterForm(initial={"query": form.query}, auto_id="save_%s"),
        "saved": SavedFilter.objects.filter(user=user),
        "page": page,
        "rows": rows,
    }
    return _pupils_page(request, context)


def _pupils_page(request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
    """The whole page, or only its results when a script asks for them."""
    user: User = request.user  # type: ignore[assignment]
    looked_at(request, *(row.pupil.pk for row in context["rows"]))
    is_part = "X-Partial" in request.headers or request.headers.get("X-Requested-With") == "fetch"
    template = "caseloads/pupil_results.html" if is_part else "caseloads/pupils.html"
    return render(request, template, {**context, **_columns(user)})


def choose_pupil(request: HttpRequest, purpose: Purpose) -> HttpResponse:
    """Whom something is about: the pupils whose whole record is open, by name; those found, after a search."""
    user: User = request.user  # type: ignore[assignment]
    typed = request.POST.get("search", "").strip() if request.method == "POST" else ""
    page = queries.to_choose_from(user, typed, request.GET.get("page"))
    looked_at(request, *(pupil.pk for pupil in page))
    rows = [
        {"lead": pupil.name, "url": reverse(purpose.url_name, args=[pupil.pk]), "detail": pupil.school_name or ""}
        for pupil in page
    ]
    context = {"purpose": purpose, "page": page, "rows": rows, "searched": typed[:100]}
    return render(request, "caseloads/choose_pupil.html", context)


def _columns(user: User) -> dict[str, bool]:
    """What the tables of pupils show to this person, and what the page offers."""
    return {
        "shows_school": user.plays(queries.SCHOOLS_IN_VIEW),
        "shows_pep": queries.knows_care(user),
        "may_add": bool(can_add_pupil(user)),
        "may_keep_groups": bool(can_keep_groups(user)),
        "may_read_moves": can_read_moves(user),
    }


@require_POST
def save_filter(request: HttpRequest) -> HttpResponse:
    """Keep the filters of the list under a name."""
    form = SaveFilterForm.opened(request)
    if form.is_valid():
        saved = actions.save_filter(by=request.user, **form.answers)  # type: ignore[arg-type]
        messages.success(request, f"Saved as “{saved.name}”.")
        return redirect(saved)
    messages.error(request, "Give the filters a name of up to 60 characters.")
    return redirect(f"{reverse('pupils')}?{request.session.get(REMEMBERED, '')}")


@require_POST
def forget_filter(request: HttpRequest, filter_id: int) -> HttpResponse:
    saved = get_object_or_404(SavedFilter, pk=filter_id, user=request.user)
    actions.forget_filter(saved.pk, by=request.user)  # type: ignore[arg-type]
    return redirect("pupils")

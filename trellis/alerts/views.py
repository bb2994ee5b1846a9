"""School places at risk: the list by what happened last, one alert, and what is done about it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from trellis.alerts import actions, permissions, queries, slots
from trellis.alerts.forms import DoneForm, InDoubtForm, SetAsideForm, TakeBackForm
from trellis.alerts.models import Alert, PlaceInDoubt
from trellis.alerts.queries import Shelf
from trellis.conduct import clock
from trellis.conduct.forms import ActionForm
from trellis.conduct.refusals import require
from trellis.history.actions import looked_at
from trellis.people.requests import SignedInRequest
from trellis.people.roles import VIRTUAL_SCHOOL_TEACHERS
from trellis.pupils.models import Level, Pupil
from trellis.pupils.shown import Deed
from trellis.pupils.views_frame import pupil_frame
from trellis.schooling import queries as schooling

A_PAGE = 30
TAB = "school place"


def at_risk(request: SignedInRequest) -> HttpResponse:
    """Cards ordered by what happened last; or what is worth a look, was set aside, or is resolved."""
    state = request.GET.get("state", Shelf.AT_RISK)
    state = state if state in Shelf.values else Shelf.AT_RISK
    page = Paginator(queries.alerts_for(request.user, state), A_PAGE).get_page(request.GET.get("page"))
    looked_at(request, *(alert.pupil_id for alert in page.object_list))
    deeds = _deeds(request, list(page.object_list))
    cards = [
        (alert, deeds[alert.pupil_id], permissions.can_set_aside(request.user, alert, in_list=True))
        for alert in page.object_list
    ]
    counts = queries.counts_by_shelf(request.user)
    states = [(value, label, counts[value]) for value, label in Shelf.choices]
    whose = {"is_virtual_school": request.user.plays(VIRTUAL_SCHOOL_TEACHERS)}
    context = whose | {"page": page, "cards": cards, "state": state, "states": states, "query": f"state={state}&"}
    return render(request, "alerts/at_risk.html", context)


def alert(request: SignedInRequest, alert_id: int) -> HttpResponse:
    """One alert: its reasons, those that ended, what is being done."""
    alert = get_object_or_404(Alert.objects.visible_to(request.user).with_reasons().with_notes(), pk=alert_id)
    looked_at(request, alert.pupil_id)
    frame = pupil_frame(request, alert.pupil, TAB)
    whole = frame["reading"].is_whole
    doubt = PlaceInDoubt.objects.visible_to(request.user).filter(pupil=alert.pupil_id, taken_back_on__isnull=True)
    return render(
        request,
        "alerts/alert.html",
        frame
        | {
            "alert": alert,
            "ended": alert.reasons.filter(ended_on__isnull=False).order_by("-happened_on"),
            "deeds": _deeds(request, [alert])[alert.pupil_id] if whole else [],
            "may_answer": alert.is_open and permissions.can_answer(request.user, alert),
            "may_set_aside": alert.is_open and permissions.can_set_aside(request.user, alert),
            "earlier": queries.earlier_alerts(alert) if whole else [],
            "doubt": doubt.select_related("said_by").first() if alert.is_open else None,
        },
    )


def set_aside(request: SignedInRequest, alert_id: int) -> HttpResponse:
    alert = _alert(request, alert_id)
    require(permissions.can_set_aside(request.user, alert))
    form = SetAsideForm.opened(request, about=alert)
    if form.is_valid():
        with form.refusals():
            actions.set_aside(alert.pk, by=request.user, seen=form.version, **form.answers)
            messages.success(request, "The alert is set aside. It comes back when a new reason appears.")
            return redirect("at_risk")
    return _form_page(
        request, alert.pupil, form, title="Set this alert aside", button="Set this alert aside",
        back=alert.get_absolute_url(),
    )  # fmt: skip


def say_what_is_done(request: SignedInRequest, alert_id: int) -> HttpResponse:
    alert = _alert(request, alert_id)
    require(permissions.can_answer(request.user, alert))
    form = DoneForm.opened(request, about=alert)
    if form.is_valid():
        with form.refusals():
            actions.say_what_is_done(alert.pk, by=request.user, key=form.key, **form.answers)
            return redirect(alert)
    return _form_page(
        request, alert.pupil, form, title="Say what is being done", button="Save what is being done",
        back=alert.get_absolute_url(),
    )  # fmt: skip


def say_in_doubt(request: SignedInRequest, pupil_id: int) -> HttpResponse:
    """The button "We may not be able to keep this place"."""
    pupil = get_object_or_404(Pupil.objects.visible_to(request.user, Level.WHOLE), pk=pupil_id)
    looked_at(request, pupil.pk)
    place = schooling.place_on(pupil, clock.today())
    require(permissions.can_say_in_doubt(request.user, pupil, place.school if place else None))
    form = InDoubtForm.opened(request, about=pupil)
    if form.is_valid():
        with form.refusals():
            actions.say_in_doubt(pupil.pk, by=request.user, key=form.key, **form.answers)
            messages.success(request, "The Virtual School has been told. Below is what can be done now.")
            found = queries.open_alert(pupil)
            return redirect(found) if found else redirect("school_place", pupil.pk)
    return _form_page(
        request, pupil, form, title="We may not be able to keep this place", button="Say so now",
        back=reverse("school_place", args=[pupil.pk]),
        lead="Said early, help can still come: outreach, more hours, the Highly Vulnerable framework, a meeting.",
    )  # fmt: skip


def take_back_doubt(request: SignedInRequest, doubt_id: int) -> HttpResponse:
    doubts = PlaceInDoubt.objects.visible_to(request.user).select_related("pupil", "school")
    doubt = get_object_or_404(doubts, pk=doubt_id)
    looked_at(request, doubt.pupil_id)
    require(permissions.can_say_in_doubt(request.user, doubt.pupil, doubt.school))
    form = TakeBackForm.opened(request, about=doubt)
    if form.is_valid():
        with form.refusals():
            actions.take_back_doubt(doubt.pk, by=request.user, seen=form.version, **form.answers)
            return redirect("school_place", doubt.pupil_id)
    return _form_page(
        request, doubt.pupil, form, title="We can keep this place", button="Say that you can keep it",
        back=reverse("school_place", args=[doubt.pupil_id]),
    )  # fmt: skip


def _alert(request: SignedInRequest, alert_id: int) -> Alert:
    alert = get_object_or_404(Alert.objects.visible_to(request.user).select_related("pupil"), pk=alert_id)
    looked_at(request, alert.pupil_id)
    return alert


def _deeds(request: SignedInRequest, alerts: list[Alert]) -> dict[int, list[Deed]]:
    """What can be done about each open alert, by pupil, in the order of the folders that say so."""
    is_open = [alert for alert in alerts if alert.is_open]
    deeds: dict[int, list[Deed]] = {alert.pupil_id: [] for alert in alerts}
    for answer in slots.what_can_be_done.ask(is_open, request.user) if is_open else []:
        for pupil_id, deed in answer.items():
            deeds[pupil_id].append(deed)
    return deeds


def _form_page(
    request: SignedInRequest, pupil: Pupil, form: ActionForm, *, title: str, button: str, back: str, lead: str = ""
) -> HttpResponse:
    words = {"title": title, "button": button, "back": back, "lead": lead, "form": form}
    return render(request, "pupils/form_page.html", pupil_frame(request, pupil, TAB) | words)

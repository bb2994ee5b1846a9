"""Schools that have closed: where do their pupils go? Pages that count pupils and name none."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from trellis.conduct import clock
from trellis.moves import actions, queries
from trellis.moves.forms import SuccessorForm
from trellis.people.models import Membership, User


def closed_schools(request: HttpRequest) -> HttpResponse:
    """Schools that have closed while pupils are still recorded there."""
    return render(request, "moves/closed_schools.html", {"schools": queries.closed_schools(_user(request))})


def follow_successor(request: HttpRequest, school_id: int) -> HttpResponse:
    """Say as which school one goes on: its pupils move there, with receipt."""
    school = get_object_or_404(queries.closed_schools(_user(request)), pk=school_id)
    known = [link for link in school.successions.all() if link.successor.closed_on is None]
    form = SuccessorForm.opened(request, about=school, known=known[0] if known else None, closed_on=school.closed_on)
    if form.is_valid():
        with form.refusals():
            said = form.cleaned_data
            moves = actions.follow_successor(
                school.pk, to=said["to_school"], on=said["on"], by=_user(request), with_staff=said["with_staff"]
            )
            pupils = "1 pupil" if len(moves) == 1 else f"{len(moves)} pupils"
            messages.success(request, f"{pupils} went on to {said['to_school']}, which is asked for its receipts.")
            return redirect("closed_schools")
    staff = Membership.objects.on(clock.today()).filter(organisation=school).values("user").distinct().count()
    shown = {"school": school, "form": form, "known": known, "staff": staff}
    return render(request, "moves/follow_successor.html", shown)


def _user(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]

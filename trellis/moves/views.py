from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from trellis.conduct import clock
from trellis.conduct.refusals import require
from trellis.cycles.permissions import can_keep_cycle
from trellis.history.actions import looked_at
from trellis.moves import actions, permissions, queries
from trellis.moves.forms import DeliverersForm, MoveForm
from trellis.moves.models import SchoolMove
from trellis.people.models import User
from trellis.pupils.models import Level, Pupil
from trellis.pupils.views_frame import pupil_frame
from trellis.transfers.queries import transfers_between

MOST_SHOWN = 100


def moves(request: HttpRequest) -> HttpResponse:
    """Moves from and to one's schools: those that wait for a receipt first."""
    mine = SchoolMove.objects.visible_to(_user(request)).with_names().order_by("-on", "-pk")
    awaiting, received = list(mine.awaiting_receipt()[:MOST_SHOWN]), list(mine.received()[:MOST_SHOWN])
    looked_at(request, *(move.pupil_id for move in awaiting + received))
    closed = queries.closed_schools(_user(request)).count()
    return render(request, "moves/moves.html", {"awaiting": awaiting, "received": received, "closed_schools": closed})


def move(request: HttpRequest, move_id: int) -> HttpResponse:
    """One move: what went along, what is still to be sent, and the receipt."""
    move = get_object_or_404(SchoolMove.objects.visible_to(_user(request)).with_names(), pk=move_id)
    looked_at(request, move.pupil_id)
    may_open_record = Pupil.objects.visible_to(_user(request), Level.WHOLE).filter(pk=move.pupil_id).exists()
    return render(
        request,
        "moves/move.html",
        {
            "move": move,
            "may_receive": move.is_awaiting_receipt and permissions.can_acknowledge_move(_user(request), move),
            "may_open_record": may_open_record,
            "tasks": queries.tasks_outside(move),
            "transfers": transfers_between(move.pupil, move.from_school, move.on, _user(request)),
            "says_deliverers": may_open_record and _may_say_deliverers(request, move),
        },
    )


@require_POST
def acknowledge_move(request: HttpRequest, move_id: int) -> HttpResponse:
    """The new school receives the record."""
    move = get_object_or_404(SchoolMove.objects.visible_to(_user(request)), pk=move_id)
    actions.acknowledge_move(move.pk, by=_user(request))
    messages.success(request, "You have received the record. The old school and the Virtual School can see that.")
    return redirect(move)


def say_deliverers(request: HttpRequest, move_id: int) -> HttpResponse:
    """The plan came along; the people who delivered it did not. Say who does now."""
    move = get_object_or_404(SchoolMove.objects.visible_to(_user(request)).with_names(), pk=move_id)
    looked_at(request, move.pupil_id)
    cycle = queries.cycle_that_came(move)
    interventions = queries.interventions_that_came(move)
    if cycle is None or not interventions:
        return redirect(move)
    require(can_keep_cycle(_user(request), cycle))
    form = DeliverersForm.opened(request, about=move, interventions=interventions)
    if form.is_valid():
        with form.refusals():
            actions.say_deliverers(move.pk, by=_user(request), seen=form.version, now=form.now)
            messages.success(request, "The plan says who delivers it now.")
            return redirect("plan", cycle.pk)
    frame = pupil_frame(request, move.pupil, "cycle")
    return render(request, "moves/say_deliverers.html", {**frame, "move": move, "form": form})


def _may_say_deliverers(request: HttpRequest, move: SchoolMove) -> bool:
    cycle = queries.cycle_that_came(move)
    waits = cycle is not None and queries.waits_for_deliverers(move)
    return waits and cycle is not None and bool(can_keep_cycle(_user(request), cycle))


def move_school(request: HttpRequest, pupil_id: int) -> HttpResponse:
    """Record that a pupil moves to another school."""
    pupil = get_object_or_404(Pupil.objects.visible_to(_user(request), Level.WHOLE), pk=pupil_id)
    looked_at(request, pupil.pk)
    require(permissions.can_move_school(_user(request), pupil))
    form = MoveForm.opened(request, about=pupil)
    if form.is_valid():
        said = form.cleaned_data
        made = form.does(lambda: actions.move_school(pupil.pk, to=said["to_school"], on=said["on"], by=_user(request)))
        if made:
            return redirect(made)
    place = queries.place_on(pupil, clock.today())
    frame = pupil_frame(request, pupil, "")
    return render(request, "moves/move_school.html", {**frame, "place": place, "form": form})


def _user(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]

"""Writing down a view, asking for one by link, and reading those there are."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from trellis.conduct import clock
from trellis.conduct.forms import PressForm
from trellis.conduct.refusals import require
from trellis.conduct.rules import broken
from trellis.design.in_words import short_date
from trellis.history.actions import looked_at
from trellis.links.queries import links_of
from trellis.people.requests import SignedInRequest
from trellis.pupils.models import Level, Pupil
from trellis.pupils.views_frame import pupil_frame
from trellis.voices import actions, permissions, queries, rules
from trellis.voices.forms import AskForm, ViewForm
from trellis.voices.models import Answered, AskedState, ViewAsked, Worry


def pupil_views(request: SignedInRequest, pupil_id: int) -> HttpResponse:
    """All views of a pupil, newest first, word for word. A school the pupil left reads those it wrote down."""
    pupil = get_object_or_404(Pupil.objects.visible_to(request.user, Level.WHOLE, Level.WRITTEN), pk=pupil_id)
    looked_at(request, pupil.pk)
    frame = pupil_frame(request, pupil, "views")
    views = [
        (view, broken(rules.view_is_their_own(rules.ViewFacts.of(view))))
        for view in queries.views_of(pupil, request.user)
    ]
    may_write = permissions.can_write_down_view(request.user, pupil)
    waiting = queries.waiting_of(pupil, request.user) if may_write else []
    context = {"views": views, "may_write": may_write, "rows": [_waiting_row(one) for one in waiting]}
    return render(request, "voices/pupil_views.html", frame | context)


def _waiting_row(waiting: queries.Waiting) -> dict[str, object]:
    """One line of what was asked: what is to be read is a thing to do, what is not answered has its due date."""
    asked = waiting.asked
    about = {"text": asked.whose_in_words, "url": asked.get_absolute_url()}
    if waiting.is_to_be_read:
        tag = {"text": "Not read yet", "tone": "warn"}
        return about | {"lead": "Read the view", "after": "", "tag": tag, "when": "Answered"}
    late = asked.due_on < clock.today()
    when = f"By {short_date(asked.due_on, clock.today())}"
    return about | {"lead": "Asked", "detail": waiting.state_in_words, "when": when, "late": late}


def write_down_view(request: SignedInRequest, pupil_id: int) -> HttpResponse:
    """Type for somebody what they said."""
    pupil = get_object_or_404(Pupil.objects.visible_to(request.user, Level.WHOLE), pk=pupil_id)
    looked_at(request, pupil.pk)
    require(permissions.can_write_down_view(request.user, pupil))
    form = ViewForm.opened(request, about=pupil)
    if form.is_valid():
        with form.refusals():
            actions.write_down_view(pupil.pk, by=request.user, key=form.key, **form.answers)
            messages.success(request, "Kept word for word.")
            return redirect("pupil_views", pupil.pk)
    return render(request, "voices/write_down_view.html", pupil_frame(request, pupil, "views") | {"form": form})


def ask_view(request: SignedInRequest, pupil_id: int) -> HttpResponse:
    """Ask somebody for their view by personal link: first whom, then where to write and until when."""
    pupil = get_object_or_404(Pupil.objects.visible_to(request.user, Level.WHOLE), pk=pupil_id)
    looked_at(request, pupil.pk)
    require(permissions.can_ask_view(request.user, pupil))
    people = queries.people_to_ask(pupil)
    who = request.GET.get("who", "")
    chosen = next((one for one in people if one.key == who), None)
    known = {"whose": chosen.whose, "name": chosen.name, "email": chosen.email} if chosen else {}
    form = AskForm.opened(request, about=pupil, initial=known)
    if form.is_valid():
        with form.refusals():
            asked = actions.ask_view(pupil.pk, by=request.user, key=form.key, **form.answers)
            messages.success(request, f"A link is on its way to {asked.name}.")
            return redirect("pupil_views", pupil.pk)
    is_choosing = request.method == "GET" and not who and not form.draft
    rows = [{"text": one.name, "url": f"?who={one.key}", "detail": one.detail, "go": "Ask", "go_url": f"?who={one.key}",
             "go_about": one.name} for one in people]  # fmt: skip
    context = {"form": form, "is_choosing": is_choosing, "rows": rows, "days": actions.link_days(pupil)}
    return render(request, "voices/ask_view.html", pupil_frame(request, pupil, "views") | context)


def _asked(request: SignedInRequest, asked_id: int) -> ViewAsked:
    """What was asked about a pupil whose whole record is open: what came back is not for a school they left."""
    pupils = Pupil.objects.visible_to(request.user, Level.WHOLE)
    asked = ViewAsked.objects.select_related("pupil", "asked_by", "read_by", "view", "answer")
    return get_object_or_404(asked.filter(pupil__in=pupils), pk=asked_id)


def view_asked(request: SignedInRequest, asked_id: int) -> HttpResponse:
    """What was asked and what came of it; what came back, to be read."""
    asked = _asked(request, asked_id)
    looked_at(request, asked.pupil_id)
    require(permissions.can_ask_view(request.user, asked.pupil))
    context = {
        "asked": asked,
        "answer": getattr(asked, "answer", None),
        "has_declined": asked.state != AskedState.ASKED and _declined(asked),
        "sent": links_of(asked),
        "is_waiting": asked.state == AskedState.ASKED,
        "is_to_be_read": asked.state == AskedState.ANSWERED,
        "worries": [
            (worry, bool(permissions.can_read_worry(request.user, worry)))
            for worry in asked.worries.select_related("pupil", "read_by")
        ],
        "form": PressForm.opened(request, about=asked),
    }
    return render(request, "voices/view_asked.html", pupil_frame(request, asked.pupil, "views") | context)


def _declined(asked: ViewAsked) -> bool:
    answer = getattr(asked, "answer", None)
    return answer is not None and answer.answered == Answered.DECLINED


@require_POST
def read_view(request: SignedInRequest, asked_id: int) -> HttpResponse:
    """Somebody has read it: it is a view of the record from here on."""
    asked = _asked(request, asked_id)
    form = PressForm.opened(request, about=asked)
    form.is_valid()
    actions.read_view(asked.pk, by=request.user, seen=form.version)
    messages.success(request, "Kept word for word, as a view of the record.")
    return redirect("pupil_views", asked.pupil_id)


@require_POST
def ask_again(request: SignedInRequest, asked_id: int) -> HttpResponse:
    """Send a fresh link to somebody who has not answered."""
    asked = _asked(request, asked_id)
    form = PressForm.opened(request, about=asked)
    form.is_valid()
    actions.ask_again(asked.pk, by=request.user, seen=form.version)
    messages.success(request, f"Another link is on its way to {asked.name}. The one before does not work any more.")
    return redirect("view_asked", asked.pk)


@require_POST
def take_back_ask(request: SignedInRequest, asked_id: int) -> HttpResponse:
    """Ask no more."""
    asked = _asked(request, asked_id)
    form = PressForm.opened(request, about=asked)
    form.is_valid()
    actions.take_back(asked.pk, by=request.user, seen=form.version)
    messages.success(request, f"The link sent to {asked.name} does not work any more.")
    return redirect("pupil_views", asked.pupil_id)


def worry(request: SignedInRequest, worry_id: int) -> HttpResponse:
    """What somebody is worried about, for those who keep the child safe, and for them alone."""
    pupils = Pupil.objects.visible_to(request.user, Level.WHOLE)
    worries = Worry.objects.select_related("pupil", "asked__pupil", "read_by")
    worry = get_object_or_404(worries.filter(pupil__in=pupils), pk=worry_id)
    looked_at(request, worry.pupil_id)
    require(permissions.can_read_worry(request.user, worry))
    if request.method == "POST":
        actions.read_worry(worry.pk, by=request.user)
        messages.success(request, "The others who were told can see that you have read it.")
        return redirect(worry)
    return render(request, "voices/worry.html", pupil_frame(request, worry.pupil, "views") | {"worry": worry})

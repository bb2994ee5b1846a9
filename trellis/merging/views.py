from datetime import date

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from trellis.conduct.refusals import require
from trellis.history.actions import looked_at
from trellis.merging import actions, permissions, queries
from trellis.merging.forms import DIFFERENT, AnswerForm, ApartForm, FindForm, PairForm, TakeBackForm, TogetherForm
from trellis.merging.models import SameChild
from trellis.merging.plan import counts
from trellis.people.models import User
from trellis.pupils.models import Level, Pupil
from trellis.pupils.permissions import reads_whole
from trellis.pupils.views_frame import pupil_frame

QUESTIONS = "what others wrote of a child who may be the same"


def same_children(request: HttpRequest) -> HttpResponse:
    """Questions that wait for me, records to be put together, and all that were answered, by whom and when."""
    found = queries.questions_of(_user(request))
    _note(request, *(question for some in found.values() for question in some))
    return render(request, "merging/same_children.html", found)


def same_child(request: HttpRequest, same_child_id: int) -> HttpResponse:
    """One question: what somebody wrote beside the record it may be, and the answer."""
    question = _question(request, same_child_id)
    user = _user(request)
    may_answer = question.is_waiting and permissions.can_answer(user, question)
    form = AnswerForm.opened(request, about=question, question=question)
    if request.method == "POST":
        require(permissions.can_answer(user, question))
    if form.is_valid():
        with form.refusals():
            return _answered(request, question, form)
    context = {
        "question": question,
        "known": question.known_now,
        "place": question.known_now.school_places.order_by("-during").select_related("school").first(),
        "wrote_born": date.fromisoformat(question.wrote["date_of_birth"]),
        "wrote_since": date.fromisoformat(since) if (since := question.wrote.get("since")) else None,
        "form": form,
        "may_answer": may_answer,
        "reads": reads_whole(user, question.known_now),
        "sees_both": permissions.sees_both(user, question),
        "may_take_back": not question.is_waiting and question.asking_id and permissions.can_answer(user, question),
        "may_take_apart": question.is_together and permissions.can_take_apart(user, question),
        "came": queries.what_came(question) if question.kept_id else [],
    }
    return render(request, "merging/same_child.html", context)


def _answered(request: HttpRequest, question: SameChild, form: AnswerForm) -> HttpResponse:
    by, seen = _user(request), form.version
    if form.cleaned_data["answer"] == DIFFERENT:
        actions.say_different(question.pk, by=by, seen=seen)
        messages.success(request, "Answered: another child. Nothing is joined.")
        return redirect("same_children")
    actions.confirm(question.pk, by=by, seen=seen, moved_on=form.moved_on)
    messages.success(request, "Answered: the same child. Whoever asked has been told.")
    return redirect(question)


@require_POST
def say_different(request: HttpRequest, same_child_id: int) -> HttpResponse:
    """Take a "same child" back, before the two records were put together."""
    question = _question(request, same_child_id)
    form = TakeBackForm.opened(request, about=question)
    form.is_valid()
    actions.say_different(question.pk, by=_user(request), seen=form.version)
    messages.success(request, "Taken back: another child. Nothing is joined.")
    return redirect("same_children")


@require_POST
def say_same_after_all(request: HttpRequest, same_child_id: int) -> HttpResponse:
    """Take "another child" back, and have the two records put together."""
    question = _question(request, same_child_id)
    form = TakeBackForm.opened(request, about=question)
    form.is_valid()
    actions.say_same_after_all(question.pk, by=_user(request), seen=form.version)
    messages.success(request, "Taken back: the same child. Whoever asked has been told.")
    return redirect(question)


def put_together(request: HttpRequest, same_child_id: int) -> HttpResponse:
    """Two records side by side: what comes together, what stands in the way, and which holds."""
    question = _question(request, same_child_id)
    require(permissions.can_put_together(_user(request), question))
    if question.is_together:
        return redirect(question)
    plan = queries.plan_for(question)
    form = TogetherForm.opened(request, about=question, plan=plan, shown=queries.as_shown(plan))
    if form.is_valid():
        with form.refusals():
            actions.put_together(
                question.pk, by=_user(request), seen=form.version, key=form.key, keep=form.cleaned_data["keep"],
                true=form.chosen("true_"), holds=form.chosen("holds_"), why=form.cleaned_data["why"],
                shown=form.cleaned_data["shown"],
            )  # fmt: skip
            messages.success(request, "The two records are one now. You can take them apart again on this page.")
            return redirect(question)
    one, other = plan.kept, plan.laid
    context = {
        "question": question,
        "form": form,
        "plan": plan,
        "one": one,
        "other": other,
        "particulars": queries.side_by_side(one, other),
        "counts": counts(plan),
        "fits": [clash for clash in plan.clashes if not clash.is_a_choice],
        "readers": queries.who_reads(one, other),
    }
    return render(request, "merging/put_together.html", context)


def take_apart(request: HttpRequest, same_child_id: int) -> HttpResponse:
    """Undo: the two are two children after all."""
    question = _question(request, same_child_id)
    if not question.is_together:
        return redirect(question)
    require(permissions.can_take_apart(_user(request), question))
    form = ApartForm.opened(request, about=question)
    if form.is_valid():
        with form.refusals():
            actions.take_apart(question.pk, by=_user(request), seen=form.version, why=form.cleaned_data["why"])
            messages.success(request, "The records were taken apart: two children again.")
            return redirect("same_children")
    context = {
        "question": question,
        "form": form,
        "came": queries.what_came(question),
        "since": queries.written_since(question),
    }
    return render(request, "merging/take_apart.html", context)


def find_same_child(request: HttpRequest, pupil_id: int) -> HttpResponse:
    """Look for a second record of this pupil, among those one reads whole, and set the two side by side."""
    pupil = get_object_or_404(Pupil.objects.visible_to(_user(request), Level.WHOLE), pk=pupil_id)
    looked_at(request, pupil.pk)
    require(permissions.can_ask(_user(request), pupil))
    others = Pupil.objects.visible_to(_user(request), Level.WHOLE).exclude(pk=pupil.pk)
    pair = PairForm.opened(request, about=pupil, others=others)
    if "other" in request.POST and pair.is_valid():
        question = actions.ask_about_pair(pupil.pk, pair.cleaned_data["other"].pk, by=_user(request))
        may = permissions.can_put_together(_user(request), question) and not question.is_together
        return redirect("put_together", question.pk) if may else redirect(question)
    form = FindForm.opened(request, about=pupil)
    searched = form.cleaned_data["search"] if form.is_valid() else ""
    found = queries.suggestions(_user(request), pupil, searched)
    looked_at(request, *(one.pk for one in found))
    context = {"form": form, "found": found, "searched": searched}
    return render(request, "merging/find_same_child.html", {**pupil_frame(request, pupil, "people"), **context})


def _question(request: HttpRequest, same_child_id: int) -> SameChild:
    """The question, if this person may read the record it is about; noted as looked at."""
    question = get_object_or_404(SameChild.objects.visible_to(_user(request)).with_names(), pk=same_child_id)
    _note(request, question)
    return question


def _note(request: HttpRequest, *questions: SameChild) -> None:
    """Say whose names the page shows. A record that its reader may not open is not said to have been looked at: whoever
    keeps it would read there that somebody compares it with one of theirs. The question itself is in the reason."""
    known = [pk for one in questions for pk in (one.known_id, one.known_now.pk)]
    asking = [one.asking_id for one in questions if one.asking_id]
    may_open = Pupil.objects.visible_to(_user(request), Level.WHOLE).filter(pk__in=asking) if asking else ()
    looked_at(request, *known, *(pupil.pk for pupil in may_open), reason=QUESTIONS if asking else "")


def _user(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]

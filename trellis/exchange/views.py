from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from trellis.conduct.forms import ActionForm
from trellis.exchange import actions, built_on, permissions, queries
from trellis.exchange.annex_a import shown as annex_a
from trellis.exchange.ctf import shown as ctf
from trellis.exchange.forms import (
    AnswerForm,
    ImportForm,
    NotReturnedForm,
    ReturnAnswerForm,
    TakeBackForm,
    TargetAnswerForm,
)
from trellis.exchange.kinds import Brought
from trellis.exchange.models import AwaitedChild, Import, ImportKind, ImportQuestion, QuestionKind, offices_of
from trellis.exchange.progress import Progress
from trellis.exchange.ssda903.compare import what_it_holds
from trellis.exchange.ssda903.returned import ReturnedChild
from trellis.exchange.ssda903.shown import asked_of, parts_of
from trellis.history.actions import looked_at
from trellis.moves.queries import closed_schools
from trellis.organisations.models import School, VirtualSchool
from trellis.people.models import User
from trellis.peps.queries import hanging_on
from trellis.pupils.models import SchoolPlace

SHOWN_A_PAGE = 20
AWAITED_A_PAGE = 50
MOST_ROWS = 200
REFRESH_SECONDS = 3
BRINGS_NOBODY_NEW = {ImportKind.SSDA903, ImportKind.ANNEX_A, ImportKind.CTF}
BEGIN_AT_VIRTUAL_SCHOOL = (
    "Begin with the list of schools, then bring the weekly pupil list. Each is checked whole; it lands whole, or not "
    "at all."
)
BEGIN_AT_SCHOOL = (
    "Give a file out of your school’s system and bring it here. It is checked whole before anything lands."
)


def imports(request: HttpRequest) -> HttpResponse:
    """The imports there were, the questions that wait, and the form to bring a file."""
    form = ImportForm.opened(request, brings_for=permissions.brings_for(_user(request)))
    if form.is_valid():
        with form.refusals():
            return redirect(_bring(request, form))
    mine = (
        Import.objects.visible_to(_user(request))
        .select_related("by", "school", "progress")
        .defer("rows", "waiting")
        .order_by("-at", "-pk")
    )
    questions = list(queries.waiting_questions(_user(request)))
    looked_at(request, *(question.pupil_id for question in questions))
    page = Paginator(mine.order_by("-at", "-pk"), SHOWN_A_PAGE).get_page(request.GET.get("page"))
    awaited = AwaitedChild.objects.visible_to(_user(request)).waiting().count()
    closed = closed_schools(_user(request)).count()
    of_school = not offices_of(_user(request))
    shown = {
        "form": form,
        "of_school": of_school,
        "nothing_yet": BEGIN_AT_SCHOOL if of_school else BEGIN_AT_VIRTUAL_SCHOOL,
        "page": page,
        "questions": questions,
        "awaited": awaited,
        "others": list(queries.waiting_for_others(_user(request))),
        "closed_schools": closed,
    }
    return render(request, "exchange/imports.html", shown)


def _bring(request: HttpRequest, form: ImportForm) -> Import:
    whose = form.brought_for
    return actions.bring(
        kind=form.cleaned_data["kind"],
        files=[Brought(file.name, file.read()) for file in form.cleaned_data["file"]],
        virtual_school=whose if isinstance(whose, VirtualSchool) else None,
        school=whose if isinstance(whose, School) else None,
        by=_user(request),
        key=form.key,
    )


def show_import(request: HttpRequest, import_id: int) -> HttpResponse:
    """What an import would change, why it was refused, how far it is, or what it changed."""
    mine = Import.objects.visible_to(_user(request)).select_related("by", "landed_by", "mapping__agreed_by")
    made = get_object_or_404(mine, pk=import_id)
    if made.is_to_be_mapped:
        return redirect(made)
    questions = list(made.questions.select_related("pupil", "answered_by", "target__pep__term").order_by("pk"))
    looked_at(request, *queries.pupils_shown(made.preview), *(question.pupil_id for question in questions))
    answer = render(request, "exchange/import.html", _shown(made) | {"questions": questions})
    if made.is_at_work:
        answer["Refresh"] = str(REFRESH_SECONDS)
    return answer


def _shown(made: Import) -> dict[str, Any]:
    """The parts of the preview, each cut to what a page can hold, with how many there are in all."""
    parts = ["new", "changed", "gone", "refused", "warnings"]
    return {
        "made": made,
        "counts": _counts(made),
        "parts": {part: made.preview.get(part, [])[:MOST_ROWS] for part in parts},
        "in_all": {part: len(made.preview.get(part, [])) for part in parts},
        "most_rows": MOST_ROWS,
        "asked": made.preview.get("questions", []),
        "progress": getattr(made, "progress", None),
        "has_stopped": made.is_at_work and Progress.has_stopped(made),
        "returned": parts_of(made.preview) if made.kind == ImportKind.SSDA903 else None,
        "ctf": ctf.parts_of(made.preview),
        "annex": annex_a.parts_of(made.preview) if made.kind == ImportKind.ANNEX_A else None,
    }


def _counts(made: Import) -> list[dict[str, Any]]:
    """The numbers on top, those that matter first."""
    tones = {"refused": "late", "questions": "warn", "warnings": "quiet", "left_out": "warn", "advice": "quiet"}
    gone = "no longer in the file" if made.kind == ImportKind.PEPS else "no longer listed"
    words = {"gone": gone, "refused": "lines to mend", "waiting": "wait for a name", "left_out": "rows do not land",
             "advice": "lines of advice"}  # fmt: skip
    one = {"refused": "line to mend", "questions": "question", "warnings": "warning", "waiting": "waits for a name",
           "left_out": "row does not land", "advice": "line of advice"}  # fmt: skip
    if made.kind == ImportKind.CTF:
        words |= {"left_out": "not on your roll", "advice": "things to know"}
        one |= {"left_out": "not on your roll", "advice": "thing to know"}
    always = {"changed", "unchanged"} if made.kind in BRINGS_NOBODY_NEW else {"new", "changed", "unchanged"}
    order = ("refused", "new", "changed", "unchanged", "waiting", "gone", "questions", "left_out", "warnings", "advice")
    return [
        {
            "number": number,
            "text": (one if number == 1 else words).get(name) or words.get(name, name),
            "tone": tones.get(name, "") if number else "quiet",
        }
        for name in order
        if (number := made.counts.get(name, 0)) or name in always
    ]


@require_POST
def read_import(request: HttpRequest, import_id: int) -> HttpResponse:
    """Let an import whose reading has stopped be read once more."""
    made = get_object_or_404(Import.objects.visible_to(_user(request)), pk=import_id)
    return redirect(actions.queue_reading(made.pk, by=_user(request)))


@require_POST
def land_import(request: HttpRequest, import_id: int) -> HttpResponse:
    """Let a previewed import land; the page then says how far it is."""
    made = get_object_or_404(Import.objects.visible_to(_user(request)), pk=import_id)
    return redirect(actions.queue_landing(made.pk, by=_user(request)))


def take_back_import(request: HttpRequest, import_id: int) -> HttpResponse:
    """What taking an import back would set back; or what was built on it, and so keeps it."""
    made = get_object_or_404(Import.objects.visible_to(_user(request)), pk=import_id)
    if not (made.is_landed or (made.is_being_taken_back and Progress.has_stopped(made))):
        return redirect(made)
    looked_at(request, *queries.pupils_shown(made.preview))
    form = TakeBackForm.opened(request, about=made)
    if form.is_valid():
        with form.refusals():
            if actions.ask_to_take_back(made.pk, by=_user(request)).is_taken_back:
                messages.success(request, "The import was taken back: everything is as it was before it landed.")
            return redirect(made)
    shown = _shown(made) | {"form": form, "why_not": built_on.why_not(made)}
    return render(request, "exchange/take_back.html", shown | {"waiting": made.questions.waiting().count()})


@require_POST
def abandon_import(request: HttpRequest, import_id: int) -> HttpResponse:
    """Throw a previewed import away."""
    made = get_object_or_404(Import.objects.visible_to(_user(request)), pk=import_id)
    actions.abandon_import(made.pk, by=_user(request))
    messages.success(request, "The import was abandoned. Nothing of it landed, and its lines were forgotten.")
    return redirect("imports")


def answer_question(request: HttpRequest, question_id: int) -> HttpResponse:
    """Same child as one who is known, or another? Has a target that left the file ended?"""
    waiting = ImportQuestion.objects.visible_to(_user(request)).select_related(
        "pupil", "of_import", "answered_by", "target__pep__term"
    )
    question = get_object_or_404(waiting, pk=question_id)
    looked_at(request, question.pupil_id)
    form = _asks(question).opened(request, about=question)
    if form.is_valid():
        with form.refusals():
            actions.answer_question(question.pk, by=_user(request), answer=form.cleaned_data["answer"])
            is_of_list = not (question.is_about_target or question.is_about_return)
            messages.success(request, "Answered. The line of the list has landed." if is_of_list else "Answered.")
            return redirect("imports")
    if question.is_about_return:
        return render(request, "exchange/return_question.html", asked_of(question) | {"form": form})
    if question.target is not None:
        hangs = hanging_on([question.target])[question.target.pk]
        return render(request, "exchange/target_question.html", {"question": question, "hangs": hangs, "form": form})
    return render(request, "exchange/question.html", _question(question) | {"form": form})


def take_answer_back(request: HttpRequest, question_id: int) -> HttpResponse:
    """What taking an answer back would set back; or what was built on it, and so keeps it."""
    answered = ImportQuestion.objects.visible_to(_user(request)).about_children()
    question = get_object_or_404(answered.select_related("pupil", "of_import", "answered_by"), pk=question_id)
    if not question.was_answered_here:
        return redirect("answer_question", question.pk)
    looked_at(request, question.pupil_id)
    form = TakeBackForm.opened(request, about=question)
    if form.is_valid():
        with form.refusals():
            actions.take_answer_back(question.pk, by=_user(request))
            messages.success(request, "The answer was taken back: the question waits again.")
            return redirect("answer_question", question.pk)
    shown = {"form": form, "why_not": built_on.why_answer_stays(question)}
    return render(request, "exchange/take_answer_back.html", _question(question) | shown)


def _asks(question: ImportQuestion) -> type[ActionForm]:
    if question.is_about_return:
        return NotReturnedForm if question.kind == QuestionKind.NOT_RETURNED else ReturnAnswerForm
    return TargetAnswerForm if question.is_about_target else AnswerForm


def awaited_children(request: HttpRequest) -> HttpResponse:
    """The children of yearly returns whose name is not yet known, by the authority's number."""
    waiting = AwaitedChild.objects.visible_to(_user(request)).waiting().select_related("of_import")
    page = Paginator(waiting.order_by("year_ended", "child_id", "pk"), AWAITED_A_PAGE).get_page(request.GET.get("page"))
    rows = [(awaited, what_it_holds(ReturnedChild.from_dict(awaited.says))) for awaited in page]
    return render(request, "exchange/awaited.html", {"page": page, "rows": rows})


def _question(question: ImportQuestion) -> dict[str, Any]:
    """What the business officer may know of the other child: school and number only where our authority knows them."""
    virtual_school = question.of_import.virtual_school
    number = question.pupil.child_ids.filter(authority__virtual_school=virtual_school).order_by("pk").first()
    places = SchoolPlace.objects.filter(pupil=question.pupil_id).select_related("school").order_by("-during")
    return {"question": question, "row": question.row, "number": number, "place": places.first() if number else None}


def _user(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]

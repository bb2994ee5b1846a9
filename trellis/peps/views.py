from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from trellis.conduct.forms import PressForm
from trellis.conduct.refusals import require
from trellis.cycles.queries import has_cycle
from trellis.documents.models import Document
from trellis.history.actions import looked_at
from trellis.people.models import User
from trellis.peps import actions, permissions, queries
from trellis.peps.forms import (
    AddendumForm,
    GradeForm,
    JudgeTargetForm,
    ReturnForm,
    SectionForm,
    SendSectionForm,
    TargetForm,
    ViewSectionForm,
)
from trellis.peps.models import Pep, PepSection, PepState, PepTarget
from trellis.peps.rules import SECTION
from trellis.peps.shown import TargetNote, notes_on
from trellis.peps.snapshot import parts_of
from trellis.pupils.models import Level, Pupil, Sen
from trellis.pupils.queries import pupil_as_known, with_known_pupil
from trellis.pupils.views_frame import pupil_frame
from trellis.schooling.queries import told_of

A_PAGE = 30
STATES = [("", "All"), ("LATE", "Late"), *PepState.choices]
STATES_ELSEWHERE = [  # as the list says them where only the SEND section is written here
    ("", "All"),
    ("LATE", "Late"),
    (PepState.IN_PROGRESS, "SEND section not issued"),
    (PepState.SUBMITTED, "SEND section issued"),
    (PepState.RETURNED, "Sent back"),
    (PepState.SIGNED_OFF, "Signed off"),
]


def peps(request: HttpRequest) -> HttpResponse:
    """The PEPs of all my pupils, most urgent first."""
    state = request.GET.get("state", "")
    state = state if state in dict(STATES) else ""
    page = Paginator(queries.peps_to_look_at(_user(request), state), A_PAGE).get_page(request.GET.get("page"))
    shown = [(pep, queries.tone_of(pep)) for pep in page.object_list]
    looked_at(request, *(pep.pupil_id for pep, _ in shown))
    context = {
        "page": page,
        "peps": shown,
        "states": STATES_ELSEWHERE if queries.are_all_kept_elsewhere(_user(request)) else STATES,
        "state": state,
        "query": f"state={state}&" if state else "",
    }
    return render(request, "peps/peps.html", context)


def pupil_pep(request: HttpRequest, pupil_id: int) -> HttpResponse:
    """The pupil's current PEP; or, where there is none to read, why, and what was kept for this reader."""
    pupil = get_object_or_404(Pupil.objects.visible_to(_user(request), Level.WHOLE, Level.WRITTEN), pk=pupil_id)
    pep = queries.current_pep(pupil)
    if pep is not None and Pep.objects.visible_to(_user(request)).filter(pk=pep.pk).exists():
        return redirect(pep)
    looked_at(request, pupil.pk)
    kept = Document.objects.visible_to(_user(request)).of_child(pupil.pk).filter(kind__startswith="pep").newest_first()
    return render(request, "peps/no_pep.html", {**pupil_frame(request, pupil, "pep"), "kept": kept})


def pep(request: HttpRequest, pep_id: int) -> HttpResponse:
    pep = _pep(request, pep_id)
    looked_at(request, pep.pupil_id)
    return _show_pep(request, pep)


def start_pep(request: HttpRequest, pep_id: int) -> HttpResponse:
    return _press(request, pep_id, actions.start_pep, "The PEP is started. Everybody can write their part.")


def submit_pep(request: HttpRequest, pep_id: int) -> HttpResponse:
    return _press(request, pep_id, actions.submit_pep, "The PEP is submitted. The Virtual School reads it now.")


def sign_off_pep(request: HttpRequest, pep_id: int) -> HttpResponse:
    return _press(request, pep_id, actions.sign_off_pep, "The PEP is signed off and kept as it stands.")


def issue_send_section(request: HttpRequest, pep_id: int) -> HttpResponse:
    """Give the SEND section out for a PEP that is kept elsewhere."""
    done = "Issued. Copy the text, or download it, and take it into the other system."
    return _press(request, pep_id, actions.issue_send_section, done)


def pep_section(request: HttpRequest, section_id: int) -> HttpResponse:
    """One section, to read."""
    section = _section(request, section_id)
    looked_at(request, section.pupil_id)
    return render(request, "peps/section.html", _about_section(request, section))


def write_section(request: HttpRequest, section_id: int) -> HttpResponse:
    """One section, to write; targets have pages of their own."""
    section = _section(request, section_id)
    looked_at(request, section.pupil_id)
    require(permissions.can_write_section(_user(request), section.pep, section.name))
    if section.name == "targets" or not section.pep.is_open_for_writing:
        return redirect(section)
    form = _section_form(request, section)
    if form.is_valid():
        with form.refusals():
            _write(section, form, request)
            messages.success(request, f"“{SECTION[section.name].title}” is saved.")
            return redirect(section.pep)
    return render(request, "peps/write_section.html", {**_about_section(request, section), "form": form})


def take_cycles_words(request: HttpRequest, section_id: int) -> HttpResponse:
    """Fill the SEND section from the cycle as it stands now."""
    section = _section(request, section_id)
    if request.method == "POST" and section.name == "send":
        actions.take_cycles_words(section.pk, by=_user(request), seen=_seen(request))
        messages.success(request, "The section says what the cycle says now. Words you had edited stayed yours.")
    return redirect("write_pep_section", section.pk)


def add_target(request: HttpRequest, pep_id: int) -> HttpResponse:
    pep = _pep(request, pep_id)
    looked_at(request, pep.pupil_id)
    require(permissions.can_write_section(_user(request), pep, "targets"))
    form = TargetForm.opened(request, about=pep)
    if form.is_valid():
        with form.refusals():
            actions.add_target(pep.pk, by=_user(request), key=form.key, **form.answers)
            return redirect(_targets_of(pep))
    return _ask(request, pep, form, "Add a target", "Add a target")


def change_target(request: HttpRequest, target_id: int) -> HttpResponse:
    target = _target(request, target_id)
    looked_at(request, target.pupil_id)
    require(permissions.can_write_section(_user(request), target.pep, "targets"))
    form = TargetForm.opened(request, about=target)
    if form.is_valid():
        with form.refusals():
            actions.change_target(target.pk, by=_user(request), seen=form.version, **form.answers)
            return redirect(_targets_of(target.pep))
    return _ask(request, target.pep, form, f"Change target {target.number}", "Save this target")


def drop_target(request: HttpRequest, target_id: int) -> HttpResponse:
    target = _target(request, target_id)
    if request.method == "POST":
        actions.drop_target(target.pk, by=_user(request))
        messages.success(request, f"Target {target.number} is taken out.")
    return redirect(_targets_of(target.pep))


def judge_target(request: HttpRequest, pep_id: int, last_target_id: int) -> HttpResponse:
    """What became of one of the last PEP's targets, said on this one."""
    pep, target = _pep(request, pep_id), _target(request, last_target_id)
    looked_at(request, pep.pupil_id)
    require(permissions.can_write_section(_user(request), pep, "targets"))
    form = JudgeTargetForm.opened(request, about=target)
    if form.is_valid():
        with form.refusals():
            actions.judge_target(target.pk, on_pep=pep, by=_user(request), seen=form.version, **form.answers)
            return redirect(_targets_of(pep))
    return _ask(request, pep, form, f"Was this target met? {target.statement}", "Save this result")


def grade_section(request: HttpRequest, section_id: int) -> HttpResponse:
    """The adviser's view of a section: its words, and the criteria beside them."""
    section = _section(request, section_id)
    looked_at(request, section.pupil_id)
    require(permissions.can_assure_quality(_user(request), section.pep))
    if section.pep.state != PepState.SUBMITTED:
        return redirect(section)
    form = GradeForm.opened(request, about=section)
    if form.is_valid():
        with form.refusals():
            actions.grade_section(section.pk, by=_user(request), seen=form.version, **form.answers)
            following = queries.contents_of(section.pep).next_to_grade
            return redirect("grade_pep_section", following.pk) if following else redirect(section.pep)
    return render(request, "peps/grade_section.html", {**_about_section(request, section), "form": form})


def return_pep(request: HttpRequest, pep_id: int) -> HttpResponse:
    pep = _pep(request, pep_id)
    looked_at(request, pep.pupil_id)
    require(permissions.can_assure_quality(_user(request), pep))
    form = ReturnForm.opened(request, about=pep)
    if form.is_valid():
        with form.refusals():
            actions.return_pep(pep.pk, by=_user(request), seen=form.version, **form.answers)
            messages.success(request, "The PEP went back to the school with your reasons.")
            return redirect(pep)
    return _ask(request, pep, form, "Return the PEP to the school", "Return the PEP")


def add_addendum(request: HttpRequest, pep_id: int) -> HttpResponse:
    pep = _pep(request, pep_id)
    looked_at(request, pep.pupil_id)
    require(permissions.can_add_addendum(_user(request), pep))
    form = AddendumForm.opened(request, about=pep)
    if form.is_valid():
        with form.refusals():
            actions.add_addendum(pep.pk, by=_user(request), key=form.key, **form.answers)
            messages.success(request, "The addendum is added, with today’s date and your name.")
            return redirect(pep)
    return _ask(request, pep, form, "Add an addendum", "Add an addendum")


def _user(request: HttpRequest) -> User:
    return request.user  # type: ignore[return-value]


def _seen(request: HttpRequest) -> int | None:
    typed = request.POST.get("draft_version", "")
    return int(typed) if typed.isdecimal() and len(typed) < 9 else None


def _pep(request: HttpRequest, pep_id: int) -> Pep:
    peps = Pep.objects.visible_to(_user(request))
    about = ("pupil", "term", "kept_by", "written_for", "submitted_by", "signed_off_by", "policy", "document")
    pep: Pep = get_object_or_404(with_known_pupil(_user(request), peps.select_related(*about)), pk=pep_id)
    pupil_as_known(pep)
    return pep


def _section(request: HttpRequest, section_id: int) -> PepSection:
    sections = PepSection.objects.visible_to(_user(request))
    about = ("pep__pupil", "pep__term", "pep__kept_by", "pep__written_for", "written_by", "graded_by", "view__pupil",
             "view__typed_by")  # fmt: skip
    return get_object_or_404(sections.select_related(*about), pk=section_id)


def _target(request: HttpRequest, target_id: int) -> PepTarget:
    targets = PepTarget.objects.visible_to(_user(request))
    return get_object_or_404(targets.select_related("pep__pupil", "pep__term"), pk=target_id)


def _targets_of(pep: Pep) -> PepSection:
    return pep.sections.get(name="targets")


def _press(
    request: HttpRequest, pep_id: int, action: Callable[..., Any], done: str
) -> HttpResponse:  # fmt: skip
    """A button on the PEP's page; what a rule says against it is shown on that page."""
    pep = _pep(request, pep_id)
    if request.method != "POST":
        return redirect(pep)
    looked_at(request, pep.pupil_id)
    form = PressForm.opened(request, about=pep)
    if form.is_valid():
        with form.refusals():
            action(pep.pk, by=_user(request), seen=form.version)
            messages.success(request, done)
            return redirect(pep)
    return _show_pep(request, _pep(request, pep_id), form)


def _show_pep(request: HttpRequest, pep: Pep, form: PressForm | None = None) -> HttpResponse:
    frame = pupil_frame(request, pep.pupil, "pep")
    context = {**frame, "pep": pep, "form": form, "tone": queries.tone_of(pep)}
    sen = frame["standing"].sen
    sen_status = sen.status if sen else Sen.NONE
    if pep.kept_elsewhere:
        elsewhere = queries.elsewhere_page(pep, _user(request), sen_status)
        targets = _notes(elsewhere.targets, _user(request))
        context |= {
            "page": elsewhere,
            "state": queries.state_in_words(pep),
            "targets": targets,
            "ended": _notes(elsewhere.ended, _user(request)),
            "parts": parts_of(elsewhere.send),
        }
        return render(request, "peps/pep_elsewhere.html", context)
    if pep.state == PepState.SIGNED_OFF:
        may_add = permissions.can_add_addendum(_user(request), pep)
        targets = _notes(queries.targets_of(pep), _user(request))
        context |= {
            "addenda": queries.addenda_of(pep),
            "may_add": may_add,
            "targets": targets,
            "clock": queries.clock_of(pep),
        }
        return render(request, "peps/signed_pep.html", context)
    page = queries.pep_page(pep, _user(request), sen_status)
    return render(request, "peps/pep.html", {**context, "page": page})


def _about_section(request: HttpRequest, section: PepSection) -> dict[str, Any]:
    """What every page of a section shows: its words, its owner, what is left, and the last PEP's beside it."""
    contents = queries.contents_of(section.pep)
    before = _same_in_last(contents.before, section.name)
    return {
        **pupil_frame(request, section.pep.pupil, "pep"),
        "pep": section.pep,
        "section": section,
        "definition": SECTION[section.name],
        "parts": parts_of(section),
        "missing": queries.missing_in(section),
        "contents": contents,
        "before": contents.before,
        "before_parts": before,
        "targets": _notes(contents.targets, _user(request)) if section.name == "targets" else [],
        "changes": queries.changes_since_taken(section) if section.name == "send" else [],
        "told": told_of(_user(request), section.pep.pupil) if section.name == "education" else None,
        "may_write": section.pep.is_open_for_writing
        and bool(permissions.can_write_section(_user(request), section.pep, section.name)),
    }


def _notes(targets: list[PepTarget], user: User) -> list[tuple[PepTarget, list[TargetNote]]]:
    """Each target with what later folders say of it."""
    notes = notes_on(targets, user)
    return [(target, notes[target.pk]) for target in targets]


def _same_in_last(before: Pep | None, name: str) -> list[dict[str, Any]]:
    """The same section of the last PEP, as it was signed."""
    if before is None or before.document is None:
        return []
    signed = before.document.snapshot["sections"]
    return next((section["parts"] for section in signed if section["name"] == name), [])


def _section_form(request: HttpRequest, section: PepSection) -> SectionForm:
    if section.name == "send":
        there_is = has_cycle(section.pep.pupil)
        return SendSectionForm.opened(request, about=section, section=section, has_cycle=there_is)
    if SECTION[section.name].whose_view:
        views = queries.views_to_choose(section, _user(request))
        return ViewSectionForm.opened(request, about=section, section=section, views=views)
    return SectionForm.opened(request, about=section, section=section)


def _write(section: PepSection, form: SectionForm, request: HttpRequest) -> None:
    if isinstance(form, ViewSectionForm):
        actions.write_view(section.pk, by=_user(request), seen=form.version, **form.view, **form.words)
    else:
        actions.write_section(section.pk, by=_user(request), seen=form.version, **form.words)


def _ask(request: HttpRequest, pep: Pep, form: Any, heading: str, button: str) -> HttpResponse:
    """One form on a page of its own."""
    context = {**pupil_frame(request, pep.pupil, "pep"), "pep": pep, "form": form, "heading": heading, "button": button}
    return render(request, "peps/ask.html", context)

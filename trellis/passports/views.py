"""The passport's pages: read it, write it, agree it with the pupil, print it."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from trellis.conduct.forms import PressForm
from trellis.conduct.refusals import require
from trellis.design.in_words import full_date
from trellis.documents.views import pdf_of, word_of
from trellis.history.actions import looked_at
from trellis.passports import actions, permissions, queries, rules
from trellis.passports.forms import (
    AgreePassportForm,
    ConfirmPassportForm,
    PassportForm,
    StartPassportForm,
)
from trellis.passports.models import Passport
from trellis.people.requests import SignedInRequest
from trellis.pupils import slots
from trellis.pupils.models import Level, Pupil
from trellis.pupils.views_frame import pupil_frame

TAB = "passport"

# --- read ------------------------------------------------------------------------------------------------------------


def pupil_passport(request: SignedInRequest, pupil_id: int) -> HttpResponse:
    """The passport that stands; a school that the pupil left sees the last it wrote."""
    levels = (Level.WHOLE, Level.CLASS, Level.WRITTEN)
    pupil = get_object_or_404(Pupil.objects.visible_to(request.user, *levels), pk=pupil_id)
    looked_at(request, pupil.pk)
    return _shown(request, pupil, None)


def passport(request: SignedInRequest, passport_id: int) -> HttpResponse:
    """One version, the present one or an earlier."""
    passport = _read(request, passport_id)
    return _shown(request, passport.pupil, passport)


def print_passport(request: SignedInRequest, passport_id: int) -> HttpResponse:
    """The page as it was printed when the pupil agreed: one side of A4."""
    return pdf_of(_document(_read(request, passport_id)))


def passport_word(request: SignedInRequest, passport_id: int) -> HttpResponse:
    return word_of(_document(_read(request, passport_id)))


def _read(request: SignedInRequest, passport_id: int) -> Passport:
    passport = get_object_or_404(Passport.objects.readable_by(request.user).with_names(), pk=passport_id)
    looked_at(request, passport.pupil_id)
    return passport


def _document(passport: Passport) -> Any:
    return passport.document


def _shown(request: SignedInRequest, pupil: Pupil, passport: Passport | None) -> HttpResponse:
    frame = pupil_frame(request, pupil, TAB)
    versions = queries.versions_of(pupil, request.user)
    passport = passport or next(iter(versions), None)
    may_write = permissions.can_write_passport(request.user, pupil)
    more = {
        "passport": passport,
        "boxes": queries.boxes_of(passport) if passport else [],
        "others": [one for one in versions if one != passport],
        "may_write": may_write,
        "draft": queries.draft_of(pupil) if may_write else None,
        "beside": [] if frame["reading"].is_written_only else list(slots.beside.ask(pupil, request.user)),
    }
    return render(request, "passports/passport.html", frame | more)


# --- write -----------------------------------------------------------------------------------------------------------


def start_passport(request: SignedInRequest, pupil_id: int) -> HttpResponse:
    """Begin a version, choosing which words of the record come along."""
    levels = (Level.WHOLE, Level.CLASS)
    pupil = get_object_or_404(Pupil.objects.visible_to(request.user, *levels), pk=pupil_id)
    looked_at(request, pupil.pk)
    require(permissions.can_write_passport(request.user, pupil))
    if draft := queries.draft_of(pupil):
        return redirect("write_passport", draft.pk)
    current = queries.current_passport(pupil)
    form = StartPassportForm.opened(request, about=pupil, offered=queries.words_to_use(pupil, request.user))
    if form.is_valid():
        with form.refusals():
            draft = actions.start_passport(pupil.pk, by=request.user, key=form.key, **form.answers)
            return redirect("write_passport", draft.pk)
    return render(
        request, "passports/start_passport.html", pupil_frame(request, pupil, TAB) | {"form": form, "current": current}
    )


def write_passport(request: SignedInRequest, passport_draft_id: int) -> HttpResponse:
    """The boxes of the page, in the child's words."""
    passport = _draft(request, passport_draft_id)
    form = PassportForm.opened(request, about=passport)
    if form.is_valid():
        with form.refusals():
            actions.write_passport(passport.pk, by=request.user, seen=form.version, **form.answers)
            return redirect("agree_passport", passport.pk)
    more = {"form": form, "passport": passport, "offered": queries.words_to_use(passport.pupil, request.user)}
    return render(request, "passports/write_passport.html", pupil_frame(request, passport.pupil, TAB) | more)


def agree_passport(request: SignedInRequest, passport_draft_id: int) -> HttpResponse:
    """The draft as it would be read, what to look at again, and the pupil's agreement."""
    passport = _draft(request, passport_draft_id)
    flagged = rules.care_words_in(queries.words_of(passport))
    form = AgreePassportForm.opened(request, about=passport, is_flagged=bool(flagged))
    if form.is_valid():
        with form.refusals():
            agreed = actions.agree_passport(passport.pk, by=request.user, seen=form.version, **form.answers)
            messages.success(request, f"Version {agreed.number} is agreed with {passport.pupil.first_name}. Print it.")
            return redirect("pupil_passport", passport.pupil_id)
    more = {
        "form": form,
        "passport": passport,
        "boxes": queries.boxes_of(passport),
        "empty": queries.empty_boxes(passport),
        "flagged": flagged,
        "care_sentence": rules.passport_leaves_care_out.sentence.partition("?")[0] + "?",
    }
    return render(request, "passports/agree_passport.html", pupil_frame(request, passport.pupil, TAB) | more)


def confirm_passport(request: SignedInRequest, passport_id: int) -> HttpResponse:
    """The pupil and an adult looked at it together: still right."""
    passport = _read(request, passport_id)
    require(permissions.can_write_passport(request.user, passport.pupil))
    form = ConfirmPassportForm.opened(request, about=passport)
    if form.is_valid():
        with form.refusals():
            confirmed = actions.confirm_passport(passport.pk, by=request.user, seen=form.version, **form.answers)
            messages.success(request, f"Noted. Look at it together again by {full_date(confirmed.review_on)}.")
            return redirect("pupil_passport", passport.pupil_id)
    return _form_page(
        request, passport, form, title="It is still right", button="Record that it is still right",
        lead="You looked at it together and the words stay as they are. If anything changed, begin a new version.",
    )  # fmt: skip


def set_aside_passport(request: SignedInRequest, passport_draft_id: int) -> HttpResponse:
    """Give up a draft, asked once."""
    passport = _draft(request, passport_draft_id)
    form = PressForm.opened(request, about=passport)
    if form.is_valid():
        with form.refusals():
            actions.set_aside_passport(passport.pk, by=request.user)
            messages.success(request, "The draft is set aside.")
            return redirect("pupil_passport", passport.pupil_id)
    return _form_page(
        request, passport, form, title="Set this draft aside?", button="Set the draft aside", tone="warning",
        lead="It stays in the record. The version that the pupil agreed to goes on standing.",
    )  # fmt: skip


def _draft(request: SignedInRequest, draft_id: int) -> Passport:
    passport = get_object_or_404(Passport.objects.draft_open_to(request.user).with_names(), pk=draft_id)
    looked_at(request, passport.pupil_id)
    require(permissions.can_write_passport(request.user, passport.pupil))
    return passport


def _form_page(request: SignedInRequest, passport: Passport, form: Any, **words: str) -> HttpResponse:
    words["back"] = reverse("pupil_passport", args=[passport.pupil_id])
    return render(request, "pupils/form_page.html", pupil_frame(request, passport.pupil, TAB) | {"form": form} | words)

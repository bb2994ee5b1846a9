"""Putting a pack together: choose, put in order, add words, send."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from trellis.conduct.forms import PressForm
from trellis.conduct.refusals import Refused, require
from trellis.documents.printing import to_pdf
from trellis.ehc_requests import actions, permissions, queries, rules
from trellis.ehc_requests import pack as packs
from trellis.ehc_requests.forms import CoveringLetterForm, EnclosureForm, SendForm, WordsForm
from trellis.ehc_requests.models import EhcPack, EhcRequest
from trellis.ehc_requests.views_frame import ask, found_pack, found_request
from trellis.evidence.queries import Missing, strength_of
from trellis.evidence.record import Record
from trellis.people.requests import SignedInRequest
from trellis.pupils.permissions import can_keep_record
from trellis.pupils.views_frame import pupil_frame


def ehc_pack(request: SignedInRequest, ehc_pack_id: int) -> HttpResponse:
    """Contents at the left, the pack as it would be read at the right. Each button changes what is in it."""
    pack = found_pack(request, ehc_pack_id)
    if pack.document is not None:
        sent = {"pack": pack, "files": packs.files_in(pack, request.user)}
        return render(request, "ehc_requests/sent_pack.html", {**pupil_frame(request, pack.pupil, "ehc"), **sent})
    require(permissions.can_read_draft(request.user, pack.request))
    form = PressForm.opened(request, about=pack)
    if form.is_valid():
        with form.refusals():
            keys = rearranged(pack.keys, request.POST.get("do", ""))
            actions.choose_items(pack.pk, by=request.user, seen=form.version, keys=keys)
            return redirect(pack)
    return _show_pack(request, pack, form)


def rearranged(keys: list[str], wish: str) -> list[str]:
    """The keys after one wish: "in:view:3", "out:view:3", "up:view:3" or "down:view:3". Others change nothing."""
    what, _, key = wish.partition(":")
    if what == "in" and key:
        return [*keys, key]
    if key not in keys:
        return keys
    others = [one for one in keys if one != key]
    if what == "out":
        return others
    place = keys.index(key) + {"up": -1, "down": 1}.get(what, 0)
    place = max(0, min(place, len(others)))
    return [*others[:place], key, *others[place:]]


def write_letter(request: SignedInRequest, ehc_pack_id: int) -> HttpResponse:
    pack = found_pack(request, ehc_pack_id)
    require(permissions.can_prepare(request.user, pack.request))
    form = CoveringLetterForm.opened(request, about=pack)
    if form.is_valid():
        with form.refusals():
            actions.write_letter(pack.pk, by=request.user, seen=form.version, **form.answers)
            messages.success(request, "The covering letter is saved.")
            return redirect(pack)
    return ask(
        request, pack.pupil, form, heading="Covering letter", button="Save the letter", back=pack.get_absolute_url(),
        lead=rules.ABOUT_CARE_FACTS,
    )  # fmt: skip


def add_words(request: SignedInRequest, ehc_pack_id: int) -> HttpResponse:
    """Words of one's own about one thing in the pack, named by ``item`` in the address."""
    pack = found_pack(request, ehc_pack_id)
    require(permissions.can_prepare(request.user, pack.request))
    key = request.GET.get("item", "")
    chosen = next((one for one in packs.contents_of(pack, request.user).chosen if one.item.key == key), None)
    if chosen is None:
        return redirect(pack)
    form = WordsForm.opened(request, about=pack, words=chosen.words)
    if form.is_valid():
        with form.refusals():
            actions.add_words(pack.pk, by=request.user, seen=form.version, key=key, **form.answers)
            messages.success(request, "Saved.")
            return redirect(pack)
    return ask(
        request, pack.pupil, form, heading=chosen.item.title, button="Save these words", back=pack.get_absolute_url()
    )


def enclose_file(request: SignedInRequest, ehc_pack_id: int) -> HttpResponse:
    """Add a file that goes along as it is."""
    pack = found_pack(request, ehc_pack_id)
    require(permissions.can_prepare(request.user, pack.request))
    form = EnclosureForm.opened(request, about=pack)
    if form.is_valid():
        with form.refusals():
            actions.enclose_file(pack.pk, by=request.user, seen=form.version, key=form.key, **form.answers)
            messages.success(request, "The file goes with the pack. It is listed in it with its checksum.")
            return redirect(pack)
    return ask(
        request, pack.pupil, form, heading="Enclose a file", button="Enclose this file", back=pack.get_absolute_url(),
        lead="A report or a letter as it is. Open it first: it may hold an address or facts of care.",
    )  # fmt: skip


def preview(request: SignedInRequest, ehc_pack_id: int) -> HttpResponse:
    """The pack as it would be printed now. What was sent is downloaded as it was sent."""
    pack = found_pack(request, ehc_pack_id)
    if pack.document is not None:
        return redirect(pack.document)
    require(permissions.can_read_draft(request.user, pack.request))
    printed = to_pdf("ehc_pack", packs.snapshot_of(pack, by=request.user, sent_on=None))
    headers = {"Content-Disposition": 'attachment; filename="ehc-request-preview.pdf"', "Cache-Control": "no-store"}
    return HttpResponse(printed, content_type="application/pdf", headers=headers)


def send_pack(request: SignedInRequest, ehc_pack_id: int) -> HttpResponse:
    """The last look before it goes: to whom, what, in which order, whose words, what is missing. Then send it."""
    pack = found_pack(request, ehc_pack_id)
    require(permissions.can_send(request.user, pack.request))
    if pack.is_sent:
        return redirect(pack.request)
    record = Record(pack.pupil, request.user)
    contents = packs.contents_of(pack, request.user, record)
    form = SendForm.opened(request, about=pack, contents=contents)
    if form.is_valid():
        with form.refusals():
            actions.send_pack(pack.pk, by=request.user, seen=form.version, **form.answers)
            messages.success(request, _said_when_sent(pack.request))
            return redirect(pack.request)
    if form.is_bound and (form.conflict is not None or form.version not in (None, pack.version)):
        messages.error(request, "A colleague changed the pack meanwhile. This is how it stands now: look, then send.")
        return redirect(request.path)
    coordinators = queries.coordinators_of(pack.request)
    check = {
        "form": form, "button": "Send this pack", "back": pack.get_absolute_url(), "contents": contents,
        "letter_of_care": rules.sentences_of_care(pack.letter), "of_care": contents.may_tell_of_care,
        "going": [(one, contents.quotes_of(one)) for one in contents.chosen],
        "missing": _missing(record), "coordinators": coordinators,
        "may_name_coordinator": not coordinators and bool(can_keep_record(request.user, pack.pupil)),
        "about_care_facts": rules.ABOUT_CARE_FACTS, "pack": pack,
    }  # fmt: skip
    return render(request, "ehc_requests/check_pack.html", {**pupil_frame(request, pack.pupil, "ehc"), **check})


def _missing(record: Record) -> list[Missing]:
    """What a reader would look for and does not find. It holds nothing up."""
    return [missing for one in strength_of(record.pupil, record.user, record) for missing in one.missing]


def _said_when_sent(request: EhcRequest) -> str:
    """Who knows of it now: the authority hears by e-mail only where its coordinator has an account."""
    sent = "The pack is sent, and kept as it stands."
    if permissions.authority_has_nobody_here(request):
        return f"{sent} The Virtual School knows. {request.addressed_to} has nobody here: hand it the PDF yourself."
    return f"{sent} The authority and the Virtual School know."


@require_POST
def another_pack(request: SignedInRequest, ehc_request_id: int) -> HttpResponse:
    found = found_request(request, ehc_request_id)
    form = PressForm.opened(request, about=found)
    if not form.is_valid():
        return redirect(found)
    try:
        made = actions.prepare_another_pack(found.pk, by=request.user, key=form.key)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect(found)
    return redirect(made)


def _show_pack(request: SignedInRequest, pack: EhcPack, form: PressForm) -> HttpResponse:
    may_prepare = permissions.can_prepare(request.user, pack.request)
    record = Record(pack.pupil, request.user)
    return render(
        request,
        "ehc_requests/ehc_pack.html",
        {
            **pupil_frame(request, pack.pupil, "ehc"),
            "pack": pack,
            "form": form,
            "contents": packs.contents_of(pack, request.user, record),
            "missing": _missing(record),
            "about_care_facts": rules.ABOUT_CARE_FACTS,
            "ticked_later": packs.TICKED_LATER,
            "may_prepare": may_prepare,
            "may_send": permissions.can_send(request.user, pack.request),
        },
    )

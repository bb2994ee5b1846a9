"""The pages behind a personal link that asks for a view: for somebody with no account, who sees the questions and
nothing of the record."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from trellis.links.models import PersonalLink
from trellis.links.views import run_out
from trellis.voices import actions, queries
from trellis.voices.forms import GiveViewForm, WorryForm
from trellis.voices.models import ViewAsked, Whose

DECLINE, WORRY = "decline", "worry"  # what the buttons besides "Send" are called


def give_view(request: HttpRequest, link: PersonalLink) -> HttpResponse:
    """The questions. A worry goes off before anything else is looked at, so that nothing can hold it up. Somebody whom
    the record has meanwhile said not to contact is asked no more; a worry they had written still goes off."""
    asked = _asked(link)
    form = GiveViewForm.opened(request, asked=asked)
    pressed, told = request.POST.get("press", ""), None
    if queries.is_barred(asked.pupil, asked.email):
        if form.is_bound and form.said:
            actions.send_worry(link, worry=form.said)
        return run_out(request)
    if form.is_bound and (form.is_valid() or form.said):
        with form.refusals():
            if form.said or pressed == WORRY:
                told = actions.send_worry(link, worry=form.said)
            if pressed == DECLINE:
                actions.decline_view(link)
                return redirect("reply", link.pk)
            if form.is_valid() and pressed != WORRY:
                actions.give_view(link, parts=form.parts)
                return redirect("reply", link.pk)
    if told:
        form.empty_worry()
    return render(request, "voices/give_view.html", _words(asked) | {"form": form, "told": told})


def thanks(request: HttpRequest, link: PersonalLink) -> HttpResponse:
    """Thanks, who will read it, and where help is now. A worry may still be said here."""
    asked, form, told = _asked(link), WorryForm.opened(request), None
    if form.said:
        told = actions.send_worry(link, worry=form.said)
    told = told or asked.worries.first()
    return render(request, "voices/thanks.html", _words(asked) | {"told": told, "form": WorryForm()})


def _asked(link: PersonalLink) -> ViewAsked:
    return ViewAsked.objects.select_related("pupil", "asked_by").get(pk=link.subject_id)


def _words(asked: ViewAsked) -> dict[str, Any]:
    """Who reads it, as one tells this person. A parent may not be meant to know the school or the worker by name."""
    is_pupil = asked.whose == Whose.PUPIL
    return {
        "asked": asked,
        "first_name": asked.pupil.first_name,
        "is_pupil": is_pupil,
        "asked_by": queries.asker_as_told_to(asked),
        "keeps_safe": _keeps_safe(asked),
    }


def _keeps_safe(asked: ViewAsked) -> list[str]:
    told = queries.told_of_worries(asked)
    if asked.whose == Whose.PARENT:
        roles = {"the social worker" if one.is_social_worker else "the school’s safeguarding lead" for one in told}
        return sorted(roles)
    return [f"{one.name}, the social worker" if one.is_social_worker else one.name for one in told]

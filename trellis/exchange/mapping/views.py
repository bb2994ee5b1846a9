"""The pages on which a list under other headings is told to be ours."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from trellis.exchange import actions
from trellis.exchange.kinds import FileKind
from trellis.exchange.lists import KINDS
from trellis.exchange.mapping import answers
from trellis.exchange.mapping.forms import ColumnsForm, WordsForm
from trellis.exchange.models import ColumnMapping, Import

MOST_SHOWN = 100


def say_columns(request: HttpRequest, import_id: int) -> HttpResponse:
    """Say which column is which: three samples of each, and what we think it is."""
    made = _waiting(request, import_id)
    if not made.is_to_be_mapped:
        return redirect(made)
    table, said = actions.waiting_table(made)
    columns = _kind(made).columns
    if request.method != "POST" and not made.waiting["asks_all"] and not answers.headings_to_say(table, columns, said):
        return redirect("say_words", made.pk)
    everything = bool(made.waiting["asks_all"]) or request.GET.get("all") == "yes"
    form = ColumnsForm.opened(request, about=made, table=table, columns=columns, said=said, all_of_them=everything)
    if form.is_valid():
        with form.refusals():
            return redirect(_next(actions.say_columns(made.pk, by=request.user, columns=form.chosen)))
    not_offered = [heading for heading in table.headings if heading and heading not in table.offered]
    shown = {"made": made, "form": form, "table": table, "not_offered": not_offered, "some": not everything}
    return render(request, "exchange/say_columns.html", shown | {"lines": len(table.lines)})


def say_words(request: HttpRequest, import_id: int) -> HttpResponse:
    """Say what these words mean: only those that are no codes of ours."""
    made = _waiting(request, import_id)
    if not made.is_to_be_mapped:
        return redirect(made)
    table, said = actions.waiting_table(made)
    columns = _kind(made).columns
    if made.waiting["asks_all"] or answers.headings_to_say(table, columns, said):
        return redirect("say_columns", made.pk)
    form = WordsForm.opened(request, about=made, table=table, columns=columns, said=said)
    if form.is_valid():
        with form.refusals():
            order = form.cleaned_data.get("day_order", "")
            return redirect(_next(actions.say_words(made.pk, by=request.user, codes=form.codes, day_order=order)))
    return render(
        request, "exchange/say_words.html", {"made": made, "form": form, "asks_order": "day_order" in form.fields}
    )


def _waiting(request: HttpRequest, import_id: int) -> Import:
    return get_object_or_404(Import.objects.visible_to(request.user), pk=import_id)  # type: ignore[arg-type]


def _kind(made: Import) -> FileKind:
    return KINDS[made.kind]


def _next(made: Import) -> str:
    """Where to go on: the words while some wait, else the preview."""
    return reverse("say_words", args=[made.pk]) if made.is_to_be_mapped else made.get_absolute_url()


def mappings(request: HttpRequest) -> HttpResponse:
    """How the lists of this Virtual School or school are read, by whom that was agreed, and since when."""
    agreed = ColumnMapping.objects.visible_to(request.user).select_related("agreed_by").order_by("-pk")  # type: ignore[arg-type]
    seen: set[Any] = set()
    shown = []
    for mapping in agreed[:MOST_SHOWN]:
        key = (mapping.organisation_id, mapping.kind, tuple(sorted(mapping.columns)))
        shown.append({"mapping": mapping, "counts": key not in seen, "told": _in_words(mapping)})
        seen.add(key)
    return render(request, "exchange/mappings.html", {"mappings": shown})


def _in_words(mapping: ColumnMapping) -> dict[str, Any]:
    """Their headings and words beside ours."""
    columns = KINDS[mapping.kind].columns
    taken = [(heading, columns[name].text) for heading, name in mapping.columns.items() if name in columns]
    words = [
        (word or "an empty cell", columns[name].codes.get(code, code), columns[name].text)
        for name, meanings in mapping.codes.items()
        if name in columns
        for word, code in meanings.items()
    ]
    not_taken = [heading for heading, name in mapping.columns.items() if not name]
    return {"taken": taken, "words": words, "not_taken": not_taken}


@require_POST
def ask_again(request: HttpRequest, mapping_id: int) -> HttpResponse:
    """Have the next list with these headings asked about again."""
    mapping = get_object_or_404(ColumnMapping.objects.visible_to(request.user), pk=mapping_id)  # type: ignore[arg-type]
    actions.ask_again(mapping.pk, by=request.user)
    messages.success(
        request, "Bring the list again: you are asked which column is which, with these answers filled in."
    )
    return redirect("imports")

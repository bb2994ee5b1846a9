"""Taking a table that is on screen away as a file."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from trellis.conduct import clock, drafts
from trellis.exchange.downloads import files, pages
from trellis.exchange.downloads.forms import CSV, DownloadForm
from trellis.history import actions as history
from trellis.history.actions import looked_at
from trellis.people.again import is_fresh, lead_to_sign_in_again, own_path

OF = "of"  # the address of the page whose table it is


def download_table(request: HttpRequest) -> HttpResponse:
    """A table as the person sees it, over all its pages, with the reason. Where it names pupils, it asks to sign in
    again first."""
    if not request.GET.get(OF):
        return render(request, "exchange/download_which.html")
    address = own_path(request, request.GET[OF])
    if not address:
        raise Http404
    shown = pages.shown_to(request, address)
    form = DownloadForm.opened(request, tables=shown.tables)
    if form.is_valid():
        if shown.pupil_ids and not is_fresh(request):
            return lead_to_sign_in_again(request)
        return _file(request, shown, form)
    looked_at(request, *shown.pupil_ids)  # the page's own heading may be a pupil's name
    context = {"form": form, "shown": shown, "address": address}
    return render(request, "exchange/download.html", context)


def _file(request: HttpRequest, shown: pages.Shown, form: DownloadForm) -> HttpResponse:
    """The file, and who took it and why: in the access log of its pupils, or in history where it names none."""
    reason = f"Downloaded: {form.cleaned_data['reason']}"
    looked_at(request, *shown.pupil_ids, reason=reason)
    if not shown.pupil_ids:
        history.record(request.user, request.user, f"{reason} ({shown.title})"[:300])
    drafts.throw_away(request.user, DownloadForm.__name__, None)
    is_csv = form.cleaned_data["file"] == CSV
    content = files.as_csv(form.chosen[0]) if is_csv else files.as_workbook(form.chosen)
    name = f"{shown.name.replace('_', '-')}-{clock.today().isoformat()}.{form.cleaned_data['file']}"
    return HttpResponse(
        content,
        content_type="text/csv; charset=utf-8" if is_csv else files.SHEET,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )

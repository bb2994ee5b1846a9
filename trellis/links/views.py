"""Opening a personal link, and the page where its question is answered."""

from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from trellis.history.actions import looked_at
from trellis.links import actions, doorway, purposes
from trellis.links.models import PersonalLink


@require_safe
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token out of the address: the session holds the link from here on. Nothing is used up."""
    link = PersonalLink.objects.with_token(token).open().first()
    if link is None:
        return run_out(request)
    actions.note_opening(link.pk)
    doorway.let_in(request, link)
    answer = redirect("reply", link.pk)
    answer.status_code = 303
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def reply(request: HttpRequest, link_id: int) -> HttpResponse:
    """The question, asked by the purpose's own view; after the answer, thanks."""
    link = doorway.held_link(request, link_id)
    if link is None or not (link.is_open or link.used_at):
        return run_out(request)
    if not ratelimit.consume(request, action="reply", key=str(link.pk)):  # counts what is sent, not what is opened
        return render(request, "links/too_often.html", status=429)
    purpose = purposes.named(link.purpose)
    if link.used_at and purpose.thanks is None:
        return render(request, "links/thanks.html", {"words": purpose.words})
    looked_at(request, link.pupil_id, reason=f"personal link {link.pk}, sent to {link.name}")
    try:
        return purpose.thanks(request, link) if link.used_at and purpose.thanks else purpose.view(request, link)
    except actions.LinkHasRunOut:
        return redirect("reply", link.pk)  # pressed twice, or taken back meanwhile: the page says which


def run_out(request: HttpRequest) -> HttpResponse:
    """Used, run out, taken back or never there: the same page, so that nobody learns which."""
    return render(request, "links/run_out.html", status=404)

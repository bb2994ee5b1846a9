from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from trellis.conduct import clock, drafts
from trellis.conduct.models import Draft


def health(request: HttpRequest) -> HttpResponse:
    """Says that the server answers and reaches its database; nothing else."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"healthy": True})


@require_POST
def save_draft(request: HttpRequest) -> HttpResponse:
    """Autosave: keeps what is being typed as this person's draft."""
    draft = drafts.keep(request.user, request.POST)
    if draft is None:
        return JsonResponse({"saved": False}, status=400)
    at = timezone.localtime(clock.now())
    return JsonResponse({"saved": True, "at": at.strftime("%-I:%M %p").lower()})


@require_POST
def throw_draft_away(request: HttpRequest) -> HttpResponse:
    """The person prefers what was saved to what she was typing."""
    Draft.objects.filter(
        user_id=request.user.pk or 0, form=request.POST.get("draft_form", ""), about=request.POST.get("draft_about", "")
    ).delete()
    back = request.POST.get("back", "")
    safe = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return redirect(back if safe else "/")

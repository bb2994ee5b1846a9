"""The cast of a demonstration."""

from django.contrib.auth import login
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from trellis.conduct.models import Stamp
from trellis.people.models import User

CAST_DOMAIN = "cast.trellis.example"


def cast() -> QuerySet[User]:
    """Those whom a demonstration lets anyone be. Raises Http404 unless the database is stamped demo."""
    if not Stamp.objects.filter(kind="demo").exists():
        raise Http404
    return User.objects.filter(email__endswith=f"@{CAST_DOMAIN}").order_by("pk")


def demo(request: HttpRequest) -> HttpResponse:
    """Lists the cast, each with a button to be that person."""
    return render(request, "people/demo.html", {"cast": cast(), "next": request.GET.get("next", "")})


@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Signs in as the member of the cast that ``who`` names: POST who=sam."""
    who = get_object_or_404(cast(), email=f"{request.POST.get('who', '')}@{CAST_DOMAIN}")
    login(request, who, backend="allauth.account.auth_backends.AuthenticationBackend")
    back = request.POST.get("next", "")
    safe = back.startswith("/") and url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()})
    return redirect(back if safe else "my_week")


def own_address(request: HttpRequest) -> HttpResponse:
    """There is no such page: an address says who somebody is, so only who gives accounts changes it."""
    raise Http404

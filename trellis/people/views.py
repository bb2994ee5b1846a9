"""The cast of a demonstration, and signing in again."""

from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from django.contrib.auth import login
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from trellis.conduct.models import Stamp
from trellis.people import again, sessions
from trellis.people.forms import SignInAgainForm
from trellis.people.models import User
from trellis.people.requests import SignedInRequest

CAST_DOMAIN = "cast.trellis.example"


def cast() -> QuerySet[User]:
    """Those whom a demonstration lets anyone be. Raises Http404 unless the database is stamped demo."""
    if not Stamp.objects.filter(kind="demo").exists():
        raise Http404
    return User.objects.filter(email__endswith=f"@{CAST_DOMAIN}").order_by("pk")


def is_of_cast(user: User) -> bool:
    return user.email.endswith(f"@{CAST_DOMAIN}") and Stamp.objects.filter(kind="demo").exists()


def demo(request: HttpRequest) -> HttpResponse:
    """Lists the cast, each with a button to be that person."""
    return render(request, "people/demo.html", {"cast": cast(), "next": request.GET.get("next", "")})


@require_POST
def demo_sign_in(request: HttpRequest) -> HttpResponse:
    """Signs in as the member of the cast that ``who`` names: POST who=sam."""
    who = get_object_or_404(cast(), email=f"{request.POST.get('who', '')}@{CAST_DOMAIN}")
    login(request, who, backend="allauth.account.auth_backends.AuthenticationBackend")
    sessions.begin(request)
    return redirect(again.own_path(request, request.POST.get("next", "")) or "my_week")


def sign_in_again(request: SignedInRequest) -> HttpResponse:
    """Asks again who is there, as signing in asked, and goes back to where the person was. Of the cast of a
    demonstration, who have no passwords, it asks a press."""
    back = again.own_path(request, request.POST.get("next") or request.GET.get("next", ""))
    is_cast = is_of_cast(request.user)
    form = None
    if not is_cast and request.user.has_usable_password():
        form = SignInAgainForm(request.POST or None, user=request.user)
    if request.method == "POST" and (is_cast or (form and form.is_valid())):
        if form:
            reauthenticate_by_password(request)
        sessions.showed_themself(request)
        return redirect(back or "my_week")
    shown = {"form": form, "is_cast": is_cast, "next": back, "cancel_url": reverse("my_week")}
    return render(request, "people/sign_in_again.html", shown)


def own_address(request: HttpRequest) -> HttpResponse:
    """There is no such page: an address says who somebody is, so only who gives accounts changes it."""
    raise Http404

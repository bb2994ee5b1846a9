"""The cast of a demonstration, signing in again, and the sign-in of people's own organisation."""

from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from django.contrib import messages
from django.contrib.auth import login
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST
from requests import RequestException

from trellis.conduct.models import Stamp
from trellis.conduct.refusals import Refused
from trellis.people import actions, again, arrivals, organisation_sign_in, queries, sessions
from trellis.people.again import asks_to_sign_in_again
from trellis.people.forms import SignInAgainForm
from trellis.people.issuers import Issuer, issuers
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
    ways = [way for way in queries.organisation_ways(request.user) if way.linked_at]
    shown = {"form": form, "is_cast": is_cast, "ways": ways, "next": back, "cancel_url": reverse("my_week")}
    return render(request, "people/sign_in_again.html", shown)


def how_i_sign_in(request: SignedInRequest) -> HttpResponse:
    """A person's own ways in: password, second factor, and the sign-in of their organisation."""
    return render(request, "people/how_i_sign_in.html", {"ways": queries.organisation_ways(request.user)})


@require_POST
def sign_in_with(request: HttpRequest, issuer_id: str) -> HttpResponse:
    """Goes to an organisation's own sign-in."""
    return _going(request, _issuer(issuer_id), organisation_sign_in.SIGN_IN, _next(request))


@require_POST
def sign_in_again_with(request: SignedInRequest) -> HttpResponse:
    """Goes there to be asked again, however lately one signed in there."""
    return _going(request, _pressed(request), organisation_sign_in.AGAIN, _next(request))


@require_POST
@asks_to_sign_in_again
def link_sign_in(request: SignedInRequest) -> HttpResponse:
    """Goes there to link it, once, for whoever came by password just now."""
    issuer = _pressed(request)
    if sessions.issuer_id(request):
        raise Refused("Sign out, and sign in with your password first.")
    return _going(request, issuer, organisation_sign_in.LINK, reverse("how_i_sign_in"))


@require_POST
@asks_to_sign_in_again
def unlink_sign_in(request: SignedInRequest) -> HttpResponse:
    """No longer signs in by the organisation's own sign-in."""
    issuer = _pressed(request)
    actions.unlink_sign_in(request.user, issuer_id=issuer.id, issuer_name=issuer.name, by=request.user)
    messages.success(request, f"You no longer sign in with {issuer.name}. Your password works as before.")
    return redirect("how_i_sign_in")


def back_from_sign_in(request: HttpRequest, issuer_id: str) -> HttpResponse:
    """An organisation's sign-in sends somebody back."""
    issuer = _issuer(issuer_id)
    view = organisation_sign_in.ComingBack.adapter_view(organisation_sign_in.AtTheProvider(request, issuer.id))
    answer: HttpResponse = view(request)
    return answer


def no_such_page(request: HttpRequest) -> HttpResponse:
    """allauth has pages here and we do not: an address says who somebody is, so only who gives accounts changes it; and
    a link to a sign-in is made in one way only."""
    raise Http404


def _going(request: HttpRequest, issuer: Issuer, purpose: str, back: str) -> HttpResponse:
    """A page that goes on by itself: no form of ours may lead to another host, not even by being sent on."""
    provider = get_adapter(request).get_provider(request, issuer.id)
    try:
        address = provider.address_for(request, purpose=purpose, back=back)
    except (OAuth2Error, RequestException) as error:
        said = {"exception": error, "extra_context": {"state": {"data": purpose, "next": back}}}
        return arrivals.not_signed_in(request, issuer, said)
    return render(request, "people/going.html", {"issuer": issuer, "address": address})


def _pressed(request: HttpRequest) -> Issuer:
    """The organisation whose button was pressed."""
    issuer = issuers().get(request.POST.get("issuer", ""))
    if issuer is None:
        raise Refused("The sign-in of this organisation is not set up here.")
    return issuer


def _next(request: HttpRequest) -> str:
    return again.own_path(request, request.POST.get("next", ""))


def _issuer(issuer_id: str) -> Issuer:
    try:
        return issuers()[issuer_id]
    except KeyError:
        raise Http404 from None

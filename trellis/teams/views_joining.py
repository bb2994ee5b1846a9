"""Taking an invitation on: by somebody who has no account yet, or with the account they have."""

from allauth.core import ratelimit
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from trellis.conduct import clock
from trellis.people.models import User
from trellis.teams import actions
from trellis.teams.forms import JoinForm
from trellis.teams.models import Invitation

SESSION_KEY = "invitations"
SECONDS_OPEN = 60 * 60
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@require_safe
def open_invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token out of the address: the session holds the invitation from here on, for an hour, under a new id."""
    invitation = Invitation.objects.with_token(token).open().first()
    if invitation is None:
        return _run_out(request)
    now = clock.now().timestamp()
    held = {number: until for number, until in request.session.get(SESSION_KEY, {}).items() if until > now}
    request.session[SESSION_KEY] = held | {str(invitation.pk): now + SECONDS_OPEN}
    request.session.cycle_key()
    answer = redirect("join", invitation.pk)
    answer.status_code = 303
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, joining_id: int) -> HttpResponse:
    """Who has an account signs in and takes the roles on with it; who has none chooses a name and a password."""
    invitation = _held(request, joining_id)
    if invitation is None:
        return _run_out(request)
    if not ratelimit.consume(request, action="reply", key=f"invitation {invitation.pk}"):
        return render(request, "links/too_often.html", status=429)
    try:
        if request.user.is_authenticated:
            return _with_account(request, invitation)
        if User.objects.filter(email__iexact=invitation.email).exists():
            return render(request, "teams/sign_in_to_join.html", {"invitation": invitation, "next": request.path})
        return _as_new(request, invitation)
    except actions.InvitationHasRunOut:
        return _run_out(request)


def _held(request: HttpRequest, invitation_id: int) -> Invitation | None:
    """The invitation this browser opened within the hour; or one to the address of whoever is signed in."""
    invitation = Invitation.objects.open().filter(pk=invitation_id).select_related("organisation", "sent_by").first()
    if invitation is None:
        return None
    until = request.session.get(SESSION_KEY, {}).get(str(invitation_id), 0)
    is_theirs = request.user.is_authenticated and request.user.email.lower() == invitation.email
    return invitation if is_theirs or until > clock.now().timestamp() else None


def _with_account(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    user: User = request.user  # type: ignore[assignment]
    is_theirs = user.email.lower() == invitation.email
    if request.method == "POST" and is_theirs:
        actions.join(invitation.pk, by=user)
        return redirect("my_week")
    return render(request, "teams/take_on.html", {"invitation": invitation, "is_theirs": is_theirs})


def _as_new(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    form = JoinForm.opened(request, initial={"first_name": invitation.first_name, "last_name": invitation.last_name})
    if form.is_valid():
        with form.refusals():
            typed = form.cleaned_data
            user = actions.join_as_new(
                invitation.pk, first_name=typed["first_name"], last_name=typed["last_name"], password=typed["password"]
            )
            login(request, user, backend=BACKEND)
            return redirect("my_week")
    return render(request, "teams/join.html", {"invitation": invitation, "form": form})


def _run_out(request: HttpRequest) -> HttpResponse:
    """Taken on, withdrawn, run out or never there: the same page, so that nobody learns which."""
    return render(request, "teams/run_out.html", status=404)

"""When this session began, when it was last used, and when the person in front of it last showed who they are."""

from django.http import HttpRequest

from trellis.conduct import clock

BEGAN = "signed_in_at"
USED = "last_seen"
SHOWN = "showed_themself_at"
ISSUER = "came_by"
SECOND_FACTOR = "had_second_factor_there"


def begin(request: HttpRequest) -> None:
    """Somebody has just signed in."""
    request.session[BEGAN] = request.session[USED] = request.session[SHOWN] = clock.now().timestamp()
    came_by(request, "", had_second_factor=False)


def came_by(request: HttpRequest, issuer_id: str, *, had_second_factor: bool) -> None:
    """By whose sign-in somebody came: an organisation's, or "" for a password."""
    request.session[ISSUER], request.session[SECOND_FACTOR] = issuer_id, had_second_factor


def issuer_id(request: HttpRequest) -> str:
    return str(request.session.get(ISSUER, ""))


def had_second_factor_there(request: HttpRequest) -> bool:
    """Whether the organisation's sign-in asked a second factor, so that ours need not."""
    return bool(request.session.get(SECOND_FACTOR))


def is_counted(request: HttpRequest) -> bool:
    """Whether it is known when this session began."""
    return BEGAN in request.session


def showed_themself(request: HttpRequest) -> None:
    """The person signed in again. The session ends no later for that."""
    request.session[SHOWN] = clock.now().timestamp()


def used(request: HttpRequest) -> None:
    """Somebody does something; the session need not be written for each."""
    if seconds_since(USED, request) > 30:
        request.session[USED] = clock.now().timestamp()


def seconds_since(moment: str, request: HttpRequest) -> float:
    return clock.now().timestamp() - float(request.session.get(moment, 0))

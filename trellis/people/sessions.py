"""When this session began, when it was last used, and when the person in front of it last showed who they are."""

from django.http import HttpRequest

from trellis.conduct import clock

BEGAN = "signed_in_at"
USED = "last_seen"
SHOWN = "showed_themself_at"


def begin(request: HttpRequest) -> None:
    """Somebody has just signed in."""
    request.session[BEGAN] = request.session[USED] = request.session[SHOWN] = clock.now().timestamp()


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

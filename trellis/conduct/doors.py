"""Whom a URL opens to, said beside its ``path()`` and enforced there.

    path("pupils/<int:pupil_id>/", opens_to(READERS, level="whole")(views.overview), name="pupil")

The door asks only *which roles*; which pupils is asked by ``visible_to`` inside the view. The sweep reads both and
fails on a URL without a door.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse

from trellis.conduct.refusals import NotPermitted


@dataclass(frozen=True)
class Door:
    """``roles``: None means anyone signed in; ``level``: how much of the pupil in the address one must see."""

    name: str
    roles: frozenset[str] | None = None
    signed_in: bool = True
    level: str | None = None
    reason: str = ""


EVERYONE = Door("everyone", signed_in=False)
SIGNED_IN = Door("anyone signed in")


def roles(name: str, which: Collection[str], *, reason: str) -> Door:
    """A door for some roles, with the sentence others read."""
    return Door(name, frozenset(which), reason=reason)


View = Callable[..., HttpResponse]


def opens_to(door: Door, *, level: str | None = None) -> Callable[[View], View]:
    """Open the view through this door only; signed out goes to sign in, the wrong role is told why not."""
    door = Door(door.name, door.roles, door.signed_in, level or door.level, door.reason)

    def hang(view: View) -> View:
        @wraps(view)
        def through(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if door.signed_in and not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if door.roles is not None and not request.user.plays(door.roles):  # type: ignore[union-attr]
                raise NotPermitted(door.reason)
            return view(request, *args, **kwargs)

        through.door = door  # type: ignore[attr-defined]
        return through

    return hang

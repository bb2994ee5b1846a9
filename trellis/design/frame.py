"""What stands around every page: who is signed in, where they may go, and whether this is the demonstration."""

from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from trellis.design.navigation import Link, links_at_foot, links_for


@dataclass(frozen=True)
class Frame:
    """The header and navigation of one page. Built from what the user already holds: it asks the database nothing."""

    signed_in: bool = False
    name: str = ""
    role: str = ""
    navigation: list[Link] = field(default_factory=list)
    at_foot: list[Link] = field(default_factory=list)
    is_demo: bool = False

    @property
    def may_search(self) -> bool:
        """The header's search leads to Pupils, so whoever may open Pupils may search."""
        return any(link.url_name == "pupils" for link in self.navigation)


def frame(request: HttpRequest) -> dict[str, Frame]:
    """The context processor; also right on pages made before anybody is known (413) or after much went wrong."""
    is_demo = settings.STAMP == "demo"
    user: Any = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {"frame": Frame(is_demo=is_demo)}
    return {
        "frame": Frame(
            signed_in=True,
            name=user.get_full_name(),
            role=_role_in_words(user),
            navigation=links_for(user, request.path),
            at_foot=links_at_foot(user),
            is_demo=is_demo,
        )
    }


def _role_in_words(user: Any) -> str:
    role = getattr(user, "role_in_words", "")
    return str(role() if callable(role) else role)

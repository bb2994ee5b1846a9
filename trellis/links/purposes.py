"""What personal links are for. A later folder adds its purposes from its ``apps.py``."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from trellis.links.models import PersonalLink

Answering = Callable[[HttpRequest, PersonalLink], HttpResponse]


@dataclass(frozen=True)
class Purpose:
    """One purpose: the view that asks (GET) and takes the answer (POST), the sentence that thanks for it, and a page
    of thanks of its own where a sentence is not enough."""

    name: str
    view: Answering
    words: str
    thanks: Answering | None = None


PURPOSES: dict[str, Purpose] = {}


def add(purpose: str, view: Answering, words: str, thanks: Answering | None = None) -> None:
    """Let links have this purpose. ``words`` is what the page says after the answer: "Your view has been sent."."""
    PURPOSES[purpose] = Purpose(purpose, view, words, thanks)


def named(purpose: str) -> Purpose:
    return PURPOSES[purpose]

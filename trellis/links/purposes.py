"""What personal links are for. A later folder adds its purposes from its ``apps.py``."""

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

from trellis.links.models import PersonalLink

Answering = Callable[[HttpRequest, PersonalLink], HttpResponse]


@dataclass(frozen=True)
class Purpose:
    """One purpose: the view that asks (GET) and takes the answer (POST), and the sentence that thanks for it."""

    name: str
    view: Answering
    words: str


PURPOSES: dict[str, Purpose] = {}


def add(purpose: str, view: Answering, words: str) -> None:
    """Let links have this purpose. ``words`` is what the page says after the answer: "Your view has been sent."."""
    PURPOSES[purpose] = Purpose(purpose, view, words)


def named(purpose: str) -> Purpose:
    return PURPOSES[purpose]

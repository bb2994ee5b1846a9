"""Saying no: by a rule (Refused), by who is asking (NotPermitted), or because someone else was first (Conflict)."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied


class Refused(Exception):
    """A rule said no. The sentence is for the person: what is wrong and how to mend it; ``field`` is where."""

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field


class NotPermitted(PermissionDenied):
    """This person may see the thing but not do this to it. Answers 403 with the reason."""


class Conflict(Exception):
    """Somebody changed the thing after this person opened it. Nothing was written; both texts are shown."""

    def __init__(self, thing: Any) -> None:
        super().__init__(f"{thing} was changed by someone else meanwhile.")
        self.thing = thing


class KeyUsedForOther(Exception):
    """The form was sent before with other content: replace what it made, or add another?"""

    def __init__(self, made: Any) -> None:
        super().__init__("This form was sent before with other words.")
        self.made = made


@dataclass(frozen=True)
class Answer:
    """What a permission says: truthy when yes, and the reason when no."""

    yes: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.yes


YES = Answer(True)


def no(reason: str) -> Answer:
    return Answer(False, reason)


def require(*answers: Answer) -> None:
    """Stop with NotPermitted at the first answer that is no."""
    for answer in answers:
        if not answer:
            raise NotPermitted(answer.reason)

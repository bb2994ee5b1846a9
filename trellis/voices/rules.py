"""What must be true of a view that is written down."""

from dataclasses import dataclass
from datetime import date

from trellis.conduct.rules import rule
from trellis.voices.models import Answered, How


@dataclass(frozen=True)
class ViewFacts:
    """A view as somebody wants to write it down."""

    words: str
    answered: str
    how: str
    told_to: str
    given_on: date


@rule(source="The child's own words are kept apart from any summary (domain H7)", field="words")
def view_has_words_or_says_why_not(view: ViewFacts) -> bool:
    """Write what they said, in their words, or say that they did not want to say or have not answered."""
    return bool(view.words.strip()) == (view.answered == Answered.GAVE)


@rule(source="A view says who gathered it (domain H7)", field="told_to")
def view_says_who_heard_it(view: ViewFacts) -> bool:
    """Say who heard it."""
    return bool(view.told_to.strip())


@rule(source="A view says when it was given (domain H7)", field="given_on")
def view_was_given_by_today(view: ViewFacts, today: date) -> bool:
    """The day it was given is in the future."""
    return view.given_on <= today


@rule(source="A proxy's words may not stand as the child's voice (domain H7)", field="how")
def view_is_their_own(view: ViewFacts) -> bool:
    """An adult said this for them. Ask them too, in a way that suits them, before you rely on it."""
    return view.how != How.FOR_THEM

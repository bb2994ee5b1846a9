"""What must be true of a view that is written down."""

from dataclasses import dataclass
from datetime import date

from trellis.conduct.rules import rule
from trellis.conduct.workflow import Workflow
from trellis.voices.models import Answered, AskedState, How, View

ASKING = Workflow(
    "request for a view",
    AskedState,
    {
        "asked again": ((AskedState.ASKED,), AskedState.ASKED),
        "answered": ((AskedState.ASKED,), AskedState.ANSWERED),
        "taken back": ((AskedState.ASKED,), AskedState.TAKEN_BACK),
        "read": ((AskedState.ANSWERED,), AskedState.READ),
    },
)
READ_WITHIN_DAYS = 5  # our own reminder, not law


@dataclass(frozen=True)
class ViewFacts:
    """A view as somebody wants to write it down."""

    words: str
    answered: str
    how: str
    told_to: str
    given_on: date

    @classmethod
    def of(cls, view: View) -> "ViewFacts":
        return cls(view.words, view.answered, view.how, view.told_to, view.given_on)


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


@dataclass(frozen=True)
class AskFacts:
    """Asking somebody for a view by link, as a person is about to do it."""

    due_on: date
    today: date
    last_day: date  # on which the link works
    is_barred: bool = False  # the record says that they may not be contacted
    is_asked_already: bool = False


@rule(source="Contact is never inferred; the record says who may be contacted (domain H6)", field="email")
def asked_person_may_be_contacted(asking: AskFacts) -> bool:
    """The record says that this person may not be contacted. Speak to the social worker first."""
    return not asking.is_barred


@rule(source="One question at a time: two links would bring two answers", field="email")
def asked_person_has_no_open_link(asking: AskFacts) -> bool:
    """This person has been asked and has not answered yet. Open what is waiting, and send the link again from there."""
    return not asking.is_asked_already


@rule(source="ViewPolicy: for how many days a link works", field="due_on")
def answer_is_due_while_the_link_works(asking: AskFacts) -> bool:
    """Choose a day from today on, while the link still works."""
    return asking.today <= asking.due_on <= asking.last_day


@rule(source="Not wanting to say is an answer too, and is given by saying so (domain H7)")
def answer_says_something(parts: list[list[str]]) -> bool:
    """Write or choose something, or press “I do not want to say anything”."""
    return bool(parts)


@rule(source="Keeping children safe in education 2025, part one: a concern is acted on at once", field="worry")
def worry_says_something(worry: str) -> bool:
    """Write what worries you, then press the button again."""
    return bool(worry.strip())

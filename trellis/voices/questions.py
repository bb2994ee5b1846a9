"""The questions asked by link, a set for each kind of person. A set is never changed: new words are a new version."""

from dataclasses import dataclass

from trellis.voices.models import Whose

FEELINGS = ["Very unhappy", "A bit sad", "OK", "Good", "Really good"]
OLDER_FROM = 11  # years: from here on a pupil is asked as one asks at secondary school


@dataclass(frozen=True)
class Question:
    """One question; ``{pupil}`` stands for the first name. Asked in words, or on the scale of faces."""

    key: str
    text: str
    on_faces: bool = False

    def about(self, first_name: str) -> str:
        return self.text.replace("{pupil}", first_name)


@dataclass(frozen=True)
class QuestionSet:
    name: str
    version: int
    heading: str
    questions: tuple[Question, ...]


def _set(name: str, heading: str, *questions: Question) -> QuestionSet:
    return QuestionSet(name, 1, heading, questions)


PUPIL_UNDER_11 = _set(
    "pupil under 11",
    "How is school, {pupil}?",
    Question("feel", "How do you feel at school most days?", on_faces=True),
    Question("like", "What do you like at school?"),
    Question("hard", "What is hard at school?"),
    Question("helps", "Who or what helps you?"),
    Question("change", "What would you like to be different?"),
)
PUPIL_11_AND_OVER = _set(
    "pupil 11 and over",
    "How is school, {pupil}?",
    Question("feel", "How is school for you most days?", on_faces=True),
    Question("well", "What is going well?"),
    Question("hard", "What gets in the way of your learning?"),
    Question("helps", "What helps, and what does not?"),
    Question("hopes", "What would you like to happen next, this year and later?"),
)
CARER = _set(
    "carer",
    "How is school going for {pupil}?",
    Question("home", "What does {pupil} say or show about school at home?"),
    Question("well", "What does {pupil} do well, and enjoy?"),
    Question("hard", "What is hard for {pupil} just now?"),
    Question("helps", "What helps at home that school should know about?"),
    Question("hopes", "What would you like to happen next?"),
)
PARENT = _set(
    "parent",
    "How is school going for {pupil}?",
    Question("good", "What is {pupil} good at, and what does {pupil} enjoy?"),
    Question("well", "What do you think is going well?"),
    Question("hard", "What do you think is hard for {pupil}?"),
    Question("helps", "What helps {pupil} when things are hard?"),
    Question("hopes", "What do you hope for {pupil}?"),
)
SOCIAL_WORKER = _set(
    "social worker",
    "How is school going for {pupil}?",
    Question("says", "What does {pupil} tell you about school?"),
    Question("well", "What do you see going well?"),
    Question("hard", "What is happening for {pupil} that school should know about?"),
    Question("dates", "Which dates are coming that matter for school: reviews, family time, moves?"),
    Question("hopes", "What would you like to happen next?"),
)
SETS = {(one.name, one.version): one for one in (PUPIL_UNDER_11, PUPIL_11_AND_OVER, CARER, PARENT, SOCIAL_WORKER)}


def set_for(whose: str, age: int) -> QuestionSet:
    """The newest set for this kind of person; a pupil's goes by age."""
    match whose:
        case Whose.CARER:
            return CARER
        case Whose.PARENT:
            return PARENT
        case Whose.SOCIAL_WORKER:
            return SOCIAL_WORKER
    return PUPIL_UNDER_11 if age < OLDER_FROM else PUPIL_11_AND_OVER

"""What a passport holds, and what it must leave out."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from trellis.conduct.rules import rule
from trellis.conduct.workflow import Workflow
from trellis.passports.models import PassportState

DAYS_TO_AGREE = 14  # our own reminder: a draft that nobody takes to the pupil
DAYS_AT_A_NEW_SCHOOL = 14  # our own reminder: the key adult and the way out are others there
MOST_LINES = 6

PASSPORT = Workflow(
    name="passport",
    states=PassportState,
    moves={
        "agreed": ((PassportState.DRAFT,), PassportState.CURRENT),
        "replaced": ((PassportState.CURRENT,), PassportState.SUPERSEDED),
        "set aside": ((PassportState.DRAFT,), PassportState.SET_ASIDE),
    },
)


@dataclass(frozen=True)
class Box:
    """One box of the page: its name, its heading in the pupil's voice, how long it may be, what belongs in it."""

    name: str
    title: str
    limit: int
    hint: str


BOXES = (
    Box("likes", "What I like", 160, "For example: trains, drawing, being outside."),
    Box("good_at", "What I am good at", 160, "For example: building things, looking after younger children."),
    Box("matters", "What is important to me", 240, "For example: tell me before things change."),
    Box("finds_hard", "What I find hard", 240, "For example: long writing, noisy corridors."),
    Box("helps", "What helps", 400, "One thing on each line. What an adult can do today."),
    Box("makes_worse", "What makes it worse", 300, "One thing on each line. For example: being hurried."),
    Box("key_adult", "My key adult", 80, "Who to fetch, and who else if they are away."),
    Box("signal", "My signal, and where I go", 160, "For example: I point to the card, then go to the quiet corner."),
    Box("working_on", "What I am working on", 200, "The pupil’s own targets, in words they would use."),
)
BOX = {box.name: box for box in BOXES}

CARE_WORDS = re.compile(
    r"\b(foster\w*|social[ -]workers?|care[ -]orders?|looked[ -]after|in care|care home|children[’']s home|"
    r"residential home|virtual school|placements?|birth (?:mum|dad|mother|father|parents?|family)|family time|"
    r"contact (?:with|visits?)|adopt(?:ed|ion)|section 20|court|police|abuse\w*|neglect\w*|prison)\b",
    re.IGNORECASE,
)
ADDRESS = re.compile(
    r"\b(?:[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|\d+[a-z]? \w+ (?:street|road|avenue|lane|close|drive))\b", re.IGNORECASE
)


def sounds_like_care(words: str) -> list[str]:
    """The words in a text that speak of care, of family or of where somebody lives."""
    return [found.group() for pattern in (CARE_WORDS, ADDRESS) for found in pattern.finditer(words)]


def care_words_in(words: Mapping[str, str]) -> list[tuple[str, str]]:
    """What a supply teacher need not read: (heading of the box, the words found), in the order of the page."""
    return [(box.title, found) for box in BOXES for found in sounds_like_care(words.get(box.name, ""))]


def tidy(words: str) -> str:
    """The lines that say something, without the empty ones between."""
    return "\n".join(line for line in (" ".join(part.split()) for part in words.splitlines()) if line)


@rule(source="A passport is one side of A4 (domain E12)")
def words_fit_the_box(box: Box, words: str) -> bool:
    """This is too long for one side of paper. Keep to six short lines, the most useful first."""
    return len(words) <= box.limit and words.count("\n") < MOST_LINES


@rule(source="Pupil passports hold no care history, address or family facts (domain E12)", field="looked_through")
def passport_leaves_care_out(words: Mapping[str, str], looked_through: bool) -> bool:
    """Passports are read by supply staff. Leave this out? If it is right as it stands, tick that you looked."""
    return looked_through or not care_words_in(words)


@rule(source="One-page profiles: how best to support me (forms 5)")
def passport_says_what_helps(words: Mapping[str, str]) -> bool:
    """Say what helps: it is what an adult who does not know the pupil looks for first."""
    return bool(words.get("helps"))


@rule(source="A pupil passport is agreed with the pupil (domain E12, H7)", field="agreed_on")
def pupil_agreed_by_today(agreed_on: date, today: date) -> bool:
    """The day on which the pupil agreed cannot lie in the future."""
    return agreed_on <= today


@rule(source="A pupil passport is agreed with the pupil (domain E12, H7)", field="agreed_on")
def pupil_agreed_after_it_was_begun(agreed_on: date, started_on: date) -> bool:
    """This version was begun after that day. Say when the pupil agreed to these words."""
    return agreed_on >= started_on


def review_at_a_new_school(review_on: date, moved_on: date) -> date:
    """A pupil who changes school looks at the passport with the new adults soon."""
    return min(review_on, moved_on + timedelta(days=DAYS_AT_A_NEW_SCHOOL))

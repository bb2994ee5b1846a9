"""How the SEND section is written from the cycle: which words come from where, which somebody has edited, and what the
cycle says otherwise since."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from trellis.design.in_words import full_date

Story = Mapping[str, Any]
Words = Mapping[str, Any]

WORDS_FROM = {  # a field of the section ← a field of the cycle's story
    "need": "need_in_words",
    "delivery": "delivery_in_words",
    "learned": "learned",
    "specialists": "specialists",
    "next_steps": "next_steps",
}

LABELS = {  # every field of the story, in words; one that changes is offered again
    "status": "SEN status",
    "needs": "Types of need",
    "cycle_number": "Cycle",
    "stage": "Stage of the cycle",
    "assessed_on": "Assessed on",
    "need_in_words": "What the pupil needs",
    "voices": "What people said",
    "plan_agreed_on": "Plan agreed on",
    "review_on": "Review on",
    "outcomes": "Outcomes",
    "support": "Support",
    "delivery_in_words": "What happened of what was planned",
    "specialists": "What specialists said",
    "learned": "What was learned from the cycle before",
    "next_steps": "What happens next",
}


@dataclass(frozen=True)
class Changed:
    """Something the cycle says otherwise since its words were taken."""

    label: str
    was: str
    now: str


def told(story: Story, on: date) -> dict[str, Any]:
    """The story as the section keeps it: with the day its words were taken."""
    return {**story, "taken_on": f"{full_date(on)}"}


def words_from(story: Story | None) -> dict[str, str]:
    """The section's words as the cycle would write them."""
    return {name: in_words((story or {}).get(field)) for name, field in WORDS_FROM.items()}


def words_after_taking(words: Words, written_from: Story | None, story: Story) -> dict[str, Any]:
    """The section once the cycle's words are taken: what somebody edited by hand stays as they wrote it. A reason why
    there is no cycle goes, for now there is one."""
    fresh = words_from(story)
    edited = {name: words[name] for name in fresh if is_edited(name, words, written_from)}
    return fresh | edited


def is_edited(name: str, words: Words, written_from: Story | None) -> bool:
    """Whether a person wrote these words: they are there, and the cycle had it otherwise."""
    return bool(words.get(name)) and words[name] != words_from(written_from).get(name, "")


def is_from_cycle(name: str, words: Words, written_from: Story | None) -> bool:
    return bool(words.get(name)) and not is_edited(name, words, written_from)


def changes_since(written_from: Story | None, story: Story | None) -> list[Changed]:
    """What the cycle says otherwise than when its words were taken; nothing when none were taken or none are there."""
    if written_from is None or story is None:
        return []
    return [
        Changed(label, in_words(written_from.get(field)), in_words(story.get(field)))
        for field, label in LABELS.items()
        if written_from.get(field) != story.get(field)
    ]


SAID_AS = {  # an outcome or a support on one line, in this order: JSON keeps none
    "statement": "{}",
    "pupils_words": "“{}”",
    "what": "{}",
    "how_often": "{}",
    "who": "{}",
    "from": "from {}",
    "hoped_for": "hoped for {}",
    "measure": "{}",
    "now": "now {}",
    "held_in_words": "{}",
    "result": "{}",
    "says": "{}",
}


def in_words(value: Any) -> str:
    """Any field of the story as lines of text."""
    match value:
        case None:
            return ""
        case list() | tuple():
            return "\n".join(_line(item) for item in value)
    return str(value)


def _line(item: Any) -> str:
    match item:
        case dict():
            return ", ".join(words.format(item[part]) for part, words in SAID_AS.items() if item.get(part))
        case list() | tuple():
            return ": ".join(str(part) for part in item)
    return str(item)


def as_text(parts: Iterable[Mapping[str, Any]]) -> str:
    """The section as plain text, to be copied into another system; tables as lines."""
    return "\n\n".join(filter(None, map(_part_as_text, parts)))


def _part_as_text(part: Mapping[str, Any]) -> str:
    match part["kind"]:
        case "words":
            said = str(part["words"])
        case "quote":
            said = f"“{part['words']}” ({part['by']})" if part.get("by") else f"“{part['words']}”"
        case "facts":
            said = "\n".join(f"{key}: {value}" for key, value in part["pairs"])
        case _:
            head = part["head"]
            said = "\n".join(
                "- " + "; ".join(f"{label}: {_on_one_line(cell)}" for label, cell in zip(head, row, strict=True))
                for row in part["rows"]
            )
    return "\n".join(filter(None, [str(part.get("heading") or "").upper(), said]))


def _on_one_line(cell: str) -> str:
    return " ".join(cell.split())

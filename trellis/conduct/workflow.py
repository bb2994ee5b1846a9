"""A workflow is one table of transitions anyone can read; ``make docs`` draws it."""

from dataclasses import dataclass
from typing import Any

from trellis.conduct.locks import change
from trellis.conduct.refusals import Refused

WORKFLOWS: dict[str, "Workflow"] = {}


@dataclass(frozen=True)
class Workflow:
    """The states of one concept: ``moves`` maps a verb to (the states it may start from, the state it leads to)."""

    name: str
    states: Any  # a TextChoices
    moves: dict[str, tuple[tuple[str, ...], str]]
    state_field: str = "state"

    def __post_init__(self) -> None:
        WORKFLOWS[self.name] = self

    def may(self, verb: str, thing: Any) -> bool:
        return getattr(thing, self.state_field) in self.moves[verb][0]

    def require(self, verb: str, thing: Any) -> None:
        """Refuse the verb in words when the thing's state does not allow it."""
        if not self.may(verb, thing):
            state = self.states(getattr(thing, self.state_field)).label.lower()
            raise Refused(f"This {self.name} is {state}, so it cannot be {verb} now.")

    def move(self, verb: str, thing: Any, **fields: Any) -> None:
        """Take the transition and write the fields that go with it."""
        self.require(verb, thing)
        change(thing, **{self.state_field: self.moves[verb][1]}, **fields)

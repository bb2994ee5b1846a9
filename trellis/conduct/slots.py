"""Slots: the only way an earlier folder gets something from a later one.

The earlier folder names the slot; a later folder's ``apps.py`` fills it. Fillings are taken in folder order.
*Shown* slots give a page its parts, *followed* slots say what follows a fact in the same transaction, *fact* slots
answer a question. ``make docs`` lists them all.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Literal

from django.conf import settings

SLOTS: dict[str, "Slot"] = {}


class Slot:
    """A named place that later folders fill with functions."""

    def __init__(self, name: str, kind: Literal["shown", "followed", "fact"], says: str) -> None:
        self.name, self.kind, self.says = name, kind, says
        self._fillings: list[tuple[int, Callable[..., Any]]] = []
        self._for_many: dict[Callable[..., Any], Callable[..., Any]] = {}
        self._concerned: dict[Callable[..., Any], Callable[..., Any]] = {}
        self._rests_on: dict[Callable[..., Any], Callable[[], Any]] = {}
        SLOTS[name] = self

    def fill(
        self,
        filling: Callable[..., Any],
        *,
        many: Callable[..., Any] | None = None,
        concerned: Callable[..., Any] | None = None,
        rests_on: Callable[[], Any] | None = None,
    ) -> None:
        """Take a filling. A followed one may say how it follows many facts at once (``many``), or which of many it has
        anything to do with (``concerned``), so that a list of thousands is not asked one by one. A shown one may say on
        which rows it rests (``rests_on``): where there are none of them it has nothing to say and need not be asked."""
        folder = filling.__module__.split(".")[1]
        entry = (settings.FOLDERS.index(folder), filling)
        if entry not in self._fillings:
            self._fillings.append(entry)
            self._fillings.sort(key=lambda pair: pair[0])
        if many is not None:
            self._for_many[filling] = many
        if concerned is not None:
            self._concerned[filling] = concerned
        if rests_on is not None:
            self._rests_on[filling] = rests_on

    def rests_on(self, filling: Callable[..., Any]) -> Callable[[], Any] | None:
        """The rows without which a filling has nothing to say; None when it must always be asked."""
        return self._rests_on.get(filling)

    @property
    def fillings(self) -> list[Callable[..., Any]]:
        return [filling for _, filling in self._fillings]

    def ask(self, *args: Any, **facts: Any) -> Iterator[Any]:
        """Each filling's answer, those that have none left out."""
        for filling in self.fillings:
            answer = filling(*args, **facts)
            if answer is not None:
                yield answer

    def follow(self, *args: Any, **facts: Any) -> None:
        """Let every filling do what follows, in order, in the caller's transaction."""
        for filling in self.fillings:
            filling(*args, **facts)

    def follow_many(self, facts: Sequence[Any], *args: Any) -> None:
        """The same for many facts of one kind; nothing follows none."""
        for filling in self.fillings if facts else []:
            if filling in self._for_many:
                self._for_many[filling](facts, *args)
            else:
                concerned = self._concerned.get(filling)
                for fact in concerned(facts) if concerned else facts:
                    filling(fact, *args)

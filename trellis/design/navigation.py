"""The one row of navigation, and what stands at the foot of a page because it is seldom needed. A folder adds its own
entry from its ``apps.py``, by ``add`` and ``add_at_foot`` below."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse


@dataclass(frozen=True)
class Entry:
    """One word in the row, the page it opens, and who sees it."""

    text: str
    url_name: str
    order: int
    shown_to: Callable[[Any], bool]


@dataclass(frozen=True)
class Link:
    """An entry as one person sees it on one page."""

    text: str
    url: str
    current: bool
    url_name: str


_entries: dict[tuple[str, str], Entry] = {}
_at_foot: dict[str, Entry] = {}


def add(*, text: str, url_name: str, order: int, shown_to: Callable[[Any], bool]) -> None:
    """Put an entry in the row; the same words for the same page again replace it. A page may stand in the row under
    other words for other people.

    The order of the row is My week 10, Pupils 20, PEPs 30, Requests and hours 40, Funding 50, At risk 60.
    """
    _entries[url_name, text] = Entry(text, url_name, order, shown_to)


def add_at_foot(*, text: str, url_name: str, shown_to: Callable[[Any], bool]) -> None:
    """Put a link at the foot of every page of those whom it is shown to; the same ``url_name`` again replaces it."""
    _at_foot[url_name] = Entry(text, url_name, len(_at_foot), shown_to)


def links_at_foot(user: Any) -> list[Link]:
    shown = (entry for entry in _at_foot.values() if entry.shown_to(user))
    return [Link(entry.text, reverse(entry.url_name), False, entry.url_name) for entry in shown]


def links_for(user: Any, path: str) -> list[Link]:
    """The row for this person, with the entry they are under marked."""
    shown = [entry for entry in sorted(_entries.values(), key=lambda entry: entry.order) if entry.shown_to(user)]
    addresses = {entry.url_name: reverse(entry.url_name) for entry in shown}
    under = max((url for url in addresses.values() if path.startswith(url)), key=len, default=None)
    return [Link(e.text, addresses[e.url_name], addresses[e.url_name] == under, e.url_name) for e in shown]

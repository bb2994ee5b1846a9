"""A page of ours, made for the person who asks as it would be shown to them: same view, same rights, same looks."""

import copy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from django.contrib.messages.storage.fallback import FallbackStorage
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.urls import Resolver404, resolve

from trellis.conduct.refusals import Refused
from trellis.exchange.downloads import tables
from trellis.exchange.downloads.tables import ShownTable

MOST_PAGES = 500
PAGE = "page"


@dataclass
class Shown:
    """What a page shows: its heading, its URL's name, its tables, and the pupils it names."""

    title: str
    name: str
    tables: list[ShownTable] = field(default_factory=list)
    pupil_ids: set[int] = field(default_factory=set)

    @property
    def rows(self) -> int:
        return sum(len(table.rows) for table in self.tables)


def shown_to(request: HttpRequest, address: str) -> Shown:
    """All that the list at this address shows this person, over all its pages. Raises Http404 where there is no such
    page or no table on it, NotPermitted where the page does not open, Refused when it is longer than a file should be.
    """
    parts = urlsplit(address)
    query = QueryDict(parts.query, mutable=True)
    query.pop(PAGE, None)
    shown, pages = Shown("", _name_of(parts.path)), []
    for number in range(1, MOST_PAGES + 1):
        query[PAGE] = str(number)
        page, pupil_ids = _ask(request, parts.path, query)
        shown.title = shown.title or tables.title_of(page)
        shown.pupil_ids |= pupil_ids
        pages.append(tables.tables_of(page))
        if not tables.has_next(page):
            break
    else:
        raise Refused("This list is too long for one file. Narrow it first, then download it.")
    shown.tables = tables.joined(pages)
    if not shown.tables:
        raise Http404
    return shown


def _name_of(path: str) -> str:
    try:
        match = resolve(path)
    except Resolver404:
        raise Http404 from None
    if getattr(match.func, "door", None) is None or match.url_name == "download_table":
        raise Http404  # not a page of ours
    return match.url_name or ""


def _ask(request: HttpRequest, path: str, query: QueryDict) -> tuple[str, set[int]]:
    """The page's markup, and the pupils whom its access row would hold."""
    match = resolve(path)
    inner: Any = copy.copy(request)
    inner.method, inner.GET, inner.POST = "GET", query, QueryDict()
    inner.path = inner.path_info = path
    inner.resolver_match, inner.pupils_shown, inner.look_reason = match, set(), ""
    inner._messages = FallbackStorage(inner)  # the page's messages are left for the person to read
    inner._messages.used = False
    response: HttpResponse = match.func(inner, *match.args, **match.kwargs)
    if response.status_code != 200 or not response.get("Content-Type", "").startswith("text/html"):
        raise Http404
    return response.content.decode(), inner.pupils_shown

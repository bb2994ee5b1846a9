"""The tables of a page as a person sees it, read back from its markup: a download can hold no more than the page."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import html
from lxml.html import HtmlElement


@dataclass
class ShownTable:
    """``title``: its caption, else the heading above it. ``rows`` hold a text for each of ``headings``."""

    title: str
    headings: list[str]
    rows: list[list[str]] = field(default_factory=list)


def tables_of(page: str) -> list[ShownTable]:
    """The tables in a page's main part, in their order; those of which no row is shown left out."""
    document = html.document_fromstring(page)
    found = [_table(element) for element in document.xpath("//main//table")]
    return [table for table in found if table.headings and table.rows]


def title_of(page: str) -> str:
    """The page's heading."""
    headings = html.document_fromstring(page).xpath("//main//h1")
    return _text(headings[0]) if headings else ""


def has_next(page: str) -> bool:
    """Whether the list goes on on a further page."""
    return bool(html.document_fromstring(page).xpath("//main//a[@rel='next']"))


def joined(pages: list[list[ShownTable]]) -> list[ShownTable]:
    """A list that goes over several pages as one: tables with the same title and headings are one table."""
    whole: dict[tuple[str, ...], ShownTable] = {}
    for table in [table for page in pages for table in page]:
        into = whole.setdefault((table.title, *table.headings), ShownTable(table.title, table.headings))
        into.rows += table.rows
    return list(whole.values())


def _table(element: HtmlElement) -> ShownTable:
    headings = [_in_a_file(cell) for cell in element.xpath("./thead/tr[1]/th")]
    table = ShownTable(_title(element), headings)
    for row in element.xpath("./tbody/tr"):
        cells = list(_cells(row))
        if any(cells):
            table.rows.append((cells + [""] * len(headings))[: max(len(headings), len(cells))])
    return table


def _cells(row: HtmlElement) -> Iterator[str]:
    for cell in row.xpath("./th|./td"):
        yield _in_a_file(cell)
        yield from [""] * (int(cell.get("colspan", "1")) - 1)


def _in_a_file(cell: HtmlElement) -> str:
    """What a cell says in a file: its own words, unless the page gives others for this."""
    for_file: str | None = cell.get("data-file")
    return _text(cell) if for_file is None else for_file


def _title(element: HtmlElement) -> str:
    for heading in element.xpath("./caption") or element.xpath("preceding::h2[1]"):
        return _text(heading)
    return ""


def _text(element: HtmlElement) -> str:
    """The words of an element; what stands on a line of its own is set apart by a semicolon."""
    parts: list[str] = []
    _collect(element, parts)
    lines = [" ".join(line.split()) for line in "".join(parts).split("\n")]
    return "; ".join(line for line in lines if line)


def _collect(element: HtmlElement, parts: list[str]) -> None:
    if not isinstance(element.tag, str) or element.tag in {"script", "style", "form", "svg"}:
        return
    own_line = element.tag in {"br", "p", "li", "div", "dt", "dd"}
    parts += ["\n"] if own_line else []
    parts.append((element.text or "").replace("\n", " "))
    for child in element:
        _collect(child, parts)
        parts.append((child.tail or "").replace("\n", " "))
    parts += ["\n"] if own_line else []

"""The list of schools as Get Information About Schools (GIAS) gives it out, and its links to successors; heads' names
and the rest are not taken."""

from collections.abc import Iterator
from typing import Any

from trellis.exchange.cells import Complaint, Reader, Wrong, read_cells, real_day, whole_number, words
from trellis.exchange.reading import Line


def _urn(text: str) -> str:
    if not (text.isascii() and text.isdigit() and 5 <= len(text) <= 7):
        raise Wrong("A URN is a number of six figures.")
    return text


def _authority(text: str) -> str:
    if not (text.isascii() and text.isdigit() and len(text) <= 3):
        raise Wrong("The code of a local authority is a number of three figures.")
    return text.zfill(3)


def _number(text: str) -> str:
    if text and not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise Wrong("An establishment number has four figures.")
    return text.zfill(4) if text else ""


def _day(text: str) -> str:
    return real_day(text).isoformat() if text else ""


# What we keep of a school, by the file's heading.
COLUMNS: dict[str, tuple[str, Reader]] = {
    "URN": ("urn", _urn),
    "EstablishmentName": ("name", words(200, what="The name of the school")),
    "LA (code)": ("authority_code", _authority),
    "LA (name)": ("authority_name", words(100)),
    "EstablishmentNumber": ("establishment_number", _number),
    "PhaseOfEducation (name)": ("phase", words(40)),
    "TypeOfEstablishment (name)": ("type_name", words(100)),
    "PP 2020-21 School Type": ("type_name", words(100)),
    "EstablishmentStatus (name)": ("status", words(40)),
    "OpenDate": ("opened_on", _day),
    "CloseDate": ("closed_on", _day),
    "StatutoryLowAge": ("lowest_age", whole_number(0, 99)),
    "StatutoryHighAge": ("highest_age", whole_number(0, 99)),
    "Town": ("town", words(100)),
}
REQUIRED = ["URN", "EstablishmentName", "LA (code)"]
READERS = {heading: reader for heading, (_, reader) in COLUMNS.items()}
LINKS: dict[str, Reader] = {"URN": _urn, "LinkURN": _urn, "LinkType": words(100), "LinkEstablishedDate": _day}
LINKS_REQUIRED = ["URN", "LinkURN", "LinkType"]
DAYS = ("opened_on", "closed_on", "since")
LATE_COLUMNS = {"Town"}


def check_schools(lines: list[Line]) -> tuple[list[dict[str, Any]], list[Complaint]]:
    """Each line as what we keep of a school, by our own field names; what the line does not say is left out."""
    rows, complaints, first = [], [], dict[str, int]()
    for line in lines:
        values, about_line = read_cells(line, _readers_for(line))
        about_line += _about_the_width(line)
        urn = values.get("URN")
        if urn and urn in first:
            about_line.append(Complaint.about(line, "URN", f"Line {first[urn]} has the same URN already."))
        first.setdefault(urn or "", line.number)
        complaints += about_line
        if not any(complaint.weight == Complaint.REFUSED for complaint in about_line):
            says = {COLUMNS[heading][0]: value for heading, value in values.items() if value not in {"", None}}
            rows.append({"line": line.number, **says})
    return rows, complaints


def _readers_for(line: Line) -> dict[str, Reader]:
    """GIAS files put together from several years have longer lines, in which later cells stand under other headings."""
    return {
        heading: reader
        for heading, reader in READERS.items()
        if heading in line.cells and (line.cell_count == line.heading_count or heading not in LATE_COLUMNS)
    }


def _about_the_width(line: Line) -> Iterator[Complaint]:
    sentence = f"This line has {line.cell_count} cells, the line of headings {line.heading_count}."
    if line.cell_count < line.heading_count:
        yield Complaint(line.number, "", "", sentence, Complaint.REFUSED)
    elif line.cell_count > line.heading_count:
        yield Complaint(line.number, "", "", f"{sentence} The town is left out.", Complaint.WARNING)


def check_links(lines: list[Line]) -> tuple[list[dict[str, Any]], list[Complaint]]:
    """Each line that says as which school one goes on, told from either side: its URN, its successor's, since when.
    Other links (a sixth-form centre, a site) are no succession and are left."""
    rows: dict[tuple[str, str], dict[str, Any]] = {}
    complaints = []
    for line in lines:
        values, about_line = read_cells(line, LINKS)
        about_line += [one for one in _about_the_width(line) if one.weight == Complaint.REFUSED]
        complaints += about_line
        if about_line:
            continue
        kind, pair = values["LinkType"].lower(), (values["URN"], values["LinkURN"])
        if kind.startswith("predecessor"):
            pair = (pair[1], pair[0])
        elif not kind.startswith("successor"):
            continue
        since = values.get("LinkEstablishedDate")
        rows[pair] = {"line": line.number, "urn": pair[0], "successor": pair[1], **({"since": since} if since else {})}
    return list(rows.values()), complaints

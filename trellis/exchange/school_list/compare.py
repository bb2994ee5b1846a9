"""A list of schools beside those that Trellis holds: new, changed, and whose they are to change."""

from typing import Any

from trellis.exchange.cells import Complaint
from trellis.organisations.models import School, SchoolSuccession, VirtualSchool

OTHERS_SCHOOL = "This school is in the area of another Virtual School here, whose list brings its changes. It stays."
NOT_KNOWN = "No school with this URN is known here. Bring the list of schools with its links; this one is left."
NOT_CHANGES = ("line", "urn")

Row = dict[str, Any]


def without_others_schools(rows: list[Row], virtual_school: VirtualSchool | None) -> tuple[list[Row], list[Complaint]]:
    """The rows that this list may land, and a warning for each that it may not: a school in the area of another
    Virtual School here is changed by that one's list. ``virtual_school`` None is a list brought by command."""
    if virtual_school is None:
        return rows, []
    others = VirtualSchool.objects.exclude(pk=virtual_school.pk).values("authority__code")
    known = School.objects.filter(authority_code__in=others).by_urn({row["urn"] for row in rows})
    linked = _links(rows)
    left = [row for row in rows if row["urn"] in known and _would_change(known[row["urn"]], row, linked)]
    warnings = [_warning(row, row["urn"], OTHERS_SCHOOL) for row in left]
    lines = {(row["urn"], row["line"]) for row in left}
    return [row for row in rows if (row["urn"], row["line"]) not in lines], warnings


def compare_schools(rows: list[Row], complaints: list[Complaint], ignored: list[str]) -> dict[str, Any]:
    """The preview of a school list. A school that is not on it stays as it is."""
    known = School.objects.by_urn({urn for row in rows for urn in (row["urn"], row.get("successor", ""))})
    listed = [row for row in rows if "successor" not in row]
    names = {school.urn: school.name for school in known.values()} | {row["urn"]: row["name"] for row in listed}
    new = [row for row in listed if row["urn"] not in known]
    changed = [change for row in listed if row["urn"] in known for change in _changes(known[row["urn"]], row)]
    links = [row for row in rows if "successor" in row]
    unknown = [_warning(row, urn, NOT_KNOWN) for row in links for urn in _ends(row) if urn not in names]
    changed += _new_links(links, names)
    complaints = [*complaints, *unknown]
    touched = {change["urn"] for change in changed}
    refused = [c.as_dict() for c in complaints if c.weight == Complaint.REFUSED]
    warnings = [c.as_dict() for c in complaints if c.weight != Complaint.REFUSED]
    lands = not refused
    said_of = {row["urn"] for row in rows} & names.keys()
    return {
        "counts": {
            "new": len(new) if lands else 0,
            "changed": len(touched) if lands else 0,
            "unchanged": len(said_of - touched - {row["urn"] for row in new}) if lands else 0,
            "refused": len({c["line"] for c in refused}),
            "warnings": len(warnings),
        },
        "new": [{"urn": row["urn"], "name": row["name"], "what": "new"} for row in new] if lands else [],
        "changed": changed if lands else [],
        "refused": refused,
        "warnings": warnings,
        "ignored": ignored,
    }


def _ends(link: Row) -> tuple[str, str]:
    return link["urn"], link["successor"]


def _links(rows: list[Row]) -> set[tuple[str, str]]:
    """The successions that the rows name and Trellis knows, as pairs of URNs."""
    urns = {row["urn"] for row in rows if "successor" in row}
    known = SchoolSuccession.objects.filter(school__code__in=urns)
    return set(known.values_list("school__code", "successor__code"))


def _new_links(links: list[Row], names: dict[str, str]) -> list[dict[str, Any]]:
    held = _links(links)
    return [
        {
            "urn": link["urn"], "name": names[link["urn"]], "what": "goes on as", "was": "",
            "now": f"{names[link['successor']]} ({link['successor']})",
        }
        for link in links
        if link["urn"] in names and link["successor"] in names and _ends(link) not in held
    ]  # fmt: skip


def _would_change(school: School, row: Row, linked: set[tuple[str, str]]) -> bool:
    return _ends(row) not in linked if "successor" in row else bool(_changes(school, row))


def _changes(school: School, row: Row) -> list[dict[str, Any]]:
    return [
        {"urn": school.urn, "name": school.name, "what": name.replace("_", " "), "was": held, "now": str(value)}
        for name, value in row.items()
        if name not in NOT_CHANGES and (held := _as_text(getattr(school, name))) != str(value)
    ]


def _warning(row: Row, urn: str, sentence: str) -> Complaint:
    return Complaint(row["line"], "URN", urn, sentence, Complaint.WARNING)


def _as_text(value: Any) -> str:
    return "" if value is None else str(value)

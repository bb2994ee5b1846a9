"""A list of schools beside those that Trellis holds: new, changed, and whose they are to change."""

from typing import Any

from trellis.exchange.cells import Complaint
from trellis.exchange.reading import Line
from trellis.organisations.models import School, VirtualSchool

OTHERS_SCHOOL = "This school is in the area of another Virtual School here, whose list brings its changes. It stays."


def without_others_schools(
    rows: list[dict[str, Any]], lines: list[Line], virtual_school: VirtualSchool | None
) -> tuple[list[dict[str, Any]], list[Complaint]]:
    """The rows that this list may land, and a warning for each that it may not: a school in the area of another
    Virtual School here is changed by that one's list. ``virtual_school`` None is a list brought by command."""
    if virtual_school is None:
        return rows, []
    others = VirtualSchool.objects.exclude(pk=virtual_school.pk).values("authority__code")
    known = School.objects.filter(authority_code__in=others).by_urn({row["urn"] for row in rows})
    left = {row["urn"] for row in rows if row["urn"] in known and _changes(known[row["urn"]], row)}
    warnings = [
        Complaint.about(line, "URN", OTHERS_SCHOOL, Complaint.WARNING)
        for line in lines
        if line.cells.get("URN", "").strip() in left
    ]
    return [row for row in rows if row["urn"] not in left], warnings


def compare_schools(rows: list[dict[str, Any]], complaints: list[Complaint], ignored: list[str]) -> dict[str, Any]:
    """The preview of a school list. A school that is not on it stays as it is."""
    known = School.objects.by_urn({row["urn"] for row in rows})
    new = [row for row in rows if row["urn"] not in known]
    changed = [change for row in rows if row["urn"] in known for change in _changes(known[row["urn"]], row)]
    touched = {change["urn"] for change in changed}
    refused = [c.as_dict() for c in complaints if c.weight == Complaint.REFUSED]
    warnings = [c.as_dict() for c in complaints if c.weight != Complaint.REFUSED]
    lands = not refused
    return {
        "counts": {
            "new": len(new) if lands else 0,
            "changed": len(touched) if lands else 0,
            "unchanged": len(rows) - len(new) - len(touched) if lands else 0,
            "refused": len({c["line"] for c in refused}),
            "warnings": len(warnings),
        },
        "new": [{"urn": row["urn"], "name": row["name"], "what": "new"} for row in new] if lands else [],
        "changed": changed if lands else [],
        "refused": refused,
        "warnings": warnings,
        "ignored": ignored,
    }


def _changes(school: School, row: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"urn": school.urn, "name": school.name, "what": name.replace("_", " "), "was": held, "now": str(value)}
        for name, value in row.items()
        if name != "urn" and (held := _as_text(getattr(school, name))) != str(value)
    ]


def _as_text(value: Any) -> str:
    return "" if value is None else str(value)

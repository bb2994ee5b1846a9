"""What a list of schools brings about."""

from datetime import date
from typing import Any

from trellis.exchange.models import Import
from trellis.exchange.progress import Progress
from trellis.exchange.school_list.rules import DAYS
from trellis.organisations import actions as organisations
from trellis.organisations.models import School


def land_schools(made: Import, *, by: Any, progress: Progress) -> None:
    """Put every school of the list into ours, or bring it up to date; then say which goes on as which."""
    rows = [_columns(row) for row in made.rows]
    listed = [row for row in rows if "successor" not in row]
    organisations.list_schools(listed, by=by, step=lambda: progress.step(len(rows)))
    links = [row for row in rows if "successor" in row]
    known = School.objects.by_urn({urn for link in links for urn in (link["urn"], link["successor"])})
    for link in links:
        if link["urn"] in known and link["successor"] in known:
            school, successor = known[link["urn"]], known[link["successor"]]
            organisations.name_successor(school, successor, since=link.get("since"), by=by)
        progress.step(len(rows))


def _columns(row: dict[str, Any]) -> dict[str, Any]:
    """A row as kept, with its days as days and without its line."""
    days = {name: date.fromisoformat(row[name]) for name in DAYS if name in row}
    return {name: value for name, value in (row | days).items() if name != "line"}

"""What a list of schools brings about."""

from datetime import date
from typing import Any

from trellis.exchange.models import Import
from trellis.exchange.progress import Progress
from trellis.exchange.school_list.rules import DAYS
from trellis.organisations import actions as organisations


def land_schools(made: Import, *, by: Any, progress: Progress) -> None:
    """Put every school of the list into ours, or bring it up to date."""
    with progress:
        for row in made.rows:
            days = {name: date.fromisoformat(row[name]) for name in DAYS if name in row}
            organisations.list_school(by=by, **{**row, **days})
            progress.step(len(made.rows))

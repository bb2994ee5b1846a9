"""The days a table tells of, where they stand above it: "Attendance summary, 01/09/2026 to 27/11/2026"."""

import re
from collections.abc import Iterable

from trellis.exchange.reading.sheets import Row

FROM_ABOVE, TO_ABOVE = "From (above the table)", "To (above the table)"
DATE = re.compile(
    r"\d{4}-\d{2}-\d{2}|\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4}"
    r"|\d{1,2} (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d{4}",
    re.ASCII | re.IGNORECASE,
)


def period_above(rows: Iterable[Row]) -> tuple[str, str] | None:
    """The two dates of the first line above the headings that holds two, as they are written; None where none does."""
    for row in rows:
        dates = DATE.findall(" ".join(row.filled))
        if len(dates) == 2:
            return dates[0], dates[1]
    return None

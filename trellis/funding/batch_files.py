"""A payment batch as the file that finance reads. What a spreadsheet would take for a formula is made harmless."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

HEAD = ["Reference", "Pupil (initials)", "School", "URN", "Amount"]
LIKE_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def as_csv(lines: Iterable[Mapping[str, Any]]) -> bytes:
    """UTF-8 with the mark by which Excel knows it; amounts in pounds, "108.00"."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEAD)
    for line in lines:
        cells = [line["reference"], line["initials"], line["school"], line["urn"]]
        writer.writerow([*map(harmless, cells), f"{line['pence'] // 100}.{line['pence'] % 100:02}"])
    return text.getvalue().encode("utf-8-sig")


def harmless(cell: str) -> str:
    """The cell as text, whatever it begins with."""
    return f"'{cell}" if cell.startswith(LIKE_A_FORMULA) else cell

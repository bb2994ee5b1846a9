"""Workbooks of our own making in the shape of Ofsted's SEND Annex A: what tests and demonstrations bring."""

from datetime import date
from typing import Any

from trellis.exchange.reading import Brought
from trellis.exchange.sample_workbooks import Lines, as_xlsx

LIST_1 = [
    "Unique ID", "UPN", "ULN", "Date of birth", "Gender", "Ethnicity", "Date initial EHC plan issued",
    "Date updated EHC plan issued", "Date EHC plan last reviewed", "SEN primary need",
    "Main education establishment – URN", "Main education establishment – phase",
    "Subsidiary education establishment – phase (dual registration)", "Elective home education", "Suspensions",
    "Permanent exclusions", "Absence", "Pupil Premium", "Known to children's social care?",
    "Which children's social care team?", "Does the child or young person have a disability?",
]  # fmt: skip
WITHOUT_A_PLAN = {
    "Date initial EHC plan issued", "Date updated EHC plan issued", "Date EHC plan last reviewed",
    "Elective home education",
}  # fmt: skip
LIST_2 = [heading for heading in LIST_1 if heading not in WITHOUT_A_PLAN]
USUAL = {
    "Gender": 1, "Ethnicity": "WBRI", "Date initial EHC plan issued": date(2025, 3, 3),
    "Date EHC plan last reviewed": date(2026, 3, 2), "SEN primary need": "SEMH",
    "Main education establishment – phase": 2, "Elective home education": "No", "Suspensions": 1,
    "Permanent exclusions": 0, "Absence": 4.5, "Pupil Premium": "Yes", "Known to children's social care?": "Yes",
}  # fmt: skip


def workbook(list_1: list[dict[str, Any]], list_2: list[dict[str, Any]], name: str = "annex_a.xlsx") -> Brought:
    """A workbook with these lines; of each line only what is not as usual need be said."""
    return Brought(name, as_xlsx(_lines(LIST_1, list_1), _lines(LIST_2, list_2)))


def of_strangers(number: int, *, serial: int = 1) -> list[dict[str, Any]]:
    """Lines of children whom nobody here knows."""
    return [
        {"Unique ID": f"S{serial + n:05}", "Date of birth": date(2012, 1 + n % 12, 1 + n % 28)} for n in range(number)
    ]


def _lines(headings: list[str], rows: list[dict[str, Any]]) -> Lines:
    return [list(headings), *([(USUAL | row).get(heading, "") for heading in headings] for row in rows)]

"""School files of our own making, under headings as SIMS, Arbor and Bromcom write them. Every pupil is invented."""

from typing import Any

from trellis.exchange.sample_workbooks import as_text, as_xlsx

Lines = list[list[Any]]
STRANGER = ["Adeyemi", "Remi", "2017-05-09", "A801200005009"]  # a pupil of the school who is not known here


def attendance(last: str, first: str, born: str, upn: str = "", *, possible: int = 130, attended: int = 108) -> Lines:
    """As SIMS gives it out: the days stand above the table, a total beneath it."""
    missed = possible - attended
    return [
        ["Group attendance by session, 01/09/2026 to 20/11/2026"],
        [],
        ["UPN", "Legal Surname", "Legal Forename", "DOB", "Reg Group", "Poss. Sessions", "Attendances",
         "Authorised Absences", "Unauthorised Absences", "Lates"],
        [upn, last.upper(), first, born, "4B", possible, attended, missed, 0, 3],
        [STRANGER[3], *STRANGER[:3], "4B", 130, 130, 0, 0, 0],
        ["Totals", "", "", "", "", 260, 238, 22, 0, 3],
    ]  # fmt: skip


def sen_register(name: str, born: str, *, status: str = "E - Education, Health and Care Plan") -> Lines:
    """As Arbor gives it out: one name, statuses in words."""
    return [
        ["Student", "Date of birth", "Year group", "SEN status", "Primary SEN need", "Secondary SEN need"],
        [name, born, "Year 4", status, "Social, Emotional and Mental Health", "SLCN"],
        ["Remi Adeyemi", "09/05/2017", "Year 4", "K - SEN Support", "MLD", ""],
    ]


def suspensions(last: str, first: str, born: str, *rows: tuple[str, str, int, str]) -> Lines:
    """As Bromcom gives it out. Each row: first day, kind, sessions, reason code."""
    head = ["Last Name", "First Name", "DOB", "Start Date", "Type", "Sessions", "Reason 1", "Comments"]
    return [head, *([last, first, born, *row, "Threw a chair."] for row in rows)]


def attainment(last: str, first: str, born: str, *rows: tuple[str, str, str, str]) -> Lines:
    """Each row: subject, result, how it stands to what is expected, day."""
    head = ["Surname", "Forename", "DOB", "Aspect", "Grade", "On track", "Assessment date"]
    return [head, *([last, first, born, *row] for row in rows)]


def attainment_by_subject(last: str, first: str, born: str, day: str, **results: str) -> Lines:
    """One line for the pupil, a column for each subject: ``attainment_by_subject(…, Reading="WTS", Maths="EXS")``."""
    head = ["Surname", "Forename", "DOB", "Assessment", "Assessment date", *results]
    return [head, [last, first, born, "Autumn assessment", day, *results.values()]]


def csv_of(lines: Lines) -> bytes:
    return as_text([[str(cell) for cell in line] for line in lines])


def workbook_of(lines: Lines) -> bytes:
    return as_xlsx([[str(cell) for cell in line] for line in lines])

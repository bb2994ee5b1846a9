"""Attendance by code: a column a code, a column a session, a column a day; landed as the sums the regulations make."""

from datetime import date

import pytest

from trellis.exchange.models import ImportKind
from trellis.exchange.school_files import samples
from trellis.exchange.tests.test_school_files import JORDAN, bring, land
from trellis.schooling.models import Attendance

WHO = ["Surname", "Forename", "DOB"]
STRANGER = ["Adeyemi", "Remi", "09/05/2017"]
ABOVE = [["Codes by pupil, 01/09/2026 to 20/11/2026"], []]


def by_code(**sessions):
    codes = {"/": 0, "\\": 0, "L": 0, "B": 0, "C": 0, "I": 0, "O": 0, "Y2": 0, "#": 0} | sessions
    return [
        *ABOVE,
        [*WHO, "Reg Group", *codes],
        [*JORDAN, "4B", *codes.values()],
        [*STRANGER, "4B", *(9 for _ in codes)],
    ]


def by_session(marks, headings=("07/09/2026 AM", "07/09/2026 PM", "Tue 08/09/2026 AM", "Tue 08/09/2026 PM")):
    return [[*WHO, *headings], [*JORDAN, *marks], [*STRANGER, *("/" for _ in headings)]]


def told():
    one = Attendance.objects.get()
    return one.possible, one.attended, one.authorised, one.unauthorised


@pytest.mark.parametrize("as_file", [samples.csv_of, samples.workbook_of])
def test_sums_by_code_land_as_possible_attended_and_missed(ours, as_file):
    land(
        ours,
        ImportKind.ATTENDANCE,
        by_code(**{"/": 50, "\\": 48, "L": 2, "I": 6, "O": 4, "Y2": 3, "#": 10}),
        as_file=as_file,
    )

    assert told() == (110, 100, 6, 4)
    assert (Attendance.objects.get().starts_on, Attendance.objects.get().ends_on) == (
        date(2026, 9, 1), date(2026, 11, 20),
    )  # fmt: skip


@pytest.mark.parametrize("as_file", [samples.csv_of, samples.workbook_of])
def test_marks_by_session_land_with_the_days_of_their_headings(ours, as_file):
    land(ours, ImportKind.ATTENDANCE, by_session(["/", "\\", "i", "O"]), as_file=as_file)

    assert told() == (4, 2, 1, 1)
    one = Attendance.objects.get()
    assert (one.starts_on, one.ends_on) == (date(2026, 9, 7), date(2026, 9, 8))


def test_both_marks_of_a_day_stand_in_one_cell(ours):
    days = [f"{day:02}/09/2026" for day in range(7, 12)]
    land(ours, ImportKind.ATTENDANCE, by_session(["/\\", "I I", "C2/", "Y4Y4", "--"], days))

    assert told() == (6, 3, 3, 0)


def test_a_session_without_a_mark_is_not_counted(ours):
    land(ours, ImportKind.ATTENDANCE, by_session(["/", "", "-", "O"]))

    assert told() == (2, 1, 0, 1)


@pytest.mark.parametrize(
    ("marks", "sentence"),
    [
        (["/", "ZQ!", "/", "/"], "On 07.09.2026 stands “ZQ!”, which is no attendance code."),
        (["/", "\\", "///", "/"], "On 08.09.2026 stands “///”, which is no attendance code."),
    ],
)
def test_what_is_no_code_sends_the_line_back_by_its_number_and_day(ours, marks, sentence):
    made = bring(ours, ImportKind.ATTENDANCE, by_session(marks))

    (refused,) = made.preview["refused"]
    assert (made.is_refused, refused["line"], refused["sentence"]) == (True, 2, sentence)


def test_what_is_no_number_of_sessions_is_told_by_its_code(ours):
    made = bring(ours, ImportKind.ATTENDANCE, by_code(I="six"))

    assert [one["sentence"] for one in made.preview["refused"]] == [
        "Under I stands “six”, which is no number of sessions."
    ]


def test_a_fault_in_a_line_of_somebody_else_is_not_told(ours):
    lines = by_session(["/", "\\", "/", "\\"])
    lines[2][3] = "??"

    land(ours, ImportKind.ATTENDANCE, lines)

    assert told() == (4, 4, 0, 0)

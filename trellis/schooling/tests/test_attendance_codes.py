"""Every code of a register, and what a session under it counts as: attended, missed, or no session at all."""

import pytest

from trellis.schooling.attendance_codes import CODES, Sessions, counts_as, sums_of

# School Attendance (Pupil Registration) (England) Regulations 2024, regulation 10
TABLE = {
    "attended": ["/", "\\", "L", "K", "V", "P", "W", "B"],
    "authorised": ["C", "C1", "C2", "E", "I", "J1", "M", "R", "S", "T"],
    "unauthorised": ["G", "N", "O", "U"],
    "not counted as possible": ["D", "Q", "X", "Y1", "Y2", "Y3", "Y4", "Y5", "Y6", "Y7", "Z", "#"],
}
UNTIL_2024 = {"J": "attended", "H": "authorised", "F": "authorised", "Y": "not counted as possible"}


@pytest.mark.parametrize(("code", "counts"), [(code, name) for name, codes in TABLE.items() for code in codes])
def test_each_code_counts_as_the_regulations_say(code, counts):
    assert counts_as(code) == counts_as(f" {code.lower()} ") == counts


@pytest.mark.parametrize(("code", "counts"), UNTIL_2024.items())
def test_codes_of_registers_before_2024_count_as_then(code, counts):
    assert counts_as(code) == counts


def test_there_are_no_other_codes():
    known = {code for codes in CODES.values() for code in codes}

    assert known == {code for codes in TABLE.values() for code in codes} | set(UNTIL_2024)
    assert [counts_as(text) for text in ("", "A", "C3", "Y8", "//", "present")] == [None] * 6


def test_sums_are_of_sessions_that_were_possible():
    sums = sums_of({"/": 50, "\\": 48, "L": 2, "I": 6, "O": 4, "Y2": 3, "#": 10, "D": 1})

    assert (sums, sums.possible) == (Sessions(attended=100, authorised=6, unauthorised=4), 110)


def test_a_session_under_no_code_is_never_left_out_of_a_sum():
    with pytest.raises(KeyError):
        sums_of({"/": 1, "ZZ": 1})

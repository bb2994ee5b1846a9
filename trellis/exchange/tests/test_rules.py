"""What may stand in a line of the weekly list, told cell by cell."""

from datetime import date

import pytest

from trellis.exchange.cells import Complaint
from trellis.exchange.pupil_list import rules
from trellis.exchange.reading import Line

TODAY = date(2026, 11, 23)
GOOD = {
    "child_id": "7", "upn": "H331700713254", "legal_first_name": "Zoë", "legal_last_name": "O'Hara",
    "preferred_first_name": "", "date_of_birth": "2016-03-14", "sex": "F", "looked_after_since": "2020-01-01",
    "legal_status": "C2", "school_urn": "990001", "school_name": "Larch", "school_start": "2024-09-01",
    "year_group": "5", "sen_status": "K", "primary_need": "SEMH", "secondary_need": "", "social_worker": "Sol",
    "social_worker_email": "sol@ours.example", "placement_type": "U4",
}  # fmt: skip


def judged(**says):
    cells = GOOD | says
    child, complaints = rules.check_line(Line(2, cells, len(cells), len(cells)), {"990001"}, TODAY)
    return child, [(complaint.column, complaint.weight) for complaint in complaints]


def test_a_good_line_reads_whole():
    child, complaints = judged()

    assert complaints == []
    assert (child.date_of_birth, child.year_group, child.sen_in_codes) == (date(2016, 3, 14), 5, "K SEMH")
    assert rules.ListedChild.from_dict(child.as_dict()) == child


@pytest.mark.parametrize(
    ("says", "column"),
    [
        ({"date_of_birth": "31/02/2015"}, "date_of_birth"),
        ({"date_of_birth": "14.3.15"}, "date_of_birth"),
        ({"date_of_birth": "2031-05-01"}, "date_of_birth"),
        ({"date_of_birth": ""}, "date_of_birth"),
        ({"date_of_birth": "0000-00-00"}, "date_of_birth"),
        ({"sex": "X"}, "sex"),
        ({"upn": "A33110001"}, "upn"),
        ({"upn": "H3317007132541"}, "upn"),
        ({"upn": "UN6"}, "upn"),
        ({"legal_status": "Z9"}, "legal_status"),
        ({"legal_status": ""}, "legal_status"),
        ({"placement_type": "U9"}, "placement_type"),
        ({"school_urn": "999999"}, "school_urn"),
        ({"school_urn": "Larch"}, "school_urn"),
        ({"sen_status": "S"}, "sen_status"),
        ({"primary_need": "BESD"}, "primary_need"),
        ({"primary_need": ""}, "primary_need"),
        ({"sen_status": "E", "primary_need": "NSA"}, "primary_need"),
        ({"year_group": "14"}, "year_group"),
        ({"legal_last_name": ""}, "legal_last_name"),
        ({"legal_last_name": "X" * 101}, "legal_last_name"),
        ({"legal_first_name": '=HYPERLINK("x")'}, "legal_first_name"),
        ({"legal_first_name": "@Zoe"}, "legal_first_name"),
        ({"legal_first_name": "Zoë\nAnn"}, "legal_first_name"),
        ({"social_worker_email": "not an address"}, "social_worker_email"),
    ],
)
def test_a_wrong_cell_is_refused_where_it_stands(says, column):
    assert judged(**says) == (None, [(column, Complaint.REFUSED)])


@pytest.mark.parametrize(
    ("says", "complaints"),
    [
        ({"upn": "Y331700713254"}, [("upn", Complaint.WARNING)]),
        ({"upn": "O331700713254"}, [("upn", Complaint.WARNING)]),
        ({"upn": "UN1"}, []),
        ({"upn": "h331 700713254"}, []),
        ({"year_group": "R", "date_of_birth": "2022-01-01", "looked_after_since": "2023-01-01"}, []),
        ({"year_group": "11"}, [("year_group", Complaint.WARNING)]),
        ({"secondary_need": "SEMH"}, [("secondary_need", Complaint.WARNING)]),
        ({"sen_status": "N"}, [("primary_need", Complaint.WARNING)]),
        ({"looked_after_since": "2016-03-13"}, [("looked_after_since", Complaint.DOUBTFUL)]),
        ({"looked_after_since": "2026-11-24"}, [("looked_after_since", Complaint.WARNING)]),
        ({"school_urn": ""}, [("school_urn", Complaint.WARNING)]),
        ({"date_of_birth": "14/03/2016"}, []),
    ],
)
def test_a_doubtful_line_is_told_and_lands(says, complaints):
    child, told = judged(**says)

    assert (child is not None, told) == (True, complaints)


def test_two_rows_for_one_child_are_both_told():
    lines = [Line(n, GOOD | {"upn": ""}, len(GOOD), len(GOOD)) for n in (2, 3)]

    _, complaints = rules.check_list(lines, {"990001"}, TODAY)

    assert [(c.line, c.column, c.sentence) for c in complaints] == [
        (2, "child_id", "The same child stands in line 3. Keep one of them."),
        (3, "child_id", "The same child stands in line 2. Keep one of them."),
    ]


def test_a_line_with_a_cell_too_many_is_refused():
    _, complaints = rules.check_line(Line(2, GOOD, len(GOOD) + 1, len(GOOD)), {"990001"}, TODAY)

    assert [complaint.sentence for complaint in complaints] == ["This line has 20 cells, the line of headings 19."]


@pytest.mark.parametrize(("since", "kept"), [(date(2017, 1, 1), True), (date(2016, 12, 31), False)])
def test_care_begins_after_birth(since, kept):
    assert bool(rules.care_begins_after_birth(date(2017, 1, 1), since)) is kept

"""A business officer lands the wrong week's list. She sees what taking it back would do, takes it back, and everything
is as before; the second time the new school has written on it, and the list stays."""

from datetime import date

import pytest

from journeys import jordan
from journeys.steps import brings, child, written_to
from trellis.pupils import actions as pupils

THIS_MONDAY = date(2026, 11, 23)
WEEKLY = "The weekly pupil list"
JORDAN = {
    "date_of_birth": "2018-03-03", "sex": "M", "looked_after_since": "2024-05-01", "school_start": "2026-09-01",
    "sen_status": "K", "primary_need": "SEMH", "placement_type": "",
}  # fmt: skip
AT_ROWAN = {"school_urn": "990103", "school_name": "Rowan Academy", "school_start": "2026-11-23", "year_group": "7"}
MIA = child("700002", "Mia", "Roe")


@pytest.fixture
def known(own_demo):
    world = jordan.of_larch(own_demo)
    pupils.know_by(world.jordan.pk, authority=world.virtual_school.authority, child_id="700001")
    return world


def test_the_wrong_weeks_list_is_taken_back(person, known, tmp_path, time_passes):
    bea, sam, nia = person("bea"), person("sam"), person("nia")
    right = written_to(tmp_path / "this_week.csv", [child("700001", "Jordan", "Vale", **JORDAN)])
    wrong = written_to(tmp_path / "wrong_week.csv", [child("700001", "Jordan", "Vale", **JORDAN | AT_ROWAN), MIA])
    time_passes(THIS_MONDAY, bea, sam, nia)
    brings(bea, WEEKLY, right, saying=["0 new"])
    brings(bea, WEEKLY, wrong, saying=["1 new", "Moved school"])
    is_seen_by(nia, "Jordan Vale")
    is_not_seen_by(sam)

    sees_what_taking_back_does(bea)
    bea.presses("Take this import back").sees("wrong_week.csv").reads("Taken back", "as it was before it landed")
    is_not_seen_by(nia)
    is_seen_by(sam, "Jordan Vale")
    bea.goes_to("/imports/looked-after/").reads("Larch Primary School")
    bea.reads_nothing_of("Mia Roe")


def test_a_list_on_which_somebody_wrote_stays(person, known, tmp_path, time_passes):
    bea, nia = person("bea"), person("nia")
    wrong = written_to(tmp_path / "wrong_week.csv", [child("700001", "Jordan", "Vale", **JORDAN | AT_ROWAN)])
    time_passes(THIS_MONDAY, bea, nia)
    brings(bea, WEEKLY, wrong, saying=["Moved school"])
    nia.goes_to("/").follows("Open the move").sees("Jordan Vale moves to Rowan Academy").presses("Receive the record")
    nia.reads("You have received the record.")

    bea.goes_to("/imports/").follows("wrong_week.csv").follows("Take this import back")
    bea.sees("This import cannot be taken back")
    bea.reads("Since then, Nia Prosser dealt with a change of school of Jordan Vale.")
    is_seen_by(nia, "Jordan Vale")


def sees_what_taking_back_does(bea):
    bea.goes_to("/imports/").follows("wrong_week.csv").follows("Take this import back").sees("Take this import back?")
    bea.reads("1 record that it began is entered in error", "Moved school", "are told once more", "Mia Roe")


def is_seen_by(somebody, name):
    somebody.goes_to("/pupils/").sees("Pupils").reads(name)


def is_not_seen_by(somebody):
    somebody.goes_to("/pupils/").sees("Pupils").reads_nothing_of("Jordan Vale")

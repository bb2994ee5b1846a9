"""A SENCO brings her school's attendance export under its own headings: she says once what they are, and the record of
the pupil says how much of school is missed. The next file is read at once."""

import pytest

from journeys import jordan
from journeys.steps import the_worker_runs
from trellis.exchange.school_files import samples

JORDAN = ("Vale", "Jordan", "03/03/2018")


@pytest.fixture
def at_larch(own_demo):
    return jordan.of_larch(own_demo)


def export(tmp_path, name, until, *, possible, attended):
    """As the school's system gives it out: the days stand above the table."""
    lines = samples.attendance(*JORDAN, possible=possible, attended=attended)
    lines[0] = [f"Group attendance by session, 01/09/2026 to {until}"]
    file = tmp_path / name
    file.write_bytes(samples.csv_of(lines))
    return file


def test_a_senco_brings_the_attendance_of_her_school(person, at_larch, tmp_path):
    sam = person("sam")
    first = export(tmp_path, "autumn_1.csv", "16/10/2026", possible=66, attended=55)

    chooses(sam, first)
    sam.sees("Say which column is which").reads("Poss. Sessions").presses("Go on with these columns")
    lands(sam, first, saying=["83.3%: 55 of 66 sessions", "1 line is of pupils who are not on your roll here"])
    reads_on_the_record(sam, "83.3%: 55 of 66 sessions", "Persistently absent")

    second = export(tmp_path, "autumn_2.csv", "30/10/2026", possible=76, attended=70)
    chooses(sam, second)
    lands(sam, second, saying=["92.1%: 70 of 76 sessions"])
    reads_on_the_record(sam, "92.1%: 70 of 76 sessions")


def chooses(sam, file):
    sam.goes_to("/imports/").sees("Imports").chooses("Attendance").attaches("The file", file)
    sam.presses("Check the file")


def lands(sam, file, *, saying):
    sam.sees(file.name).reads("Nothing has landed yet", *saying)
    sam.presses("Land this import").reads("You may leave this page and come back.")
    the_worker_runs()
    sam.goes_to("/imports/").follows(file.name).sees(file.name).reads("Landed on")


def reads_on_the_record(sam, *words):
    sam.goes_to("/pupils/").follows("Jordan Vale").sees("Jordan Vale").reads("Attendance", *words)

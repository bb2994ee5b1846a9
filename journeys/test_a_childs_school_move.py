"""A child moves school in mid-year: the work goes along, and the old school keeps what it wrote and no more."""

from datetime import date

import pytest

from journeys import jordan
from trellis.cycles.tests import world as cycles
from trellis.peps import actions as peps
from trellis.peps.tests import world as pep_world

MOVED_ON = date(2026, 11, 2)
WROTE_BEFORE, WRITTEN_SINCE = "Leaves when work is written, not when it is spoken.", "Settled on the second day."
ASKS_SINCE = "Asks for the card when the room is loud"


@pytest.fixture
def jordans(own_demo):
    """Jordan in the middle of a cycle, with a PEP that Dee has begun to write."""
    world = jordan.of_larch(own_demo)
    world.rows["cycle_id"] = cycles.under_way(world)[0].pk
    pep = pep_world.autumn(world)
    peps.start_pep(pep.pk, by=world.dee)
    pep_world.write(pep, world.dee, "education", **pep_world.EDUCATION)
    world.rows["pep_id"] = pep.pk
    return world


def moves_jordan_to_rowan(vic, jordans):
    vic.goes_to(f"/pupils/{jordans.jordan.pk}/move/").sees("Move Jordan to another school")
    vic.types("New school", "rowan").enters_date("First day at the new school", MOVED_ON)
    vic.presses("Show what follows").presses("Record the move").sees("Jordan Vale moves to Rowan Academy")
    vic.reads("waits for its receipt", "Cycle 1 of Assess, Plan, Do, Review", "Personal Education Plan")


def receives_the_record(nia):
    nia.goes_to("/my-week/").sees("My week").follows("Receive the record of Jordan Vale")
    nia.sees("Jordan Vale moves to Rowan Academy").presses("Receive the record")
    nia.reads("You have received the record.", "by Nia Prosser")


def goes_on_writing(nia, jordans):
    cycle, pep = jordans.rows["cycle_id"], jordans.rows["pep_id"]
    nia.follows("Open Jordan’s record").sees("Jordan Vale").follows("Open the cycle").sees("Cycle 1")
    nia.goes_to(f"/cycles/{cycle}/assess/").sees("Assess").reads(WROTE_BEFORE).presses("Add what you know")
    nia.types("What do they say?", WRITTEN_SINCE).presses("Add to the assessment").sees("Assess").reads(WRITTEN_SINCE)
    nia.goes_to(f"/cycles/{cycle}/plan/").sees("Plan").presses("Add an outcome")
    nia.types("What should be different?", ASKS_SINCE).types("Where do things stand now?", "never")
    nia.presses("Add this outcome").sees("Plan").reads(ASKS_SINCE, "Stays in class for the whole of a lesson")
    nia.goes_to(f"/peps/{pep}/").sees("Personal Education Plan").follows("Special educational needs")
    nia.presses("Take the cycle’s words").sees("Special educational needs").reads(ASKS_SINCE)


def reads_what_it_wrote_and_no_more(sam, jordans):
    pupil, cycle, pep = (jordans.rows[name] for name in ("pupil_id", "cycle_id", "pep_id"))
    sam.goes_to("/pupils/").sees("Pupils").reads_nothing_of("Jordan Vale").follows("Pupils who have left")
    sam.reads("1 pupil who left").follows("Jordan Vale").sees("What your school wrote")
    sam.reads("Larch Primary School until 2 November").reads_nothing_of(ASKS_SINCE, "Looked after")
    sam.follows("Cycle 1").sees("Cycle 1, as you handed it over").reads(WROTE_BEFORE, "Stays in class for the whole")
    sam.reads_nothing_of(WRITTEN_SINCE, ASKS_SINCE)
    for page in ("assess/", "plan/", "plan/print/", "sessions/"):
        sam.goes_to(f"/cycles/{cycle}/{page}").sees("Cycle 1, as you handed it over")
        sam.reads_nothing_of(WRITTEN_SINCE, ASKS_SINCE)
    sam.goes_to(f"/pupils/{pupil}/timeline/").sees("Timeline").reads_nothing_of(WRITTEN_SINCE, ASKS_SINCE, "Nia")

    # may not write, nor read the rest
    closed = [f"/cycles/{cycle}/{page}" for page in ("assess/add/", "outcomes/add/", "assess/finish/", "review/")]
    assert {path: sam.status_of(path) for path in closed} == dict.fromkeys(closed, 403)
    hidden = [f"/pupils/{pupil}/people/", f"/pupils/{pupil}/who-looked/", f"/pupils/{pupil}/move/", f"/peps/{pep}/"]
    assert {path: sam.status_of(path) for path in hidden} == dict.fromkeys(hidden, 404)


def sees_nothing(tia, jordans):
    pupil, cycle = jordans.rows["pupil_id"], jordans.rows["cycle_id"]
    tia.goes_to("/today/").sees("Today").reads("No sessions this week").reads_nothing_of("Jordan")
    tia.goes_to("/pupils/").sees("Pupils").reads_nothing_of("Jordan")
    closed = [f"/pupils/{pupil}/", f"/pupils/{pupil}/cycle/", f"/cycles/{cycle}/", f"/cycles/{cycle}/plan/"]
    assert {path: tia.status_of(path) for path in closed} == dict.fromkeys(closed, 404)


def test_the_work_goes_along_and_the_old_school_keeps_what_it_wrote(person, jordans):
    vic, nia, sam, tia = (person(name) for name in ("vic", "nia", "sam", "tia"))
    nia.goes_to("/pupils/").sees("Pupils").reads_nothing_of("Jordan")
    tia.sees("Today").reads("Check-in with a key adult")

    moves_jordan_to_rowan(vic, jordans)
    receives_the_record(nia)
    goes_on_writing(nia, jordans)
    reads_what_it_wrote_and_no_more(sam, jordans)
    sees_nothing(tia, jordans)

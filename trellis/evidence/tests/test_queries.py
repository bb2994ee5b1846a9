"""What people would find in Jordan's record, reading it as a panel does."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.cycles import actions as cycles
from trellis.cycles.tests import world as cycle_world
from trellis.evidence.queries import strength_of
from trellis.evidence.rules import WHAT_A_READER_LOOKS_FOR
from trellis.peps import actions as peps
from trellis.peps.tests import world as pep_world
from trellis.pupils.tests import world
from trellis.voices import actions as voices

ATTAINMENT = "Attainment and the rate of progress"
DELIVERED = "What was delivered of what was planned, honestly"

pytestmark = pytest.mark.django_db


@pytest.fixture
def ours():
    with clock.at(world.DAY):
        yield world.ours()


def strength(ours, who="sam"):
    return {one.looked_for: one for one in strength_of(ours.jordan, ours.people[who])}


def missing(ours, title):
    return [one.sentence.partition(".")[0] for one in strength(ours)[title].missing]


def test_strength_of_a_new_record_names_each_next_step_and_stops_nothing(ours):
    found = strength(ours)

    assert list(found) == [one.title for one in WHAT_A_READER_LOOKS_FOR]
    assert missing(ours, ATTAINMENT) == [
        "No attainment yet", "No measure of reading yet", "Nothing shows the rate of progress yet",
    ]  # fmt: skip
    assert found["The nature, extent and context of needs"].state == "Partly on record"
    assert found["Specialist advice"].missing[0].is_law
    assert all(one.url for each in found.values() for one in each.missing)


def test_strength_of_a_reviewed_cycle_tells_what_was_tried_and_what_it_changed(ours):
    cycle_world.add_rows(ours)
    found = strength(ours)

    assert missing(ours, "Action already taken") == []
    assert missing(ours, "Progress that came only with much additional help") == []
    assert "Check-in with a key adult: 5 × 10 min a week, one to one, by Tia" in [
        one.text for one in found["Action already taken"].there
    ]
    assert [one.text for one in found["Progress that came only with much additional help"].there] == [
        "Cycle 2 planned 50 minutes a week of additional help", "Cycle 1 planned 50 minutes a week of additional help",
    ]  # fmt: skip
    shown = " ".join(one.text for one in found[ATTAINMENT].there)
    assert "from 1 lesson in 5 to 2 lessons in 5" in shown


def test_delivery_is_told_as_it_was_also_when_little_happened(ours):
    cycle, _, intervention, *_ = cycle_world.under_way(ours)
    assert missing(ours, "What was delivered of what was planned, honestly") == [
        "Too little is recorded of what was delivered"
    ]

    for monday in (14, 21, 28):
        cycle_world.hold_week(ours, cycle, world.date(2026, 9, monday), {intervention.pk: 1}, "Tia was away")
    for monday in (5, 12, 19):
        cycle_world.hold_week(ours, cycle, world.date(2026, 10, monday), {intervention.pk: 1}, "Tia was away")

    told = strength(ours)[DELIVERED]
    assert told.missing == []
    assert "Not delivered as planned" in told.there[0].text


def test_measure_of_reading_is_found_in_the_assessment_and_in_the_pep(ours):
    cycle = cycle_world.begin(ours)
    cycles.add_assessment_entry(
        cycle.pk, by=ours.sam, key=Key.fresh(ours.sam), who_said="measure", name="", area="cognition",
        words="Salford reading test: 6 years 2 months", said_on=cycle_world.SEPTEMBER, is_concern=False,
        schools_view="",
    )  # fmt: skip
    assert missing(ours, ATTAINMENT) == ["Nothing shows the rate of progress yet"]


def test_progress_told_in_a_pep_counts_as_attainment(ours):
    pep = pep_world.autumn(ours)
    peps.start_pep(pep.pk, by=ours.sol)
    pep_world.write(pep, ours.dee, "education", **pep_world.EDUCATION)

    assert missing(ours, ATTAINMENT) == ["Nothing shows the rate of progress yet"]
    assert strength(ours)[ATTAINMENT].there[0].text.startswith("PEP, autumn term 2026: Reading")


def test_views_are_counted_apart_for_pupil_carer_and_parent(ours):
    for whose in ("pupil", "carer"):
        voices.write_down_view(
            ours.jordan.pk, by=ours.sam, key=Key.fresh(ours.sam), whose=whose, told_to="Tia", given_on=world.DAY,
            words="Mornings are hard.",
        )  # fmt: skip

    assert missing(ours, "What the pupil, the carer and the parents say") == ["No parent's view yet"]


def test_strength_holds_nothing_for_who_may_not_read_the_record(ours):
    cycle_world.add_rows(ours)
    twin = world.twin()

    assert all(not one.there or one.looked_for.startswith("The nature") for one in strength_of(ours.jordan, twin.sam))


def test_strength_asks_as_many_queries_for_many_entries(ours):
    cycle = cycle_world.begin(ours)
    cycle_world.assess(ours, cycle)
    with CaptureQueriesContext(connection) as few:
        strength_of(ours.jordan, ours.sam)
    for number in range(30):
        voices.write_down_view(
            ours.jordan.pk, by=ours.sam, key=Key.fresh(ours.sam), whose="pupil", told_to="Tia", given_on=world.DAY,
            words=f"View {number}",
        )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        strength_of(ours.jordan, ours.sam)

    assert len(few) == len(many)

"""Two SENCOs on one plan: the second to save reads both texts, and nothing is lost."""

from datetime import date

import pytest
from django.apps import apps
from playwright.sync_api import expect

from journeys import jordan
from trellis.cycles.tests import world as cycles
from trellis.demo.cast import LONG_AGO
from trellis.history.models import Entry
from trellis.people import actions as people
from trellis.people.roles import Role

STATEMENT, BASELINE = "What should be different?", "Where do things stand now?"
SAMS, DEES = "Stays in class for a whole lesson, with a card to leave", "Stays in class for a lesson and asks for help"
BOTH = "Stays in class for a whole lesson, asks for help, and has a card to leave"


@pytest.fixture
def outcome(own_demo):
    """An outcome of Jordan's plan; Dee is SENCO at Larch beside Sam."""
    people.give_role(user=own_demo.dee, role=Role.SENCO, organisation=own_demo.larch, by=own_demo.hana, since=LONG_AGO)
    world = jordan.of_larch(own_demo)
    cycle = cycles.begin(world)
    cycles.assess(world, cycle)
    outcome, *_ = cycles.plan(world, cycle, until=date(2026, 12, 11))
    return outcome


def test_the_second_reads_both_texts_and_loses_nothing(person, outcome):
    sam, dee = person("sam"), person("dee")
    for senco in (sam, dee):
        senco.goes_to(f"/cycles/outcomes/{outcome.pk}/").sees("Change this outcome")

    sam.types(STATEMENT, SAMS).presses("Save the outcome").sees("Plan").reads(SAMS)
    dee.types(STATEMENT, DEES).types(BASELINE, "2 lessons in 5").presses("Save the outcome")

    # both stand beside one another, what she typed is still in the form, and what he saved is still saved
    dee.sees("Change this outcome").reads("Someone else saved this while you were writing")
    dee.reads("What you typed", DEES, "2 lessons in 5", "What is there now", SAMS, "1 lesson in 5")
    expect(dee.field(STATEMENT)).to_have_value(DEES)
    expect(dee.field(BASELINE)).to_have_value("2 lessons in 5")
    sam.goes_to(f"/cycles/{outcome.cycle_id}/plan/").reads(SAMS).reads_nothing_of(DEES)

    # she leaves to ask him; her words wait
    dee.goes_to("/my-week/").goes_to(f"/cycles/outcomes/{outcome.pk}/").reads("below, not saved yet")
    expect(dee.field(STATEMENT)).to_have_value(DEES)
    dee.presses("Save the outcome").reads("Someone else saved this while you were writing", SAMS)

    # one text of both
    dee.types(STATEMENT, BOTH).presses("Save the outcome").sees("Plan").reads(BOTH, "2 lessons in 5")
    sam.goes_to(f"/cycles/{outcome.cycle_id}/plan/").sees("Plan").reads(BOTH).reads_nothing_of(SAMS, DEES)
    sam.goes_to(f"/pupils/{outcome.pupil_id}/timeline/").sees("Timeline").reads(
        SAMS, BOTH, "Sam Whitlock", "Dee Marlowe"
    )
    assert who_changed(outcome) == ["Sam Whitlock", "Dee Marlowe"]
    assert every_wording(outcome) == [outcome.statement, SAMS, BOTH]


def who_changed(outcome):
    changes = Entry.objects.filter(sentence__startswith="Changed the outcome").order_by("pk").select_related("by")
    return [str(entry.by) for entry in changes.filter(pupil_id=outcome.pupil_id)]


def every_wording(outcome):
    """The outcome's words after each change, oldest first, as the database itself keeps them."""
    changes = apps.get_model("cycles", "OutcomeRowchange").objects.filter(pgh_obj_id=outcome.pk).order_by("pk")
    return list(changes.values_list("statement", flat=True))

"""A session ends in mid-form: who was writing signs in again and finds every word."""

import pytest
from playwright.sync_api import expect

from journeys import jordan
from trellis.cycles.tests import world as cycles

SAID = (
    "On Monday he came in late and went under the table before the register was read.\n"
    "When I sat beside him and said nothing, he came out after four minutes and drew a map of the way to school.\n"
    "He did the first three sums when I read them aloud; at the fourth he said “I can’t, I’m thick” and left."
)
TOMORROW = "2026-11-03"


@pytest.fixture
def assess(own_demo):
    """Where what is known of Jordan stands; one adds to it."""
    return f"/cycles/{cycles.begin(jordan.of_larch(own_demo)).pk}/assess/"


def is_written(sam):
    sam.picks("Who says this?", "Teaching assistant").types("Their name", "Tia").types("What do they say?", SAID)


def is_still_there(sam):
    sam.reads("below, not saved yet")
    expect(sam.field("What do they say?")).to_have_value(SAID)
    expect(sam.field("Their name")).to_have_value("Tia")
    expect(sam.field("Who says this?")).to_have_value("teaching assistant")


def signs_in_again(sam):
    """As the sign-in page asks, and with the same way back."""
    expect(sam.page.get_by_role("heading", level=1)).to_have_text("Sign in")
    sam.goes_to(f"/demo/?{sam.page.url.partition('?')[2]}").presses("Be Sam")


def test_every_word_is_there_after_signing_in_again(person, assess, settings):
    sam = person("sam").goes_to(f"{assess}add/").sees("Add what you know")
    is_written(sam)

    settings.TODAY = TOMORROW
    sam.presses("Add to the assessment")
    signs_in_again(sam)

    sam.sees("Add what you know")
    is_still_there(sam)
    sam.presses("Add to the assessment").sees("Assess").reads("drew a map of the way to school", "I’m thick")
    sam.goes_to(f"{assess}add/").reads_nothing_of("not saved yet")
    expect(sam.field("What do they say?")).to_be_empty()


def test_every_word_is_there_without_javascript(person, assess, settings):
    sam = person("sam", java_script_enabled=False).goes_to(f"{assess}add/")
    is_written(sam)

    settings.TODAY = TOMORROW
    sam.presses("Add to the assessment")
    signs_in_again(sam)

    is_still_there(sam)
    sam.presses("Add to the assessment").reads("What people know", "drew a map of the way to school")


def test_what_was_typed_is_a_draft_when_the_page_is_left(person, assess):
    sam = person("sam").goes_to(f"{assess}add/").sees("Add what you know")
    is_written(sam)
    sam.goes_to(assess).sees("Assess").reads("Nobody has said anything yet")

    sam.presses("Add what you know").sees("Add what you know")
    is_still_there(sam)

    # he would rather begin anew
    sam.presses("Throw it away").sees("Add what you know").reads_nothing_of("not saved yet")
    expect(sam.field("What do they say?")).to_be_empty()


def test_what_is_typed_after_the_pause_is_kept_too(person, assess, settings):
    """Autosave comes first to the session that is over; the button still finds whose words these are."""
    sam = person("sam")
    sam.page.clock.install()
    sam.goes_to(f"{assess}add/").types("What do they say?", "On Monday he came in late.")

    settings.TODAY = TOMORROW
    with sam.page.expect_response("**/drafts/"):
        sam.page.clock.run_for(11_000)
    sam.reads("Saved as a draft at")
    is_written(sam)
    sam.presses("Add to the assessment")
    signs_in_again(sam)

    is_still_there(sam)

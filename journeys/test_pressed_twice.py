"""A button pressed twice makes one thing; the same form sent again with other words is asked about."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from playwright.sync_api import expect

from journeys import jordan
from trellis.cycles.models import AssessmentEntry, Cycle, Outcome
from trellis.cycles.tests import world as cycles
from trellis.pupils.models import Pupil

ASKS = "You sent this form before with other words, and those were saved."
FIELDS = "() => Object.fromEntries(new FormData(document.querySelector('main form[data-autosave]')))"


def knows_something(sam):
    sam.picks("Who says this?", "Class or subject teacher").types("What do they say?", "Leaves when work is written.")


def hopes_for_something(sam):
    sam.types("What should be different?", "Stays in class for a lesson")


def says_who_it_is(sam):
    sam.types("Legal first name", "Teo").types("Legal last name", "Marsh")
    sam.enters_date("Date of birth", date(2018, 5, 4)).enters_date("First day at the school", date(2022, 9, 5))
    sam.chooses("No special educational needs", group="SEN status")


@dataclass(frozen=True)
class Making:
    """A button that makes something: where it is, what is typed before, and other words for the same form."""

    thing: type
    address: str
    button: str
    types: Callable[[Any], None] = lambda sam: None
    other_words: dict[str, str] = field(default_factory=dict)

    def __str__(self):
        return self.thing.__name__

    def path(self, jordans):
        """Its address; where a cycle must be, it has begun."""
        cycle = cycles.begin(jordans).pk if "{cycle}" in self.address else ""
        return self.address.format(cycle=cycle, pupil=jordans.jordan.pk)


ENTRY = Making(
    AssessmentEntry, "/cycles/{cycle}/assess/add/", "Add to the assessment", knows_something, {"words": "Stays."}
)
OUTCOME = Making(
    Outcome, "/cycles/{cycle}/outcomes/add/", "Add this outcome", hopes_for_something, {"statement": "Asks for help"}
)
PUPIL = Making(
    Pupil, "/pupils/add/", "Add this pupil", says_who_it_is, {"legal_first_name": "Ned", "legal_last_name": "Okoro"}
)
CYCLE = Making(Cycle, "/pupils/{pupil}/cycle/start/", "Start a cycle")
everything = pytest.mark.parametrize("making", [ENTRY, OUTCOME, PUPIL, CYCLE], ids=str)
whatever_has_words = pytest.mark.parametrize("making", [ENTRY, OUTCOME, PUPIL], ids=str)


@pytest.fixture
def jordans(own_demo):
    return jordan.of_larch(own_demo)


def at_the_button(sam, making, jordans):
    sam.goes_to(making.path(jordans))
    making.types(sam)
    return sam.main.get_by_role("button", name=making.button)


def is_gone_on(sam, url):
    """Looks at the address again and again: a second press breaks off the page that the first one asked for."""
    expect(sam.page).not_to_have_url(url)


@everything
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_two_fast_presses_make_one(person, jordans, making, scripts):
    sam = person("sam", java_script_enabled=scripts)
    button = at_the_button(sam, making, jordans)
    form, before = sam.page.url, making.thing.objects.count()

    button.dblclick()
    is_gone_on(sam, form)

    assert making.thing.objects.count() == before + 1


@everything
def test_what_was_sent_and_is_sent_again_makes_one(person, jordans, making):
    sam = person("sam")
    button = at_the_button(sam, making, jordans)
    form, before = sam.page.url, making.thing.objects.count()
    sent = sam.page.evaluate(FIELDS)
    button.click()
    is_gone_on(sam, form)

    again = sam.page.request.post(form, form=sent)

    assert (again.status, again.url != form) == (200, True)
    assert making.thing.objects.count() == before + 1


@whatever_has_words
def test_going_back_and_pressing_again_makes_one(person, jordans, making):
    sam = person("sam")
    button = at_the_button(sam, making, jordans)
    form, before = sam.page.url, making.thing.objects.count()
    button.click()
    is_gone_on(sam, form)

    sam.page.go_back()
    assert sam.page.url == form
    button.click()
    is_gone_on(sam, form)
    assert making.thing.objects.count() == before + 1


@whatever_has_words
def test_the_same_form_with_other_words_is_asked_about(person, jordans, making):
    sam = person("sam")
    button = at_the_button(sam, making, jordans)
    form, before = sam.page.url, making.thing.objects.count()
    button.click()
    is_gone_on(sam, form)

    sam.page.go_back()
    for name, words in making.other_words.items():
        sam.page.locator(f"[name={name}]").fill(words)
    button.click()
    sam.reads(ASKS)
    assert making.thing.objects.count() == before + 1

    # another was meant
    button.click()
    is_gone_on(sam, form)
    assert making.thing.objects.count() == before + 2

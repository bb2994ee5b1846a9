"""The heart of the work by keyboard alone: from signing in to an agreed plan, nothing is clicked."""

from datetime import date

import pytest
from playwright.sync_api import expect

from trellis.conduct.keys import Key
from trellis.pupils import actions as pupils

FAR = 150  # more presses of Tab than any page has stops

SHOWS_FOCUS = """focused => {
    const hidden = getComputedStyle(focused).opacity === "0";  // a tick box is drawn by its label
    const drawn = hidden ? getComputedStyle(focused.labels[0], "::before") : getComputedStyle(focused);
    const outlined = drawn.outlineStyle !== "none" && parseFloat(drawn.outlineWidth) > 0 &&
        !["rgba(0, 0, 0, 0)", "transparent"].includes(drawn.outlineColor);
    return outlined || drawn.boxShadow !== "none" || drawn.backgroundColor === "rgb(255, 221, 0)";
}"""


class Keyboard:
    """A person's keyboard: finds its way with Tab, and minds that one always sees where one is."""

    def __init__(self, somebody):
        self.page, self.main = somebody.page, somebody.main
        self.press, self.type = self.page.keyboard.press, self.page.keyboard.type

    def reaches(self, thing, key="Tab"):
        """Press Tab until the thing has the focus; every stop on the way is seen."""
        for _ in range(FAR):
            self.press(key)
            focused = self.page.locator(":focus")
            if focused.count():
                assert focused.evaluate(SHOWS_FOCUS), focused.evaluate("stop => stop.outerHTML")
            if thing.evaluate("thing => thing === document.activeElement"):
                return self
        raise AssertionError(f"{key} never reaches {thing}")

    def opens(self, text):
        link = self.main.get_by_role("link", name=text).or_(self.main.get_by_role("button", name=text)).first
        address = self.page.url
        self.reaches(link).press("Enter")
        self.page.wait_for_url(lambda url: url != address)
        return self

    def writes(self, label, words):
        self.reaches(self.main.get_by_label(label).first).type(words)
        return self

    def writes_date(self, legend, day):
        group = self.main.get_by_role("group", name=legend)
        for part, number in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
            self.reaches(group.get_by_label(part, exact=True)).type(str(number))
        return self


@pytest.fixture
def jordan(own_demo):
    """A pupil of Sam's with SEN support and no cycle yet."""
    sam = own_demo.sam
    return pupils.add_pupil(
        by=sam, school=own_demo.larch, key=Key.fresh(sam), started_on=date(2022, 9, 5), status="K",
        primary_need="SEMH", upn="", legal_first_name="Jordan", legal_last_name="Vale", preferred_first_name="",
        date_of_birth=date(2018, 3, 3), sex="M",
    )  # fmt: skip


def test_a_cycle_is_planned_and_agreed_by_keyboard(person, jordan):
    sam = person("sam", signed_in=False).goes_to("/demo/")
    keys = Keyboard(sam)

    # the skip link leads past what stands on every page
    skip = sam.page.get_by_role("link", name="Skip to main content")
    keys.reaches(skip)
    expect(skip).to_be_in_viewport()
    keys.press("Enter")
    expect(sam.main).to_be_focused()
    keys.opens("Be Sam")

    # from My week to a new cycle
    sam.sees("My week")
    keys.opens("Jordan Vale").opens("Go to the cycle").opens("Start a cycle")
    sam.sees("Start a cycle")
    keys.opens("Start a cycle")

    # what Jordan says: arrows choose, Shift+Tab goes back
    sam.sees("Assess")
    keys.opens("Add what you know")
    keys.reaches(sam.field("Who says this?"))
    for _ in range(3):
        keys.press("ArrowDown")
    expect(sam.field("Who says this?")).to_have_value("pupil")
    keys.writes("What do they say?", "I go out because everybody looks at me.")
    keys.reaches(sam.field("Their name"), key="Shift+Tab").type("Jordan")
    keys.opens("Add to the assessment")
    sam.sees("Assess").reads("Jordan", "everybody looks at me")

    # what it comes to: Space ticks
    keys.opens("Finish the assessment").reaches(sam.main.get_by_label("Social, emotional and mental health"))
    keys.press("Space")
    keys.writes("What did the assessment find?", "He can do the work with an adult near.")
    keys.writes("What gets in the way?", "Fear of being seen to fail.")
    keys.reaches(sam.main.get_by_role("button", name="Finish the assessment")).press("Enter")

    # choosing SEMH asks what else could explain it: Tab leads to each group, Space chooses
    expect(sam.main.get_by_role("alert").get_by_role("link")).to_have_count(5)
    for cause in ("Missed schooling", "Language and understanding", "Hearing", "Sight", "Trauma, loss or attachment"):
        group = sam.main.get_by_role("group", name=f"{cause}: could it explain what people see?")
        keys.reaches(group.get_by_role("radio").first).press("Space")
    keys.opens("Finish the assessment")

    # the plan; what was left out is told, and its link leads to the box
    sam.sees("Plan")
    keys.opens("Add an outcome").reaches(sam.main.get_by_role("button", name="Add this outcome")).press("Enter")
    summary = sam.main.get_by_role("alert").get_by_role("link")
    expect(summary).to_have_count(1)
    keys.reaches(summary).press("Enter")
    expect(sam.field("What should be different?")).to_be_focused()
    keys.type("Stays in class for a whole lesson")
    keys.writes("Where do things stand now?", "1 lesson in 5").opens("Add this outcome")
    sam.sees("Plan")
    keys.opens("a reasonable adjustment to outcome 1").writes("What is done differently?", "A card to leave and return")
    keys.opens("Add this adjustment").opens("Set the review date")
    keys.writes_date("When will you review this plan?", date(2026, 12, 14)).opens("Set the review date")
    sam.sees("Plan").reads("Nothing stops it.")
    keys.opens("Agree this plan")
    sam.sees("Cycle 1").reads("The plan of cycle 1 is agreed.")

"""Nothing needs a script: where none runs, pages are a little plainer and everything works."""

from datetime import date

from playwright.sync_api import expect


def test_a_cycle_begins_without_javascript(person):
    sam = person("sam", java_script_enabled=False)
    sam.reads("No pupils yet").presses("Add a pupil")

    # what is missing is told, and each sentence leads to its box
    sam.presses("Add this pupil").reads("There is a problem")
    expect(sam.page).to_have_title("Error: Add a pupil – Trellis")
    errors = sam.main.get_by_role("alert").get_by_role("link")
    boxes = [link.get_attribute("href") for link in errors.all()]
    assert len(boxes) >= 4
    for box in boxes:
        expect(sam.page.locator(box)).to_be_visible()
    sam.follows("last name")
    assert sam.page.url.endswith("#id_legal_last_name")

    # a pupil by hand
    sam.types("Legal first name", "Jordan").types("Legal last name", "Vale")
    sam.enters_date("Date of birth", date(2018, 3, 3)).enters_date("First day at the school", date(2022, 9, 5))
    sam.chooses("SEN support", group="SEN status")
    sam.picks("Main type of need", "Social, emotional and mental health (SEMH)")
    sam.presses("Add this pupil").reads("Jordan is added.", "No cycle yet")

    # a cycle, and what Jordan says
    sam.follows("Go to the cycle").presses("Start a cycle").presses("Start a cycle").reads("Nobody has said anything")
    sam.presses("Add what you know").presses("Add to the assessment").reads("There is a problem")
    sam.picks("Who says this?", "Pupil").types("What do they say?", "I go out because everybody looks at me.")
    sam.presses("Add to the assessment").reads("What people know", "I go out because everybody looks at me.")

    # search by Enter
    sam.searches_for("vale jor").reads("1 pupil found").follows("Jordan Vale")
    sam.reads("Cycle 1").searches_for("3/3/2018").reads("1 pupil found")
    sam.searches_for("Nobody such").reads("Nobody found")

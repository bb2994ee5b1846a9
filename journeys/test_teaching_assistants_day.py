"""A teaching assistant's day on a phone: the sessions, each with one big button, and no care fact anywhere."""

import pytest

from journeys import jordan
from sweep.walk import add_all_rows, addresses

PHONE = 360
CARE_FACTS = ("looked after", "is in care", "foster", "social worker", jordan.CARER, "Cara", jordan.SOCIAL_WORKER)


@pytest.fixture
def ours(own_demo):
    """Jordan of Larch, in Tia's class, with everything there can be about a child."""
    return add_all_rows(jordan.of_larch(own_demo))


def fits(tia):
    assert tia.page.evaluate("() => document.documentElement.scrollWidth") <= PHONE
    return tia.reads_nothing_of(*CARE_FACTS)


def test_sessions_are_ticked_with_one_thumb(person, ours):
    tia = person("tia", width=PHONE, has_touch=True)
    fits(tia.sees("Today").reads("Jordan (JV): Check-in with a key adult", "0 of 5 held this week"))

    tia.presses("Done")
    fits(tia.sees("Today").reads("1 of 5 held this week"))
    tia.presses("Done").reads("2 of 5 held this week")
    tia.presses("Undo the last “Done”")
    fits(tia.sees("Today").reads("1 of 5 held this week"))

    tia.presses("Not today")
    fits(tia.sees("Not today")).types("What came between?", "A fire drill").presses("Save")
    fits(tia.sees("Today").reads("1 of 5 held this week, 1 missed"))
    tia.presses("Undo the last “Not today”")
    fits(tia.sees("Today").reads("1 of 5 held this week")).reads_nothing_of("missed")

    # the plan, and the pupil: what a class needs, and no more
    fits(tia.follows("See the plan").sees("Plan").reads("Stays in class for the whole of a lesson"))
    tia.opens_tab("Overview")
    fits(tia.sees("Jordan Vale"))
    tia.goes_to(f"/cycles/{ours.rows['cycle_id']}/sessions/")
    fits(tia.sees("Do"))
    tia.searches_for("Jordan")
    fits(tia.sees("Pupils").reads("1 pupil found"))


def test_no_page_tells_class_staff_that_a_child_is_in_care(person, ours):
    tia, opened, told = person("tia"), set(), set()
    paths = {address.name: address.path(ours.rows) for address in addresses() if address.ids}
    for name, path in [*paths.items(), ("pupils", "/pupils/"), ("my_week", "/my-week/")]:
        got = tia.page.request.get(tia.base + path)
        if got.status == 200:
            opened.add(name)
            told |= {(path, fact) for fact in CARE_FACTS if fact.lower() in got.text().lower()}
    assert told == set()
    assert {"pupil", "pupil_cycle", "plan", "print_plan", "sessions", "pupils"} <= opened
    assert not opened & {"pep", "pupil_pep", "people_around", "timeline", "who_looked", "assess", "document"}


@pytest.mark.parametrize("page", ["pep/", "people/", "timeline/", "who-looked/", "particulars/", "move/"])
def test_the_rest_of_the_record_is_closed(person, ours, page):
    tia = person("tia", width=PHONE).goes_to(f"/pupils/{ours.jordan.pk}/{page}")

    assert tia.status_of(f"/pupils/{ours.jordan.pk}/{page}") in {403, 404}
    tia.reads_nothing_of("Jordan")
    assert tia.axe() == []

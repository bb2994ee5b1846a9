"""Bea sets a new price of the SEMHL teachers from next month: a request sent after that day is priced by it, one sent
before keeps its own. No day is without a price, and one that is over cannot be changed."""

from datetime import date

import pytest

from journeys import jordan
from trellis.who_pays.tests import world as who_pays

FROM, AFTER = date(2026, 12, 1), date(2026, 12, 2)
OLD, NEW = "at £72 an hour", "at £84.50 an hour"


@pytest.fixture
def drafts(own_demo):
    """Two requests of Sam's for SEMHL advice about Jordan, written and not sent."""
    world = jordan.of_larch(own_demo)
    return [who_pays.draft(world), who_pays.draft(world)]


def sends(sam, request):
    sam.goes_to(f"/requests/{request.pk}/payment/").sees("Who pays for this advice?")
    sam.chooses("Yes, 3 hours").presses("Save and continue").presses("Send this request")
    return sam.goes_to(f"/requests/{request.pk}/payment/").sees("Who pays")


def test_a_new_price_holds_from_its_day_on(person, drafts, time_passes):
    before, after = drafts
    sam, bea = person("sam"), person("bea")

    # what holds today is a sample, and the page says so
    bea.goes_to("/hours/").page.get_by_role("link", name="How we work here").click()
    bea.sees("How we work here").follows("SEMHL").sees("How we work here")
    bea.reads("An hour costs £72.", "sample: nobody has set this yet")

    # a day that is over is refused with a reason; next month is not
    bea.follows("Change The price of an hour").sees("The price of an hour from a day on")
    bea.types("What does an hour cost?", "£84.50").enters_date("From which day does it hold?", date(2026, 10, 1))
    bea.types("Who agreed it?", "Schools Forum, 14 October 2026").types("Where is it written", "Its minutes, item 4.")
    bea.presses("Set it from that day on").reads("Choose a day that is not over")
    bea.enters_date("From which day does it hold?", FROM).presses("Set it from that day on")
    bea.sees("The price of an hour").reads(
        "Set. It holds from 1 December 2026.", "An hour costs £84.50.", "Bea Sandoval"
    )

    sends(sam, before).reads(OLD)
    time_passes(AFTER, sam, bea)
    sends(sam, after).reads(NEW, "Its minutes, item 4.").reads_nothing_of(OLD)
    sam.goes_to(f"/requests/{before.pk}/payment/").reads(OLD).reads_nothing_of(NEW)

    # the service's lead finds it on his own page
    lee = person("lee").goes_to("/how-we-work/").sees("How we work here")
    lee.reads("An hour costs £84.50.", "Since 1 December 2026. Agreed by Schools Forum, 14 October 2026.")
    assert person("ada").status_of(bea.visited[-1]) == 200  # a colleague reads it
    assert sam.status_of("/how-we-work/") == 404

"""The school's hours of SEMHL for the year, and a planning meeting that uses some."""

from datetime import date

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.hours import actions
from trellis.hours.models import HoursAccount, Visit
from trellis.pupils.tests.world import DAY, World

VISIT_ON = date(2026, 11, 18)  # a Wednesday


def give_hours(world: World, service: str = "SEMHL", minutes: int = 600, year: int = 2026) -> HoursAccount:
    """The school may use so many minutes of the service."""
    with clock.at(DAY):
        allocation = actions.allocate_hours(
            school=world.school, service=world.services[service], year=year, minutes=minutes, by=world.bea,
            key=Key.fresh(world.bea),
        )  # fmt: skip
    return HoursAccount.objects.with_names().get(pk=allocation.hours_id)


def book(world: World, hours: HoursAccount, minutes: int = 90, on: date = VISIT_ON, by=None, **more) -> Visit:
    """A planning meeting, booked by the SENCO unless said otherwise."""
    by = by or world.sam
    with clock.at(DAY):
        return actions.book_visit(
            hours.pk, by=by, key=Key.fresh(by), on=on, minutes=minutes,
            **({"work": "planning meeting", "what_for": "Autumn planning"} | more),
        )  # fmt: skip


def add_rows(world: World) -> None:
    """Ids for every address of this folder; the visit is about Jordan, from the request that Lee has answered."""
    hours = give_hours(world)
    book(world, hours)
    with clock.at(DAY):
        visit = actions.keep_again(world.rows["advice_id"], by=world.sam, key=Key.fresh(world.sam), minutes=60)
        actions.plan_visit(visit.pk, by=world.lee, seen=None, on=VISIT_ON, work="consultation")
    world.rows |= {"hours_id": hours.pk, "visit_id": visit.pk}

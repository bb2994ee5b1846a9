"""Jordan was suspended for a day in October, and is part-time since."""

from datetime import date, datetime, time
from typing import Any

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.pupils.tests.world import World
from trellis.schooling import actions
from trellis.schooling.models import PartTimeTimetable, Suspension

OCTOBER = date(2026, 10, 15)


def at(day: date, hour: int = 14) -> datetime:
    return datetime.combine(day, time(hour), clock.LONDON)


def suspend(world: World, on: date, last_day: date | None = None, **says: Any) -> Suspension:
    """Hana decided it at two in the afternoon of the day before ``on``, or of that day when it says from midday; Sam
    enters it an hour later."""
    decided_on = says.pop("decided_on", on)
    told: dict[str, Any] = {
        "kind": "SUSPENSION", "decided_by": "Hana Ours", "decided_at": at(decided_on, 9), "first_day": on,
        "last_day": last_day or on, "reasons": ["DB"], "what_happened": "Jordan threw a chair and ran out.",
    }  # fmt: skip
    by = says.pop("by", world.sam)
    key = says.pop("key", None) or Key.fresh(by)
    with clock.at(at(decided_on, 10)):
        return actions.record_suspension(world.jordan.pk, by=by, key=key, **(told | says))


def part_time(world: World, on: date = date(2026, 10, 19), **says: Any) -> PartTimeTimetable:
    told: dict[str, Any] = {
        "minutes_now": 750, "minutes_full": 1410, "because": "trauma", "starts_on": on, "ends_on": date(2026, 11, 20),
        "reason": "Jordan sleeps badly since the move and cannot yet manage afternoons.",
        "parent_agreed": "Sol for the authority, 16 October", "social_worker_agreed": "Sol, 16 October",
        "virtual_school_agreed": "Vic, by letter of 16 October", "pupils_view": "Mornings are OK.",
        "ramp_plan": "One more afternoon each week.", "safe_off_site": "At home with Cara.",
        "work_set": "Reading and maths packs, marked by Mr Osei.",
    }  # fmt: skip
    by = says.pop("by", world.sam)
    with clock.at(at(says.pop("agreed_on", date(2026, 10, 16)), 11)):
        return actions.agree_part_time(
            world.jordan.pk, by=by, key=says.pop("key", None) or Key.fresh(by), **(told | says)
        )


def add_rows(world: World) -> None:
    suspension = suspend(world, OCTOBER)
    timetable = part_time(world)
    waiting = suspension.tellings.still_to_do().order_by("pk").first()
    world.rows |= {"suspension_id": suspension.pk, "timetable_id": timetable.pk, "telling_id": waiting.pk}

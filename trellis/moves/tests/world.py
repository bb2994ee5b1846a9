"""Jordan came to Larch in September; the record waits for its receipt. Whose the EHC plan would be is said. Another
school of the area has closed and still has a pupil."""

from datetime import date

from trellis.moves import actions
from trellis.organisations.actions import list_school
from trellis.organisations.models import School
from trellis.pupils import actions as pupils
from trellis.pupils.tests.world import World


def closed_school(world: World, *, on: date = date(2026, 8, 31), names: tuple[str, ...] = ("Robin",)) -> School:
    """A school of the world's area that closed at the end of August, and the pupils who are still recorded there."""
    urn = str(int(world.school.urn) + 5000)
    school = list_school(
        urn=urn, name=f"Closed school {urn}", authority_code=world.school.authority_code, opened_on=date(1990, 9, 1),
        closed_on=on,
    )  # fmt: skip
    for name in names:
        pupil = pupils.register_pupil(
            by=None, upn="", legal_first_name=name, legal_last_name="Stayed", preferred_first_name="",
            date_of_birth=date(2018, 5, 5), sex="U",
        )  # fmt: skip
        pupils.start_school_place(pupil.pk, by=None, school=school, on=date(2024, 9, 1), year_group=3)
    return school


def add_rows(world: World) -> None:
    move = actions.move_school(world.jordan.pk, to=world.school, on=date(2026, 9, 1), by=world.dee)
    world.rows["move_id"] = move.pk
    change = actions.keep_plan_elsewhere(
        world.jordan.pk, authority=world.virtual_school.authority, on=date(2026, 9, 1), by=world.vic
    )
    world.rows["care_change_id"] = change.pk
    world.rows["school_id"] = closed_school(world).pk

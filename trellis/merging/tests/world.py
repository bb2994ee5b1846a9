"""The next school adds a pupil who may be Jordan: its SENCO is told nothing, those who keep Jordan's record are asked.

In this world the second record is in the same care, so that the Virtual School may read both."""

from datetime import date

from trellis.conduct.keys import Key
from trellis.merging.models import SameChild
from trellis.pupils import actions as pupils
from trellis.pupils.models import Pupil
from trellis.pupils.tests.world import World

PARTICULARS = {
    "legal_first_name": "Jordan-Lee", "preferred_first_name": "Jordan", "legal_last_name": "Vale",
    "date_of_birth": date(2018, 3, 3),
}  # fmt: skip


def add_second(world: World, **says) -> Pupil:
    """Nia adds a pupil of her school: Jordan, as she knows him."""
    told = PARTICULARS | {"started_on": date(2026, 10, 12)} | says
    return pupils.add_pupil(by=world.nia, school=world.next_school, key=Key.fresh(world.nia), **told)


def question_of(second: Pupil) -> SameChild:
    return SameChild.objects.with_names().get(asking=second)


def add_rows(world: World) -> None:
    second = add_second(
        world,
        preferred_first_name="Jordan-Lee",
        legal_first_name="Jordan",
        legal_last_name=world.jordan.legal_last_name,
    )
    pupils.start_care(
        second.pk, by=None, authority=world.virtual_school.authority, since=date(2024, 5, 1), legal_status="C2"
    )
    question = SameChild.objects.get(asking=second, known=world.jordan)
    world.rows["same_child_id"] = question.pk

"""What people look at about school moves."""

from datetime import date
from typing import Any

from django.db.models import QuerySet

from trellis.conduct import clock
from trellis.moves.models import SchoolMove
from trellis.people.models import Membership, User
from trellis.people.roles import Role
from trellis.pupils.models import Pupil, SchoolPlace
from trellis.pupils.shown import NextStep


def place_on(pupil: Pupil, day: date) -> SchoolPlace | None:
    return SchoolPlace.objects.filter(pupil=pupil, during__contains=day).select_related("school").first()


def place_before(pupil: Pupil, day: date) -> SchoolPlace | None:
    """The last place that had ended by a day."""
    ended = SchoolPlace.objects.filter(pupil=pupil, during__endswith__lte=day, during__isempty=False)
    return ended.select_related("school").order_by("-during").first()


def receivers_of(move: SchoolMove) -> list[User]:
    """The new school's SENCOs and designated teachers, each once."""
    staff = Membership.objects.on(clock.today()).playing(Role.SENCO, Role.DESIGNATED_TEACHER)
    ids = staff.filter(organisation=move.to_school_id).order_by().values("user")
    return list(User.objects.filter(pk__in=ids).order_by("pk"))


def next_steps(user: User, pupils: QuerySet[Pupil], today: date) -> list[NextStep]:
    """Records that wait for this person's receipt."""
    waiting: Any = SchoolMove.objects.to_be_received_by(user).filter(pupil__in=pupils).with_names()
    return [
        NextStep(
            due_on=move.on,
            verb="Receive the record",
            rest=f"of {move.pupil.first_name} {move.pupil.legal_last_name}",
            url=move.get_absolute_url(),
            pupil_id=move.pupil_id,
            whose="SENCO or designated teacher",
            detail=f"Joined {move.to_school} on {move.on:%-d %B}",
            go="Open the move",
        )
        for move in waiting
    ]

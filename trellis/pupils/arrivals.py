"""Many children whom nobody knew come in at once, as a list says them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from trellis.conduct.refusals import require
from trellis.organisations.models import LocalAuthority
from trellis.pupils import beginnings, permissions
from trellis.pupils.models import ChildId, Pupil

Facts = dict[str, Any]


@dataclass(frozen=True)
class Arrival:
    """A child whom nobody knew, in care already. Each part as the action takes it that brings it about for one child;
    None where the list does not say."""

    child_id: str  # ``know_by``
    particulars: Facts  # ``register_pupil``
    care: Facts  # ``start_care``
    sen: Facts  # ``set_sen_status``
    school_place: Facts | None = None  # ``start_school_place``
    professional: Facts | None = None  # ``name_professional``


@transaction.atomic
def bring_in_many(arrivals: Sequence[Arrival], *, by: Any, authority: LocalAuthority) -> list[Pupil]:
    """Begin the records of all these children, with all that is said of them: the same rows, rules and sentences as by
    one action after the other for each child, in as many questions for many as for one."""
    pupils = [beginnings.new_pupil(**arrival.particulars) for arrival in arrivals]
    beginnings.begin_records(pupils, by)
    known = list(zip(pupils, arrivals, strict=True))
    ChildId.objects.bulk_create(
        ChildId(pupil=pupil, authority=authority, child_id=arrival.child_id) for pupil, arrival in known
    )
    beginnings.begin_school_places(
        [beginnings.new_school_place(pupil, **a.school_place) for pupil, a in known if a.school_place], by
    )
    beginnings.begin_care([beginnings.new_care_episode(pupil, **a.care) for pupil, a in known], by)
    if by is not None:
        require(permissions.can_correct_records(by, pupils))
    beginnings.begin_sen_statuses([beginnings.new_sen_status(pupil, **a.sen) for pupil, a in known], by)
    beginnings.begin_professionals(
        [beginnings.new_professional(pupil, **a.professional) for pupil, a in known if a.professional], by
    )
    return pupils

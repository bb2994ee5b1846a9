"""What will follow each line that is a move, in the words of ``moves``, beneath the line in the preview."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from trellis.conduct import clock
from trellis.exchange.pupil_list.compare import Change, Comparison, Known, Placing
from trellis.exchange.pupil_list.rules import ListedChild
from trellis.moves import queries
from trellis.moves.follows import Planned
from trellis.moves.models import Because, Verb
from trellis.moves.rules import birthday
from trellis.organisations.models import School, VirtualSchool
from trellis.peps.rules import reaches_into


def is_a_move(child: ListedChild, known: Known | None = None) -> bool:
    """Whether this line brings a child into care now: one who left it before, or whose first PEP is still to come."""
    care, ended_on = (known.care, known.care_ended_on) if known else (None, None)
    is_new = ended_on is not None or reaches_into(child.looked_after_since, clock.today())
    under_18 = max(child.looked_after_since, ended_on or date.min) < birthday(child.date_of_birth, 18)
    return care is None and is_new and under_18 and child.looked_after_since <= clock.today()


def say_beneath(preview: dict[str, Any], comparison: Comparison, virtual_school: VirtualSchool) -> dict[str, Any]:
    """The preview with ``follows`` in each row that is a move: as many queries for 300 lines as for one."""
    if comparison.is_refused:
        return preview
    schools = School.objects.by_urn({p.child.school_urn for p in comparison.placings if p.child.school_urn})
    placed = [placing for placing in comparison.placings if not placing.question]
    rows = [
        *zip(preview["new"], (_new(p, virtual_school) for p in placed if p.known is None), strict=True),
        *zip(
            preview["changed"], (_changed(p, change, virtual_school, schools) for p in placed for change in p.changes),
            strict=True,
        ),
        *zip(preview["gone"], _gone(comparison), strict=True),
    ]  # fmt: skip
    moves = [(row, planned) for row, planned in rows if planned is not None]
    told = queries.what_follows_for_many([planned for _, planned in moves], to_a_list=True)
    for (row, _), sentences in zip(moves, told, strict=True):
        row["follows"] = sentences
    return preview


def _new(placing: Placing, virtual_school: VirtualSchool) -> Planned | None:
    child = placing.child
    if not reaches_into(child.looked_after_since, clock.today()):
        return None
    return _enters(child, None, virtual_school)


def _changed(
    placing: Placing, change: Change, virtual_school: VirtualSchool, schools: dict[str, School]
) -> Planned | None:
    """Nothing is told of a child whom only a school has known so far."""
    child, known = placing.child, placing.known
    if known is None or child.child_id not in known.child_ids:
        return None
    if change.verb == "move":
        return Planned(
            Verb.MOVE_SCHOOL, child.school_start or clock.today(), known.pupil.pk,
            school_id=schools[child.school_urn].pk, date_of_birth=child.date_of_birth, year_group=child.year_group,
        )  # fmt: skip
    if change.verb == "care" and is_a_move(child, known):
        return _enters(child, known, virtual_school)
    return None


def _enters(child: ListedChild, known: Known | None, virtual_school: VirtualSchool) -> Planned:
    return Planned(
        Verb.ENTER_CARE, child.looked_after_since, known.pupil.pk if known else None,
        authority_id=virtual_school.authority_id, since=child.looked_after_since, date_of_birth=child.date_of_birth,
        year_group=child.year_group,
    )  # fmt: skip


def _gone(comparison: Comparison) -> Iterator[Planned]:
    for _, known in comparison.gone:
        yield Planned(Verb.LEAVE_CARE, clock.today(), known.pupil.pk, because=Because.NOT_LISTED)

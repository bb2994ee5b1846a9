"""What is true when two records are found to be one child's."""

from collections.abc import Iterable
from datetime import date

from trellis.conduct.periods import DateRange, from_day
from trellis.conduct.rules import rule
from trellis.conduct.workflow import Workflow
from trellis.merging.models import SameChildState

SAME_CHILD = Workflow(
    name="same child",
    states=SameChildState,
    moves={
        "confirmed": ((SameChildState.ASKED,), SameChildState.SAME),
        "said to be another": ((SameChildState.ASKED, SameChildState.SAME), SameChildState.DIFFERENT),
        "said to be the same after all": ((SameChildState.DIFFERENT,), SameChildState.SAME),
        "put together": ((SameChildState.ASKED, SameChildState.SAME), SameChildState.TOGETHER),
        "taken apart": ((SameChildState.TOGETHER,), SameChildState.APART),
    },
)

WORKING_DAYS_TO_ANSWER = 5  # sample value: no source says; a child sits in a classroom meanwhile


@rule(source="One child has one record; two authorities answer for two (UK GDPR, article 5(1)(d); domain G9)")
def both_authorities_agree(sides: tuple[str, str], is_confirmed: bool) -> bool:
    """The two records belong to different authorities. Ask those who keep the other record: they confirm it first."""
    return is_confirmed or "" in sides or sides[0] == sides[1]


@rule(source="A merge is read again by whoever has to undo it", field="why")
def merge_says_why(why: str) -> bool:
    """Say how you know that this is one child."""
    return bool(why.strip())


def what_is_left(period: DateRange, holders: Iterable[DateRange], today: date) -> DateRange | None:
    """Of a period, the days that none of the holders covers: where they leave two pieces, the one that holds today,
    else the later. None when nothing is left."""
    pieces = [period]
    for holder in holders:
        pieces = [part for piece in pieces for part in _without(piece, holder)]
    now = [piece for piece in pieces if piece.lower <= today and (piece.upper is None or today < piece.upper)]
    return (now or pieces or [None])[-1]


def overlap(one: DateRange, other: DateRange) -> bool:
    if one.isempty or other.isempty:
        return False
    return (other.upper is None or one.lower < other.upper) and (one.upper is None or other.lower < one.upper)


def _without(period: DateRange, holder: DateRange) -> list[DateRange]:
    if not overlap(period, holder):
        return [period]
    left = []
    if period.lower < holder.lower:
        left.append(from_day(period.lower, holder.lower))
    if holder.upper is not None and (period.upper is None or holder.upper < period.upper):
        left.append(from_day(holder.upper, period.upper))
    return left

"""What alerts show elsewhere."""

from typing import Any

from trellis.alerts import actions, queries
from trellis.cycles.models import CycleReview
from trellis.people.models import User
from trellis.people.roles import READ_RECORDS
from trellis.pupils.models import Pupil, SchoolPlace
from trellis.pupils.queries import known_to, reading_of
from trellis.pupils.shown import Tag


def at_risk_tag(pupil: Pupil, user: User) -> Tag | None:
    """In the identity strip, for those who read the whole record."""
    if not user.plays(READ_RECORDS) or not reading_of(user, known_to(user, pupil)).is_whole:
        return None
    alert = queries.open_alert(pupil)
    return Tag("School place at risk", "late") if alert and not alert.is_only_a_sign else None


def look_again_after(fact: Any, by: Any) -> None:
    """A suspension, a part-time timetable, a pupil sent home: whatever is about a pupil."""
    actions.look_again(fact.pupil, by)


def look_again_after_review(review: CycleReview, by: Any) -> None:
    actions.look_again(review.pupil, by)


def look_again_after_move(place: SchoolPlace, by: Any) -> None:
    """A first school place is no move, and lists bring many: they are not looked at."""
    if SchoolPlace.objects.filter(pupil=place.pupil_id).exclude(pk=place.pk).exists():
        actions.look_again(place.pupil, by)

"""Moves that a list brought in error: they never were, and those who were told of them hear so."""

from collections.abc import Collection
from typing import Any

from django.db.models import Model, QuerySet

from trellis.conduct import clock
from trellis.history.setting_back import BroughtAbout
from trellis.mail import actions as mail
from trellis.mail.models import Message
from trellis.moves.models import CareChange, CareChangeTakenBack, MoveState, SchoolMove

TAKEN_BACK: tuple[type[Model], ...] = (SchoolMove,)
CARE_CHANGES, MESSAGES = "care changes", "messages"  # only ever added to: their numbers are their own marks
SUBJECT = "What you were told of a pupil has been taken back"
BODY = (
    "You were told by e-mail that something changed for a pupil: a school, or who looks after them. It came from a "
    "list that was brought in error and has been taken back. Everything is as it was before, and nothing is left to do."
)


def newest() -> dict[str, int]:
    """What tells later which changes of care and e-mails a list brought about."""
    marks: dict[str, type[Model]] = {CARE_CHANGES: CareChange, MESSAGES: Message}
    newest = {
        mark: model._default_manager.order_by("-pk").values_list("pk", flat=True) for mark, model in marks.items()
    }
    return {mark: pks.first() or 0 for mark, pks in newest.items()}


def care_changes(brought: BroughtAbout, pupil_ids: Collection[int]) -> "QuerySet[CareChange]":
    """Those that came with it: nobody has changed the care of these pupils since."""
    return CareChange.objects.filter(pupil__in=pupil_ids, pk__gt=brought.before[CARE_CHANGES])


def moved(brought: BroughtAbout, pupil_ids: Collection[int]) -> set[int]:
    """Whose school or care changed with it."""
    by_school = brought.added_rows(SchoolMove).values_list("pupil", flat=True)
    return {*by_school, *care_changes(brought, pupil_ids).values_list("pupil", flat=True)}


def take_back(brought: BroughtAbout, *, because: str, by: Any) -> None:
    """The school that a move led to does not see it any more."""
    brought.count_for_nothing(SchoolMove, state=MoveState.TAKEN_BACK)


def follow(brought: BroughtAbout, pupil_ids: Collection[int], *, told_until: Any, because: str, by: Any) -> None:
    """Changes of care never were; whoever was told by e-mail when it landed is told once more, once for each pupil."""
    for change in care_changes(brought, pupil_ids).order_by("pk"):
        CareChangeTakenBack.objects.create(care_change=change, because=because, by=by, at=clock.now())
    if MESSAGES not in brought.before:  # it landed before e-mails were marked
        return
    told = Message.objects.filter(
        pk__gt=brought.before[MESSAGES], pupil_id__in=pupil_ids, written_at__lte=told_until, secret_path=""
    )
    last = {(message.address, message.pupil_id): message for message in told.select_related("to")}
    for (address, pupil_id), message in sorted(last.items()):
        mail.write(to=message.to or address, subject=SUBJECT, body=BODY, pupil_id=pupil_id)

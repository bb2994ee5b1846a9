"""Taking a landed import or an answer back: whole, while nothing was built on it (``built_on``)."""

from collections.abc import Iterator, Sequence
from typing import Any

from trellis.alerts import taken_back as alerts
from trellis.conduct import clock
from trellis.design.in_words import full_date
from trellis.exchange.built_on import (
    FOLDERS,
    brought_about_by,
    brought_about_by_answer,
    pupils_concerned,
    set_back_by,
)
from trellis.exchange.models import AwaitedChild, Import, ImportQuestion, QuestionAnswer
from trellis.exchange.progress import Progress
from trellis.history.setting_back import BroughtAbout, newest_row_changes
from trellis.hours.taken_back import IN_ITS_OWN_WAY
from trellis.moves import taken_back as moves
from trellis.pupils import taken_back as pupils
from trellis.pupils.models import Pupil

AT_ONCE = 200  # pupils: enough that questions of many cost little each, few enough to say how far it is


def before_landing() -> dict[str, int]:
    """The newest of everything by which we later tell what this landing brought about."""
    return newest_row_changes() | moves.newest()


def lock_what_it_concerns(brought: BroughtAbout) -> None:
    """Whoever works on one of these pupils waits, and then finds the record as it is after."""
    concerned = pupils_concerned(brought)
    list(Pupil.objects.select_for_update().filter(pk__in=concerned).order_by("pk").values_list("pk"))


def take_back(made: Import, *, by: Any, progress: Progress) -> None:
    """Set everything back that this import brought about. Those who call have locked it and asked ``why_not``."""
    because = f"The {made.get_kind_display().lower()} of {full_date(made.at)} was taken back."
    _set_back(brought_about_by(made), told_until=made.landed_at, because=because, by=by, progress=progress)


def take_answer_back(question: ImportQuestion, *, by: Any) -> None:
    """Set everything back that this answer brought about. Those who call have asked ``why_answer_stays``."""
    because = "An answer about a line of the list was taken back."
    unsaid = Progress(question.of_import_id)
    _set_back(
        brought_about_by_answer(question), told_until=question.answered_at, because=because, by=by, progress=unsaid
    )  # fmt: skip


def _set_back(brought: BroughtAbout, *, told_until: Any, because: str, by: Any, progress: Progress) -> None:
    """What was added counts for nothing, what was changed says what it said before, and what follows from the facts
    follows again. Whoever was told by e-mail, up to ``told_until``, is told so."""
    concerned = pupils_concerned(brought)
    for folder in FOLDERS:
        folder.take_back(brought, because=because, by=by)
    ImportQuestion.objects.filter(pk__in=brought.added(ImportQuestion), answer="").update(
        answer=QuestionAnswer.TAKEN_BACK, answered_at=clock.now()
    )
    AwaitedChild.objects.filter(pk__in=brought.added(AwaitedChild)).update(says={}, landed_at=clock.now())
    for model in set_back_by(brought):
        if model not in IN_ITS_OWN_WAY:
            brought.set_back(model)
    for some in _in_batches(sorted(concerned)):
        pupils.follow(brought, some, because=because, by=by)
        progress.step(len(concerned), steps=len(some))
    alerts.follow(brought, by)
    moves.follow(brought, concerned, told_until=told_until, because=because, by=by)


def _in_batches(pupil_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (pupil_ids[start : start + AT_ONCE] for start in range(0, len(pupil_ids), AT_ONCE))

"""What a file of PEPs brings about."""

from typing import Any

from django.db.models import Q

from trellis.conduct import clock
from trellis.exchange.models import Import, ImportQuestion, QuestionAnswer, QuestionKind
from trellis.exchange.pep_list.compare import Comparison, Found
from trellis.exchange.progress import Progress
from trellis.peps import actions as peps
from trellis.peps.models import PepTarget


def land_peps(made: Import, comparison: Comparison, *, by: Any, progress: Progress) -> None:
    """Keep what the other system says of each PEP; those of which it says nothing new are left alone. A target that is
    no longer in the file is marked as ended; one on which something hangs waits as a question."""
    for found in comparison.found:
        if found.changes:
            peps.take_in_pep(found.pep.pk, by=by, **found.says)
        for target in found.gone:
            peps.end_target_by_file(target.pk, by=by)
        for target, hangs in found.asked:
            _ask_about_target(made, found, target, hangs)
        progress.step(len(comparison.found))
    _close_questions_of_targets_back(comparison)


def _ask_about_target(made: Import, found: Found, target: PepTarget, hangs: list[str]) -> None:
    ImportQuestion.objects.create(
        of_import=made,
        kind=QuestionKind.TARGET_GONE,
        pupil_id=target.pupil_id,
        target=target,
        row={"line": found.line, "hangs": hangs},
    )


def _close_questions_of_targets_back(comparison: Comparison) -> None:
    """A target that is in the file again goes on; nobody need say so."""
    back = Q()
    for found in comparison.found:
        back |= Q(target__pep=found.pep, target__number__in=[said["number"] for said in found.says["targets"]])
    if back:
        waiting = ImportQuestion.objects.waiting().about_targets().filter(back)
        waiting.update(answer=QuestionAnswer.GOES_ON, answered_at=clock.now())


def settle_target(question: ImportQuestion, *, answer: str, by: Any) -> None:
    """End the target as somebody says, though something hangs on it; or let it go on as it stands."""
    assert question.target_id is not None
    if answer == QuestionAnswer.ENDED:
        peps.end_target_by_file(question.target_id, by=by, even_so=True)

"""Adding to history. Called by every action, once, in its transaction."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest

from trellis.conduct import clock
from trellis.conduct.copying import copy_in
from trellis.history.models import Entry, Look


def record(subject: Any, by: Any, sentence: str, *, written_for: Any = None, state: str = "") -> Entry:
    """Write that somebody did something to the subject, and the state it reached."""
    entry = entry_of(subject, by, sentence, written_for=written_for, state=state)
    entry.save(force_insert=True)
    return entry


def record_all(entries: Iterable[Entry]) -> None:
    """Write what was done to many subjects at once, each with an entry of its own."""
    copy_in(entries)


def entry_of(subject: Any, by: Any, sentence: str, *, written_for: Any = None, state: str = "") -> Entry:
    """The entry, not written yet.

    The pupil is the subject's pupil, or the subject itself. ``written_for`` is the organisation for which it was
    written: after a move the old school goes on reading its own entries.
    """
    is_pupil = subject._meta.label == "pupils.Pupil"
    return Entry(
        at=clock.now(),
        by=by if by is not None and by.pk else None,
        pupil_id=subject.pk if is_pupil else getattr(subject, "pupil_id", None),
        written_for_id=written_for.pk if written_for else getattr(subject, "written_for_id", None),
        subject_kind=subject._meta.label_lower,
        subject_id=subject.pk,
        sentence=sentence,
        state=state or getattr(subject, "state", ""),
    )


def looked_at(request: HttpRequest, *pupil_ids: int, reason: str = "") -> None:
    """Say that this answer shows these pupils. Written by the middleware before the answer leaves."""
    shown: set[int] = getattr(request, "pupils_shown", set())
    request.pupils_shown = shown | set(pupil_ids)  # type: ignore[attr-defined]
    request.look_reason = reason or getattr(request, "look_reason", "")  # type: ignore[attr-defined]


def write_look(request: HttpRequest) -> None:
    """Write the access row of an answer that shows pupils."""
    match = request.resolver_match
    Look.objects.create(
        at=clock.now(),
        by=request.user if request.user.is_authenticated else None,  # type: ignore[misc]
        pupil_ids=sorted(request.pupils_shown),  # type: ignore[attr-defined]
        page=(match.url_name if match else "") or "",
        reason=request.look_reason,  # type: ignore[attr-defined]
    )

"""Keeping a file, and the scanner's word about it."""

from typing import Any

from django.db import transaction

from trellis.conduct import clock
from trellis.conduct.keys import Key
from trellis.conduct.locks import lock, unchanged
from trellis.conduct.refusals import require
from trellis.files import scanning
from trellis.files.intake import Upload
from trellis.files.models import File, FileBytes, FileState
from trellis.files.permissions import can_withdraw_file
from trellis.files.rules import WORKFLOW
from trellis.history import actions as history
from trellis.mail import actions as mail
from trellis.organisations.models import Organisation
from trellis.people.models import User
from trellis.pupils.models import Pupil


@transaction.atomic
def keep_file(
    *, pupil: Pupil, written_for: Organisation, subject: Any, upload: Upload, by: User | None, key: Key | None = None
) -> File:
    """Keep a file with the thing it belongs to. Nobody opens it before it was checked for viruses.

    Whether ``by`` may add to the subject is asked by the action that calls this. ``upload`` is what an UploadField
    gives, or ``intake.take_in(name, bytes)``.
    """
    from trellis.files.tasks import scan_file

    pupil = lock(Pupil, pupil.pk)
    if key and (made := key.made_before()):
        return made  # type: ignore[no-any-return]
    file = File.objects.create(
        pupil=pupil, written_for=written_for, subject_kind=subject._meta.label_lower, subject_id=subject.pk,
        name=upload.name, kind=upload.kind, size=len(upload.data), sha256=upload.sha256, kept_by=by,
        kept_at=clock.now(),
    )  # fmt: skip
    FileBytes.objects.create(file=file, bytes=upload.data)
    history.record(file, by, f"Added the file “{file.name}”.")
    if key:
        key.made(file)
    if scanning.is_asked():
        scan_file.defer(file_id=file.pk)
    else:
        WORKFLOW.move("found clean", file, checked_at=clock.now())
    return file


@transaction.atomic
def withdraw_file(file_id: int, *, by: User, seen: int | None, because: str) -> File:
    """Take away a file that should not be here, such as a letter about another child. Nobody opens it from now on; the
    record keeps who took it away, when and why. Taken away before, it stays as it was. A pack that was sent keeps its
    list of what was enclosed."""
    file = lock(File, file_id)
    require(can_withdraw_file(by, file))
    if file.is_withdrawn:
        return file
    unchanged(file, seen)
    WORKFLOW.move("taken away", file, withdrawn_by=by, withdrawn_at=clock.now(), withdrawn_because=because)
    history.record(file, by, f"Took away the file “{file.name}”: {because}")
    return file


def scan(file_id: int) -> None:
    """Ask the scanner about a pending file; nothing is locked meanwhile. Raises ScannerDown when it gives no answer:
    the file stays pending."""
    file = File.objects.select_related("content").get(pk=file_id)
    if file.state == FileState.PENDING:
        take_verdict(file_id, scanning.scanner().scan(bytes(file.content.bytes)))


@transaction.atomic
def take_verdict(file_id: int, verdict: scanning.Verdict) -> None:
    """What the scanner said. A file it found unsafe opens to nobody, and whoever added it is told."""
    file = lock(File, file_id)
    if file.state != FileState.PENDING:
        return
    if verdict.clean:
        WORKFLOW.move("found clean", file, checked_at=clock.now())
        return
    WORKFLOW.move("found infected", file, checked_at=clock.now(), found=verdict.found)
    history.record(file, None, f"The virus scanner found the file “{file.name}” unsafe. Nobody can open it.")
    if file.kept_by:
        mail.write(
            to=file.kept_by,
            subject="A file you added is not safe to open",
            body="The virus scanner found something in a file you added to Trellis. Nobody can open it there. "
            "Tell whoever looks after your computer, and add a clean copy.",
            pupil_id=file.pupil_id,
        )

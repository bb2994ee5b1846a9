"""Files as pages show them: ``{% include "files/list.html" with files=files only %}``."""

from typing import Any

from trellis.files.models import File
from trellis.files.permissions import can_withdraw_file
from trellis.people.models import User


def files_of(subject: Any, user: User) -> list[File]:
    """The files added to this thing, newest first, without their bytes, each with whether this person may take it
    away. Whoever sees the thing sees its files."""
    files = list(File.objects.kept_with(subject).select_related("kept_by", "withdrawn_by"))
    for file in files:
        file.may_be_withdrawn = bool(can_withdraw_file(user, file)) and not file.is_withdrawn
    return files

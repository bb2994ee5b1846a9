"""Files as pages show them: ``{% include "files/list.html" with files=files only %}``."""

from typing import Any

from trellis.files.models import File


def files_of(subject: Any) -> list[File]:
    """The files added to this thing, newest first, without their bytes. Whoever sees the thing sees its files."""
    return list(File.objects.kept_with(subject).select_related("kept_by"))
